"""The stories of 2023, rehearsed through the real login path on a moved clock."""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from broker.demo.drill.behaviours import BEHAVIOURS
from broker.demo.drill.model import Cell, Report
from broker.demo.drill.running import drill, instants
from broker.demo.drill.setting import make_stage
from broker.demo.drill.telling import failures, summary, traffic_words
from broker.demo.drill.traffic import both_sides
from broker.metadata.rollover.documents import read_draft
from broker.metadata.rollover.model import SLOTS, Phase, Plan, Rule
from broker.metadata.seed import read_toml
from broker.periods import Period
from broker.resources import resource
from tests.factories import NOW

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
CUT_OFF = {"daily", "once", "clock-behind", "clock-ahead", "one-certificate", "first-descriptor"}
EDGES = (-timedelta(seconds=1), timedelta(), timedelta(minutes=1), HOUR)  # of every phase
HARD = ("sundhed-test", "borger-test", "sundhed", "borger")


def plans_of(name: str, federation: str) -> tuple[Plan, ...]:
    """What a shipped document of 2023 plans for a federation."""
    path = resource("metadata") / "rollovers" / f"{name}.toml"
    document = read_toml(path.read_bytes(), str(path))
    listed = document["federations"]
    assert isinstance(listed, list)
    assert federation in listed
    return read_draft(document, name, NOW).plans(federation, "test", "a story")


def overlapping(federation: str) -> tuple[Plan, ...]:
    name = "2023-overlapping-test" if federation.endswith("-test") else "2023-overlapping"
    return plans_of(name, federation)


def around(folder: Path, plans: tuple[Plan, ...]) -> Report:
    """The drill of the hours around a switch, for services."""
    switch = plans[0].instants.switch
    return drill(folder, plans, idps=(), since=switch - HOUR, until=switch + DAY)


def cut_off(report: Report) -> set[str]:
    return {line.behaviour.code for line in report.lines if line.failed}


@pytest.mark.parametrize("federation", HARD)
def test_april_2023_cuts_off_whoever_did_not_switch_at_the_same_minute(
    tmp_path: Path, federation: str
) -> None:
    plans = plans_of(f"2023-hard-{federation}", federation)
    expected = (2023, 4, 3 if federation.endswith("-test") else 24)
    assert plans[0].instants.switch.timetuple()[:3] == expected
    report = around(tmp_path, plans)
    assert cut_off(report) == CUT_OFF
    assert {line.behaviour.code for line in report.lines if not line.failed} == {
        "hourly",
        "by-hand",
    }
    assert "Cut off" in summary(report)


def test_whoever_is_cut_off_knows_why_and_for_how_long(tmp_path: Path) -> None:
    plans = plans_of("2023-hard-sundhed", "sundhed")
    switch = plans[0].instants.switch
    report = drill(tmp_path, plans, since=switch - HOUR, until=switch + DAY)
    assert cut_off(report) == CUT_OFF
    told = {line.partner: list(failures(line)) for line in report.lines}
    assert told["sp-hourly"] == []
    for line in report.lines:
        assert {cell.fault for cell in line.cells if cell.failed} <= {"partner.key_unknown"}
    (behind,) = told["sp-clock-behind"]
    assert behind.endswith("2023-04-24 04:00:00Z to 2023-04-24 04:01:00Z")
    assert _first(report, "sp-clock-ahead").phase is Phase.ANNOUNCED  # before everybody switched
    assert _first(report, "idp-once").phase is Phase.SWITCHED


def _first(report: Report, partner: str) -> Cell:
    (line,) = [line for line in report.lines if line.partner == partner]
    return next(cell for cell in line.cells if cell.failed)


@pytest.mark.parametrize("federation", ["sundhed-test", "borger-test", "borger"])
def test_the_same_partners_all_keep_logging_in_around_an_overlapping_switch(
    tmp_path: Path, federation: str
) -> None:
    report = around(tmp_path, overlapping(federation))
    assert cut_off(report) == set()
    assert {line.behaviour.code for line in report.lines if line.side == "idp"} == {
        behaviour.code for behaviour in BEHAVIOURS
    }


def test_nobody_is_cut_off_from_the_announcement_until_the_old_key_is_gone(tmp_path: Path) -> None:
    """All of the plan, with an hour in which everybody is taken back, one early and one late."""
    plans = tuple(map(_eventful, overlapping("sundhed")))
    by_hand = [one for one in BEHAVIOURS if one.code in ("daily", "once")]
    report = drill(tmp_path, plans, idps=by_hand, around=EDGES)
    assert [list(failures(line)) for line in report.lines if line.failed] == []
    phases = {cell.phase for line in report.lines for cell in line.cells}
    assert phases == set(Phase) - {Phase.ANNOUNCED}  # early switches begin with it
    assert summary(report) == "Nobody is cut off."


def _eventful(plan: Plan) -> Plan:
    at = plan.instants
    back = Rule("before", Period(at.switch + HOUR, at.switch + 2 * HOUR), number=1)
    early = Rule("after", Period(at.early_from + DAY), "sp-hourly", "early", 2)
    late = Rule("before", Period(at.switch, at.unpublish - 2 * DAY), "sp-daily", "late", 3)
    return replace(plan, rules=(back, early, late))


def test_the_drill_meets_every_phase_just_before_and_at_its_instant() -> None:
    (plan, *_) = overlapping("sundhed")
    found = list(instants(plan, None, None))
    assert found == sorted(set(found))
    for at in (plan.instants.switch, plan.instants.unpublish, plan.instants.destroy):
        assert {at - timedelta(seconds=1), at} <= set(found)


def test_partners_know_of_us_only_what_they_loaded(tmp_path: Path) -> None:
    """The drill would notice: a service that lost our key refuses an honest answer."""
    stage = make_stage(tmp_path, overlapping("sundhed"), BEHAVIOURS[:1])
    stage.set(stage.plans[0].instants.announce)
    service = stage.pairs[0]
    assert stage.login(service) is None
    assert service.service.held is not None
    other = replace(service.service.held, signing=(service.service.party.signing.certificate,))
    service.service.held = other
    assert stage.login(service) == "partner.key_unknown"


def _nsp(name: str) -> tuple[Plan, ...]:
    """25 August 2023, 10:00 in Denmark: both sides at the same instant."""
    plans = plans_of(name, "sundhed")
    later = plans[0].instants.switch.replace(month=8, day=25, hour=10)
    moved = later - plans[0].instants.switch
    at = plans[0].instants
    shifted = type(at)(*(getattr(at, field) + moved for field in at.__slots__))
    assert {(p.slot.side, p.slot.use) for p in plans} == set(SLOTS)
    return tuple(replace(plan, instants=shifted) for plan in plans)


def test_where_the_verifier_overlaps_no_login_fails_while_both_sides_switch(
    tmp_path: Path,
) -> None:
    found = both_sides(tmp_path, _nsp("2023-overlapping"), rate=20)
    assert (found.logins, found.failed) == (200, 0)
    assert found.in_flight > 0  # messages did cross the switch
    print(traffic_words(found))


def test_in_a_hard_switch_of_both_sides_only_messages_under_way_fail(tmp_path: Path) -> None:
    found = both_sides(tmp_path, _nsp("2023-hard-sundhed"), rate=20)
    assert (found.logins, found.others) == (200, 0)
    assert found.failed == found.in_flight == 8  # 20 a second, 200 ms under way, both ways
    print(traffic_words(found))
