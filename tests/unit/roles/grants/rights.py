"""A region with wards, roles, people and administrators, for tests of what may be granted."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID, uuid4

import sqlalchemy as sa

from broker.audit.store import AuditStore
from broker.db import Engine, writing
from broker.organisations.model import Actor, Deed
from broker.organisations.store import actor
from broker.organisations.tables import GROUP_MEMBER
from broker.periods import FOREVER
from broker.roles.catalogue.cache import CatalogueCache
from broker.roles.grants.bundles import BundleService
from broker.roles.grants.entitlements import EntitlementService
from broker.roles.grants.exceptions import ExceptionService
from broker.roles.grants.facts import Ceiling, Scope
from broker.roles.grants.model import EntitlementRecord, Given, Wanted
from broker.roles.grants.moving import GrantMover
from broker.roles.grants.service import GrantService
from broker.roles.rules.service import RuleService
from broker.saml.assurance import Assurance
from tests.factories import NOW
from tests.unit.organisations.world import BEGUN, SAID
from tests.unit.roles.grants.catalogued import (
    CLOSED,
    DAY,
    ELSEWHERE,
    HOSPITAL,
    NIGHT,
    PARENTS,
    REGION,
    WARD,
    Catalogued,
)

__all__ = [
    "CLOSED",
    "CONSOLE",
    "DAY",
    "ELSEWHERE",
    "HOSPITAL",
    "NIGHT",
    "OWN",
    "PARENTS",
    "REGION",
    "WARD",
    "Region",
    "Rights",
    "alone",
    "below",
    "count",
    "deed",
]

CONSOLE = Actor.at_console("operator")


def deed(at: datetime = NOW, reason: str = "because of the test") -> Deed:
    return Deed(at=at, reason=reason, reference="R")


def below(unit: str) -> Scope:
    """A unit with everything below it."""
    return Scope("sor", "value", unit, with_descendants=True)


def alone(unit: str) -> Scope:
    return Scope("sor", "value", unit, with_descendants=False)


OWN = Scope("sor", "own_unit_tree")


@dataclass
class Rights(Catalogued):
    """Rows and services on one engine."""

    def __post_init__(self) -> None:
        self.cache = CatalogueCache(self.engine)
        audit, catalogue = AuditStore(), self.cache.current_in
        self.grants = GrantService(audit, catalogue)
        self.entitlements = EntitlementService(audit, catalogue)
        self.bundles = BundleService(audit, catalogue, self.grants)
        self.exceptions = ExceptionService(audit, catalogue)
        self.rules = RuleService(audit, catalogue)
        self.mover = GrantMover(audit, catalogue)

    def member(
        self,
        group: UUID,
        account: UUID,
        organisation: UUID,
        since: datetime = BEGUN,
        until: datetime = FOREVER,
    ) -> None:
        self._add(
            GROUP_MEMBER,
            id=uuid4(),
            group_id=group,
            account_id=account,
            organisation_id=organisation,
            since=since,
            until=until,
            **SAID,
        )

    def admin(self, organisation: UUID, name: str = "Bo Admin", **more: object) -> UUID:
        """Somebody who administers an organisation."""
        unit = more.pop("mandate_unit", None)
        own = self.account(organisation, name, **more)  # type: ignore[arg-type]  # as given
        self.mandate(own, "org_admin", organisation=organisation, unit=unit)  # type: ignore[arg-type]  # as given
        return own

    def acting(self, account: UUID, at: datetime = NOW) -> Actor:
        with self.work() as connection:
            return actor(connection, account, at, Assurance.HIGH)

    def entitle(
        self,
        organisation: UUID,
        role: str,
        *ceiling: Ceiling,
        at: datetime = NOW - DAY,
        since: datetime | None = None,
        until: datetime = FOREVER,
    ) -> EntitlementRecord:
        with self.work() as connection:
            return self.entitlements.entitle(
                connection,
                CONSOLE,
                organisation,
                self.roles[role],
                ceiling,
                deed(at),
                since=since,
                until=until,
            )

    def give(
        self,
        by: UUID,
        organisation: UUID,
        role: str,
        *,
        at: datetime = NOW,
        account: UUID | None = None,
        group: UUID | None = None,
        scopes: Sequence[Scope] = (),
        since: datetime | None = None,
        until: datetime | None = None,
    ) -> Given:
        wanted = Wanted(organisation, self.roles[role], account, group, tuple(scopes), since, until)
        acting = self.acting(by, at)
        with self.work() as connection:
            return self.grants.give(connection, acting, wanted, deed(at))


@dataclass
class Region(Rights):
    """Rights with one region in it that may grant everything below HOSPITAL."""

    def build(self) -> "Region":
        with self.work():
            return self._build()

    def _build(self) -> "Region":
        self.federation()
        self.codes()
        self.types()
        self.service()
        self.role("reader")
        self.role("caseworker", delimitations=[{"type": "sor", "own_unit": True}])
        self.region = self.organisation("99000004")
        self.anna = self.account(self.region, "Anna Holm", unit=WARD)
        self.bo = self.admin(self.region, unit=HOSPITAL)
        self.entitle(self.region, "reader")
        self.entitle(self.region, "caseworker", Ceiling("sor", HOSPITAL, with_descendants=True))
        return self


def count(engine: Engine, table: sa.Table) -> int:
    with writing(engine) as connection:
        return connection.scalar(sa.select(sa.func.count()).select_from(table)) or 0
