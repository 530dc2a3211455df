"""What an operator decides about a change of keys, on both engines."""

from datetime import datetime
from functools import partial

from broker.audit.events import (
    PartnerOverridden,
    RolloverCancelled,
    RolloverMoved,
    RolloverPlanned,
    RolloverResumed,
    RolloverTakenBack,
)
from broker.metadata.rollover.documents import read_draft
from broker.metadata.rollover.model import Counts
from broker.metadata.rollover.service import Kind, RolloverService
from tests.unit.metadata.rollover.conftest import AUTUMN, House, on, refused, told
from tests.unit.metadata.rollover.making import ENCRYPTION, EVERY, OUTWARD, SIGNING, Ring, day


def test_a_plan_is_kept_for_every_slot_and_read_as_it_was_made(house: House) -> None:
    before = house.revision
    house.plan()
    assert house.revision == before + 1
    plans = house.registry.rollovers.plans
    assert {plan.slot for plan in plans} == set(EVERY)
    for plan in plans:
        assert (plan.code, plan.before, plan.after, plan.style) == (
            "autumn",
            "first",
            "second",
            "overlap",
        )
        at = plan.instants
        assert (at.announce, at.early_from, at.switch) == (day(10), day(20), day(40))
        assert (at.rollback_until, at.unpublish, at.destroy) == (day(50), day(60), day(90))
        assert plan.before_ends == plan.after_ends == day(1000)
        assert (plan.by, plan.reason) == ("anna", "a test")
    assert len(told(house, RolloverPlanned)) == 3
    assert [house.counts(at, slot=slot).epoch for at in (39, 40) for slot in EVERY] == [
        *["first"] * 3,
        *["second"] * 3,
    ]


def test_a_plan_that_is_refused_in_one_slot_is_kept_in_none(house: House) -> None:
    house.plan(slots=["sp-encryption"])
    refused("rollover.exists", house.plan)
    assert [plan.slot for plan in house.registry.rollovers.plans] == [ENCRYPTION]
    house.ring = Ring({"first": 1000})
    words = refused("rollover.no_key", lambda: house.plan(code="other", slots=["idp-signing"]))
    assert "broker rollover keys second" in words
    assert len(house.registry.rollovers.plans) == 1


def test_a_document_is_loaded_once_and_differs_never(house: House) -> None:
    document = {**AUTUMN, "federations": ["sundhed", "sundhed-test"]}
    del document["announce"], document["early_from"]
    first = house.load(document)
    assert [(o.federation, o.state) for o in first.outcomes] == [
        ("sundhed", "added"),
        ("sundhed-test", "added"),
    ]
    assert len(house.registry.rollovers.plans) == 6
    again = house.load(document, 5)
    assert {o.state for o in again.outcomes} == {"unchanged"}
    refused("rollover.exists", lambda: house.load({**document, "switch": day(41)}))
    refused("rollover.past", lambda: house.load({**document, "code": "late"}, 40))
    refused("metadata.document", lambda: house.load(AUTUMN))
    strange = {**document, "code": "more", "slots": ["idp-encryption"]}
    assert "idp-encryption" in refused("metadata.document", lambda: house.load(strange))
    unread = {**document, "code": "more", "swich": day(40)}
    assert "swich" in refused("metadata.document", lambda: house.load(unread))


def test_a_short_notice_is_kept_with_a_warning(house: House) -> None:
    soon = {**AUTUMN, "federations": ["sundhed"], "early_from": day(10), "switch": day(12)}
    (outcome,) = house.load(soon).outcomes
    assert {finding.code for finding in outcome.findings} == {"rollover.notice"}


def test_a_plan_is_moved_with_what_follows_its_switch(house: House) -> None:
    house.plan()
    changed = house.service.move("autumn", {"switch": day(45)}, on(15))
    assert {one.plan.instants.destroy for one in changed} == {day(95)}
    at = house.registry.rollovers.plans[0].instants
    assert (at.announce, at.switch, at.rollback_until, at.unpublish) == (
        day(10),
        day(45),
        day(55),
        day(65),
    )
    assert len(told(house, RolloverMoved)) == 3
    refused(
        "rollover.happened", lambda: house.service.move("autumn", {"announce": day(20)}, on(15))
    )
    refused("rollover.no_plan", lambda: house.service.move("spring", {}, on(15)))


