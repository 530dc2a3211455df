"""Who sets the demo's organisations up: the real services, all in one transaction.

Nothing is written past them, so what the demo shows is what an operator and administrators
could have done by hand; only that they would have taken a transaction for each step.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from broker.audit.store import AuditStore
from broker.db import Connection
from broker.errors import Unavailable
from broker.identities.store import IdentityStore
from broker.organisations import store
from broker.organisations.arrivals import Arrivals
from broker.organisations.desk import Desk, Work
from broker.organisations.grouping import GroupService
from broker.organisations.mandating import MandateService
from broker.organisations.model import Actor, Deed
from broker.organisations.people import PeopleService
from broker.organisations.service import OrganisationService
from broker.organisations.services import RegisteredServices
from broker.roles.catalogue.cache import CatalogueCache
from broker.roles.grants.bundles import BundleService
from broker.roles.grants.entitlements import EntitlementService
from broker.roles.grants.exceptions import ExceptionService
from broker.roles.grants.guarding import RoleGuard
from broker.roles.grants.service import GrantService
from broker.roles.model import Role
from broker.saml.assurance import Assurance

NATIONAL = "national"
OPERATOR = Actor.at_console("demo")


@dataclass(frozen=True, slots=True)
class OneDesk(Desk):
    """A desk where all work is done in a transaction that somebody else began."""

    connection: Connection | None = None

    @contextmanager
    def work(self, actor: Actor, deed: Deed) -> Iterator[Work]:
        """One change of many; whoever began the transaction commits them together."""
        if self.connection is None:
            raise TypeError("a desk without its transaction")
        yield Work(self.connection, self.audit, self.units, actor, deed)


@dataclass(frozen=True, slots=True)
class Clerk:
    """Every service on one connection, in one federation, and when what is done."""

    connection: Connection
    identities: IdentityStore
    cache: CatalogueCache
    federation: str
    reference: str

    @property
    def desk(self) -> Desk:
        """Where the work is done."""
        return OneDesk(self.connection.engine, AuditStore(), connection=self.connection)

    @property
    def organisations(self) -> OrganisationService:
        """What operators do to organisations."""
        return OrganisationService(self.desk)

    @property
    def people(self) -> PeopleService:
        """What administrators do to people."""
        return PeopleService(self.desk, self.identities)

    @property
    def mandates(self) -> MandateService:
        """Who administers what."""
        return MandateService(self.desk, RegisteredServices())

    @property
    def groups(self) -> GroupService:
        """What administrators do to groups."""
        return GroupService(self.desk, RoleGuard(self.cache.current_in))

    @property
    def arrivals(self) -> Arrivals:
        """What a login does to an account."""
        return Arrivals(self.identities, AuditStore())

    @property
    def entitlements(self) -> EntitlementService:
        """What operators let organisations hand out."""
        return EntitlementService(AuditStore(), self.cache.current_in)

    @property
    def grants(self) -> GrantService:
        """What administrators give."""
        return GrantService(AuditStore(), self.cache.current_in)

    @property
    def bundles(self) -> BundleService:
        """Lists of roles to give from."""
        return BundleService(AuditStore(), self.cache.current_in, self.grants)

    @property
    def exceptions(self) -> ExceptionService:
        """Roles that do not go together, and who may have them all the same."""
        return ExceptionService(AuditStore(), self.cache.current_in)

    def acting(self, account: UUID, at: datetime) -> Actor:
        """An administrator at work."""
        return store.actor(self.connection, account, at, Assurance.SUBSTANTIAL)

    def deed(self, at: datetime, reason: str) -> Deed:
        """Something done at an instant."""
        return Deed(at, reason, self.reference)

    def roles(self, spelled: Sequence[str]) -> list[Role]:
        """The roles of `service:code`, where `*` is every code that is not retired.

        A service that the federation does not have has none; a code that it lacks is a mistake.
        """
        catalogue = self.cache.current_in(self.connection)
        found: list[Role] = []
        for text in spelled:
            name, _, code = text.partition(":")
            service = None if name == NATIONAL else name
            known = catalogue.roles_of(self.federation, service)
            chosen = [role for role in known if code in ("*", role.code)]
            if known and not chosen:
                raise Unavailable("demo.role", f"there is no role {text}")
            found += chosen
        return found
