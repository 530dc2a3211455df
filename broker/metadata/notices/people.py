"""Whom to write to about a partner, and what it is called."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from broker.db import Connection
from broker.errors import BrokerError
from broker.mail.model import Capacity, Recipient
from broker.metadata import store
from broker.metadata.dated import store as dated
from broker.metadata.decisions import read_service
from broker.metadata.model import Localised
from broker.metadata.rollover.model import Side
from broker.metadata.store import EntityRecord
from broker.saml.entities import EntityContact
from broker.saml.entity_descriptor import read_entity

_CAPACITIES: dict[str, Capacity] = {
    "technical": "technical",
    "support": "support",
    "administrative": "administrative",
}


@dataclass(frozen=True, slots=True)
class Person:
    """A partner as a mail needs it; `close` work with the system, `around` answer for it."""

    code: str
    row: int
    name: Localised
    close: tuple[Recipient, ...]
    around: tuple[Recipient, ...]

    def to(self, *, everybody: bool, instead: tuple[Recipient, ...]) -> tuple[Recipient, ...]:
        """Who is told: those close to the system, or else whoever there is; at last the operator.

        The operator is told in place of a partner that nobody can be written to at.
        """
        chosen = (*self.close, *self.around) if everybody or not self.close else self.close
        return chosen or tuple(Recipient(one.address, "instead") for one in instead)


def people(
    connection: Connection, federation: str, side: Side, codes: Collection[str] | None = None
) -> tuple[Person, ...]:
    """The partners of a side of ours that have metadata in force, or those of these codes."""
    kind = "sp" if side == "idp" else "idp"
    records = [
        record
        for record in store.members(connection, federation)
        if record.kind == kind
        and record.version is not None
        and (codes is None or record.code in codes)
    ]
    documents = dated.documents(connection, [r.version for r in records if r.version is not None])
    return tuple(_person(record, documents.get(record.version or 0)) for record in records)


def _person(record: EntityRecord, xml: bytes | None) -> Person:
    contacts = _contacts(xml)
    close = [one for one in contacts if one.kind == "technical"]
    close = close or [one for one in contacts if one.kind == "support"]
    around = [Recipient(one.mail, "administrative") for one in contacts if one.kind == _OFFICE]
    owner = _owner(record)
    around += [Recipient(owner, "contact")] if owner else []
    return Person(
        code=record.code,
        row=record.row,
        name=name_of(record.document, record.code),
        close=tuple(Recipient(one.mail, _CAPACITIES[one.kind]) for one in close),
        around=tuple(around),
    )


def name_of(document: Mapping[str, object], code: str) -> Localised:
    """What a document calls its partner; the code where it says nothing."""
    name = document.get("name")
    if not isinstance(name, Mapping):
        return Localised(code, code)
    danish = str(name.get("da") or code)
    return Localised(danish, str(name.get("en") or danish))


_OFFICE = "administrative"


def _contacts(xml: bytes | None) -> tuple[EntityContact, ...]:
    """A document that cannot be read names nobody, and keeps nobody else from being told."""
    try:
        return read_entity(xml).contacts if xml else ()
    except (BrokerError, ValueError):
        return ()


def _owner(record: EntityRecord) -> str | None:
    if record.kind != "sp":
        return None
    try:
        return read_service(record.document, record.code).contact
    except BrokerError:
        return None
