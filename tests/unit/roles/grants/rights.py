"""A region with wards, roles, people and administrators, for tests of what may be granted.

REGION ─ HOSPITAL ─ WARD, NIGHT         ELSEWHERE stands alone; CLOSED counts no more
"""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from uuid import UUID, uuid4

import sqlalchemy as sa

from broker.audit.store import AuditStore
from broker.codelists.numbers import make_sor
from broker.codelists.tables import CODE_CLOSURE, CODE_LIST, CODE_VALUE
from broker.db import Connection, Engine, writing
from broker.organisations.model import Actor, Deed
from broker.organisations.store import actor
from broker.organisations.tables import GROUP_MEMBER
from broker.periods import FOREVER
from broker.roles.catalogue import store as catalogue_store
from broker.roles.catalogue.cache import CatalogueCache
from broker.roles.grants.bundles import BundleService
from broker.roles.grants.entitlements import EntitlementService
from broker.roles.grants.exceptions import ExceptionService
from broker.roles.grants.facts import Ceiling, Scope
from broker.roles.grants.model import EntitlementRecord, Given, Wanted
from broker.roles.grants.moving import GrantMover
from broker.roles.grants.service import GrantService
from broker.roles.rules.service import RuleService
from broker.roles.tables import (
    DELIMITATION_TYPE,
    ROLE,
    ROLE_VERSION,
    SERVICE,
    SERVICE_PERIOD,
    SOD_RULE,
    SOD_SIDE,
)
from broker.saml.assurance import Assurance
from tests.factories import NOW
from tests.unit.organisations.world import BEGUN, SAID, World

REGION, HOSPITAL, WARD, NIGHT, ELSEWHERE, CLOSED = (make_sor(item) for item in range(101, 107))
PARENTS = {HOSPITAL: REGION, WARD: HOSPITAL, NIGHT: HOSPITAL}
DAY = timedelta(days=1)
CONSOLE = Actor.at_console("operator")

SOR = {
    "id": "sor",
    "urn": "urn:dk:gov:saml:sorIdentifier",
    "name": {"da": "SOR-enhed", "en": "SOR unit"},
    "input": "tree",
    "list": "sor",
    "hierarchical": True,
}
CVR = {
    "id": "cvr",
    "urn": "urn:dk:gov:saml:cvrNumberIdentifier",
    "name": {"da": "CVR-nummer", "en": "CVR number"},
    "input": "list",
    "list": "cvr",
}
AREA = {
    "id": "area",
    "urn": "urn:dk:example:area",
    "name": {"da": "Område", "en": "Area"},
    "input": "pattern",
    "pattern": "[A-Z]{2}",
}


def deed(at: datetime = NOW, reason: str = "because of the test") -> Deed:
    return Deed(at=at, reason=reason, reference="R")


def below(unit: str) -> Scope:
    """A unit with everything below it."""
    return Scope("sor", "value", unit, with_descendants=True)


def alone(unit: str) -> Scope:
    return Scope("sor", "value", unit, with_descendants=False)


OWN = Scope("sor", "own_unit_tree")


