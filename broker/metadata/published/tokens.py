"""An address of its own for each partner, by which we see who fetched what.

A token names a row and proves that we made it, so that nothing has to be looked up or kept and
every node knows it. It opens nothing but a public document; guessing one would only let
somebody say that a partner fetched.
"""

import hashlib
import hmac
import re
from dataclasses import dataclass

from broker.errors import Unknown
from broker.metadata.model import ConnectedIdp, Federation, Service
from broker.metadata.registry import Registry
from broker.metadata.rollover.model import Side

_TOKEN = re.compile(r"(?P<row>[0-9]{1,9})-(?P<mark>[0-9a-f]{32})", re.ASCII)


@dataclass(frozen=True, slots=True)
class Tokens:
    """Makes and reads the tokens of one installation, by a secret that all its nodes have."""

    secret: bytes

    def of(self, federation: str, side: Side, row: int) -> str:
        """The token of a partner on a side of ours, for good."""
        message = f"metadata address|{federation}|{side}|{row}".encode()
        mark = hmac.new(self.secret, message, hashlib.sha256).hexdigest()[:32]
        return f"{row}-{mark}"

    def partner(
        self, registry: Registry, federation: str, side: Side, token: str
    ) -> Service | ConnectedIdp:
        """Whose token it is. Raises Unknown for what we did not make, or who left."""
        found = _TOKEN.fullmatch(token)
        row = int(found["row"]) if found else 0
        if found is None or not hmac.compare_digest(token, self.of(federation, side, row)):
            raise Unknown("request.federation", "a token that we did not make")
        if side == "idp":
            return registry.service_by_row(federation, row)
        return registry.idp_by_row(federation, row)

    def address(self, federation: Federation, side: Side, row: int) -> str:
        """Where a partner finds its own document."""
        token = self.of(federation.path, side, row)
        return f"{federation.base}/metadata/m/{token}/{side}.xml"
