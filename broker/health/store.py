"""Minutes added up over nodes, read over the last of them, and what probes found."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa

from broker.db import Connection, insert_adding
from broker.health.model import CountRow
from broker.health.tables import FLOW_COUNT, FLOW_DETAIL, IDP_PROBE

KEPT = timedelta(days=400)
_KEY = ("minute", "federation", "service", "idp")


@dataclass(frozen=True, slots=True)
class Probe:
    """What an identity provider's own address answered when it was asked last."""

    federation: str
    idp: str
    at: datetime
    outcome: str  # "ok", or in a word what was wrong
    ms: int
    failing_since: datetime | None


def add_minutes(connection: Connection, rows: Iterable[CountRow]) -> None:
    """Add finished minutes to what other processes counted of them."""
    counts: list[dict[str, object]] = []
    details: list[dict[str, object]] = []
    for row in rows:
        key: dict[str, object] = {name: getattr(row, name) for name in _KEY}
        whole = {"started": row.started, "returned": row.returned, "refused": row.refused}
        counts.append({**key, **whole})
        details += [{**key, "what": what, "times": times} for what, times in row.details]
    insert_adding(connection, FLOW_COUNT, counts, ("started", "returned", "refused"))
    insert_adding(connection, FLOW_DETAIL, details, ("times",))


def minutes(
    connection: Connection, since: datetime, federation: str | None = None
) -> Sequence[CountRow]:
    """Every minute from an instant on, the earliest first."""
    details: dict[tuple[object, ...], list[tuple[str, int]]] = defaultdict(list)
    told = sa.select(FLOW_DETAIL).where(_since(FLOW_DETAIL, since, federation))
    for *key, what, times in connection.execute(told):
        details[tuple(key)].append((what, times))
    whole = sa.select(FLOW_COUNT).where(_since(FLOW_COUNT, since, federation))
    return [
        CountRow(**row, details=tuple(sorted(details[tuple(row.values())[:4]])))
        for row in connection.execute(whole.order_by(*FLOW_COUNT.primary_key)).mappings()
    ]


def between(
    connection: Connection, federation: str, service: str, since: datetime, until: datetime
) -> dict[str, tuple[int, int, int]]:
    """Of one service, by identity provider: begun, returned and refused in a period."""
    row = FLOW_COUNT.c
    query = (
        sa.select(
            row.idp, sa.func.sum(row.started), sa.func.sum(row.returned), sa.func.sum(row.refused)
        )
        .where(row.federation == federation, row.service == service)
        .where(row.minute >= since, row.minute < until)
        .group_by(row.idp)
    )
    return {idp: (int(a), int(b), int(c)) for idp, a, b, c in connection.execute(query)}


def put_probe(connection: Connection, probe: Probe) -> None:
    """Keep what was found, in the place of what was found before."""
    mine = (IDP_PROBE.c.federation == probe.federation) & (IDP_PROBE.c.idp == probe.idp)
    connection.execute(sa.delete(IDP_PROBE).where(mine))
    values = {
        "federation": probe.federation,
        "idp": probe.idp,
        "at": probe.at,
        "outcome": probe.outcome,
        "ms": probe.ms,
        "failing_since": probe.failing_since,
    }
    connection.execute(sa.insert(IDP_PROBE).values(values))


def probes(connection: Connection) -> Sequence[Probe]:
    """What was found at each identity provider last."""
    query = sa.select(IDP_PROBE).order_by(IDP_PROBE.c.federation, IDP_PROBE.c.idp)
    return [Probe(*row) for row in connection.execute(query)]


def purge_minutes(connection: Connection, now: datetime) -> int:
    """Delete minutes that nobody compares with any more; how many rows went."""
    return sum(
        connection.execute(sa.delete(table).where(table.c.minute < now - KEPT)).rowcount
        for table in (FLOW_COUNT, FLOW_DETAIL)
    )


def _since(table: sa.Table, since: datetime, federation: str | None) -> sa.ColumnElement[bool]:
    wanted = table.c.minute >= since
    return wanted if federation is None else wanted & (table.c.federation == federation)
