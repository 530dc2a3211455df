"""A naive model of who had what when, and the same history as rows of the database."""

import uuid
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from uuid import UUID

import sqlalchemy as sa

from broker.db import Connection
from broker.identities.store import PERSON
from broker.organisations import tables as org
from broker.periods import FOREVER, Period
from broker.roles import tables as cat
from broker.roles.grants import tables as gr

START = datetime(2026, 1, 1, tzinfo=UTC)
DAYS = 40
BY = {"by_account": None, "by_label": "model"}


def day(number: int) -> datetime:
    return START + timedelta(days=number)


@dataclass(frozen=True)
class Stretch:
    """A period with the state it had, and the day it was taken back, if it was."""

    since: int
    until: int | None
    state: str = "active"
    revoked: int | None = None

    @property
    def period(self) -> Period:
        return Period(day(self.since), FOREVER if self.until is None else day(self.until))

    def holds(self, at: datetime) -> bool:
        return self.period.covers(at) and (self.revoked is None or at < day(self.revoked))

    def row(self) -> dict[str, object]:
        return {"since": self.period.since, "until": self.period.until}

    def taken_back(self) -> dict[str, object]:
        return {"revoked_at": None if self.revoked is None else day(self.revoked)}


@dataclass(frozen=True)
class Given:
    """A grant of the history: to whom or to which group, of which role, when."""

    holder: str
    role: str
    when: Stretch
    to_group: bool
    scopes: int = 0
    id: UUID = field(default_factory=uuid.uuid4)


@dataclass(frozen=True)
class History:
    """All that ever happened in one organisation with two people, a group, and two roles."""

    organisation: tuple[Stretch, ...]
    accounts: dict[str, tuple[Stretch, ...]]
    members: dict[str, tuple[Stretch, ...]]
    roles: dict[str, tuple[Stretch, ...]]
    service: tuple[Stretch, ...]
    entitled: dict[str, tuple[Stretch, ...]]
    grants: tuple[Given, ...]

    def effective(self, who: str, at: datetime) -> set[UUID]:
        """The model: every question asked of every row, one after another."""
        found = set()
        for grant in self.grants:
            holders = self.members[who] if grant.to_group else (Stretch(0, None),)
            asked = (
                grant.to_group or grant.holder == who,
                grant.when.holds(at),
                any(stretch.holds(at) for stretch in holders),
                any(s.holds(at) and s.state == "active" for s in self.accounts[who]),
                any(s.holds(at) and s.state == "active" for s in self.organisation),
                any(s.holds(at) for s in self.entitled[grant.role]),
                any(
                    s.holds(at) and s.state in ("active", "deprecated")
                    for s in self.roles[grant.role]
                ),
                grant.role == "national"
                or any(
                    s.holds(at) and s.state in ("test", "production", "closing")
                    for s in self.service
                ),
            )
            if all(asked):
                found.add(grant.id)
        return found


def write(connection: Connection, history: History) -> dict[str, UUID]:
    """The history as rows; the accounts by name."""
    put = connection.execute
    organisation, group = uuid.uuid4(), uuid.uuid4()
    roles = {key: uuid.uuid4() for key in history.roles}
    put(
        sa.insert(org.ORGANISATION).values(
            id=organisation, federation="model", cvr="90000004", unit_key="", created_at=START
        )
    )
    for s in history.organisation:
        values = {"name": "Egely", "kind": "other", "state": s.state, "reason": "", **BY}
        put(
            sa.insert(org.ORGANISATION_PERIOD).values(
                id=uuid.uuid4(), organisation_id=organisation, **s.row(), **values
            )
        )
    put(sa.insert(cat.SERVICE).values(federation="model", code="local", created_at=START))
    for s in history.service:
        put(
            sa.insert(cat.SERVICE_PERIOD).values(
                id=uuid.uuid4(),
                federation="model",
                code="local",
                **s.row(),
                state=s.state,
                role_source="union",
                owner="",
                sla="standard",
                document={},
                **BY,
            )
        )
    for key, role in roles.items():
        service = None if key == "national" else "local"
        put(
            sa.insert(cat.ROLE).values(
                id=role,
                federation="model",
                service=service,
                code=key,
                urn=f"urn:x:{key}",
                created_at=START,
            )
        )
        for number, s in enumerate(history.roles[key]):
            put(
                sa.insert(cat.ROLE_VERSION).values(
                    id=uuid.uuid4(),
                    role_id=role,
                    version=number,
                    **s.row(),
                    state=s.state,
                    sensitivity="normal",
                    document={},
                    **BY,
                )
            )
        for s in history.entitled[key]:
            put(
                sa.insert(cat.ENTITLEMENT).values(
                    id=uuid.uuid4(),
                    organisation_id=organisation,
                    role_id=role,
                    **s.row(),
                    **s.taken_back(),
                    **BY,
                )
            )
    put(
        sa.insert(org.USER_GROUP).values(
            id=group, organisation_id=organisation, name="Nat", created_at=START, **BY
        )
    )
    accounts = {
        who: _account(connection, history, who, organisation, group) for who in history.accounts
    }
    for grant in history.grants:
        put(
            sa.insert(gr.GRANT).values(
                id=grant.id,
                account_id=None if grant.to_group else accounts[grant.holder],
                group_id=group if grant.to_group else None,
                organisation_id=organisation,
                role_id=roles[grant.role],
                scope_key=str(grant.id),
                **grant.when.row(),
                **grant.when.taken_back(),
                reason="",
                granted_at=START,
                **BY,
            )
        )
        for number in range(grant.scopes):
            put(
                sa.insert(gr.GRANT_SCOPE).values(
                    grant_id=grant.id,
                    type_id="sor",
                    mode="value",
                    value=str(number),
                    with_descendants=True,
                )
            )
    return accounts


def _account(
    connection: Connection, history: History, who: str, organisation: UUID, group: UUID
) -> UUID:
    account, person = uuid.uuid4(), uuid.uuid4()
    put = connection.execute
    put(sa.insert(PERSON).values(id=person, created_at=START))
    put(
        sa.insert(org.ACCOUNT).values(
            id=account, organisation_id=organisation, person_id=person, created_at=START
        )
    )
    for s in history.accounts[who]:
        put(
            sa.insert(org.ACCOUNT_PERIOD).values(
                id=uuid.uuid4(),
                account_id=account,
                organisation_id=organisation,
                **s.row(),
                state=s.state,
                display_name=who,
                reason="",
                **BY,
            )
        )
    for s in history.members[who]:
        put(
            sa.insert(org.GROUP_MEMBER).values(
                id=uuid.uuid4(),
                group_id=group,
                account_id=account,
                organisation_id=organisation,
                **s.row(),
                **s.taken_back(),
                **BY,
            )
        )
    return account
