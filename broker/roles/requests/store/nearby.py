"""What the colleagues of somebody's unit have, in numbers and never by name."""

from datetime import datetime
from uuid import UUID

import sqlalchemy as sa

from broker.db import Connection
from broker.organisations.tables import ACCOUNT, ACCOUNT_PERIOD
from broker.roles.grants.store.effective import effective, holds


def held_nearby(
    connection: Connection, organisation: UUID, unit: str, besides: UUID, at: datetime
) -> dict[UUID, int]:
    """How many others who are employed in a unit hold each role at an instant."""
    asked = {"organisation": organisation, "unit": unit, "besides": besides, "at": at}
    return {row.role_id: int(row.people) for row in connection.execute(_NEARBY, asked)}


_IN_UNIT = (
    sa.select(ACCOUNT.c.id)
    .join(ACCOUNT_PERIOD, ACCOUNT_PERIOD.c.account_id == ACCOUNT.c.id)
    .where(
        ACCOUNT.c.organisation_id == sa.bindparam("organisation", type_=sa.Uuid),
        ACCOUNT.c.id != sa.bindparam("besides", type_=sa.Uuid),
        ACCOUNT_PERIOD.c.home_code == sa.bindparam("unit", type_=sa.String),
        holds(ACCOUNT_PERIOD),
    )
)
_HELD = effective(lambda account: (account.in_(_IN_UNIT),)).order_by(None).subquery("held_nearby")
_NEARBY = sa.select(
    _HELD.c.role_id, sa.func.count(sa.distinct(_HELD.c.account_id)).label("people")
).group_by(_HELD.c.role_id)
