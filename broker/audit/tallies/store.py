"""Counters added up over nodes. None is ever deleted: a sum that falls would be no counter."""

from collections.abc import Iterable, Sequence
from dataclasses import asdict

import sqlalchemy as sa

from broker.audit.tallies.model import Tally
from broker.audit.tallies.tables import TALLY
from broker.db import Connection, insert_adding


def add(connection: Connection, tallies: Iterable[Tally]) -> None:
    """Add what one process counted to what all did."""
    insert_adding(connection, TALLY, [asdict(one) for one in tallies], ("times",))


def everything(connection: Connection) -> Sequence[Tally]:
    """Every counter, in the order of its labels."""
    query = sa.select(TALLY).order_by(*TALLY.primary_key)
    return [Tally(*row) for row in connection.execute(query)]
