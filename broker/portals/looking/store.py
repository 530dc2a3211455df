"""Every statement on looks, each on a given connection."""

from datetime import datetime
from uuid import UUID

import sqlalchemy as sa

from broker.db import Connection, Instant
from broker.portals.looking.model import KEPT, Look
from broker.portals.looking.tables import DESK_LOOK

_L = DESK_LOOK


def add(connection: Connection, look: Look) -> None:
    """Keep one."""
    row = {
        "id": look.id,
        "federation": look.federation,
        "account_id": look.account,
        "at": look.at,
        "sought": look.sought,
        "reason": look.reason,
        "case_no": look.case_no,
    }
    connection.execute(_ADD, row)


def look(connection: Connection, look_id: UUID) -> Look | None:
    """The one of an id."""
    row = connection.execute(_ONE, {"id": look_id}).mappings().first()
    return None if row is None else _look(row)


def latest(
    connection: Connection, federation: str, page: int, size: int
) -> tuple[tuple[Look, ...], int]:
    """A page of all looks in a federation, the last one first, and how many there are."""
    asked = {"federation": federation, "size": size, "skip": (page - 1) * size}
    rows = connection.execute(_LATEST, asked).mappings()
    total = connection.execute(_HOW_MANY, {"federation": federation}).scalar_one()
    return tuple(map(_look, rows)), int(total)


def purge_looks(connection: Connection, now: datetime) -> int:
    """Delete those of longer ago than people may ask about; how many rows went."""
    return connection.execute(_FORGET, {"before": now - KEPT}).rowcount


def _look(row: sa.RowMapping) -> Look:
    return Look(
        id=row["id"],
        federation=row["federation"],
        account=row["account_id"],
        at=row["at"],
        sought=row["sought"],
        reason=row["reason"],
        case_no=row["case_no"],
    )


_ADD = sa.insert(_L)
_ONE = sa.select(_L).where(_L.c.id == sa.bindparam("id"))
_LATEST = (
    sa.select(_L)
    .where(_L.c.federation == sa.bindparam("federation"))
    .order_by(_L.c.at.desc(), _L.c.id)
    .limit(sa.bindparam("size"))
    .offset(sa.bindparam("skip"))
)
_HOW_MANY = sa.select(sa.func.count()).where(_L.c.federation == sa.bindparam("federation"))
_FORGET = sa.delete(_L).where(_L.c.at < sa.bindparam("before", type_=Instant))
