"""What tests of an organisation's pages need behind the pages: who is who, and what was sent."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlencode, urljoin
from uuid import UUID

from broker.audit.store import AuditStore
from broker.db import Connection, reading, writing
from broker.demo.people import person_of
from broker.demo.visitor import Page
from broker.organisations import store
from broker.organisations.model import Actor, Deed, Organisation
from broker.roles.catalogue.cache import CatalogueCache
from broker.roles.grants import store as grant_store
from broker.roles.grants.facts import Scope
from broker.roles.grants.model import Given, Grant, Wanted
from broker.roles.grants.service import GrantService
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
        return self.house.clock()

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
        deed = Deed(self.now, "hører til jobbet", "TEST")
        with self.writing() as connection:
            return self.grants.give(connection, self.actor(by), wanted, deed)


def pressed(person: Portal, page: Page, what: str) -> Page:
    """Follow the link that is called so, or that chooses so."""
    chosen = urlencode({"scope": what}) if "=" in what else None
    for link in page.tree.iter("a"):
        href = link.get("href") or ""
        named = " ".join(" ".join(map(str, link.itertext())).split()) == what
        if named or (chosen and chosen in href and "button" in (link.get("class") or "")):
            return person.open(urljoin(page.url, href))
    raise AssertionError(f"nothing is called {what} at {page.url}")
