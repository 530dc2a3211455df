"""A change of our keys from its announcement to its end: exactly who is told of what, once.

That a switch happens though no job ever runs is shown in tests/flows/test_rollover.py.
"""

import threading

import pytest

from broker.metadata.readiness.model import Level
from broker.metadata.readiness.service import Readiness
from tests.unit.metadata.notices.town import (
    ANNOUNCE,
    OPERATOR,
    SERVICES,
    SWITCH,
    UNPUBLISH,
    Town,
    on,
)
from tests.unit.metadata.rollover.making import ENCRYPTION, OUTWARD, SIGNING, day

HOUR = 1 / 24
EVERY_DAY = (*range(UNPUBLISH + 20), SWITCH - HOUR)
BEFORE = ["announced", "T-60", "T-30", "T-14", "T-7", "T-3", "T-1", "T-1h"]
ALL = [*BEFORE, "done", "T+1", "removed"]
OFFICE = ["announced", "T-7", "done", "removed"]
PLAIN = [code for code in SERVICES if code not in ("fmk", "stum", "klar")]


@pytest.fixture
def planned(town: Town) -> Town:
    town.plan()
    return town


def waive(town: Town, at: float) -> None:
    for by in ("anna", "bo"):
        town.rollovers.override("autumn", "fmk", "waive", on(at, by))


def test_from_ninety_days_ahead_to_the_end_each_hears_of_each_milestone_once(
    planned: Town,
) -> None:
    planned.uses_the_new_key("klar", ANNOUNCE + 5)
    waive(planned, 50)
    for at in sorted(EVERY_DAY):
        planned.remind(at)
        assert planned.remind(at) == 0, at
    for code in (*PLAIN, "fmk", "region"):
        assert planned.milestones(code, f"it@{code}.dk") == ALL, code
        assert planned.milestones(code, f"kontor@{code}.dk") == OFFICE, code
    assert planned.milestones("dpsd", "ejer@dpsd.dk") == OFFICE
    assert planned.milestones("klar", "it@klar.dk") == ["announced", "T-7", "done", "removed"]
    assert planned.milestones("stum", OPERATOR) == ALL
    partners = {str(row.about).rsplit("/", 1)[1] for row in planned.rows()}
    assert partners == {*SERVICES, "region"}


def test_a_service_hears_of_one_key_and_an_identity_provider_of_both(planned: Town) -> None:
    planned.remind(ANNOUNCE)
    new = {
        slot: planned.ring.certificate(slot, "second") for slot in (SIGNING, OUTWARD, ENCRYPTION)
    }
    shown = {}
    for slot, made in new.items():
        assert made is not None
        shown[slot] = made.fingerprint[:8].upper()
    service = planned.body("dpsd", "it@dpsd.dk", "announced")
    provider = planned.body("region", "it@region.dk", "announced")
    assert shown[SIGNING] in service
    assert shown[OUTWARD] not in service
    assert shown[OUTWARD] in provider
    assert shown[ENCRYPTION] in provider
    assert shown[SIGNING] not in provider
    assert "/sundhed/metadata/m/1-" in service, "the address of its own"
    assert "/sundhed/metadata/epoch/second/idp.xml" in planned.body(
        "gammel", "it@gammel.dk", "announced"
    ), "whoever holds one certificate loads the document of the new one"


def test_whoever_looks_late_tells_the_latest_milestone_alone(planned: Town) -> None:
    waive(planned, 50)
    assert planned.remind(SWITCH - 6.5) > 0
    assert planned.milestones("dpsd", "it@dpsd.dk") == ["T-7"]
    assert planned.remind(SWITCH - 5) == 0
    assert planned.remind(SWITCH + 0.5) > 0
    assert planned.milestones("dpsd", "it@dpsd.dk") == ["T-7", "done"]
    assert planned.remind(UNPUBLISH + 8) == 0, "nobody is told of what is long over"


def test_two_that_look_at_the_same_time_tell_nobody_twice(planned: Town) -> None:
    started, told = threading.Barrier(2), []

    def look() -> None:
        started.wait(10)
        told.append(planned.remind(ANNOUNCE))

    both = [threading.Thread(target=look) for _ in range(2)]
    for one in both:
        one.start()
    for one in both:
        one.join(60)
    assert len(told) == 2
    assert sum(told) == len(planned.rows()) > 0
    assert planned.milestones("dpsd", "it@dpsd.dk") == ["announced"]


def test_one_that_is_told_to_stop_leaves_the_rest_for_the_next_turn(planned: Town) -> None:
    assert planned.reminders.remind(day(ANNOUNCE), lambda: False) == 0
    assert planned.remind(ANNOUNCE) > 0


