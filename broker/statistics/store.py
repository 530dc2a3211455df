"""Sums by the hour: added up over nodes, read over a period, deleted after two years."""

from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa

from broker.db import Connection, insert_adding
from broker.statistics.model import ChoiceRow, WrongRow
from broker.statistics.tables import DISCOVERY_CHOICE, DISCOVERY_WRONG

KEPT = timedelta(days=731)


@dataclass(frozen=True, slots=True)
class Asked:
    """Which sums are asked for; None is any."""

    since: datetime
    until: datetime
    federation: str | None = None
    service: str | None = None


def add_choices(
    connection: Connection, choices: Iterable[ChoiceRow], wrong: Iterable[WrongRow]
) -> None:
    """Add what one process counted to what others counted of the same hours."""
    sums = ("chosen", "searched", "changed")
    insert_adding(connection, DISCOVERY_CHOICE, [asdict(row) for row in choices], sums)
    insert_adding(connection, DISCOVERY_WRONG, [asdict(row) for row in wrong], ("times",))


def choices(connection: Connection, asked: Asked) -> Sequence[ChoiceRow]:
    """The choices of a period, the earliest hours first."""
    query = sa.select(DISCOVERY_CHOICE).where(_within(DISCOVERY_CHOICE, asked))
    found = connection.execute(query.order_by(*DISCOVERY_CHOICE.primary_key))
    return [ChoiceRow(*row) for row in found]


def wrongs(connection: Connection, asked: Asked) -> Sequence[WrongRow]:
    """The choices of a period that led nowhere, the earliest hours first."""
    query = sa.select(DISCOVERY_WRONG).where(_within(DISCOVERY_WRONG, asked))
    found = connection.execute(query.order_by(*DISCOVERY_WRONG.primary_key))
    return [WrongRow(*row) for row in found]


def purge_choices(connection: Connection, now: datetime) -> int:
    """Delete hours that nobody compares with any more; how many rows went."""
    return sum(
        connection.execute(sa.delete(table).where(table.c.hour < now - KEPT)).rowcount
        for table in (DISCOVERY_CHOICE, DISCOVERY_WRONG)
    )


def _within(table: sa.Table, asked: Asked) -> sa.ColumnElement[bool]:
    wanted = (table.c.hour >= asked.since) & (table.c.hour < asked.until)
    if asked.federation is not None:
        wanted &= table.c.federation == asked.federation
    if asked.service is not None:
        wanted &= table.c.service == asked.service
    return wanted
