"""Rows of drills, in the caller's transaction."""

from dataclasses import asdict, replace
from datetime import datetime

import sqlalchemy as sa

from broker.db import Connection
from broker.portals.drills.model import Drill
from broker.portals.drills.tables import DRILL


def add(connection: Connection, drill: Drill) -> Drill:
    """Keep that one began; with its number."""
    values = asdict(drill)
    del values["number"]
    statement = sa.insert(DRILL).values(values).returning(DRILL.c.number)
    return replace(drill, number=connection.execute(statement).scalar_one())


def finish(connection: Connection, number: int, at: datetime, found: str, *, failed: bool) -> None:
    """Keep what it found."""
    values = {"finished_at": at, "failed": failed, "found": found}
    connection.execute(sa.update(DRILL).where(DRILL.c.number == number).values(values))


def newest(connection: Connection, federation: str, plan: str | None = None) -> Drill | None:
    """The one that began last, of a plan or of any."""
    query = sa.select(DRILL).where(DRILL.c.federation == federation)
    if plan is not None:
        query = query.where(DRILL.c.plan == plan)
    row = connection.execute(query.order_by(DRILL.c.number.desc()).limit(1)).mappings().first()
    return None if row is None else Drill(**row)
