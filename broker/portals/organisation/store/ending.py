"""Grants of an organisation that end soon."""

from datetime import datetime
from uuid import UUID

import sqlalchemy as sa

from broker.db import Connection, Instant
from broker.db.planning import plan_for_values
from broker.organisations.store.read_mandates import in_force
from broker.organisations.tables import ACCOUNT_PERIOD, USER_GROUP
from broker.roles.grants.store.effective import holds
from broker.roles.grants.tables import GRANT


def ending(connection: Connection, organisation: UUID, at: datetime, before: datetime) -> int:
    """How many grants of an organisation run now and end before an instant."""
    plan_for_values(connection)
    asked = {"organisation": organisation, "at": at, "before": before}
    return connection.execute(_NUMBER_ENDING, asked).scalar_one()


def ending_page(
    connection: Connection,
    organisation: UUID,
    at: datetime,
    before: datetime,
    *,
    offset: int,
    limit: int,
) -> tuple[tuple[UUID, str], ...]:
    """Those grants, the first to end first: the id of each, and who or which group has it."""
    plan_for_values(connection)
    asked = {"organisation": organisation, "at": at, "before": before}
    cut = _ENDING.order_by(GRANT.c.until, GRANT.c.id).offset(offset).limit(limit).subquery()
    page = (  # groups are named for those who stand on it
        sa.select(cut.c.id, sa.func.coalesce(cut.c.display_name, USER_GROUP.c.name).label("name"))
        .outerjoin(USER_GROUP, USER_GROUP.c.id == cut.c.group_id)
        .order_by(cut.c.until, cut.c.id)
    )
    return tuple((row.id, row.name or "") for row in connection.execute(page, asked))


_P = ACCOUNT_PERIOD
_ENDING: sa.Select[tuple[object, ...]] = (
    sa.select(GRANT.c.id, GRANT.c.until, GRANT.c.group_id, _P.c.display_name)
    .outerjoin(
        _P,
        sa.and_(
            _P.c.account_id == GRANT.c.account_id,
            _P.c.organisation_id == GRANT.c.organisation_id,
            holds(_P),
        ),
    )
    .where(
        GRANT.c.organisation_id == sa.bindparam("organisation", type_=sa.Uuid),
        in_force(GRANT),
        GRANT.c.until < sa.bindparam("before", type_=Instant),
        sa.or_(GRANT.c.account_id.is_(None), _P.c.state != "left"),
    )
)
_NUMBER_ENDING = sa.select(sa.func.count()).select_from(_ENDING.subquery())
