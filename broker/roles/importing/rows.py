"""One row as what it asks for, or every reason why it cannot be understood. Pure.

Identifiers from outside leave this module hashed; what is kept to show the row again has
the last characters of them at most, and a row with anything like a CPR number keeps nothing.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import TypeVar
from uuid import UUID

from broker.identities import keys
from broker.identities.model import IdentityKey
from broker.roles.grants.facts import Scope
from broker.roles.importing.cells import read_scopes, read_since, read_until
from broker.roles.importing.spreadsheet import Cell, Row, holds_cpr, reference

Hasher = Callable[[IdentityKey], str]
_T = TypeVar("_T")

_SHOWN = 4  # characters of an identifier from outside that are kept to show
_RID = re.compile(r"(?:CVR:\d{8}-RID:)?(\d{1,20})\Z", re.ASCII | re.IGNORECASE)
_MAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+\Z")
_UNIT = re.compile(r"\d{1,18}\Z", re.ASCII)
# P-numbers have ten digits and begin with 1: many would pass for the CPR number of a tenth.
_P_NUMBER = re.compile(r"(?:(?<=pnumber=)|(?<=pnummer=))1\d{9}(?=\s*(?:[|\n]|\Z))", re.ASCII)


@dataclass(frozen=True, slots=True)
class Message:
    """Why a row is refused, or something to know about it: a code, a cell, and what is in it."""

    code: str
    cell: str = ""
    value: str = ""


@dataclass(frozen=True, slots=True)
class Read:
    """What a row asks for. Empty texts and None are cells that say nothing."""

    n: int
    account: UUID | None = None
    hashes: tuple[tuple[str, str], ...] = field(default=(), repr=False)  # kind and keyed hash
    name: str = field(default="", repr=False)
    email: str = field(default="", repr=False)
    home: str = ""
    service: str = ""
    role: str = ""
    scopes: tuple[Scope, ...] | None = None
    since: datetime | None = None
    until: datetime | None = None
    reason: str = ""
    case_no: str = ""
    shown: Mapping[str, str] = field(default_factory=dict, repr=False)  # what a preview shows
    faults: tuple[Message, ...] = ()


class RowReader:
    """Reads the rows of one file: where its columns stand, whose file it is, how to hash."""

    def __init__(self, columns: Mapping[str, int], cvr: str, hasher: Hasher) -> None:
        self._columns = columns
        self._cvr = cvr
        self._hasher = hasher

    def read(self, row: Row) -> Read:
        """What one row asks for; a row with a fault asks for nothing but to be looked at."""
        for position, cell in enumerate(row.cells):
            if holds_cpr(_P_NUMBER.sub("", cell.text.lower())):
                fault = Message("import.cpr", reference(position, row.n))
                return Read(row.n, faults=(fault,))
        return _Reading(row, self._columns, self._cvr, self._hasher).done()


class _Reading:
    """One row while it is read: its cells by column, and the faults found so far."""

    def __init__(self, row: Row, columns: Mapping[str, int], cvr: str, hasher: Hasher) -> None:
        self.row, self.columns, self.cvr, self.hasher = row, columns, cvr, hasher
        self.faults: list[Message] = []

    def done(self) -> Read:
        """The row as a whole."""
        account = self.parsed("account", UUID, "import.account")
        hashes = self.hashes()
        if account is None and not hashes and not self.faults:
            self.fault("import.nobody", "account")
        service, role = self.text("service"), self.text("role")
        if bool(service) != bool(role):
            self.fault("import.role_half", "role" if service else "service")
        email = self.text("email")
        if email and not _MAIL.match(email):
            self.fault("import.email", "email", email)
        home = self.text("home")
        if home and not _UNIT.match(home):
            self.fault("import.unit", "home", home)
        since = self.parsed("since", read_since, "import.date")
        until = self.parsed("until", read_until, "import.date")
        if since and until and until <= since:
            self.fault("import.period", "until", self.text("until"))
        written = self.text("scopes")
        scopes = self.parsed("scopes", read_scopes, "import.scopes") if written else None
        return Read(
            n=self.row.n,
            account=account,
            hashes=hashes,
            name=self.text("name"),
            email=email,
            home=home,
            service=service,
            role=role,
            scopes=scopes,
            since=since,
            until=until,
            reason=self.text("reason"),
            case_no=self.text("case_no"),
            shown=self.shown(),
            faults=tuple(self.faults),
        )

    def hashes(self) -> tuple[tuple[str, str], ...]:
        """The keyed hash of each identifier, bound to the organisation it holds in."""
        found: list[IdentityKey] = []
        if uuid := self.parsed("professional_uuid", _bare_uuid, "import.professional_uuid"):
            found.append(keys.professional_uuid(self.cvr, uuid))
        if rid := self.parsed("rid", _bare_rid, "import.rid"):
            found.append(keys.rid(self.cvr, rid))
        return tuple((key.kind, self.hasher(key)) for key in found)

    def cell(self, key: str) -> Cell:
        """The cell of a column; an empty one where the file or the row has no such."""
        position = self.columns.get(key)
        if position is None or position >= len(self.row.cells):
            return Cell("")
        return self.row.cells[position]

    def text(self, key: str) -> str:
        """What a cell says; a cell that cannot be used is told once and says nothing."""
        cell = self.cell(key)
        if cell.fault is not None:
            message = Message(cell.fault, self.where(key))
            if message not in self.faults:
                self.faults.append(message)
        return cell.text

    def parsed(self, key: str, parse: Callable[[str], _T | None], code: str) -> _T | None:
        """What a cell means, or None where it is empty or means nothing that we know."""
        text = self.text(key)
        if not text:
            return None
        try:
            return parse(text)
        except ValueError:
            self.fault(code, key, "" if key in _UNTOLD else text)
            return None

    def fault(self, code: str, key: str, value: str = "") -> None:
        """Note a reason with its cell."""
        self.faults.append(Message(code, self.where(key), value))

    def where(self, key: str) -> str:
        """What a spreadsheet calls the cell; the row alone where the file has no such column."""
        position = self.columns.get(key)
        return str(self.row.n) if position is None else reference(position, self.row.n)

    def shown(self) -> dict[str, str]:
        """The cells as they may be kept: identifiers from outside by their last characters."""
        texts = {key: self.cell(key).text for key in self.columns}
        return {
            key: f"…{text[-_SHOWN:]}" if key in _HIDDEN and text else text
            for key, text in texts.items()
        }


_HIDDEN = frozenset({"professional_uuid", "rid"})
_UNTOLD = _HIDDEN | {"scopes"}


def _bare_uuid(text: str) -> str:
    return str(UUID(text.lower().removeprefix("urn:uuid:")))


def _bare_rid(text: str) -> str:
    found = _RID.match(text.strip())
    if found is None:
        raise ValueError("that is no RID")
    return found[1]
