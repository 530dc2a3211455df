"""Units, delimitation types, services, roles and rules as rows, in few transactions.

REGION ─ HOSPITAL ─ WARD, NIGHT         ELSEWHERE stands alone; CLOSED counts no more
"""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from uuid import UUID, uuid4

import sqlalchemy as sa

from broker.codelists.numbers import make_sor
from broker.codelists.tables import CODE_CLOSURE, CODE_LIST, CODE_VALUE
from broker.db import Connection, writing
from broker.periods import FOREVER
from broker.roles.catalogue import store as catalogue_store
from broker.roles.model import Stage
from broker.roles.tables import (
    APPROVAL_POLICY,
    DELIMITATION_TYPE,
    ROLE,
    ROLE_VERSION,
    SERVICE,
    SERVICE_PERIOD,
    SOD_RULE,
    SOD_SIDE,
)
from tests.factories import NOW
from tests.unit.organisations.world import BEGUN, SAID, World

DAY = timedelta(days=1)
REGION, HOSPITAL, WARD, NIGHT, ELSEWHERE, CLOSED = (make_sor(item) for item in range(101, 107))
PARENTS = {HOSPITAL: REGION, WARD: HOSPITAL, NIGHT: HOSPITAL}
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


@dataclass
class Catalogued(World):
    """Rows of the catalogue and the code lists on one engine."""

    roles: dict[str, UUID] = field(default_factory=dict)
    open: Connection | None = None  # one transaction for many rows

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

    def policy(self, code: str, *stages: Stage) -> None:
        """An approval policy of the catalogue."""
        document = {
            "code": code,
            "name": {"da": code, "en": code},
            "stage": [
                {
                    "approver": stage.approver,
                    "approvals": stage.approvals,
                    "days": stage.within.days,
                    "on_timeout": stage.on_timeout,
                }
                for stage in stages
            ],
        }
        self._add(
            APPROVAL_POLICY,
            id=uuid4(),
            federation="sundhed",
            code=code,
            since=BEGUN,
            until=FOREVER,
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
