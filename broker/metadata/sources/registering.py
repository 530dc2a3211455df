"""Registering and forgetting sources."""

from dataclasses import dataclass
from urllib.parse import urlsplit

from broker.audit.events import MetadataSourceChanged
from broker.audit.store import AuditStore
from broker.db import Connection, Engine, reading, writing
from broker.errors import Refused, Unknown
from broker.metadata import store
from broker.metadata.homes import federation_of
from broker.metadata.report import Occasion
from broker.metadata.source import check_address
from broker.metadata.sources.model import CODE, Source
from broker.metadata.sources.store import sources
from broker.saml.entity_parts import is_loopback


@dataclass(frozen=True, slots=True)
class SourceDesk:
    """Where an administrator says from where metadata comes."""

    engine: Engine
    origin: str
    audit: AuditStore

    def every(self, federation: str | None = None) -> list[Source]:
        """Every source, by code."""
        with reading(self.engine) as connection:
            return sources.every(connection, federation)

    def add(self, source: Source, occasion: Occasion) -> None:
        """Register a source; nothing is fetched yet.

        Raises Refused("source.code" | "source.address" | "source.unsigned" |
        "source.certificate" | "source.exists"), and Unknown for the federation.
        """
        if not CODE.match(source.code):
            raise Refused("source.code", "a code is small letters, digits and hyphens")
        if source.certificates.strip() and not source.pinned:
            raise Refused("source.certificate", "there is no certificate in the file")
        if source.many and not source.pinned:
            words = "an aggregate speaks for many: its signing key must be pinned, --signed-by"
            raise Refused("source.unsigned", words)
        if source.kind == "url":
            here = is_loopback(urlsplit(self.origin).hostname or "")
            check_address(source.location, loopback=here, resolve=lambda _host: ())
        with writing(self.engine) as connection:
            federation_of(connection, source.federation, self.origin)
            if sources.one(connection, source.code) is not None:
                raise Refused("source.exists", f"{source.code} is registered already")
            sources.add(connection, source)
            self._tell(connection, source, "added", occasion)

    def remove(self, code: str, occasion: Occasion) -> None:
        """Forget a source; its entities stay. Raises Unknown("source.unknown").

        What its key vouched for until an instant counts without an end from now on: the person
        who removes it takes over the vouching.
        """
        with writing(self.engine) as connection:
            source = sources.one(connection, code, lock=True)
            if source is None:
                raise Unknown("source.unknown", f"no source is called {code}")
            sources.remove(connection, code)
            self._tell(connection, source, "removed", occasion)
            store.bump(connection)

    def _tell(
        self, connection: Connection, source: Source, change: str, occasion: Occasion
    ) -> None:
        event = MetadataSourceChanged(
            federation=source.federation,
            source=source.code,
            change=change,
            location=source.location,
            signers=tuple(certificate.fingerprint for certificate in source.pinned),
            by=occasion.by,
            reason=occasion.reason,
        )
        self.audit.append(connection, event, at=occasion.at, reference=occasion.reference)
