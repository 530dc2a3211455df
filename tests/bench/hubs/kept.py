"""What a worker finds in its folder: peers' certificates, a Response, and its own keys.

It imports of the tests what the floor needs and no more: their other modules would be weighed
as memory of the hub.
"""

from collections.abc import Callable
from pathlib import Path

from broker.saml.keys import Certificate, DecryptionKey, SigningKey, load_private_key
from broker.settings import Settings
from tests.bench.hubs.floor import floor

RESPONSE = "response.xml"


def kept_floor(folder: Path, idp: str, service: str, settings: Settings) -> Callable[[], None]:
    """One round of the floor, on the messages of these peers and with the worker's own keys."""
    home = settings.keys / "sundhed"
    opening, its = load_private_key(home / "sp-encryption.pem")
    signing, ours = load_private_key(home / "idp-signing.pem")
    return floor(
        (folder / RESPONSE).read_bytes(),
        _peer(folder, idp),
        _peer(folder, service),
        DecryptionKey(its, opening),
        SigningKey(ours, signing),
    )


def keep_peer(folder: Path, name: str, certificate: Certificate) -> None:
    """Write a peer's certificate down for the worker."""
    (folder / f"{name}.der").write_bytes(certificate.der)


def _peer(folder: Path, name: str) -> Certificate:
    return Certificate.from_der((folder / f"{name}.der").read_bytes())
