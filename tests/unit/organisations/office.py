"""Every service of organisations on one engine, and the people who use them."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime
from uuid import UUID

import sqlalchemy as sa

from broker.audit.store import AuditStore, told_under
from broker.db import Connection, Engine, reading, writing
from broker.identities.model import IdentityKey
from broker.identities.store import IdentityStore
from broker.metadata.model import ConnectedIdp
from broker.organisations import store
from broker.organisations.arrivals import Arrivals
from broker.organisations.claims import Arrival, ClaimService
from broker.organisations.desk import Desk
from broker.organisations.grouping import GroupService
from broker.organisations.linking import Asserted, IdentityService
from broker.organisations.mandating import MandateService
from broker.organisations.model import Account, Actor, Deed
from broker.organisations.people import PeopleService
from broker.organisations.service import OrganisationService
from broker.organisations.substituting import SubstituteService
from broker.organisations.tables import ACCOUNT
from broker.saml.assurance import Assurance
from tests.factories import NOW
from tests.unit.organisations.hooks import Grants, Guard, OneService, Tree
from tests.unit.organisations.world import World
from tests.unit.web.pages import idp

CONSOLE = Actor.at_console("jens")
NEMLOGIN = idp("nemlogin", "NemLog-in")
KEY = b"k" * 32


def deed(at: datetime = NOW, reason: str = "a test", reference: str = "R1") -> Deed:
    """Something done at an instant."""
    return Deed(at=at, reason=reason, reference=reference, case_no="26/104")


def region(*cvrs: str) -> ConnectedIdp:
    """A regional IdP that may speak for these numbers."""
    return replace(idp("region", "Region"), cvrs=frozenset(cvrs))


@dataclass
class Office:
    """The services, with hooks that remember what they saw."""

    world: World
    grants: Grants = field(default_factory=Grants)
    guard: Guard = field(default_factory=Guard)
    units: Tree = field(default_factory=Tree)

    @property
    def engine(self) -> Engine:
        return self.world.engine

    @property
    def desk(self) -> Desk:
        return Desk(self.engine, AuditStore(), self.units)

    @property
    def identities(self) -> IdentityStore:
        return IdentityStore(KEY)

    @property
    def organisations(self) -> OrganisationService:
        return OrganisationService(self.desk, self.grants, self.guard)

    @property
    def people(self) -> PeopleService:
        return PeopleService(self.desk, self.identities, self.grants, self.guard)

    @property
    def links(self) -> IdentityService:
        return IdentityService(self.desk, self.identities)

    @property
    def claims(self) -> ClaimService:
        return ClaimService(self.desk, self.identities)

    @property
    def mandates(self) -> MandateService:
        return MandateService(self.desk, OneService())

    @property
    def substitutes(self) -> SubstituteService:
        return SubstituteService(self.desk)

    @property
    def groups(self) -> GroupService:
        return GroupService(self.desk, self.guard)

    def as_(self, account: UUID, at: datetime = NOW, level: Assurance = Assurance.HIGH) -> Actor:
        """The account as whoever does something."""
        with reading(self.engine) as connection:
            return store.actor(connection, account, at, level)

    def account(self, account_id: UUID, at: datetime = NOW) -> Account:
        """The account at an instant."""
        with reading(self.engine) as connection:
            found = store.account(connection, account_id, at)
        assert found
        return found

    def ask(self, question: Callable[[Connection], object]) -> object:
        """Whatever a store function answers."""
        with reading(self.engine) as connection:
            return question(connection)

    def login(
        self,
        *keys: IdentityKey,
        cvr: str,
        by: ConnectedIdp = NEMLOGIN,
        at: datetime = NOW,
    ) -> tuple[UUID, list[UUID]]:
        """Somebody signs in: which person it is, and the accounts they may act for."""
        with writing(self.engine) as connection:
            named = self.identities.person(connection, "sundhed", keys, at)
            Arrivals(self.identities, AuditStore()).arrived(
                connection,
                named.person,
                keys,
                federation="sundhed",
                cvr=cvr,
                idp=by,
                at=at,
                reference="LOGIN",
            )
            acting = store.acting_for(connection, named.person, "sundhed", [cvr], at)
        return named.person, [one.id for one in acting]

    def claim(
        self,
        code: str,
        *keys: IdentityKey,
        cvr: str,
        by: ConnectedIdp = NEMLOGIN,
        at: datetime = NOW,
    ) -> Account:
        """Somebody signs in and gives a code."""
        person, _ = self.login(*keys, cvr=cvr, by=by, at=at)
        return self.claims.use(Arrival("sundhed", person, keys, cvr, by), code, deed(at))

    def told(self, reference: str = "R1") -> list[str]:
        """The events under a reference."""
        with reading(self.engine) as connection:
            return [name for name, _ in told_under(connection, reference)]

    def rows(self) -> dict[str, list[tuple[object, ...]]]:
        """Everything in every table: to see that a refusal left nothing."""
        with reading(self.engine) as connection:
            return {
                table.name: sorted(
                    (tuple(row) for row in connection.execute(sa.select(table))), key=repr
                )
                for table in ACCOUNT.metadata.sorted_tables
            }


def uuid_said(value: str, cvr: str, by: ConnectedIdp | None = None) -> Asserted:
    """A professional UUID."""
    return Asserted("professional-uuid", value, cvr, by)