def test_everybody_is_taken_back_at_once_and_goes_on_later(house: House) -> None:
    house.plan()
    service, before = house.service, house.revision
    refused("rollover.not_switched", lambda: service.rollback("autumn", on(15)))
    refused("rollover.not_switched", lambda: service.rollback("autumn", on(25)))
    refused("rollover.reason", lambda: service.rollback("autumn", on(45, reason=" ")))
    refused("rollover.too_late", lambda: service.rollback("autumn", on(50)))
    assert house.revision == before
    service.rollback("autumn", on(45))
    assert house.revision == before + 1
    assert house.counts(44.9) == Counts("second", "plan")
    assert house.counts(45) == Counts("first", "rolled_back")
    assert house.counts(100) == Counts("first", "rolled_back")
    assert len(told(house, RolloverTakenBack)) == 3
    refused("rollover.is_back", lambda: service.rollback("autumn", on(46)))
    refused("rollover.past", lambda: service.resume("autumn", {"switch": day(46)}, on(47)))
    service.resume("autumn", {"switch": day(70)}, on(47))
    assert [house.counts(at).epoch for at in (46, 69, 70)] == ["first", "first", "second"]
    refused("rollover.not_back", lambda: service.resume("autumn", {"switch": day(80)}, on(48)))
    assert len(told(house, RolloverResumed)) == 3
    assert house.registry.rollovers.plans[0].instants.unpublish == day(90)


def test_one_partner_is_taken_back_and_follows_again(house: House) -> None:
    house.plan()
    house.service.rollback("autumn", on(45), partner="dpsd")
    assert house.counts(45, "dpsd") == Counts("first", "partner")
    assert house.counts(45, "other") == Counts("second", "plan")
    assert [event.kind for event in told(house, PartnerOverridden)] == ["back"]  # type: ignore[attr-defined]  # told() gives events of that class
    house.service.override("autumn", "dpsd", "follow", on(46))
    assert house.counts(45.5, "dpsd").epoch == "first"
    assert house.counts(46, "dpsd") == Counts("second", "plan")
    refused("rollover.no_rule", lambda: house.service.override("autumn", "dpsd", "follow", on(47)))


def test_partners_switch_early_and_late_on_the_side_they_know(house: House) -> None:
    house.plan()
    service = house.service
    service.override("autumn", "dpsd", "early", on(15))
    service.override("autumn", "region", "late", on(15), until=day(50))
    assert [house.counts(at, "dpsd").epoch for at in (19, 20)] == ["first", "second"]
    assert house.counts(45, "dpsd", OUTWARD).because == "plan"
    assert house.counts(45, "region", OUTWARD) == Counts("first", "partner")
    assert house.counts(45, "region", ENCRYPTION) == Counts("first", "partner")
    assert house.counts(50, "region", OUTWARD) == Counts("second", "plan")
    service.override("autumn", "dpsd", "late", on(25))
    assert house.counts(26, "dpsd").epoch == "first"
    rows: tuple[tuple[Kind, str, datetime | None, datetime | None], ...] = (
        ("early", "rollover.too_early", day(17), None),
        ("late", "rollover.too_late", None, day(60)),
        ("early", "rollover.past", day(1), None),
        ("late", "rollover.period", None, day(1)),
        ("waive", "rollover.not_held", None, None),
    )
    for kind, code, since, until in rows:
        asked = partial(service.override, since=since, until=until)
        refused(code, partial(asked, "autumn", "dpsd", kind, on(16)))
    refused("rollover.no_partner", lambda: service.override("autumn", "nobody", "late", on(16)))
    # The plan is not over on day 61: fmk is held.
    refused("rollover.too_late", lambda: service.override("autumn", "dpsd", "late", on(61)))
    refused("rollover.over", lambda: service.override("autumn", "region", "early", on(61)))
    refused(
        "rollover.reason", lambda: service.override("autumn", "dpsd", "late", on(16, reason=""))
    )


