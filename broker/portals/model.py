"""A portal session: who is there, for which account, how surely, since when and until when."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from uuid import UUID

from broker.saml.assurance import Assurance

IDLE = timedelta(minutes=30)
LONGEST = timedelta(hours=8)
FRESH = timedelta(minutes=5)  # how long a login counts for keys, mandates and trust


@dataclass(frozen=True, slots=True)
class PortalSession:
    """One browser at the portals of one federation."""

    id: UUID
    federation: str
    person: UUID
    account: UUID | None  # None where the federation knows no account of the person
    level: Assurance
    authenticated_at: datetime  # when the identity provider saw the person
    started_at: datetime
    seen_at: datetime
    ends_at: datetime
    session_index: str | None
    name: str = field(repr=False)  # the NameID that the broker gave us, for logout
    name_format: str
    idp: str  # entityID of who vouched for the person
    reference: str
    emergency: bool = False  # came in past the login: may pause and take back, and look
    cvr: str | None = None  # as the login proved it; an organisation's code counts with its own
    # What the login said of whoever has no account here; with one, the account says it.
    workplace: str | None = None
    full_name: str | None = field(default=None, repr=False)

    def holds(self, now: datetime) -> bool:
        """Whether it still counts: neither over nor forgotten about."""
        return now < min(self.ends_at, self.seen_at + IDLE)

    def fresh(self, now: datetime) -> bool:
        """Whether the person was seen by the identity provider a moment ago."""
        return now - self.authenticated_at <= FRESH
