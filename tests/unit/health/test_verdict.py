"""A verdict needs numbers, has two thresholds, and cannot be forced by logins nobody ends."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from broker.health.model import CountRow, Health, failure_kind
from broker.health.verdict import FEWEST, PATIENCE, health
from tests.factories import NOW

MINUTE = timedelta(minutes=1)
Minutes = list[tuple[int, int]]  # started and returned, the last of them just over


def rows(minutes: Minutes) -> Iterator[CountRow]:
    for ago, (started, returned) in enumerate(reversed(minutes), start=1):
        yield CountRow(NOW - ago * MINUTE, "sundhed", "dpsd", "idp", started, returned, 0)


def verdict(*stretches: tuple[int, int, int]) -> Health:
    """Of stretches of minutes, each with how long it is and what happens in each of its minutes."""
    return health(rows([(s, r) for length, s, r in stretches for _ in range(length)]), NOW)


@pytest.mark.parametrize(
    ("stretches", "state"),
    [
        ([], "unknown"),
        ([(1, 3, 0)], "unknown"),  # no verdict from three logins
        ([(60, 0, 0), (5, 1, 0)], "unknown"),
        ([(60, 5, 4)], "ok"),
        ([(60, 5, 4), (2, 5, 0)], "ok"),  # people who signed in just now are still away
        ([(60, 5, 4), (15, 5, 0)], "failing"),
        ([(15, 5, 0)], "failing"),  # at night nothing is known of before
        ([(60, 5, 4), (30, 5, 0), (5, 5, 2)], "failing"),  # a little better is not well
        ([(60, 5, 4), (30, 5, 0), (15, 5, 4)], "ok"),
        ([(60, 5, 4), (20, 5, 0), (PATIENCE - 5, 0, 0)], "failing"),  # nobody tries any more
        ([(60, 5, 4), (20, 5, 0), (PATIENCE + 20, 0, 0)], "unknown"),
        ([(60, 5, 4), (30, 200, 4)], "ok"),  # a flood, and as many come back as before
        ([(60, 5, 4), (30, 200, 0)], "failing"),
    ],
)
def test_a_verdict(stretches: list[tuple[int, int, int]], state: str) -> None:
    assert verdict(*stretches).state == state


def test_between_the_thresholds_the_verdict_before_decides() -> None:
    """One in two comes back: not enough to call it ill, and not enough to call it well."""
    assert verdict((60, 10, 8), (15, 10, 5)).state == "ok"
    assert verdict((60, 10, 8), (15, 10, 0), (12, 10, 5)).state == "failing"


def test_it_says_since_when() -> None:
    found = verdict((60, 5, 4), (20, 5, 0))
    assert found.since is not None
    assert NOW - 20 * MINUTE < found.since < NOW - 5 * MINUTE


@given(st.lists(st.tuples(st.integers(0, 30), st.integers(0, 30)), max_size=140))
def test_every_node_says_the_same_whatever_the_order_of_rows(minutes: Minutes) -> None:
    told = list(rows(minutes))
    assert health(told, NOW) == health(reversed(told), NOW + timedelta(seconds=59))


@given(st.lists(st.tuples(st.integers(0, 0), st.integers(0, 3)), max_size=140))
def test_nothing_is_said_without_logins_that_began(minutes: Minutes) -> None:
    assert health(rows(minutes), NOW).state == "unknown"


@given(st.integers(0, FEWEST - 1))
def test_fewer_than_the_fewest_say_nothing(started: int) -> None:
    assert verdict((10, 0, 0), (1, started, 0), (2, 0, 0)).state == "unknown"


def test_the_numbers_behind_it_are_told() -> None:
    row = CountRow(
        NOW - 5 * MINUTE, "sundhed", "dpsd", "idp", 20, 9, 3, (("failed", 3), ("within 5", 4))
    )
    other = CountRow(
        NOW - 6 * MINUTE, "sundhed", "dpsd", "idp", 0, 6, 0, (("within 30", 6), ("failed", 1))
    )
    found = health([row, other], NOW)
    assert (found.started, found.returned, found.median) == (20, 15, 30)
    assert found.failures == (("failed", 4),)


@pytest.mark.parametrize(
    ("code", "kind"),
    [
        ("idp.cancelled", "cancelled"),
        ("idp.failed", "failed"),
        ("signature.invalid", "message"),
        ("context.audience", "message"),
        ("context.replay", "other"),
        ("policy.no_role", "policy"),
        ("flow.expired", "other"),
    ],
)
def test_whose_fault_a_refusal_is(code: str, kind: str) -> None:
    assert failure_kind(code) == kind
