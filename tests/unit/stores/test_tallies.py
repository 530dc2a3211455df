"""Counters that only grow: counted in memory, added up over nodes, bounded by their labels."""

from datetime import timedelta

import pytest

from broker.audit.tallies import counting, store
from broker.audit.tallies.counting import Tallies
from broker.audit.tallies.model import Tally
from broker.db import Engine, reading, writing
from broker.login.codes import CODES
from tests.factories import NOW

LATER = NOW + timedelta(minutes=1)
ONE = Tally("login.refused", "sundhed", "", "signature.invalid", 3)
CROWD = Tally("crowd.waited", "sundhed", "service", "one", 1)


def test_sums_of_several_nodes_become_one_counter_each(engine: Engine) -> None:
    for _ in range(2):
        with writing(engine) as connection:
            store.add(connection, [ONE, CROWD])
    with writing(engine) as connection:
        store.add(connection, [])
    with reading(engine) as connection:
        assert store.everything(connection) == [
            Tally("crowd.waited", "sundhed", "service", "one", 2),
            Tally("login.refused", "sundhed", "", "signature.invalid", 6),
        ]


def test_a_process_hands_over_once_a_minute_and_each_count_once() -> None:
    tallies = Tallies()
    assert not tallies.due(NOW)
    for _ in range(3):
        tallies.add("login.refused", "sundhed", name="signature.invalid")
    assert tallies.due(NOW)
    assert tallies.take(NOW) == [ONE]
    tallies.add("wait")
    assert not tallies.due(NOW)
    assert tallies.take(NOW) == []
    assert tallies.due(LATER)
    assert tallies.take(LATER) == [Tally("wait", "", "", "", 1)]
    assert not tallies.due(LATER + timedelta(minutes=1))


def test_h12_counters_in_memory_end_somewhere(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(counting, "MAX_ROWS", 20)
    tallies = Tallies()
    for number in range(100):
        tallies.add("login.refused", "sundhed", name=f"x{number}")
        tallies.add("login.refused", "sundhed", name="x0")
    found = tallies.take(NOW)
    assert len(found) == 20
    assert found[0].times == 101, "those that are there go on"


def test_every_code_fits_its_column() -> None:
    assert max(map(len, CODES)) <= 64
