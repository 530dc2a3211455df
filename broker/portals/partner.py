"""The portals as one service provider of the broker: who they are, where, and with which key."""

from dataclasses import dataclass
from functools import cache
from pathlib import Path

from broker.metadata.model import Federation
from broker.saml.keys import DecryptionKey, SigningKey, load_private_key

CODE = "portal"  # of the service, and of the group that its NameIDs belong to
KEY = "portal.pem"


@dataclass(frozen=True, slots=True)
class Partner:
    """The portals of one federation."""

    federation: Federation
    keys: Path  # the folder with a folder for each federation

    @property
    def entity_id(self) -> str:
        """Who the portals are, wherever they are reached: the same when the origin changes."""
        return f"urn:federation-broker:portal:{self.federation.path}"

    @property
    def home(self) -> str:
        """Where they begin, and where whoever wants to go nowhere else is sent."""
        return f"{self.federation.base}/portal/"

    @property
    def acs_url(self) -> str:
        """Where the broker answers."""
        return f"{self.federation.base}/portal/acs"

    @property
    def slo_url(self) -> str:
        """Where the broker sends logout messages through the browser."""
        return f"{self.federation.base}/portal/slo"

    @property
    def slo_soap_url(self) -> str:
        """Where it sends them by itself."""
        return f"{self.federation.base}/portal/slo/soap"

    @property
    def key_path(self) -> Path:
        """Where the key lies, beside those of the federation's own sides."""
        return self.keys / self.federation.path / KEY

    @property
    def signing(self) -> SigningKey:
        """What signs for the broker. Raises Unavailable("key.*")."""
        return _loaded(self.key_path)[0]

    @property
    def decryption(self) -> DecryptionKey:
        """What opens what the broker encrypted. Raises Unavailable("key.*")."""
        return _loaded(self.key_path)[1]


@cache
def _loaded(path: Path) -> tuple[SigningKey, DecryptionKey]:
    private, certificate = load_private_key(path)
    return SigningKey(certificate, private), DecryptionKey(certificate, private)
