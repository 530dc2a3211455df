"""A change of our certificate that services meet, in a demo of its own: keys made, plan made.

The demo of the other tests has no plan, and keeps having none.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from zlib import crc32

from broker.bootstrap import rollover_service
from broker.demo.federation import DemoFederation
from broker.demo.visitor import Page
from broker.metadata.epochs import EpochFiles
from broker.metadata.report import Occasion
from broker.metadata.rollover.choosing import counts
from broker.metadata.rollover.documents import read_draft
from broker.metadata.rollover.model import Ask, Plan
from broker.metadata.rollover.service import RolloverService
from tests.key_pool import pooled
from tests.portals.visiting import House, Portal

DAY = timedelta(days=1)
_OF_EPOCHS = 1_000_000  # keys of the pool from here on are no demo's own


def attribute(page: Page, path: str, name: str) -> str:
    """What an element says in an attribute; nothing where it is not there."""
    found = page.tree.find(path)
    return "" if found is None else str(found.get(name, ""))


def linked(page: Page, words: str) -> str:
    """Where the link of these words leads."""
    found = [a for a in page.tree.iter("a") if words in "".join(map(str, a.itertext()))]
    return str(found[0].get("href", ""))


def make_keys(demo: DemoFederation, epoch: str) -> None:
    """The keys of an epoch, valid since yesterday."""
    federation = demo.services.registry.current().federation("sundhed")
    since = demo.services.clock() - DAY
    with pooled(first=_OF_EPOCHS + crc32(epoch.encode())):
        EpochFiles(demo.settings.keys).make(federation, epoch, since, bits=2048)


def make_plan(demo: DemoFederation, code: str, after: str, **more: object) -> None:
    """A switch in thirty days, on the IdP side alone: demo IdPs never load our metadata again."""
    now = demo.services.clock()
    document: dict[str, object] = {
        "code": code,
        "after": after,
        "slots": ["idp-signing"],
        "switch": now + 30 * DAY,
        **more,
    }
    service = rollover_service(demo.services.engine, demo.settings.keys)
    occasion = Occasion(now, "host", "a test", "reference")
    service.plan(read_draft(document, "test", now), ("sundhed",), occasion)


@dataclass
class Change:
    """What tests do beside the portals, as somebody on the host would."""

    house: House

    @property
    def now(self) -> datetime:
        return self.house.clock()

    def occasion(self, reason: str = "a test", by: str = "host") -> Occasion:
        return Occasion(self.now, by, reason, "reference")

    def fresh(self, key: str) -> Portal:
        """Somebody who has logged in a moment ago."""
        return self.house.enter(key, anew=True)

    def keys(self, epoch: str) -> None:
        """The keys of an epoch, made on the host."""
        make_keys(self.house.demo, epoch)

    def plan(self, code: str, after: str, **more: object) -> None:
        """From the key of today, on the IdP side alone."""
        make_plan(self.house.demo, code, after, **more)

    @property
    def service(self) -> RolloverService:
        """What somebody on the host changes plans with; nobody is written to."""
        settings = self.house.demo.settings
        return rollover_service(self.house.demo.services.engine, settings.keys)

    def of(self, code: str) -> Plan:
        """A plan as the login path has it now."""
        known = self.house.demo.services.registry.current().rollovers.plans
        return next(p for p in known if p.code == code and p.slot.side == "idp")

    def counts(self, code: str, partner: str) -> str:
        """The epoch that signs for a partner now."""
        known = self.house.demo.services.registry.current().rollovers
        return counts(known, self.of(code).slot, Ask(partner), self.now).epoch
