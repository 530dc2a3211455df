"""Batches, and what each of their rows would do. Frozen facts."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal
from uuid import UUID

from broker.roles.grants.facts import Scope
from broker.roles.importing.rows import Message
from broker.roles.importing.spreadsheet import holds_cpr

Verdict = Literal["new", "change", "end", "unchanged", "error"]
BatchState = Literal["preview", "applied", "undone", "discarded"]
Missing = Literal["keep", "end"]
Mode = Literal["all", "valid"]
Progress = Callable[[int, int], None]  # rows done, and rows in all

REMARKS = frozenset({"import.missing_row", "import.since_now"})

# More than either of them losing access takes a second administrator.
MANY_PEOPLE = 50
MANY_SHARE = 0.2


def no_progress(_done: int, _all: int) -> None:
    """Nobody watches."""


@dataclass(frozen=True, slots=True)
class Newcomer:
    """Somebody who gets an account, known by keyed hashes until they sign in."""

    hashes: tuple[tuple[str, str], ...] = field(repr=False)
    name: str = field(repr=False)
    email: str | None = field(repr=False)
    home: str | None


@dataclass(frozen=True, slots=True)
class Facts:
    """What is said of somebody; None leaves it as it is."""

    name: str | None = field(default=None, repr=False)
    email: str | None = field(default=None, repr=False)
    home: str | None = None

    @property
    def empty(self) -> bool:
        """Whether nothing is said."""
        return self.name is None and self.email is None and self.home is None


@dataclass(frozen=True, slots=True)
class GrantStep:
    """What is done to grants: one given, one's end moved, or one ended."""

    do: Literal["give", "until", "end"]
    role: UUID
    scopes: tuple[Scope, ...] = ()
    since: datetime | None = None
    until: datetime | None = None
    reason: str = ""
    case_no: str | None = None


@dataclass(frozen=True, slots=True)
class Planned:
    """A row with its verdict, every reason for it, and what it takes to carry it out."""

    n: int
    verdict: Verdict
    messages: tuple[Message, ...] = ()
    shown: Mapping[str, str] = field(default_factory=dict, repr=False)
    account: UUID | None = None
    grant: UUID | None = None  # the one that changes or ends; once applied, the one that came
    newcomer: Newcomer | None = None
    person: Facts | None = None  # what changes of an account
    step: GrantStep | None = None
    was: Facts | None = None  # of the account, before
    was_until: datetime | None = None  # of the grant, before; of one that is given, at first
    applied: bool = False
    created: UUID | None = None  # the account that it made


@dataclass(frozen=True, slots=True)
class Batch:
    """One file, from its preview on."""

    id: UUID
    organisation: UUID
    sha256: str
    name: str
    state: BatchState
    missing: Missing
    uploaded_at: datetime
    by_account: UUID | None
    by_label: str
    losing: int  # people who lose something
    people: int  # people of the organisation who have something
    confirmed_account: UUID | None = None
    confirmed_by: str | None = None
    applied_at: datetime | None = None
    undone_at: datetime | None = None

    @property
    def needs_confirmation(self) -> bool:
        """Whether so many lose access that a second administrator has to say yes."""
        return self.losing > MANY_PEOPLE or self.losing > MANY_SHARE * self.people


@dataclass(frozen=True, slots=True)
class Result:
    """What applying or undoing a batch did, row by row."""

    batch: Batch
    rows: tuple[Planned, ...]
    left_out: tuple[Planned, ...] = ()  # with why
    held_back: bool = False  # rows that are missing end nothing, since a row is refused

    def count(self, verdict: Verdict) -> int:
        """How many rows have the verdict."""
        return sum(row.verdict == verdict for row in self.rows)


def is_remark(message: Message) -> bool:
    """Whether a message keeps nothing from being done."""
    return message.code.startswith("remark.") or message.code in REMARKS


def shown_beside(shown: Mapping[str, str], messages: Iterable[Message]) -> Mapping[str, str]:
    """The cells as they are kept: no ten digits as a code of a row that is refused.

    A P-number may look like a CPR number; only what the code lists know proves to be one.
    """
    refused = not all(map(is_remark, messages))
    return {**shown, "scopes": "…"} if refused and holds_cpr(shown.get("scopes", "")) else shown
