"""Effective grants at an instant: the one query that login, screens and reports read.

A grant counts when, at that instant, all of these hold: the grant itself and, through a
group, the membership; the account and its organisation are active; the organisation is
entitled to the role; the role is issued and its service, if it has one, is open. Nothing
else decides, and no job has to run for something to begin or to end.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import datetime
from itertools import groupby
from uuid import UUID

import sqlalchemy as sa

from broker.db import Connection, Instant
from broker.organisations.tables import (
    ACCOUNT,
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


def effective(where: Where) -> sa.Select[tuple[object, ...]]:
    """The query, narrowed by conditions on the account or on the tables that it joins.

    `where` is given the column of the account and answers conditions; they stand inside both
    halves, direct and through groups, so that each finds its index. Rows come one for each
    scope, those of a grant together. Takes the parameter `at` and whatever `where` binds.
    """
    rows = sa.union_all(_direct(where), _through_groups(where)).subquery("effective")
    scope = GRANT_SCOPE
    return (
        sa.select(rows, scope.c.type_id, scope.c.mode, scope.c.value, scope.c.with_descendants)
        .select_from(rows.outerjoin(scope, scope.c.grant_id == rows.c.id))
        .order_by(rows.c.account_id, rows.c.id, rows.c.group_name, scope.c.type_id)
    )


def read(
    connection: Connection,
    query: sa.Executable,
    at: datetime,
    binds: Mapping[str, object] | None = None,
) -> Iterator[EffectiveGrant]:
    """Run a query of `effective` and put the scopes of each grant together."""
    found = connection.execute(query, {"at": at, **(binds or {})})
    for _, rows in groupby(found, lambda row: (row.account_id, row.id, row.group_name)):
        yield _grant(list(rows))


def of_account(connection: Connection, account: UUID, at: datetime) -> tuple[EffectiveGrant, ...]:
    """Everything that is granted to one account at an instant, whatever the service."""
    return tuple(read(connection, _OF_ACCOUNT, at, {"account": account}))


def entitlements(
    connection: Connection, organisation: UUID, at: datetime
) -> tuple[Entitlement, ...]:
    """Which roles an organisation may hand out at an instant, with their ceilings."""
    found = connection.execute(_ENTITLEMENTS, {"at": at, "organisation": organisation})
    return tuple(_entitlement(list(rows)) for _, rows in groupby(found, lambda row: row.id))


def _direct(where: Where) -> sa.Select[tuple[object, ...]]:
    account = GRANT.c.account_id
    none = sa.null()
    return _counting(
        sa.select(
            *_COLUMNS,
            account.label("account_id"),
            sa.cast(none, sa.String).label("group_name"),
            sa.cast(none, Instant).label("member_since"),
            sa.cast(none, Instant).label("member_until"),
        ),
        GRANT,
        account,
        where,
    )


def _through_groups(where: Where) -> sa.Select[tuple[object, ...]]:
    account = GROUP_MEMBER.c.account_id
    joined = GRANT.join(USER_GROUP, USER_GROUP.c.id == GRANT.c.group_id).join(
        GROUP_MEMBER, GROUP_MEMBER.c.group_id == GRANT.c.group_id
    )
    query = sa.select(
        *_COLUMNS,
        account.label("account_id"),
        USER_GROUP.c.name.label("group_name"),
        GROUP_MEMBER.c.since.label("member_since"),
        GROUP_MEMBER.c.until.label("member_until"),
    ).where(holds(GROUP_MEMBER))
    return _counting(query, joined, account, where)


def _counting(
    query: sa.Select[tuple[object, ...]],
    grants: sa.FromClause,
    account: sa.ColumnElement[UUID],
    where: Where,
) -> sa.Select[tuple[object, ...]]:
    """Join to grants and holders everything else that must hold at the instant."""
    joined = (
        grants.outerjoin(BUNDLE, BUNDLE.c.id == GRANT.c.bundle_id)
        .join(ACCOUNT, ACCOUNT.c.id == account)
        .join(ACCOUNT_PERIOD, ACCOUNT_PERIOD.c.account_id == account)
        .join(ORGANISATION_PERIOD, ORGANISATION_PERIOD.c.organisation_id == GRANT.c.organisation_id)
        .join(
            ENTITLEMENT,
            sa.and_(
                ENTITLEMENT.c.organisation_id == GRANT.c.organisation_id,
                ENTITLEMENT.c.role_id == GRANT.c.role_id,
            ),
        )
        .join(ROLE, ROLE.c.id == GRANT.c.role_id)
        .join(ROLE_VERSION, ROLE_VERSION.c.role_id == GRANT.c.role_id)
        .outerjoin(
            SERVICE_PERIOD,
            sa.and_(
                SERVICE_PERIOD.c.federation == ROLE.c.federation,
                SERVICE_PERIOD.c.code == ROLE.c.service,
                holds(SERVICE_PERIOD),
            ),
        )
    )
    return query.select_from(joined).where(
        holds(GRANT),
        ACCOUNT.c.organisation_id == GRANT.c.organisation_id,
        holds(ACCOUNT_PERIOD),
        ACCOUNT_PERIOD.c.state == "active",
        holds(ORGANISATION_PERIOD),
        ORGANISATION_PERIOD.c.state == "active",
        holds(ENTITLEMENT),
        holds(ROLE_VERSION),
        ROLE_VERSION.c.state.in_(sorted(ISSUING)),
        sa.or_(ROLE.c.service.is_(None), SERVICE_PERIOD.c.state.in_(sorted(OPEN))),
        *where(account),
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
        via_name=row.group_name or row.bundle_name,
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
    if row.bundle_name is not None:
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
    BUNDLE.c.name.label("bundle_name"),
    ENTITLEMENT.c.since.label("entitled_since"),
    ENTITLEMENT.c.until.label("entitled_until"),
)
_OF_ACCOUNT = effective(lambda account: (account == sa.bindparam("account", type_=sa.Uuid),))
_ENTITLEMENTS = (
    sa.select(ENTITLEMENT, CEILING.c.type_id, CEILING.c.value, CEILING.c.with_descendants)
    .select_from(ENTITLEMENT.outerjoin(CEILING, CEILING.c.entitlement_id == ENTITLEMENT.c.id))
    .where(
        ENTITLEMENT.c.organisation_id == sa.bindparam("organisation", type_=sa.Uuid),
        holds(ENTITLEMENT),
    )
    .order_by(ENTITLEMENT.c.id, CEILING.c.type_id, CEILING.c.value)
)
