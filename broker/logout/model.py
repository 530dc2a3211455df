"""What a logout is: who began it, a step for each partner, and how each came out."""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Literal

from broker.saml import names
from broker.saml.messages import NameID, Status

Side = Literal["sp", "idp"]
Binding = Literal["soap", "redirect", "post", "none"]

BINDINGS: dict[str, Binding] = {
    names.SOAP: "soap",
    names.REDIRECT: "redirect",
    names.POST: "post",
}


class Outcome(StrEnum):
    """How one partner's step stands; `waiting` and `asked` may still become `done`."""

    WAITING = "waiting"  # through the browser, not begun
    ASKED = "asked"  # the browser went there and has not come back
    DONE = "done"
    UNCONFIRMED = "unconfirmed"
    CANNOT = "cannot"  # has no address for it, or we no longer know its name for the person


@dataclass(frozen=True, slots=True)
class Step:
    """One partner of a session that ends."""

    number: int
    side: Side
    peer: int  # Service.row or ConnectedIdp.row
    binding: Binding
    session_index: str | None
    request_id: str | None
    outcome: Outcome
    name: NameID = field(repr=False)
    endpoint: str | None = None  # the epoch whose address it came by when it was told (R25)

    @property
    def front(self) -> bool:
        """Whether it goes through the browser."""
        return self.binding in ("redirect", "post")

    @property
    def open(self) -> bool:
        """Whether it can still become anything else."""
        return self.front and self.outcome in (Outcome.WAITING, Outcome.ASKED)


@dataclass(frozen=True, slots=True)
class Initiator:
    """Who began it, and how to answer; nobody is to be answered where our own page did."""

    side: Side | Literal["page"]
    peer: int | None = None
    request_id: str | None = None
    binding: str | None = None  # that the request came by
    relay_state: str | None = None
    endpoint: str | None = None  # the epoch whose address the request came to


@dataclass(frozen=True, slots=True)
class Logout:
    """A logout as it stands."""

    id: str
    federation: str
    initiator: Initiator
    started_at: datetime
    until: datetime
    answered_at: datetime | None
    reference: str
    steps: tuple[Step, ...]

    @property
    def services(self) -> tuple[Step, ...]:
        """The steps of services, in the order they were told of the login."""
        return tuple(step for step in self.steps if step.side == "sp")

    @property
    def upstream(self) -> tuple[Step, ...]:
        """The steps of identity providers."""
        return tuple(step for step in self.steps if step.side == "idp")

    @property
    def complete(self) -> bool:
        """Whether every partner confirmed."""
        return all(step.outcome is Outcome.DONE for step in self.steps)

    @property
    def status(self) -> Status:
        """What the initiator is told: our session ended; whether everybody's did. Core 3.7.3.2."""
        return Status(names.SUCCESS, None if self.complete else names.PARTIAL_LOGOUT)
