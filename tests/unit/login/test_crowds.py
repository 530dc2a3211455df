"""R17: one peer takes no thread from the others; whoever finds no place is told to come again."""

import threading
from contextlib import ExitStack

import pytest

from broker.audit.tallies.counting import Tallies
from broker.audit.tallies.model import Tally
from broker.errors import Unavailable
from broker.login.crowds import AGAIN, PLACES, Crowds
from tests.factories import NOW

ONE, OTHER = ("sundhed", "service", "one"), ("sundhed", "service", "two")


def test_a_peer_has_so_many_places_and_another_has_its_own() -> None:
    crowds = Crowds(Tallies(), patience=0.01)
    with ExitStack() as stack:
        for _ in range(PLACES):
            stack.enter_context(crowds.place(ONE, NOW))
        with pytest.raises(Unavailable) as refused, crowds.place(ONE, NOW):
            pass
        assert refused.value.code == "limit.crowded"
        with crowds.place(OTHER, NOW):
            pass
    with crowds.place(ONE, NOW):
        pass


def test_who_waits_gets_the_next_place() -> None:
    tallies, got = Tallies(), threading.Event()
    crowds = Crowds(tallies, places=1, patience=20)

    def wait() -> None:
        with crowds.place(ONE, NOW):
            got.set()

    with crowds.place(ONE, NOW):
        waiting = threading.Thread(target=wait)
        waiting.start()
        assert not got.wait(0.05)
    waiting.join(20)
    assert got.is_set()
    assert tallies.take(NOW) == [Tally("crowd.waited", *ONE, 1)]


def test_a_place_is_given_back_by_who_fails() -> None:
    crowds = Crowds(Tallies(), places=1, patience=0.01)
    for _ in range(3):
        with pytest.raises(ValueError, match="x"), crowds.place(ONE, NOW):
            raise ValueError("x")


def test_a_crowd_is_an_alarm_and_one_line_a_minute(caplog: pytest.LogCaptureFixture) -> None:
    tallies = Tallies()
    crowds = Crowds(tallies, places=1, patience=0)
    with crowds.place(ONE, NOW):
        for now in (NOW, NOW + AGAIN / 2, NOW + AGAIN):
            with pytest.raises(Unavailable), crowds.place(ONE, now):
                pass
    assert [record.getMessage() for record in caplog.records] == ["peer.crowded"] * 2
    assert vars(caplog.records[0])["peer"] == "one"
    assert tallies.take(NOW) == [Tally("crowd.refused", *ONE, 3)], "each of them, not each line"
