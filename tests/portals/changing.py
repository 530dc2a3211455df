"""A change of our certificate that services meet, in a demo of its own: keys made, plan made.

The demo of the other tests has no plan, and keeps having none.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from broker.bootstrap import rollover_service
from broker.metadata.epochs import EpochFiles
from broker.metadata.report import Occasion
from broker.metadata.rollover.choosing import counts
from broker.metadata.rollover.documents import read_draft
from broker.metadata.rollover.model import Ask, Plan
from broker.metadata.rollover.service import RolloverService
from tests.portals.visiting import House, Portal

DAY = timedelta(days=1)


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
        federation = self.house.demo.services.registry.current().federation("sundhed")
        files = EpochFiles(self.house.demo.settings.keys)
        files.make(federation, epoch, self.now - DAY, bits=2048)

    def plan(self, code: str, after: str, **more: object) -> None:
        """From the key of today, on the IdP side alone: demo IdPs never load again."""
        document: dict[str, object] = {
            "code": code,
            "after": after,
            "slots": ["idp-signing"],
            "switch": self.now + 30 * DAY,
            **more,
        }
        service = self.service
        service.plan(read_draft(document, "test", self.now), ("sundhed",), self.occasion())

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
