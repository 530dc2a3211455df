"""An installation for tests of the registry: a federation, a service that loads, a clock."""

from dataclasses import dataclass, field, replace
from datetime import datetime
from uuid import UUID

from broker.audit.events import Event
from broker.audit.store import AuditStore
from broker.db import Connection, Engine, reading
from broker.metadata import seed, store
from broker.metadata.companion import Companion
from broker.metadata.defaults import LoadOptions
from broker.metadata.registry import Registry, RegistryCache
from broker.metadata.report import LoadReport, Occasion, Outcome
from broker.metadata.service import MetadataService
from broker.roles.catalogue.loader import CatalogueLoader
from broker.saml.assurance import Assurance
from broker.saml.vocabulary import OIO3_OF
from tests.factories import NOW

ORIGIN = "https://broker.example.dk"
OCCASION = Occasion(NOW, "operator", "a test", "TEST-REFERENCE")
OPEN_TO_ALL = LoadOptions(cvrs="any", maximum=Assurance.HIGH)


class Notebook(AuditStore):
    """An audit trail that only remembers; the real one has tests of its own."""

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
        assert connection.in_transaction()
        assert (at, reference) == (OCCASION.at, OCCASION.reference)
        self.events.append(event)


@dataclass(frozen=True)
class Installation:
    """One database, its registry, and what was told to the audit trail."""

    engine: Engine
    audit: Notebook = field(default_factory=Notebook)
    companions: tuple[Companion, ...] = ()

    def with_catalogue(self) -> "Installation":
        """The same, where what documents say of the catalogue is kept as well."""
        return replace(self, companions=(CatalogueLoader(self.audit, frozenset(OIO3_OF)),))

    @property
    def service(self) -> MetadataService:
        return MetadataService(self.engine, ORIGIN, self.audit, None, self.companions)

    @property
    def registry(self) -> Registry:
        return RegistryCache(self.engine, ORIGIN).current()

    @property
    def revision(self) -> int:
        with reading(self.engine) as connection:
            return store.revision(connection)

    def seed(self, *folders: str, only: str = "") -> None:
        for folder in folders:
            for name, document in seed.seeds(folder):
                if only in name:
                    self.document(document, name)

    def document(self, document: object, name: str = "test.toml") -> LoadReport:
        assert isinstance(document, dict)
        return self.service.load_document(document, source=name, occasion=OCCASION)

    def xml(
        self,
        raw: bytes,
        options: LoadOptions = OPEN_TO_ALL,
        *,
        federation: str = "sundhed",
        source: str = "partner.xml",
    ) -> LoadReport:
        return self.service.load_xml(
            raw, federation=federation, source=source, options=options, occasion=OCCASION
        )

    def one(self, raw: bytes, options: LoadOptions = OPEN_TO_ALL) -> Outcome:
        (outcome,) = self.xml(raw, options).outcomes
        return outcome


def codes(outcome: Outcome, level: str = "refused") -> set[str]:
    """The codes of the findings of that level."""
    return {finding.code for finding in outcome.findings if finding.level == level}
