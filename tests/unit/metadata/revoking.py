"""A federation that demands revocation, around an authority on loopback."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import partial
from uuid import UUID

from cryptography.hazmat.primitives.serialization import Encoding

from broker.audit.events import Event
from broker.audit.store import AuditStore
from broker.db import Connection, Engine
from broker.demo.authority import Authority
from broker.metadata import seed
from broker.metadata.decisions import federation_documents
from broker.metadata.registry import Registry, RegistryCache
from broker.metadata.revocations.model import RefreshReport
from broker.metadata.revocations.service import RevocationService
from broker.metadata.source import fetch_listed
from broker.saml.keys import Certificate
from tests.authorities import private
from tests.factories import NOW
from tests.unit.metadata.installation import OCCASION, ORIGIN, Installation
from tests.unit.metadata.telling import Telling

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
FETCH = partial(fetch_listed, loopback=True)


@dataclass(frozen=True)
class World:
    installation: Installation
    telling: Telling
    made: Authority
    trail: "Trail"

    def policy(self, **more: object) -> None:
        """Let the federation demand this of certificates."""
        written = {
            "chain": "require",
            "revocation": "require",
            "issuers": [self.made.chain.decode()],
            "hosts": [f"127.0.0.1:{self.telling.port}"],
            **more,
        }
        for name, document in seed.seeds("federations"):
            if "sundhed" in name:
                for one in federation_documents(document, name):
                    if one["path"] == "sundhed":
                        self.installation.document({**one, "certificates": written})

    def certificate(self, name: str) -> Certificate:
        issued = self.made.issue(
            private(name), name=name, organisation="Eksempel", cvr="90000012", now=NOW
        )
        return Certificate(issued.public_bytes(Encoding.DER))

    def refresh(self, at: datetime = NOW, *extra: Certificate) -> RefreshReport:
        desk = RevocationService(self.installation.engine, ORIGIN, self.trail, FETCH)
        return desk.refresh(replace(OCCASION, at=at), extra)

    def revoke(self, certificate: Certificate, at: datetime) -> None:
        serial = certificate.parsed.serial_number
        self.telling.lists["/issuing.crl"] = self.made.crl(at, {serial: at})


class Trail(AuditStore):
    """An audit trail that only remembers, at any instant."""

    def __init__(self) -> None:
        self.events: list[Event] = []

    def append(
        self,
        connection: Connection,
        event: Event,
        *,
        at: datetime,
        reference: str,
        subject: UUID | None = None,
    ) -> None:
        """Keep the event."""
        self.events.append(event)


def cache_at(engine: Engine, clock: list[datetime]) -> RegistryCache:
    return RegistryCache(engine, ORIGIN, lambda: clock[0])


def keys(registry: Registry) -> list[str]:
    (idp,) = registry.idps("sundhed")
    return [certificate.fingerprint for certificate in idp.idp.signing]
