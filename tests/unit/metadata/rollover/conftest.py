"""An installation with partners and keys, on each engine."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

import pytest

from broker.audit.events import Event
from broker.audit.store import AuditStore
from broker.db import Connection, Engine, reading
from broker.errors import BrokerError
from broker.metadata import store as registry_store
from broker.metadata.registry import Registry, RegistryCache
from broker.metadata.report import LoadReport, Occasion
from broker.metadata.rollover.choosing import counts
from broker.metadata.rollover.documents import read_draft
from broker.metadata.rollover.loader import RolloverLoader
from broker.metadata.rollover.model import Ask, Counts, Slot
from broker.metadata.rollover.service import RolloverService
from broker.metadata.service import MetadataService
from tests.unit.metadata.installation import ORIGIN, Installation
from tests.unit.metadata.rollover.making import SIGNING, Ring, day

NAME = {"da": "Navn", "en": "Name"}


class Book(AuditStore):
    """Remembers what it was told, and passes it on to the real one."""

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
        super().append(connection, event, at=at, reference=reference, subject=subject)


@dataclass
class House:
    """One installation, with what an operator does there on which day."""

    engine: Engine
    ring: Ring = field(default_factory=Ring)
    book: Book = field(default_factory=Book)

    @property
    def service(self) -> RolloverService:
        return RolloverService(self.engine, self.book, self.ring.certificate)

    @property
    def registry(self) -> Registry:
        return RegistryCache(self.engine, ORIGIN).current()

    def load(self, document: dict[str, object], at: float = 0) -> LoadReport:
        loader = RolloverLoader(self.book, self.ring.certificate)
        service = MetadataService(self.engine, ORIGIN, self.book, None, (loader,))
        return service.load_document(document, source="autumn.toml", occasion=on(at))

    def plan(self, at: float = 0, **more: object) -> None:
        """From the first key to the second, switching on day 40."""
        draft = read_draft({**AUTUMN, **more}, "a test", day(at))
        self.service.plan(draft, ("sundhed",), on(at))

    def counts(self, at: float, partner: str | None = None, slot: Slot = SIGNING) -> Counts:
        return counts(self.registry.rollovers, slot, Ask(partner), day(at))

    @property
    def revision(self) -> int:
        with reading(self.engine) as connection:
            return registry_store.revision(connection)


AUTUMN: dict[str, object] = {
    "kind": "rollover",
    "code": "autumn",
    "before": "first",
    "after": "second",
    "announce": day(10),
    "early_from": day(20),
    "switch": day(40),
    "rollback_until": day(50),
    "unpublish": day(60),
}


def on(at: float, by: str = "anna", reason: str = "a test") -> Occasion:
    """On that day, by her, for that reason."""
    return Occasion(day(at), by, reason, "TEST-REFERENCE")


@pytest.fixture
def house(engine: Engine) -> House:
    """Two services, one of them society-critical, and an identity provider."""
    installation = Installation(engine)
    installation.seed("federations", only="sundhed")
    for code, sla in (("dpsd", "standard"), ("fmk", "society-critical")):
        service = {"kind": "service", "code": code, "name": NAME, "owner": "Ejer", "sla": sla}
        installation.document(service)
    installation.document({"kind": "idp", "code": "region", "name": NAME})
    return House(engine)


def refused(code: str, work: Callable[[], object]) -> str:
    """The words of a refusal with that code."""
    with pytest.raises(BrokerError) as caught:
        work()
    assert caught.value.code == code, caught.value
    assert caught.value.detail
    return caught.value.detail


def told(house: House, kind: type) -> list[object]:
    return [event for event in house.book.events if isinstance(event, kind)]
