"""One request about a logout: what has been learnt so far, for refusals and records."""

from dataclasses import dataclass
from datetime import datetime

from broker.metadata.model import Federation, FederationKeys
from broker.metadata.registry import Registry


@dataclass(slots=True)
class Turn:
    """What is known of one request; it grows as checks pass and is never kept."""

    registry: Registry
    federation: Federation
    keys: FederationKeys
    now: datetime
    reference: str
    peer: str | None = None  # the partner's code
    verified: bool = False  # a partner's signature was verified in this request (R8)
    claimed: str | None = None
    sha256: str | None = None
