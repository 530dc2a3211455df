"""The services below, made of the office, with what this person may have them do.

Every deed asks the permission table first. Whether it can be done at all is for the services:
what waits for two people, when something can be taken back, which instants make a plan.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from broker.db import reading
from broker.login.rehearsal import LIFE, Rehearsals
from broker.metadata.epochs import EpochFiles
from broker.metadata.model import Service
from broker.metadata.notices.making import office_of, urgent_news
from broker.metadata.notices.office import Office as Notices
from broker.metadata.partner_keys import PartnerKeys
from broker.metadata.postponing.service import Postponing
from broker.metadata.publish import Publisher
from broker.metadata.published.tokens import Tokens
from broker.metadata.readiness.gathering import ready_since
from broker.metadata.readiness.service import Readiness
from broker.metadata.report import Occasion
from broker.metadata.rollover.model import Plan, Rollovers
from broker.metadata.rollover.service import RolloverService
from broker.organisations import store
from broker.portals.drills.service import Drills
from broker.portals.office import Office
from broker.portals.person import Person
from broker.web.reference import new_reference


@dataclass(frozen=True, slots=True)
class Switchboard:
    """Everything about changes of certificates that portals work with."""

    office: Office
    publisher: Publisher

    @staticmethod
    def of(office: Office) -> "Switchboard":
        """The one of an office."""
        return Switchboard(office, Publisher(office.keyrings))

    @property
    def plans(self) -> RolloverService:
        """What changes plans; partners are written to of what is urgent."""
        office = self.office
        key_of = EpochFiles(office.keys).certificate
        tell = urgent_news(office.settings)
        return RolloverService(office.engine, office.audit, key_of, ready_since, tell)

    @property
    def readiness(self) -> Readiness:
        """Who is ready."""
        return Readiness(self.office.engine, self.office.audit)

    @property
    def postponing(self) -> Postponing:
        """Who asked to be switched later."""
        return Postponing(self.office.engine, self.office.audit)

    @property
    def drills(self) -> Drills:
        """Rehearsals of a whole change."""
        return Drills(self.office.engine, self.office.settings, self.office.clock)

    @property
    def partner_keys(self) -> PartnerKeys:
        """Partners' own keys."""
        return PartnerKeys(self.office.engine, self.office.audit)

    @property
    def tokens(self) -> Tokens:
        """Partners' own addresses of our metadata."""
        return Tokens(self.office.pseudonym)

    @property
    def notices(self) -> Notices:
        """What mails are written with."""
        return office_of(self.office.settings)

    @property
    def known(self) -> Rollovers:
        """Every plan, with rules and holds, as the login path has it now."""
        return self.office.registry.current().rollovers

    def service(self, person: Person, code: str) -> Service:
        """A service that this person may look at. Raises NotAllowed and Unknown."""
        found = self.office.registry.current().service_by_code(person.federation.path, code)
        person.demand("service.read", person.thing(service=code))
        return found

    def occasion(self, person: Person, reason: str = "") -> Occasion:
        """Now, by this person."""
        return Occasion(person.now, person.actor.by, reason.strip(), new_reference())

    def speaking(self, person: Person, reason: str, said: Iterable[str]) -> Occasion:
        """The same, under the account by which this human being has spoken already.

        Two people are two people, and not two accounts of one.
        """
        own = {str(account) for account in person.actor.accounts}
        by = next((one for one in said if one in own), person.actor.by)
        return Occasion(person.now, by, reason.strip(), new_reference())

    def trial(self, person: Person, plan: Plan, service: Service) -> tuple[str, datetime]:
        """A link with which one browser gets the next key at one service, and until when."""
        person.demand("service.change", person.thing(service=service.code))
        path, until = person.federation.path, person.now + LIFE
        link = Rehearsals(self.office.sealing).link(path, service.row, person.now)
        self.readiness.offer(plan, service.code, until, self.occasion(person))
        return f"{person.federation.base}/saml/try/{link}", until

    def names(self, person: Person, by: Iterable[str]) -> dict[str, str]:
        """Who they are that did something, by what stands in records."""
        found = {}
        with reading(self.office.engine) as connection:
            for one in set(by):
                try:
                    account = store.account(connection, UUID(one), person.now)
                except ValueError:
                    account = None
                found[one] = account.display_name if account else one
        return found
