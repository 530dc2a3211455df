"""Minutes of several nodes add up in the database; a snapshot is read without asking it."""

from datetime import timedelta

import pytest
import sqlalchemy as sa

from broker.db import Engine, reading, writing
from broker.health.counts import FlowCounts
from broker.health.model import CountRow
from broker.health.snapshot import LIFE, HealthBoard, judge
from broker.health.store import (
    KEPT,
    Probe,
    add_minutes,
    minutes,
    probes,
    purge_minutes,
    put_probe,
)
from tests.factories import NOW

MINUTE = timedelta(minutes=1)


def row(ago: int, service: str, started: int, returned: int) -> CountRow:
    return CountRow(NOW - ago * MINUTE, "sundhed", service, "rn", started, returned, 0)


def test_nodes_add_up_with_their_details(engine: Engine) -> None:
    for _node in range(2):
        counts = FlowCounts()
        counts.add("started", "sundhed", "dpsd", "rn", NOW)
        counts.add("returned", "sundhed", "dpsd", "rn", NOW, away=timedelta(seconds=12))
        counts.add("refused", "sundhed", "dpsd", "rn", NOW, failure="failed")
        with writing(engine) as connection:
            add_minutes(connection, counts.take(NOW + MINUTE))
    minute = NOW.replace(second=0, microsecond=0)
    details = (("failed", 2), ("within 15", 2))
    with reading(engine) as connection:
        assert minutes(connection, minute) == [
            CountRow(minute, "sundhed", "dpsd", "rn", 2, 2, 2, details)
        ]
        assert minutes(connection, minute + MINUTE) == []
        assert minutes(connection, minute, "borger") == []


def test_old_minutes_are_purged(engine: Engine) -> None:
    with writing(engine) as connection:
        add_minutes(connection, [row(1, "dpsd", 1, 1)])
        assert purge_minutes(connection, NOW) == 0
        assert purge_minutes(connection, NOW + KEPT) == 1


def test_a_service_may_be_failing_where_others_are_well() -> None:
    bad = [row(ago, "dpsd", 5, 0) for ago in range(1, 16)]
    good = [row(ago, "darina", 20, 18) for ago in range(1, 16)]
    known = judge([*bad, *good], [], NOW)
    assert known.of("sundhed", "dpsd", "rn").failing
    assert known.of("sundhed", "darina", "rn").state == "ok"
    assert known.of("sundhed", "new-service", "rn").state == "ok"  # as for everybody
    assert known.of("sundhed", "dpsd", "other").state == "unknown"


def test_a_snapshot_asks_the_database_once_in_ten_seconds(engine: Engine) -> None:
    asked: list[str] = []
    kept: list[object] = []

    def count(*arguments: object) -> None:
        asked.append(str(arguments[2]))

    board = HealthBoard(engine, kept.append)
    with writing(engine) as connection:
        add_minutes(connection, [row(ago, "dpsd", 5, 0) for ago in range(1, 16)])
    sa.event.listen(engine, "before_cursor_execute", count)
    first = board.current(NOW)
    assert first.of("sundhed", "dpsd", "rn").failing
    before = len(asked)
    assert before > 0
    assert board.current(NOW + LIFE / 2) is first
    assert len(asked) == before
    assert board.current(NOW + LIFE).at == NOW + LIFE
    assert len(asked) > before
    assert kept == [NOW, NOW + LIFE]  # what this node counted is handed over first


@pytest.mark.parametrize(
    ("since", "looked", "failing"),
    [(2, 0, True), (0, 0, False), (20, 16, False), (None, 0, False)],
)
def test_a_probe_counts_where_nobody_signs_in(
    engine: Engine, since: int | None, looked: int, *, failing: bool
) -> None:
    begun = None if since is None else NOW - since * MINUTE
    outcome = "ok" if since is None else "timeout"
    found = Probe("sundhed", "rn", NOW - looked * MINUTE, outcome, 40, begun)
    with writing(engine) as connection:
        put_probe(connection, found)
        put_probe(connection, found)
    with reading(engine) as connection:
        (kept,) = probes(connection)
    assert kept == found
    assert judge([], [kept], NOW).of("sundhed", "dpsd", "rn").failing is failing
    well = [row(ago, "dpsd", 5, 5) for ago in range(1, 16)]
    assert judge(well, [kept], NOW).of("sundhed", "dpsd", "rn").state == "ok"
