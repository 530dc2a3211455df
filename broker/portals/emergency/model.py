"""An emergency link as a fact."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

ASKING = timedelta(minutes=60)  # within which a second person allows it
LIFE = timedelta(minutes=15)  # within which it is used
SESSION = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Pass:
    """A link that an operator asked for on the host: from where, why, and how far it came."""

    number: str
    federation: str
    account: UUID
    address: str
    reason: str
    asked_by: str
    asked_at: datetime
    allowed_by: str | None
    allowed_at: datetime | None
    used_at: datetime | None
