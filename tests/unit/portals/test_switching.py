"""Whom the day's numbers propose to take back."""

from datetime import timedelta

from broker.metadata.readiness.model import Kind, Sign
from broker.metadata.rollover.model import Instants, Plan, Rollovers, Rule, Slot
from broker.periods import Period
from broker.portals.switching.live import hours, pulses
from tests.factories import NOW

DAY = timedelta(days=1)


SLOT = Slot("sundhed", "idp", "signing")
SWITCHED = Plan(
    "oces3",
    SLOT,
    "first",
    "oces3",
    Instants(NOW - 30 * DAY, NOW - 30 * DAY, NOW - DAY, NOW + DAY, NOW + 9 * DAY, NOW + 39 * DAY),
)


def sign(kind: Kind, epoch: str, count: int) -> Sign:
    return Sign(kind, epoch, NOW, count, NOW, NOW)


def proposed(lately: list[Sign], week_ago: list[Sign], plan: Plan = SWITCHED) -> str:
    (pulse,) = pulses(
        Rollovers((plan,)),
        plan,
        [("dpsd", "DPSD", False)],
        {"dpsd": lately},
        {"dpsd": week_ago},
        NOW,
    )
    return pulse.why


def test_who_fails_under_the_new_key_is_proposed() -> None:
    many = [sign("answered", "oces3", 8), sign("failed", "oces3", 3)]
    assert proposed(many, []) == "failing"
    assert proposed([sign("answered", "oces3", 8), sign("failed", "oces3", 2)], []) == ""
    assert proposed([sign("answered", "oces3", 100), sign("failed", "oces3", 3)], []) == ""
    assert proposed([sign("failed", "first", 9)], []) == ""


def test_who_falls_silent_is_proposed_where_it_was_not_before() -> None:
    assert proposed([], [sign("answered", "first", 50)]) == "silent"
    assert proposed([sign("answered", "oces3", 40)], [sign("answered", "first", 50)]) == ""
    assert proposed([], [sign("answered", "first", 9)]) == ""


def test_who_is_on_the_old_key_is_left_alone() -> None:
    back = Rule("before", Period(NOW - DAY / 2), "dpsd", "back", 1)
    plan = Plan("oces3", SLOT, "first", "oces3", SWITCHED.instants, rules=(back,))
    assert proposed([sign("failed", "oces3", 9)], [sign("answered", "first", 50)], plan) == ""


def test_those_in_trouble_stand_first() -> None:
    found = pulses(
        Rollovers((SWITCHED,)),
        SWITCHED,
        [("busy", "Busy", False), ("sick", "Sick", True)],
        {"busy": [sign("answered", "oces3", 500)], "sick": [sign("failed", "oces3", 5)]},
        {},
        NOW,
    )
    assert [(one.code, one.troubled, one.new) for one in found] == [
        ("sick", True, 0),
        ("busy", False, 500),
    ]


def test_the_last_hours_begin_at_a_whole_one() -> None:
    since, until = hours(NOW.replace(minute=20))
    assert (since.minute, until - since) == (0, timedelta(hours=1, minutes=20))
