"""What a plan may be: each row is a plan that is right but for one thing."""

from dataclasses import replace
from datetime import timedelta

import pytest

from broker.metadata import publish
from broker.metadata.rollover.model import LONGEST_CACHE, Instants, Mark, Plan, Rollovers, Rule
from broker.metadata.rollover.validation import Setting, problems
from broker.periods import FOREVER, Period
from tests.unit.metadata.rollover.making import (
    DAY_0,
    ENCRYPTION,
    MOMENT,
    SIGNING,
    USUAL,
    Ring,
    day,
    days,
    plan,
)

NEW = plan(row=0, before_ends=day(1000), after_ends=day(1000))
RING = Ring()


def setting(*others: Plan, ring: Ring = RING, **more: object) -> Setting:
    found = Setting(Rollovers(others), ring.certificate, DAY_0)
    return replace(found, **more)  # type: ignore[arg-type]  # tables name the fields


def codes(made: Plan, where: Setting | None = None, level: str = "refused") -> set[str]:
    found = problems(made, where or setting())
    return {problem.code for problem in found if problem.level == level}


def at(*numbers: float, **more: object) -> Plan:
    return replace(NEW, instants=days(*numbers), **more)  # type: ignore[arg-type]  # tables name the fields


def ruled(keep: str, kind: str, since: float, until: float | None = None, **more: object) -> Plan:
    period = Period(day(since), FOREVER if until is None else day(until))
    who = more.pop("partner", "dpsd")
    rule = Rule(keep, period, who, kind, 1)  # type: ignore[arg-type]  # tables name the fields
    return replace(NEW, rules=(rule,), **more)  # type: ignore[arg-type]  # tables name the fields


def test_a_plan_that_is_right_has_nothing_against_it() -> None:
    assert problems(NEW, setting()) == []
    assert problems(replace(NEW, slot=ENCRYPTION), setting()) == []


def test_documents_last_as_long_as_the_rules_take_a_cache_to() -> None:
    assert publish.LASTS == LONGEST_CACHE


OTHER = replace(plan(row=7), code="other", before_ends=day(1000))
BEHIND = replace(OTHER, instants=days(60, 60, 80, 90, 100, 130), before="second", after="third")
WRONG: tuple[tuple[str, str, Plan, Setting | None], ...] = (
    ("early before announced", "rollover.order", at(10, 9, 40, 50, 60, 90), None),
    ("destroyed before withdrawn", "rollover.order", at(10, 20, 40, 50, 60, 59), None),
    ("switched now", "rollover.past", at(0, 0, 0, 50, 60, 90), None),
    ("announced in the past", "rollover.past", at(-1, 0, 40, 50, 60, 90), None),
    ("too short for tokens", "rollover.overlap_short", at(10, 20, 40, 40, 40.4, 90), None),
    (
        "destroyed before caches are",
        "rollover.destroy_early",
        at(10, 20, 40, 50, 60, 89, slot=ENCRYPTION),
        None,
    ),
    ("an early window of a hard cut", "rollover.hard_early", replace(NEW, style="hard"), None),
    ("to where it is", "rollover.same_epoch", replace(NEW, after="first"), None),
    ("no key", "rollover.no_key", NEW, setting(ring=Ring({"first": 1000}))),
    (
        "the same key",
        "rollover.same_key",
        NEW,
        setting(key_of=lambda slot, _epoch: RING.certificate(slot, "first")),
    ),
    (
        "a key known to others",
        "rollover.compromised",
        NEW,
        setting(rollovers=Rollovers((), (Mark(SIGNING, "second", DAY_0),))),
    ),
    (
        "the old certificate runs out",
        "rollover.before_ends",
        replace(NEW, before_ends=day(60) - MOMENT),
        None,
    ),
    ("the new certificate runs out", "rollover.after_ends", replace(NEW, after_ends=day(90)), None),
    (
        "the new certificate is not valid yet",
        "rollover.after_begins",
        NEW,
        setting(ring=Ring(since={"second": 11})),
    ),
    (
        "at the same time as another",
        "rollover.overlaps",
        at(59, 59, 70, 80, 90, 130, before="second", after="third"),
        setting(OTHER),
    ),
    (
        "from what does not count",
        "rollover.not_in_force",
        at(60, 60, 70, 80, 90, 130, before="first", after="third"),
        setting(OTHER),
    ),
    (
        "before a plan from elsewhere",
        "rollover.followed",
        replace(NEW, after="fourth"),
        setting(BEHIND),
    ),
    (
        "to a key that had its time",
        "rollover.epoch_used",
        at(60, 60, 70, 80, 90, 130, before="second", after="first"),
        setting(OTHER),
    ),
    (
        "after one that was taken back",
        "rollover.overlaps",
        at(200, 200, 210, 220, 230, 260, before="second", after="third"),
        setting(replace(OTHER, rules=(Rule("before", Period(day(45))),)), now=day(50)),
    ),
    (
        "a partner in a hard cut",
        "rollover.hard_partner",
        ruled("before", "late", 10, style="hard"),
        None,
    ),
    ("too early", "rollover.too_early", ruled("after", "early", 19), None),
    ("too late", "rollover.too_late", ruled("before", "late", 20, 60), None),
    ("late until before the switch", "rollover.too_late", ruled("before", "late", 20, 40), None),
    (
        "late where there is no time",
        "rollover.too_late",
        ruled("before", "late", 20, instants=days(10, 20, 40, 40, 41, 90)),
        None,
    ),
    ("early with the old key", "rollover.rule", ruled("before", "early", 20), None),
    ("everybody early", "rollover.rule", ruled("after", "early", 20, partner=None), None),
)


