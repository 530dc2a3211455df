"""An invitation into the team of a service. Frozen facts."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Literal
from uuid import UUID

from broker.organisations.model import MandateKind
from broker.periods import Period
from broker.saml.entities import Localised

LIFE = timedelta(days=7)
GUESSES = 5
A_DAY = 10  # of one service within 24 hours
KEPT = timedelta(days=90)  # then nobody's name and address is of use any more

InvitationState = Literal["waiting", "accepted", "withdrawn", "expired", "dead"]


@dataclass(frozen=True, slots=True)
class Target:
    """The service that somebody is invited to, as mails call it."""

    federation: str
    home: Localised
    base: str  # where the federation's pages are
    service: str
    name: Localised


@dataclass(frozen=True, slots=True)
class Asked:
    """Whom an owner invites, as what, and until when they would be in the team."""

    name: str = field(repr=False)
    email: str = field(repr=False)
    cvr: str
    kind: MandateKind
    ends: datetime | None


@dataclass(frozen=True, slots=True)
class Invitation:
    """One invitation, as it is kept: never its code."""

    id: UUID
    federation: str
    service: str
    kind: MandateKind
    name: str = field(repr=False)
    email: str = field(repr=False)
    cvr: str
    ends: datetime | None  # when the place in the team ends by itself
    reason: str
    period: Period  # when it can be accepted
    code_hash: str = field(repr=False)
    guesses: int
    accepted_at: datetime | None
    withdrawn_at: datetime | None
    by_account: UUID

    def state(self, at: datetime) -> InvitationState:
        """How far it has come."""
        if self.accepted_at is not None:
            return "accepted"
        if self.withdrawn_at is not None:
            return "withdrawn"
        if at >= self.period.until:
            return "expired"
        return "waiting" if self.guesses < GUESSES else "dead"
