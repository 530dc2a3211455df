"""What a vendor may use of a test environment, from when, until when, and how it was used up."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Literal
from uuid import UUID

from broker.cases.model import Party, Trace
from broker.roles.model import Interface

LIFE = timedelta(days=365)
RENEWABLE = timedelta(days=90)  # so long before its end it may be asked for anew

EndedHow = Literal["revoked", "given_back"]
AccessState = Literal["later", "open", "closed", "ended", "revoked", "given_back"]
Happened = Literal["granted", "extended", "certificate", "revoked", "given_back"]
ENDED_HOW: tuple[EndedHow, ...] = ("revoked", "given_back")
HAPPENED: tuple[Happened, ...] = ("granted", "extended", "certificate", "revoked", "given_back")
LASTING: tuple[AccessState, ...] = ("later", "open")


@dataclass(frozen=True, slots=True)
class Reached:
    """Somebody at the vendor whom mail reaches."""

    name: str = field(repr=False)
    email: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Access:
    """One product of a vendor at the test environment of one interface."""

    id: UUID
    federation: str
    service: str
    interface: str
    cvr: str
    organisation: str
    product: str
    purpose: str
    contact: Reached
    technical: Reached | None
    language: Literal["da", "en"]
    case_no: str  # the latest case that it comes from
    declared_at: datetime  # when it was last declared that all data is fictive
    keeper: Trace  # who asked last: they act on it for the vendor
    since: datetime
    until: datetime  # exclusive
    ended_at: datetime | None = None
    ended_how: EndedHow | None = None
    ended_why: str = ""
    version: int = 1

    def last(self, interface: Interface | None) -> datetime:
        """When it ends by itself: on its day, or with the interface."""
        closes = interface.closes if interface is not None else None
        return self.until if closes is None else min(self.until, closes)

    def state(self, interface: Interface | None, at: datetime) -> AccessState:
        """How it stands. An interface that nobody offers any more is closed."""
        if self.ended_how is not None:
            return self.ended_how
        if interface is None or (interface.closes is not None and at >= interface.closes):
            return "closed"
        if at >= self.until:
            return "ended"
        return "later" if at < self.since else "open"

    def kept_by(self, party: Party) -> bool:
        """Whether they act on it for the vendor: they asked, and are still of the company."""
        accounts = (self.keeper.account,) if self.keeper.account else ()
        return party.cvr == self.cvr and party.is_one_of((self.keeper.person,), accounts)

    @property
    def reached(self) -> tuple[Reached, ...]:
        """Everybody at the vendor who is told of it."""
        return (self.contact, self.technical) if self.technical else (self.contact,)


@dataclass(frozen=True, slots=True)
class SystemCertificate:
    """A certificate that the vendor's system uses in test, and since when."""

    id: UUID
    access: UUID
    fingerprint: str
    der: bytes = field(repr=False)
    since: datetime
    until: datetime | None  # when another took its place
    by: Trace


@dataclass(frozen=True, slots=True)
class VendorEvent:
    """One line of what happened to an access; nothing is ever taken out of it."""

    at: datetime
    what: Happened
    by: Trace
    of_vendor: bool
    words: str = field(default="", repr=False)
    until: datetime | None = None
    fingerprint: str | None = None
    case_no: str | None = None
