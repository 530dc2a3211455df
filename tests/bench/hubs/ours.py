"""The broker with one service and one identity provider, set up in a folder of its own."""

from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from cryptography.hazmat.primitives import serialization

from broker.audit.evidence.box import make_pair
from broker.bootstrap import metadata_service
from broker.db import make_engine, migrate
from broker.metadata.defaults import LoadOptions
from broker.metadata.keyring import create_keys, create_secrets
from broker.metadata.report import Occasion
from broker.saml.assurance import Assurance
from broker.saml.keys import load_private_key
from broker.settings import Settings, read_settings
from tests.bench.hubs.kept import keep_peer
from tests.bench.hubs.peers import Hub, Peers
from tests.box import CVR, FEDERATION, MAPPING
from tests.factories import key_pair
from tests.peers import idp_metadata, sp_metadata
from tests.rights import give_roles, service_document

ORIGIN = "https://broker.example.dk"


@dataclass(frozen=True, slots=True)
class Set:
    """A broker that is set up and not started, and how its peers know it."""

    settings: Settings
    hub: Hub
    peers: Peers


def environ(
    folder: Path, port: int, database_url: str = "", *, evidence: bool = False
) -> dict[str, str]:
    """What a worker of it is started with; messages are kept as `evidence` where that is asked."""
    return {
        "BROKER_DATA": str(folder),
        "BROKER_ORIGIN": ORIGIN,
        "BROKER_LISTEN": f"127.0.0.1:{port}",
        "BROKER_WORKERS": "1",
        "BROKER_LOG_LEVEL": "WARNING",
        "BROKER_EVIDENCE_KEY": make_pair(b"bench")[1] if evidence else "none",
        **({"BROKER_DATABASE_URL": database_url} if database_url else {}),
    }


def set_up(
    folder: Path,
    port: int,
    peers: Peers,
    *,
    bits: int,
    database_url: str = "",
    choice: bool = False,
) -> Set:
    """Keys of that many bits, a service that one identity provider is open for, and a role.

    A `choice` is a second identity provider, so that people are asked.
    """
    settings = read_settings(environ(folder, port, database_url))
    now = datetime.now(UTC)
    engine = make_engine(settings.database_url)
    migrate(engine)
    service = metadata_service(engine, ORIGIN)
    occasion = Occasion(now, "bench", "hubs", "BENCH")
    service.load_document(FEDERATION, source="bench", occasion=occasion)
    create_secrets(settings.keys)
    for federation in service.federations():
        create_keys(settings.keys, federation, now, bits=bits)
    other = (idp_metadata("https://other.example.dk", key_pair(peers.idp)[1]), "other", ())
    known: tuple[tuple[bytes, str, tuple[str, ...]], ...] = (
        (idp_metadata(peers.idp_entity, key_pair(peers.idp)[1]), peers.idp, ()),
        *((other,) if choice else ()),
        (sp_metadata(peers.service_entity, key_pair(peers.service)[1]), peers.service, ("all",)),
    )
    for raw, code, idps in known:
        options = LoadOptions(code=code, cvrs="any", maximum=Assurance.HIGH, idps=idps)
        report = service.load_xml(
            raw, federation="sundhed", source="bench", options=options, occasion=occasion
        )
        assert not report.refused, report
    mapping = {**MAPPING, "service": peers.service}
    service.load_document(mapping, source="bench", occasion=occasion)
    document = service_document(peers.service, (peers.idp, *(("other",) if choice else ())))
    give_roles(service, document, (CVR,), now)
    engine.dispose()
    return Set(settings, _hub(settings), peers)


def set_up_before(folder: Path, port: int, peers: Peers) -> Set:
    """One that is set up in the folder already, as copies of a folder are."""
    settings = read_settings(environ(folder, port))
    return Set(settings, _hub(settings), peers)


def _hub(settings: Settings) -> Hub:
    home = settings.keys / "sundhed"
    return Hub(
        name="broker",
        sso="/sundhed/saml/sso",
        acs=f"{ORIGIN}/sundhed/saml/acs",
        acs_path="/sundhed/saml/acs",
        entity=f"{ORIGIN}/sundhed/saml/sp",
        destination=f"{ORIGIN}/sundhed/saml/sso",
        encryption=load_private_key(home / "sp-encryption.pem")[1],
        request_key=load_private_key(home / "sp-signing.pem")[1],
        host="broker.example.dk",
    )


def keep_peers(folder: Path, peers: Peers) -> None:
    """Write the peers' certificates down for the worker, which runs the floor with them."""
    for name in (peers.idp, peers.service):
        keep_peer(folder, name, key_pair(name)[1])


def pem(name: str) -> bytes:
    """A peer's private key, for hubs that read files."""
    return key_pair(name)[0].private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.TraditionalOpenSSL,
        serialization.NoEncryption(),
    )
