"""A broker that listens on loopback, set up as `broker init` does, and keys for its partners."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import requests
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID
from werkzeug.serving import make_server

from broker.app import create_app
from broker.bootstrap import Services, metadata_service
from broker.clock import system_clock
from broker.db import make_engine, migrate
from broker.demo.federation import Ports
from broker.metadata.defaults import LoadOptions
from broker.metadata.keyring import create_keys, create_secrets
from broker.metadata.report import LoadReport, Occasion
from broker.metadata.service import MetadataService
from broker.saml.keys import Certificate
from broker.settings import read_settings
from tests.box import CVR, FEDERATION, MAPPING
from tests.rights import give_roles, roles_of

PATH = "sundhed"


@dataclass(frozen=True)
class Running:
    """A broker at its origin, and the services behind it."""

    origin: str
    services: Services

    @property
    def idp_metadata(self) -> str:
        """Where services fetch our metadata."""
        return f"{self.origin}/{PATH}/metadata/idp.xml"

    @property
    def sp_metadata(self) -> str:
        """Where identity providers fetch our metadata."""
        return f"{self.origin}/{PATH}/metadata/sp.xml"

    def fetch(self, url: str) -> bytes:
        """A document that we publish, as anybody gets it."""
        answer = requests.get(url, timeout=20)
        assert answer.status_code == 200, answer.text
        return answer.content

    def load(self, raw: bytes, options: LoadOptions) -> LoadReport:
        """Register a partner from its own metadata, which nothing is odd about."""
        report = self._metadata.load_xml(
            raw, federation=PATH, source="interop", options=options, occasion=_occasion()
        )
        assert not report.refused, report
        found = [*report.findings, *(f for o in report.outcomes for f in o.findings)]
        assert not [finding for finding in found if finding.level != "info"]
        return report

    def map(self, service: str) -> None:
        """What a service is told: its mapping, as a person would write it."""
        document = {**MAPPING, "service": service}
        self._metadata.load_document(document, source="interop", occasion=_occasion())
        known = {record.code: record.document for record in self._metadata.entities(PATH)}
        decided = {**known[service], "kind": "service", "federations": [PATH], **roles_of(service)}
        give_roles(self._metadata, decided, (CVR,), system_clock())

    @property
    def _metadata(self) -> MetadataService:
        return metadata_service(self.services.engine, self.origin)


@contextmanager
def running(folder: Path) -> Iterator[Running]:
    """A broker in that folder, for as long as somebody needs it."""
    port = Ports.free().broker
    origin = f"http://localhost:{port}"
    settings = read_settings({"BROKER_DATA": str(folder), "BROKER_ORIGIN": origin})
    engine = make_engine(settings.database_url)
    migrate(engine)
    metadata = metadata_service(engine, origin)
    metadata.load_document(FEDERATION, source="interop", occasion=_occasion())
    create_secrets(settings.keys)
    for federation in metadata.federations():
        create_keys(settings.keys, federation, system_clock())
    engine.dispose()
    app = create_app(settings)
    server = make_server("127.0.0.1", port, app, threaded=True)
    listening = threading.Thread(target=server.serve_forever, daemon=True)
    listening.start()
    try:
        services = app.extensions["broker"]
        assert isinstance(services, Services)
        yield Running(origin, services)
    finally:
        server.shutdown()
        listening.join()
        server.server_close()
        services.engine.dispose()


def _occasion() -> Occasion:
    return Occasion(system_clock(), "test", "interop", "INTEROP")


@dataclass(frozen=True)
class Pair:
    """A key and its self-signed certificate as PEM, valid now: others read the real time."""

    key: str
    certificate: str

    @property
    def signer(self) -> tuple[Certificate, ...]:
        """Who signs its metadata, as `--signed-by` names it."""
        return (Certificate.from_pem(self.certificate.encode()),)


def make_pair(name: str) -> Pair:
    """A new pair of that name."""
    private = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    now = system_clock()
    certificate = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(private.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=400))
        .sign(private, hashes.SHA256())
    )
    pem = private.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    return Pair(pem.decode(), certificate.public_bytes(Encoding.PEM).decode())