@dataclass
class Rights(World):
    """Rows and services on one engine."""

    roles: dict[str, UUID] = field(default_factory=dict)
    open: Connection | None = None  # one transaction for many rows

    def __post_init__(self) -> None:
        self.cache = CatalogueCache(self.engine)
        audit, catalogue = AuditStore(), self.cache.current_in
        self.grants = GrantService(audit, catalogue)
        self.entitlements = EntitlementService(audit, catalogue)
        self.bundles = BundleService(audit, catalogue, self.grants)
        self.exceptions = ExceptionService(audit, catalogue)
        self.rules = RuleService(audit, catalogue)
        self.mover = GrantMover(audit, catalogue)

    def codes(self) -> None:
        """The units, and nothing of other lists."""
        self._add(CODE_LIST, id="sor", loaded_at=BEGUN, source="test")
        for unit in (REGION, HOSPITAL, WARD, NIGHT, ELSEWHERE, CLOSED):
            until = NOW - DAY if unit == CLOSED else FOREVER
            self._add(
                CODE_VALUE,
                list_id="sor",
                code=unit,
                since=BEGUN,
                until=until,
                hangs_until=FOREVER,
                parent=PARENTS.get(unit),
                name=unit,
                folded=unit,
                kind="",
                region="",
                specialty="",
            )
            above, depth = unit, 0
            while above:
                self._add(
                    CODE_CLOSURE,
                    list_id="sor",
                    descendant=unit,
                    ancestor=above,
                    since=BEGUN,
                    until=FOREVER,
                    depth=depth,
                )
                above, depth = PARENTS.get(above, ""), depth + 1

    def types(self) -> None:
        for document in (SOR, CVR, AREA):
            self._add(DELIMITATION_TYPE, id=document["id"], urn=document["urn"], document=document)

    def service(
        self,
        code: str = "dpsd",
        *,
        subtree: str = "code",
        state: str = "production",
        national: Sequence[str] = (),
    ) -> None:
        self._add(SERVICE, federation="sundhed", code=code, created_at=BEGUN)
        document = {
            "name": {"da": code, "en": code},
            "delimitation": "sor",
            "subtree": subtree,
            "national_roles": list(national),
            "role_form": [{"kind": "classic", "template": "{role}_{delimitation}_3"}],
        }
        self._add(
            SERVICE_PERIOD,
            id=uuid4(),
            federation="sundhed",
            code=code,
            since=BEGUN,
            until=FOREVER,
            state=state,
            role_source="union",
            owner="Styrelsen Eksempel",
            sla="standard",
            document=document,
            **SAID,
        )
        self._changed()

    def role(
        self,
        code: str,
        *,
        service: str | None = "dpsd",
        state: str = "active",
        sensitivity: str = "normal",
        delimitations: Sequence[Mapping[str, object]] = (),
        since: datetime = BEGUN,
        **document: object,
    ) -> UUID:
        own = self.roles.get(code) or uuid4()
        if code not in self.roles:
            urn = f"urn:dk:example:{service or 'national'}:{code}"
            self._add(
                ROLE,
                id=own,
                federation="sundhed",
                service=service,
                code=code,
                urn=urn,
                created_at=BEGUN,
            )
        self.roles[code] = own
        said = {
            "name": {"da": code, "en": code},
            "description": {"da": code, "en": code},
            "delimitations": [dict(one) for one in delimitations],
            **document,
        }
        self._add(
            ROLE_VERSION,
            id=uuid4(),
            role_id=own,
            version=1,
            since=since,
            until=FOREVER,
            state=state,
            sensitivity=sensitivity,
            document=said,
            **SAID,
        )
        self._changed()
        return own

    def rule(
        self,
        code: str,
        a: str,
        b: str,
        *,
        action: str = "block",
        reach: str = "identity",
        since: datetime = BEGUN,
    ) -> UUID:
        """Separation of duties between two roles."""
        own = uuid4()
        words = {"da": code, "en": code}
        urns = {side: f"urn:dk:example:{side}" for side in (a, b)}
        document = {
            "code": code,
            "name": words,
            "explanation": words,
            "reach": reach,
            "action": action,
            "a": [urns[a]],
            "b": [urns[b]],
        }
        self._add(
            SOD_RULE,
            id=own,
            federation="sundhed",
            code=code,
            since=since,
            until=FOREVER,
            reach=reach,
            action=action,
            document=document,
            **SAID,
        )
        self._add(SOD_SIDE, rule_id=own, side="A", role_id=self.roles[a])
        self._add(SOD_SIDE, rule_id=own, side="B", role_id=self.roles[b])
        self._changed()
        return own

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

    @contextmanager
    def work(self) -> Iterator[Connection]:
        """The transaction that is open, or one of its own."""
        if self.open is not None:
            yield self.open
            return
        with writing(self.engine) as connection:
            self.open = connection
            try:
                yield connection
            finally:
                self.open = None

    def _add(self, table: sa.Table, **row: object) -> None:
        with self.work() as connection:
            connection.execute(sa.insert(table), [row])

    def _changed(self) -> None:
        with self.work() as connection:
            catalogue_store.bump(connection)


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
