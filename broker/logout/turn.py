"""One request about a logout: what has been learnt so far, for refusals and records."""

from dataclasses import dataclass
from datetime import datetime

from broker.metadata.keyrings import Keyrings
from broker.metadata.model import Federation, FederationKeys
from broker.metadata.registry import Registry
from broker.metadata.rollover.model import Ask


@dataclass(slots=True)
class Turn:
    """What is known of one request; it grows as checks pass and is never kept."""

    registry: Registry
    federation: Federation
    keyrings: Keyrings
    now: datetime
    reference: str
    endpoint: str | None = None  # the epoch of ours whose address this came to (R25)
    peer: str | None = None  # the partner's code
    verified: bool = False  # a partner's signature was verified in this request (R8)
    claimed: str | None = None
    sha256: str | None = None

    def keys(self, code: str, endpoint: str | None = None) -> FederationKeys:
        """Our keys that count for a partner now. Raises Unavailable("key.*")."""
        ask = Ask(code, endpoint)
        path, plans = self.federation.path, self.registry.rollovers
        return self.keyrings.at(plans, path, self.now, service=ask, idp=Ask(code))