@pytest.mark.parametrize(
    ("code", "made", "where"), [row[1:] for row in WRONG], ids=[row[0] for row in WRONG]
)
def test_one_thing_is_wrong(code: str, made: Plan, where: Setting | None) -> None:
    assert code in codes(made, where)


def test_every_reason_has_words_of_its_own() -> None:
    told: dict[str, set[str]] = {}
    for _name, code, made, where in WRONG:
        for problem in problems(made, where or setting()):
            told.setdefault(problem.words, set()).add(problem.code)
            assert (problem.code != code) or problem.level == "refused"
    assert all(told)
    assert {len(shared) for shared in told.values()} == {1}


def test_plans_may_meet() -> None:
    behind = at(60, 60, 70, 80, 90, 130, before="second", after="third")
    assert codes(behind, setting(OTHER)) == set()
    assert codes(replace(NEW, row=0), setting(BEHIND)) == set()
    assert codes(replace(NEW), setting(replace(OTHER, cancelled_at=DAY_0))) == set()


def test_less_than_two_weeks_of_notice_is_warned_of_and_a_hard_cut_too() -> None:
    assert codes(NEW, level="warning") == set()
    assert codes(at(10, 20, 23, 50, 60, 90), level="warning") == {"rollover.notice"}
    assert codes(at(10, 20, 40, 41, 60, 90), level="warning") == {"rollover.rollback_short"}
    hard = at(10, 40, 40, 50, 60, 90, style="hard")
    assert codes(hard) == set()
    assert codes(hard, level="warning") == {"rollover.hard"}


def test_in_an_emergency_everything_may_happen_now() -> None:
    now = at(0, 0, 0, 0, 0, 30, before_ends=day(-1))
    assert "rollover.past" in codes(now)
    assert problems(now, setting(urgent=True)) == []


def moved(was: Instants, becomes: Instants, now: float, **more: object) -> set[str]:
    made = replace(NEW, row=3, instants=becomes)
    return codes(made, replace(setting(now=day(now), moved=was), **more))  # type: ignore[arg-type]  # tables name the fields


def test_what_has_happened_is_not_moved() -> None:
    later = days(10, 20, 45, 55, 65, 95)
    assert moved(USUAL, later, 30) == set()
    assert moved(USUAL, later, 42) == {"rollover.happened"}
    assert moved(USUAL, days(11, 20, 40, 50, 60, 90), 30) == {"rollover.happened"}
    assert moved(USUAL, days(10, 20, 29, 50, 60, 90), 30) == {"rollover.past"}
    assert moved(USUAL, days(10, 20, 40, 55, 65, 95), 45) == set()


def test_what_was_taken_back_may_come_again() -> None:
    again = days(10, 20, 70, 80, 90, 120)
    assert moved(USUAL, again, 52, resumed=True) == set()
    assert moved(USUAL, USUAL, 52, resumed=True) == {"rollover.past"}
    assert moved(USUAL, replace(again, announce=day(53)), 52, resumed=True) >= {"rollover.happened"}


def test_notice_counts_from_now_where_it_was_announced_long_ago() -> None:
    made = replace(NEW, row=3, instants=replace(USUAL, switch=day(30) + timedelta(days=3)))
    where = setting(now=day(30), moved=USUAL)
    assert codes(made, where, "warning") == {"rollover.notice"}
