"""A catalogue for tests: a federation, delimitation types, and documents loaded at an instant."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from broker.audit.events import CatalogueLoaded, Event
from broker.audit.store import AuditStore
from broker.db import Connection, Engine
from broker.metadata.report import LoadReport, Occasion
from broker.metadata.seed import seeds
from broker.metadata.service import MetadataService
from broker.roles.catalogue.cache import CatalogueCache
from broker.roles.catalogue.loader import CatalogueLoader
from broker.roles.catalogue.snapshot import Catalogue
from broker.saml.vocabulary import OIO3_OF
from tests.box import FEDERATION
from tests.factories import NOW

NAME = {"da": "Navn", "en": "Name"}
WHY = {"da": "Fordi.", "en": "Because."}
SOR = {"type": "sor", "own_unit": True}
READER: dict[str, object] = {
    "code": "Reader",
    "urn": "urn:x:one:reader",
    "name": NAME,
    "description": NAME,
}
WRITER: dict[str, object] = READER | {
    "code": "Writer",
    "urn": "urn:x:one:writer",
    "delimitations": [SOR],
}
RULE: dict[str, object] = {
    "code": "writer",
    "role": "Writer",
    "state": "active",
    "when": [[{"attribute": "privileges", "op": "has_privilege", "value": "urn:y:write"}]],
    "scope": [{"type": "sor", "source": "privilege"}],
}
CONFLICT: dict[str, object] = {
    "code": "two-hands",
    "name": NAME,
    "explanation": WHY,
    "a": ["Reader"],
    "b": ["Writer"],
}
SERVICE: dict[str, object] = {
    "kind": "service",
    "code": "one",
    "name": NAME,
    "owner": "Ejer",
    "delimitation": "sor",
    "role_form": [{"kind": "oiobpp"}],
    "role": [READER, WRITER],
}
NATIONAL: dict[str, object] = {
    "kind": "roles",
    "code": "national",
    "federations": ["sundhed"],
    "role": [READER | {"code": "Nurse", "urn": "urn:x:nurse", "aliases": ["urn:x:code:1"]}],
    "policy": [{"code": "owner", "name": NAME, "stage": [{"approver": "service_owner"}]}],
}


def day(number: float) -> datetime:
    """So many days after the first."""
    return NOW + timedelta(days=number)


class Notebook(AuditStore):
    """An audit trail that only remembers."""

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


@dataclass(frozen=True)
class CatalogueBox:
    """One database with `sundhed` in it, and what was told to the audit trail."""

    engine: Engine
    audit: Notebook
    cache: CatalogueCache

    @property
    def service(self) -> MetadataService:
        companion = CatalogueLoader(self.audit, frozenset(OIO3_OF))
        return MetadataService(self.engine, "https://x.dk", self.audit, None, (companion,))

    def load(self, document: object, number: float = 0) -> LoadReport:
        """Load a document on a day; the report."""
        assert isinstance(document, dict)
        occasion = Occasion(day(number), "operator", "a test", "REF")
        return self.service.load_document(document, source="one.toml", occasion=occasion)

    def state(self, document: object, number: float = 0) -> str:
        """Load a document on a day; what became of its part of the catalogue."""
        return self.load(document, number).outcomes[-1].state

    @property
    def now(self) -> Catalogue:
        return self.cache.current()

    @property
    def told(self) -> list[CatalogueLoaded]:
        return [event for event in self.audit.events if isinstance(event, CatalogueLoaded)]


def make_catalogue_box(engine: Engine) -> CatalogueBox:
    """A box with the shipped delimitation types."""
    box = CatalogueBox(engine, Notebook(), CatalogueCache(engine))
    box.load(FEDERATION)
    (types,) = (d for name, d in seeds("roles") if name == "roles/delimitations.toml")
    box.load(dict(types))
    box.audit.events.clear()
    return box
