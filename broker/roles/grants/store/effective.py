"""Effective grants at an instant: the one query that login, screens and reports read.

A grant counts when, at that instant, all of these hold: the grant itself and, through a
group, the membership; the account and its organisation are active; the organisation is
entitled to the role; the role is issued and its service, if it has one, is open. Nothing
else decides, and no job has to run for something to begin or to end.
"""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from datetime import datetime
from itertools import groupby
from uuid import UUID

import sqlalchemy as sa

from broker.db import Connection, Instant, several
from broker.db.prepared import Prepared
from broker.organisations.tables import (
    ACCOUNT_PERIOD,
    GROUP_MEMBER,
    ORGANISATION_PERIOD,
    USER_GROUP,
)
from broker.periods import Period
from broker.roles.grants.facts import Ceiling, EffectiveGrant, Entitlement, Scope, Via
from broker.roles.grants.tables import BUNDLE, GRANT, GRANT_SCOPE
from broker.roles.model import ISSUING, OPEN
from broker.roles.tables import CEILING, ENTITLEMENT, ROLE, ROLE_VERSION, SERVICE_PERIOD

Where = Callable[[sa.ColumnElement[UUID]], Iterable[sa.ColumnElement[bool]]]

AT = sa.bindparam("at", type_=Instant)


def holds(table: sa.FromClause) -> sa.ColumnElement[bool]:
    """A row's period covers the instant, and it was not taken back by then."""
    covers = sa.and_(table.c.since <= AT, table.c.until > AT)
    if "revoked_at" not in table.c:
        return covers
    return sa.and_(covers, sa.or_(table.c.revoked_at.is_(None), table.c.revoked_at > AT))


def effective(where: Where, *also: sa.ColumnElement[bool]) -> sa.Select[tuple[object, ...]]:
    """The query, narrowed by conditions on grants and accounts, and on what must hold beside them.

    `where` is given the column of the account and answers conditions on it and on GRANT; they
    stand inside both halves, direct and through groups, so that each finds its index. `also`
    are conditions on ACCOUNT_PERIOD, ROLE and what else is joined to both halves at once.
    Rows come one for each scope, those of a grant together. Takes the parameter `at` and
    whatever the conditions bind.
    """
    given = sa.union_all(_direct(where), _through_groups(where)).subquery("given")
    scope = GRANT_SCOPE
    return (
        sa.select(
            given,
            _BUNDLE_NAME.where(BUNDLE.c.id == given.c.bundle_id).scalar_subquery().label("bundle"),
            ENTITLEMENT.c.since.label("entitled_since"),
            ENTITLEMENT.c.until.label("entitled_until"),
            scope.c.type_id,
            scope.c.mode,
            scope.c.value,
            scope.c.with_descendants,
        )
        .select_from(_counting(given).outerjoin(scope, scope.c.grant_id == given.c.id))
        .where(
            holds(ACCOUNT_PERIOD),
            ACCOUNT_PERIOD.c.state == "active",
            holds(ORGANISATION_PERIOD),
            ORGANISATION_PERIOD.c.state == "active",
            holds(ENTITLEMENT),
            holds(ROLE_VERSION),
            ROLE_VERSION.c.state.in_(sorted(ISSUING)),
            sa.or_(ROLE.c.service.is_(None), SERVICE_PERIOD.c.state.in_(sorted(OPEN))),
            *also,
        )
        .order_by(given.c.account_id, given.c.id, given.c.group_name, scope.c.type_id)
    )


def read(
    connection: Connection,
    query: sa.Executable,
    at: datetime,
    binds: Mapping[str, object] | None = None,
) -> Iterator[EffectiveGrant]:
    """Run a query of `effective` and put the scopes of each grant together."""
    yield from _grants(connection.execute(query, {"at": at, **(binds or {})}))


def _grants(found: Iterable[sa.Row[tuple[object, ...]]]) -> Iterator[EffectiveGrant]:
    for _, rows in groupby(found, lambda row: (row.account_id, row.id, row.group_name)):
        yield _grant(list(rows))


def of_account(
    connection: Connection, account: UUID, at: datetime, roles: Collection[UUID] | None = None
) -> tuple[EffectiveGrant, ...]:
    """What is granted to one account at an instant: of some roles, or everything."""
    if roles is None:
        return tuple(read(connection, _OF_ACCOUNT, at, {"account": account}))
    if not roles:
        return ()
    asked = {"account": account, "roles": several(roles), "at": at}
    return tuple(_grants(_SOME_OF_ACCOUNT.all(connection, asked)))


def entitlements(
    connection: Connection,
    organisation: UUID,
    at: datetime,
    roles: Collection[UUID] | None = None,
) -> tuple[Entitlement, ...]:
    """Which roles an organisation may hand out at an instant, with their ceilings.

    Of some roles, where they are said.
    """
    asked: dict[str, object] = {"at": at, "organisation": organisation}
    statement = _ENTITLEMENTS
    if roles is not None:
        statement, asked["roles"] = _ENTITLEMENTS_TO, several(roles)
    found = statement.all(connection, asked)
    return tuple(_entitlement(list(rows)) for _, rows in groupby(found, lambda row: row.id))


