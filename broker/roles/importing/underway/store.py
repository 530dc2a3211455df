"""Every statement on imports that are under way, each in a transaction of its own."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal
from uuid import UUID

import sqlalchemy as sa

from broker.db import Connection, insert_new
from broker.roles.importing.underway.tables import IMPORT_WORK

DeedName = Literal["apply", "undo"]
PATIENCE = timedelta(minutes=15)  # without a sign, whoever did it is gone, and so is what it did


@dataclass(frozen=True, slots=True)
class Work:
    """What is done to a batch, and how far it is."""

    batch: UUID
    deed: DeedName
    done: int
    total: int
    seen_at: datetime
    ended_at: datetime | None
    code: str | None

    def goes_on(self, now: datetime) -> bool:
        """Whether somebody is at it."""
        return self.ended_at is None and now < self.seen_at + PATIENCE


def work_on(connection: Connection, batch: UUID) -> Work | None:
    """What was last done to a batch in this way, or None."""
    row = connection.execute(_ONE, {"batch": batch}).mappings().first()
    if row is None:
        return None
    return Work(
        row["import_id"],
        row["deed"],
        row["done"],
        row["total"],
        row["seen_at"],
        row["ended_at"],
        row["code"],
    )


def begin(connection: Connection, batch: UUID, deed: DeedName, total: int, at: datetime) -> bool:
    """Take a batch on; False while somebody else is at it."""
    row: dict[str, object] = {
        "import_id": batch,
        "deed": deed,
        "done": 0,
        "total": total,
        "began_at": at,
        "seen_at": at,
        "ended_at": None,
        "code": None,
    }
    if insert_new(connection, IMPORT_WORK, [row]) == 1:
        return True
    free = sa.or_(_W.c.ended_at.is_not(None), _W.c.seen_at <= at - PATIENCE)
    taken = sa.update(_W).where(_W.c.import_id == batch, free).values(row)
    return connection.execute(taken).rowcount == 1


def moved(connection: Connection, batch: UUID, done: int, total: int, at: datetime) -> None:
    """Say how far it is."""
    values = {"done": done, "total": total, "seen_at": at}
    connection.execute(sa.update(_W).where(_W.c.import_id == batch).values(values))


def ended(connection: Connection, batch: UUID, code: str | None, at: datetime) -> None:
    """Say that it is over, and why where nothing came of it."""
    values = {"ended_at": at, "seen_at": at, "code": code}
    connection.execute(sa.update(_W).where(_W.c.import_id == batch).values(values))


_W = IMPORT_WORK
_ONE = sa.select(_W).where(_W.c.import_id == sa.bindparam("batch"))