def test_a_partner_with_instants_of_its_own_is_reminded_of_those(planned: Town) -> None:
    planned.rollovers.override("autumn", "tidlig", "early", on(12), since=day(40))
    planned.rollovers.override("autumn", "sen", "late", on(12), until=day(110))
    for at in range(ANNOUNCE, 125):
        planned.remind(at)
    early = planned.body("tidlig", "it@tidlig.dk", "T-7")
    assert "lørdag den 11. april 2026" in early
    done = {row.about: row.created_at for row in planned.rows() if row.kind == "rollover-done"}
    assert done["sundhed/idp/autumn/tidlig"] == day(40)
    assert done["sundhed/idp/autumn/dpsd"] == day(SWITCH)
    assert done["sundhed/idp/autumn/sen"] == day(110)


def test_one_that_is_held_is_told_what_that_means_until_it_switches(planned: Town) -> None:
    planned.remind(SWITCH - 7)
    assert "samfundskritisk" in planned.body("fmk", "it@fmk.dk", "T-7")
    assert "samfundskritisk" not in planned.body("dpsd", "it@dpsd.dk", "T-7")
    for at in range(SWITCH, SWITCH + 30):
        planned.remind(at)
    assert planned.milestones("fmk", "it@fmk.dk") == [
        *("T-7", "held", "held-1w", "held-2w", "held-3w", "held-4w")
    ]
    assert planned.milestones("dpsd", "it@dpsd.dk") == ["T-7", "done", "T+1"], (
        "the old certificate is still published, for the one that is held"
    )
    ready = Readiness(planned.engine, planned.book)
    plan = next(p for p in planned.rollovers.rollovers().plans if p.slot == SIGNING)
    ready.confirm(plan, "fmk", Level.TRIED, "Bo of FMK", on(SWITCH + 30.4))
    ready.confirm(plan, "fmk", Level.TRIED, "Bo of FMK", on(SWITCH + 30.5, by="bo"))
    for at in range(SWITCH + 31, SWITCH + 40):
        planned.remind(at)
    assert planned.milestones("fmk", "it@fmk.dk")[-2:] == ["done", "removed"]
    assert planned.milestones("dpsd", "it@dpsd.dk") == ["T-7", "done", "T+1", "removed"]


def test_a_plan_that_moves_is_told_anew_with_its_new_time(planned: Town) -> None:
    planned.remind(ANNOUNCE)
    moved = {"switch": day(130), "rollback_until": day(137), "unpublish": day(144)}
    moved["destroy"] = day(200)
    planned.rollovers.move("autumn", moved, on(ANNOUNCE + 1))
    planned.remind(ANNOUNCE + 1)
    assert planned.milestones("dpsd", "it@dpsd.dk") == ["announced", "announced"]
    planned.remind(SWITCH)
    assert planned.milestones("dpsd", "it@dpsd.dk")[-1] == "T-30"


@pytest.mark.parametrize("known", ["cancelled", "taken back", "compromised"])
def test_nobody_is_reminded_of_what_does_not_happen(planned: Town, known: str) -> None:
    planned.remind(ANNOUNCE)
    if known == "cancelled":
        planned.rollovers.cancel("autumn", on(ANNOUNCE + 1))
    elif known == "taken back":
        planned.rollovers.rollback("autumn", on(SWITCH + 1))
    else:
        slots = tuple((s.side, s.use) for s in (SIGNING, OUTWARD, ENCRYPTION))
        planned.rollovers.compromised("sundhed", slots, "second", on(ANNOUNCE + 1))
    for at in (ANNOUNCE + 30, SWITCH - 7, SWITCH + 2, UNPUBLISH + 1):
        if known != "taken back" or at > SWITCH:
            assert planned.remind(at) == 0, at


def test_a_hard_cut_tells_everybody_to_change_at_the_moment(town: Town) -> None:
    hard = {"early_from": day(SWITCH), "unpublish": day(SWITCH), "rollback_until": day(SWITCH)}
    town.plan(style="hard", **hard)
    town.remind(ANNOUNCE)
    body = town.body("dpsd", "it@dpsd.dk", "announced")
    assert "aktivér dem først i det øjeblik, vi skifter" in body
    assert "/sundhed/metadata/next/idp.xml" in body
    town.remind(SWITCH)
    assert "tilbage" not in town.body("dpsd", "it@dpsd.dk", "done")
    assert town.remind(SWITCH + 1) == 0