def _direct(where: Where) -> sa.Select[tuple[object, ...]]:
    account = GRANT.c.account_id
    none = sa.null()
    return sa.select(
        *_COLUMNS,
        account.label("account_id"),
        sa.cast(none, sa.String).label("group_name"),
        sa.cast(none, Instant).label("member_since"),
        sa.cast(none, Instant).label("member_until"),
    ).where(holds(GRANT), *where(account))


def _through_groups(where: Where) -> sa.Select[tuple[object, ...]]:
    account = GROUP_MEMBER.c.account_id
    return (
        sa.select(
            *_COLUMNS,
            account.label("account_id"),
            USER_GROUP.c.name.label("group_name"),
            GROUP_MEMBER.c.since.label("member_since"),
            GROUP_MEMBER.c.until.label("member_until"),
        )
        .select_from(GROUP_MEMBER)
        .join(GRANT, GRANT.c.group_id == GROUP_MEMBER.c.group_id)
        .join(USER_GROUP, USER_GROUP.c.id == GROUP_MEMBER.c.group_id)
        .where(holds(GROUP_MEMBER), holds(GRANT), *where(account))
    )


def _counting(given: sa.Subquery) -> sa.Join:
    """Join to grants and holders everything else that must hold at the instant.

    That a grant, its group and whoever has it are of one organisation need not be asked:
    foreign keys say so.
    """
    return (
        given.join(ACCOUNT_PERIOD, ACCOUNT_PERIOD.c.account_id == given.c.account_id)
        .join(ORGANISATION_PERIOD, ORGANISATION_PERIOD.c.organisation_id == given.c.organisation_id)
        .join(
            ENTITLEMENT,
            sa.and_(
                ENTITLEMENT.c.organisation_id == given.c.organisation_id,
                ENTITLEMENT.c.role_id == given.c.role_id,
            ),
        )
        .join(ROLE, ROLE.c.id == given.c.role_id)
        .join(ROLE_VERSION, ROLE_VERSION.c.role_id == given.c.role_id)
        .outerjoin(
            SERVICE_PERIOD,
            sa.and_(
                SERVICE_PERIOD.c.federation == ROLE.c.federation,
                SERVICE_PERIOD.c.code == ROLE.c.service,
                holds(SERVICE_PERIOD),
            ),
        )
    )


def _grant(rows: list[sa.Row[tuple[object, ...]]]) -> EffectiveGrant:
    row = rows[0]
    begins = (row.since, row.entitled_since, row.member_since)
    ends = (row.until, row.entitled_until, row.member_until)
    return EffectiveGrant(
        id=row.id,
        account=row.account_id,
        organisation=row.organisation_id,
        role=row.role_id,
        via=_via(row),
        via_name=row.group_name or row.bundle,
        period=Period(
            max(since for since in begins if since is not None),
            min(until for until in ends if until is not None),
        ),
        by=row.by_label,
        granted_at=row.granted_at,
        reason=row.reason,
        case_no=row.case_no,
        used_at=row.used_at,
        scopes=tuple(
            Scope(r.type_id, r.mode, r.value, r.with_descendants) for r in rows if r.type_id
        ),
    )


def _via(row: sa.Row[tuple[object, ...]]) -> Via:
    if row.group_name is not None:
        return "group"
    if row.bundle is not None:
        return "bundle"
    if row.request_id is not None:
        return "request"
    return "import" if row.import_id is not None else "direct"


def _entitlement(rows: list[sa.Row[tuple[object, ...]]]) -> Entitlement:
    row = rows[0]
    return Entitlement(
        id=row.id,
        organisation=row.organisation_id,
        role=row.role_id,
        period=Period(row.since, row.until),
        by=row.by_label,
        case_no=row.case_no,
        ceilings=tuple(
            Ceiling(r.type_id, r.value, r.with_descendants) for r in rows if r.type_id is not None
        ),
    )


_COLUMNS = (
    GRANT.c.id,
    GRANT.c.organisation_id,
    GRANT.c.role_id,
    GRANT.c.since,
    GRANT.c.until,
    GRANT.c.by_label,
    GRANT.c.granted_at,
    GRANT.c.reason,
    GRANT.c.case_no,
    GRANT.c.used_at,
    GRANT.c.request_id,
    GRANT.c.import_id,
    GRANT.c.bundle_id,
)
_BUNDLE_NAME = sa.select(BUNDLE.c.name)
_OF_ACCOUNT = effective(lambda account: (account == sa.bindparam("account", type_=sa.Uuid),))
_SOME_OF_ACCOUNT = Prepared(
    effective(
        lambda account: (
            account == sa.bindparam("account", type_=sa.Uuid),
            GRANT.c.role_id.in_(sa.bindparam("roles", expanding=True)),
        )
    )
)
_ENTITLED = (
    sa.select(ENTITLEMENT, CEILING.c.type_id, CEILING.c.value, CEILING.c.with_descendants)
    .select_from(ENTITLEMENT.outerjoin(CEILING, CEILING.c.entitlement_id == ENTITLEMENT.c.id))
    .where(
        ENTITLEMENT.c.organisation_id == sa.bindparam("organisation", type_=sa.Uuid),
        holds(ENTITLEMENT),
    )
    .order_by(ENTITLEMENT.c.id, CEILING.c.type_id, CEILING.c.value)
)
_ENTITLEMENTS = Prepared(_ENTITLED)
_ENTITLEMENTS_TO = Prepared(
    _ENTITLED.where(ENTITLEMENT.c.role_id.in_(sa.bindparam("roles", expanding=True)))
)
