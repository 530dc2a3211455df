"""Who has which role, and for how long, whether the organisation may hand it out or not."""

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

import sqlalchemy as sa

from broker.db import Connection, Instant
from broker.organisations.tables import ACCOUNT_PERIOD, GROUP_MEMBER
from broker.periods import Period
from broker.roles.grants.model import Held
from broker.roles.grants.tables import GRANT


def held(
    connection: Connection, accounts: Collection[UUID], period: Period, besides: Collection[UUID]
) -> tuple[Held, ...]:
    """The roles that these accounts have or will have at some time of a period.

    Directly or through groups; whether the organisation is entitled to them meanwhile is not
    asked, since it may be again. `besides` are grants to leave out.
    """
    if not accounts:
        return ()
    asked = {
        "accounts": list(accounts),
        "since": period.since,
        "until": period.until,
        "besides": list(besides) or [_NOBODY],
    }
    rows = connection.execute(_HELD, asked)
    return tuple(
        Held(
            row.account_id,
            row.role_id,
            Period(max(row.since, row.joins), min(row.until, row.parts)),
        )
        for row in rows
    )


def holders(
    connection: Connection, organisation: UUID, role: UUID, at: datetime
) -> frozenset[UUID]:
    """The accounts of an organisation that have a role at an instant and have not left."""
    asked = {"organisation": organisation, "role": role, "at": at}
    return frozenset(connection.execute(_HOLDERS, asked).scalars())


_NOBODY = UUID(int=0)
_SINCE = sa.bindparam("since", type_=Instant)
_UNTIL = sa.bindparam("until", type_=Instant)
_AT = sa.bindparam("at", type_=Instant)
_COUNTS = (
    GRANT.c.revoked_at.is_(None),
    GRANT.c.since < _UNTIL,
    GRANT.c.until > _SINCE,
    GRANT.c.id.not_in(sa.bindparam("besides", expanding=True)),
)
_MEMBERSHIP = (GROUP_MEMBER.c.group_id == GRANT.c.group_id, GROUP_MEMBER.c.revoked_at.is_(None))
_HELD = sa.union_all(
    sa.select(
        GRANT.c.account_id,
        GRANT.c.role_id,
        GRANT.c.since,
        GRANT.c.until,
        GRANT.c.since.label("joins"),
        GRANT.c.until.label("parts"),
    ).where(GRANT.c.account_id.in_(sa.bindparam("accounts", expanding=True)), *_COUNTS),
    sa.select(
        GROUP_MEMBER.c.account_id,
        GRANT.c.role_id,
        GRANT.c.since,
        GRANT.c.until,
        GROUP_MEMBER.c.since.label("joins"),
        GROUP_MEMBER.c.until.label("parts"),
    )
    .select_from(GRANT)
    .join(GROUP_MEMBER, sa.and_(*_MEMBERSHIP))
    .where(
        GROUP_MEMBER.c.account_id.in_(sa.bindparam("accounts", expanding=True)),
        GROUP_MEMBER.c.since < _UNTIL,
        GROUP_MEMBER.c.until > _SINCE,
        GROUP_MEMBER.c.since < GRANT.c.until,
        GROUP_MEMBER.c.until > GRANT.c.since,
        *_COUNTS,
    ),
)
_RUNNING = (
    GRANT.c.organisation_id == sa.bindparam("organisation", type_=sa.Uuid),
    GRANT.c.role_id == sa.bindparam("role", type_=sa.Uuid),
    GRANT.c.revoked_at.is_(None),
    GRANT.c.since <= _AT,
    GRANT.c.until > _AT,
)
_WHO = sa.union(
    sa.select(GRANT.c.account_id).where(GRANT.c.account_id.is_not(None), *_RUNNING),
    sa.select(GROUP_MEMBER.c.account_id)
    .select_from(GRANT)
    .join(GROUP_MEMBER, sa.and_(*_MEMBERSHIP))
    .where(GROUP_MEMBER.c.since <= _AT, GROUP_MEMBER.c.until > _AT, *_RUNNING),
).subquery("who")
_HOLDERS = (
    sa.select(_WHO.c.account_id)
    .join(ACCOUNT_PERIOD, ACCOUNT_PERIOD.c.account_id == _WHO.c.account_id)
    .where(
        ACCOUNT_PERIOD.c.since <= _AT,
        ACCOUNT_PERIOD.c.until > _AT,
        ACCOUNT_PERIOD.c.state != "left",
    )
)
