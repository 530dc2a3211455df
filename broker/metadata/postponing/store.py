"""Rows of wishes to switch later, in the caller's transaction."""

from dataclasses import asdict, replace
from datetime import datetime

import sqlalchemy as sa

from broker.db import Connection
from broker.metadata.postponing.model import State, Wish
from broker.metadata.postponing.tables import LATE_WISH


def add(connection: Connection, wish: Wish) -> Wish:
    """Keep what somebody asks; with its number."""
    values = asdict(wish)
    del values["number"]
    statement = sa.insert(LATE_WISH).values(values).returning(LATE_WISH.c.number)
    return replace(wish, number=connection.execute(statement).scalar_one())


def wishes(
    connection: Connection,
    federation: str,
    plan: str | None = None,
    partner: str | None = None,
    *,
    waiting: bool = False,
) -> tuple[Wish, ...]:
    """What was asked in a federation, the oldest first."""
    query = sa.select(LATE_WISH).where(LATE_WISH.c.federation == federation)
    if plan is not None:
        query = query.where(LATE_WISH.c.plan == plan)
    if partner is not None:
        query = query.where(LATE_WISH.c.partner == partner)
    if waiting:
        query = query.where(LATE_WISH.c.state == "waiting")
    found = connection.execute(query.order_by(LATE_WISH.c.number)).mappings()
    return tuple(Wish(**row) for row in found)


def answer(
    connection: Connection, number: int, state: State, at: datetime, by: str, words: str
) -> bool:
    """Answer what waits; False where somebody has answered meanwhile."""
    waits = (LATE_WISH.c.number == number) & (LATE_WISH.c.state == "waiting")
    values = {"state": state, "answered_at": at, "answered_by": by, "answer": words}
    return connection.execute(sa.update(LATE_WISH).where(waits).values(values)).rowcount == 1
