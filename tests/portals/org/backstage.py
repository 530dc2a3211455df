"""What tests of an organisation's pages need behind the pages: who is who, and what was sent."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from urllib.parse import urlencode, urljoin
from uuid import UUID

from broker.audit.store import AuditStore
from broker.db import Connection, reading, writing
from broker.demo.people import person_of
from broker.demo.visitor import Page
from broker.identities.store import IdentityStore
from broker.metadata.keyring import PSEUDONYM, load_secret
from broker.organisations import store
from broker.organisations.desk import Desk
from broker.organisations.grouping import GroupService
from broker.organisations.model import Account, Actor, Deed, Organisation
from broker.organisations.people import NewPerson, PeopleService
from broker.roles.catalogue.cache import CatalogueCache
from broker.roles.grants import store as grant_store
from broker.roles.grants.bundles import BundleService
from broker.roles.grants.facts import Scope
from broker.roles.grants.model import Given, Grant, Wanted
from broker.roles.grants.service import GrantService
from broker.roles.grants.terms import end_of_day
from broker.roles.requests import store as request_store
from broker.roles.requests.model import Asked, Request
from broker.roles.requests.sending import Sender
from broker.saml.assurance import Assurance
from tests.portals.visiting import House, Portal

EGELY, HOME_CARE, ELSEWHERE = "90000004", "90000004/hjemmepleje", "90000013"
WARD = "1501000016001"  # the unit that Mette works in
TOP = "1491000016005"  # the top of Plejecenter Egely
LOWER = "1511000016004"  # another unit of it


@dataclass(frozen=True)
class Backstage:
    """Looks into the demo's database, and does there what others do at pages of their own."""

    house: House

    @property
    def now(self) -> datetime:
        return self.house.demo.services.clock()

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        with reading(self.house.demo.services.engine) as connection:
            yield connection

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        with writing(self.house.demo.services.engine) as connection:
            yield connection

    @property
    def cache(self) -> CatalogueCache:
        return CatalogueCache(self.house.demo.services.engine)

    @property
    def grants(self) -> GrantService:
        return GrantService(AuditStore(), self.cache.current_in)

    def organisation(self, spelled: str = EGELY) -> Organisation:
        cvr, _, unit = spelled.partition("/")
        with self.reading() as connection:
            found = store.organisation_by_cvr(connection, "sundhed", cvr, unit, self.now)
        assert found is not None
        return found

    def account(self, key: str, organisation: str = EGELY) -> UUID:
        """Somebody of the demo in an organisation, by key or by name."""
        who = person_of(key)
        name = who.name if who is not None else key
        home = self.organisation(organisation)
        with self.reading() as connection:
            found = store.accounts(connection, home.id, self.now, text=name)
        assert len(found) == 1, (key, [one.display_name for one in found])
        return found[0].id

    def actor(self, account: UUID) -> Actor:
        with self.reading() as connection:
            return store.actor(connection, account, self.now, Assurance.SUBSTANTIAL)

    def role(self, spelled: str) -> UUID:
        """A role by `service/code`."""
        service, _, code = spelled.partition("/")
        of = None if service == "national" else service
        found = self.cache.current().role_by_code("sundhed", of, code)
        assert found is not None, spelled
        return found.id

    def ask(
        self, subject: UUID, role: str, scopes: Sequence[Scope] = (), until: datetime | None = None
    ) -> Request:
        """A request that somebody sent for themselves."""
        deed = Deed(self.now, "Jeg skal bruge den i mit arbejde", "TEST")
        asked = Asked("add", subject, role=self.role(role), scopes=tuple(scopes), until=until)
        sender = Sender(AuditStore(), self.grants, self.cache.current_in)
        with self.writing() as connection:
            (made,) = sender.send(connection, self.actor(subject), (asked,), deed)
        return made

    def request(self, request: UUID) -> Request:
        with self.reading() as connection:
            found = request_store.request(connection, request)
        assert found is not None
        return found

    def living(self, account: UUID) -> tuple[Grant, ...]:
        """What somebody holds themselves, now or later."""
        with self.reading() as connection:
            return grant_store.living_of(connection, accounts=(account,), groups=(), at=self.now)

    def one(self, account: UUID) -> Account:
        with self.reading() as connection:
            found = store.account(connection, account, self.now)
        assert found is not None
        return found

    def rename(self, by: UUID, account: UUID, name: str) -> None:
        self._people.change(self.actor(by), account, self.deed(), display_name=name)

    def of_group(self, group: UUID) -> tuple[Grant, ...]:
        with self.reading() as connection:
            return grant_store.living_of(connection, accounts=(), groups=(group,), at=self.now)

    def grant(self, grant: UUID) -> Grant:
        with self.reading() as connection:
            found = grant_store.grant(connection, grant)
        assert found is not None
        return found

    def bundle(self, name: str, organisation: str = EGELY) -> UUID:
        home = self.organisation(organisation)
        with self.reading() as connection:
            found = grant_store.bundle_named(connection, home.id, name)
        assert found is not None
        return found.id

    def code(self, role: UUID) -> str:
        found = self.cache.current().role(role)
        return found.code if found else ""

    def open_requests(self, organisation: str = EGELY) -> list[Request]:
        home = self.organisation(organisation)
        with self.reading() as connection:
            found = request_store.open_requests(connection, self.now, organisations=(home.id,))
        return [one.request for one in found]

    def members(self, group: UUID) -> frozenset[UUID]:
        with self.reading() as connection:
            return store.members(connection, group, self.now)

    def groups(self, organisation: UUID) -> list[UUID]:
        with self.reading() as connection:
            return [one.id for one in store.groups(connection, organisation)]

    def days(self, number: int) -> datetime:
        """Midnight in Denmark, so many days ahead."""
        return end_of_day(self.now + timedelta(days=number))

    def deed(self) -> Deed:
        return Deed(self.now, "hører til jobbet", "TEST")

    def make_group(self, by: UUID, name: str, people: Sequence[UUID]) -> UUID:
        services = self.house.demo.services
        groups = GroupService(Desk(services.engine, AuditStore()))
        actor = self.actor(by)
        made = groups.create(actor, self.organisation().id, name, self.deed())
        for one in people:
            groups.join(actor, made, one, self.deed())
        return made

    def make_bundle(self, by: UUID, name: str, roles: Sequence[str]) -> UUID:
        bundles = BundleService(AuditStore(), self.cache.current_in, self.grants)
        wanted, home = [self.role(role) for role in roles], self.organisation().id
        with self.writing() as connection:
            return bundles.make(connection, self.actor(by), home, name, wanted, self.deed()).id

    def give_group(self, by: UUID, group: UUID, role: str) -> Given:
        wanted = Wanted(self.organisation().id, self.role(role), group=group)
        with self.writing() as connection:
            return self.grants.give(connection, self.actor(by), wanted, self.deed())

    @property
    def _people(self) -> PeopleService:
        secret = load_secret(self.house.demo.settings.keys / PSEUDONYM)
        desk = Desk(self.house.demo.services.engine, AuditStore())
        return PeopleService(desk, IdentityStore(secret))

    def add(self, by: UUID, name: str, email: str | None = None) -> UUID:
        """Somebody who has not begun."""
        person, home = NewPerson(name, email), self.organisation().id
        return self._people.add(self.actor(by), home, person, self.deed()).account

    def give(
        self,
        by: UUID,
        account: UUID,
        role: str,
        scopes: Sequence[Scope] = (),
        until: datetime | None = None,
    ) -> Given:
        """A grant by somebody who may."""
        with self.reading() as connection:
            one = store.account(connection, account, self.now)
        assert one is not None
        wanted = Wanted(
            one.organisation, self.role(role), account, scopes=tuple(scopes), until=until
        )
        with self.writing() as connection:
            return self.grants.give(connection, self.actor(by), wanted, self.deed())


def pressed(person: Portal, page: Page, what: str) -> Page:
    """Follow the link that is called so, or that chooses so."""
    chosen = urlencode({"scope": what}) if "=" in what else None
    for link in page.tree.iter("a"):
        href = link.get("href") or ""
        named = " ".join(" ".join(map(str, link.itertext())).split()) == what
        if named or (chosen and chosen in href and "button" in (link.get("class") or "")):
            return person.open(urljoin(page.url, href))
    raise AssertionError(f"nothing is called {what} at {page.url}")