def test_a_hard_cut_treats_everybody_alike_and_can_be_taken_back(house: House) -> None:
    house.plan(style="hard", early_from=day(40))
    refused(
        "rollover.hard_partner", lambda: house.service.override("autumn", "dpsd", "late", on(11))
    )
    refused(
        "rollover.hard_partner", lambda: house.service.rollback("autumn", on(41), partner="dpsd")
    )
    house.service.rollback("autumn", on(41))
    assert house.counts(41).epoch == "first"


def test_a_critical_partner_is_held_until_two_different_people_waive_it(house: House) -> None:
    house.plan()
    service = house.service
    assert house.counts(41, "fmk") == Counts("first", "held")
    assert house.counts(41, "dpsd") == Counts("second", "plan")
    refused("rollover.needs_two", lambda: service.override("autumn", "fmk", "early", on(41)))
    service.override("autumn", "fmk", "waive", on(30, "anna"))
    assert house.counts(41, "fmk") == Counts("first", "held")
    refused(
        "rollover.same_person", lambda: service.override("autumn", "fmk", "waive", on(31, "anna"))
    )
    service.override("autumn", "fmk", "waive", on(42, "bo"))
    assert [house.counts(at, "fmk").epoch for at in (41, 42)] == ["first", "second"]
    refused("rollover.not_held", lambda: service.override("autumn", "fmk", "waive", on(43, "carl")))


def test_a_critical_partner_that_is_ready_is_not_held(house: House) -> None:
    house.plan()
    (row,) = [p.row for p in house.service.rollovers().plans if p.slot == SIGNING]
    ready = RolloverService(
        house.engine, house.book, house.ring.certificate, lambda _c, _r: {(row, "fmk"): day(30)}
    )
    held = {p.slot: p.holds for p in ready.rollovers().plans}
    assert held[SIGNING] == ()
    assert [p.holds[0].partner for p in house.service.rollovers().plans if p.holds] == ["fmk"]


def test_a_plan_is_given_up_while_nobody_needs_it(house: House) -> None:
    house.plan()
    service = house.service
    service.override("autumn", "dpsd", "early", on(15))
    assert "dpsd" in refused("rollover.in_use", lambda: service.cancel("autumn", on(25)))
    refused("rollover.switched", lambda: service.cancel("autumn", on(41)))
    service.override("autumn", "dpsd", "follow", on(25))
    service.cancel("autumn", on(26))
    assert house.counts(41) == Counts("first", "only")
    assert len(told(house, RolloverCancelled)) == 3
    refused("rollover.no_plan", lambda: service.cancel("autumn", on(27)))
    refused("rollover.exists", lambda: house.plan(27))
    house.plan(27, code="again", announce=day(28), early_from=day(28))
    assert house.counts(41).epoch == "second"


def test_a_plan_that_another_builds_on_is_not_given_up(house: House) -> None:
    house.plan()
    house.plan(
        code="winter",
        before="second",
        after="third",
        announce=day(60),
        early_from=day(60),
        switch=day(80),
        rollback_until=day(85),
        unpublish=day(100),
    )
    assert "winter" in refused("rollover.followed", lambda: house.service.cancel("autumn", on(5)))
    house.service.rollback("autumn", on(45))
    assert house.counts(90) == Counts("first", "rolled_back")


def test_examined_all_that_speaks_against_it_and_nothing_is_kept(house: House) -> None:
    draft = read_draft({**AUTUMN, "after": "nowhere", "switch": day(5)}, "a test", day(0))
    found = house.service.examine(draft, ("sundhed",), on(0))
    codes = {one.code for _plan, problems in found for one in problems}
    assert {"rollover.no_key", "rollover.order"} <= codes
    assert house.service.rollovers().plans == ()
    house.plan()
    again = house.service.examine(read_draft(AUTUMN, "a test", day(0)), ("sundhed",), on(0))
    assert "rollover.exists" in {one.code for _plan, problems in again for one in problems}
    assert len(house.service.rollovers().plans) == len(again)
