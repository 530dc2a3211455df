"""Choices are summed up in memory, added up over nodes, and hold nobody."""

from dataclasses import fields
from datetime import timedelta
from xml.etree import ElementTree as ET

import pytest

from broker.db import Engine, reading, writing
from broker.statistics.choices import ChoiceLog
from broker.statistics.model import (
    BUCKETS,
    LONGER,
    UNSEEN,
    Choice,
    ChoiceRow,
    Source,
    WrongRow,
)
from broker.statistics.picture import MOST, picture
from broker.statistics.report import Report, report
from broker.statistics.store import (
    KEPT,
    Asked,
    add_choices,
    choices,
    purge_choices,
    wrongs,
)
from tests.factories import NOW

MINUTE = timedelta(minutes=1)
HOUR = NOW.replace(minute=0, second=0, microsecond=0)


def chosen(source: Source = "list", seconds: float | None = 4, idp: str = "rn") -> Choice:
    took = None if seconds is None else timedelta(seconds=seconds)
    return Choice("sundhed", "dpsd", idp, source, NOW, took)


def row(idp: str, source: Source, took: int, number: int) -> ChoiceRow:
    return ChoiceRow(HOUR, "sundhed", "dpsd", idp, source, took, number, 0, 0)


@pytest.mark.parametrize(
    ("seconds", "bucket"),
    [(None, UNSEEN), (0, 2), (2, 2), (2.1, 5), (300, 300), (301, LONGER), (1e6, LONGER)],
)
def test_a_time_falls_into_one_bucket(seconds: float | None, bucket: int) -> None:
    assert chosen(seconds=seconds).bucket == bucket


def test_nothing_that_is_kept_could_tell_who_it_was() -> None:
    """A new field of a choice has to be looked at for that before it is added here."""
    assert {one.name for one in fields(Choice)} == {
        *("federation", "service", "idp", "source", "at", "took", "searched", "changed")
    }
    assert {one.name for one in fields(ChoiceRow)} == {
        *("hour", "federation", "service", "idp", "source", "took"),
        *("chosen", "searched", "changed"),
    }


def test_a_process_hands_over_once_a_minute_and_each_sum_once() -> None:
    log = ChoiceLog()
    log.note(chosen())
    assert log.take(NOW) == ([], [])
    log.note(Choice("sundhed", "dpsd", "rn", "list", NOW, timedelta(seconds=4), True, True))
    log.wrong("changed", "sundhed", "dpsd", "nemlogin", NOW)
    given, gone = log.take(NOW + MINUTE)
    assert given == [ChoiceRow(HOUR, "sundhed", "dpsd", "rn", "list", 5, 2, 1, 1)]
    assert gone == [WrongRow(HOUR, "sundhed", "dpsd", "nemlogin", "changed", 1)]
    log.note(chosen())
    assert log.take(NOW + MINUTE) == ([], [])
    assert len(log.take(NOW + 2 * MINUTE)[0]) == 1


def test_nodes_add_up_and_a_period_is_asked_for(engine: Engine) -> None:
    gone = [WrongRow(HOUR, "sundhed", "dpsd", "rn", "refused", 1)]
    for _node in range(2):
        with writing(engine) as connection:
            add_choices(connection, [row("rn", "list", 5, 3), row("nl", "last", 2, 1)], gone)
    week = Asked(HOUR, HOUR + timedelta(days=7))
    with reading(engine) as connection:
        kept = choices(connection, week)
        assert {(one.idp, one.chosen) for one in kept} == {("rn", 6), ("nl", 2)}
        assert [one.times for one in wrongs(connection, week)] == [2]
        later = Asked(HOUR + MINUTE, HOUR + timedelta(days=7))
        assert not choices(connection, later)
        for nothing in (
            Asked(week.since, week.until, "borger"),
            Asked(HOUR, week.until, None, "x"),
        ):
            assert not choices(connection, nothing)
            assert not wrongs(connection, nothing)
    with writing(engine) as connection:
        assert purge_choices(connection, HOUR + KEPT) == 0
        assert purge_choices(connection, HOUR + KEPT + MINUTE) == 3


def of_rows() -> Report:
    rows = [
        row("rn", "list", 5, 6),
        row("rn", "remembered", UNSEEN, 2),
        row("rn", "last", 40, 2),
        row("nl", "list", 2, 4),
    ]
    gone = [
        WrongRow(HOUR, "sundhed", "dpsd", "rn", "changed", 2),
        WrongRow(HOUR, "sundhed", "dpsd", "rn", "refused", 1),
    ]
    return report(rows, gone)


def test_the_shares_are_those_of_the_choices() -> None:
    found = of_rows()
    first = found.lines[0]
    assert (first.idp, first.chosen, first.wrong) == ("rn", 10, 3)
    assert (first.wrong_share, first.remembered_share, first.median) == (0.3, 0.2, 5)
    assert (found.whole.chosen, found.whole.wrong) == (14, 3)
    assert found.whole.facts()["took"] == {
        **dict.fromkeys(map(str, BUCKETS), 0),
        str(LONGER): 0,
        "2": 4,
        "5": 6,
        "40": 2,
    }
    empty = report([], [])
    assert (empty.whole.wrong_share, empty.whole.remembered_share, empty.whole.median) == (
        0,
        0,
        None,
    )


def test_the_picture_is_one_svg_that_loads_nothing_and_escapes_its_labels() -> None:
    text = picture(of_rows(), "Choosing <script>alert(1)</script>")
    tree = ET.fromstring(text)  # noqa: S314  # our own
    assert tree.tag.endswith("}svg")
    assert "<script" not in text
    assert "href" not in text
    assert "dpsd · rn" in text
    assert "30.0 %" in text


def test_a_picture_of_nothing_and_one_of_too_much() -> None:
    assert "Nobody chose anything" in picture(report([], []), "Nothing")
    many = report([row(f"idp-{n}", "list", 5, n + 1) for n in range(MOST + 3)], [])
    assert "and 3 more" in picture(many, "Many")
