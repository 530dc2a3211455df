"""Which epoch counts: the table of phases, and the rules of R25 one before the other."""

from dataclasses import replace
from datetime import datetime

import pytest

from broker.metadata.rollover.choosing import counts, decrypts, is_stuck, latest, phase
from broker.metadata.rollover.holding import holds, waived_at, with_holds
from broker.metadata.rollover.model import (
    Ask,
    Counts,
    Hold,
    Mark,
    Phase,
    Plan,
    Rollovers,
    Rule,
    Slot,
)
from broker.periods import FOREVER, Period
from tests.unit.metadata.rollover.making import (
    ENCRYPTION,
    EVERY,
    MOMENT,
    OUTWARD,
    SIGNING,
    USUAL,
    day,
    days,
    plan,
)

BACK = Rule("before", Period(day(45)), number=1)
PHASES = (
    (0, Phase.WAITING, "first"),
    (10, Phase.ANNOUNCED, "first"),
    (20, Phase.EARLY, "first"),
    (40, Phase.SWITCHED, "second"),
    (50, Phase.SETTLED, "second"),
    (60, Phase.UNPUBLISHED, "second"),
    (90, Phase.DESTROYED, "second"),
)
EARLY = Rule("after", Period(day(20)), "dpsd", "early", 1)
LATE = Rule("before", Period(day(20)), "dpsd", "late", 1)


@pytest.mark.parametrize(("since", "wanted", "signs"), PHASES)
@pytest.mark.parametrize("style", ["overlap", "hard"])
@pytest.mark.parametrize("slot", EVERY, ids=str)
def test_a_phase_begins_at_its_instant_and_not_before(
    since: float, wanted: Phase, signs: str, style: str, slot: Slot
) -> None:
    made = plan(slot, style=style)
    assert phase(made, day(since)) is wanted
    assert counts(Rollovers((made,)), slot, Ask(), day(since)).epoch == signs
    if wanted > Phase.WAITING:
        assert phase(made, day(since) - MOMENT) is Phase(wanted - 1)


def test_without_a_plan_the_first_key_counts() -> None:
    assert counts(Rollovers(), SIGNING, Ask("dpsd", "second", True), day(0)) == Counts(
        "first", "only"
    )
    assert decrypts(Rollovers(), ENCRYPTION, day(0)) == ("first",)


def told(at: float, ask: Ask, *rules: Rule, **more: object) -> Counts:
    made = replace(plan(), rules=rules, **more)  # type: ignore[arg-type]  # tables name the fields
    return counts(Rollovers((made,)), made.slot, ask, day(at))


def mark(epoch: str, slot: Slot = SIGNING) -> tuple[Mark, ...]:
    return (Mark(slot, epoch, day(0)),)


HELD = holds(plan(), {"dpsd"}, {})
# Each row has everything that the rows below it have, and is told first.
PRECEDENCE: tuple[tuple[str, Counts, Ask, dict[str, object]], ...] = (
    (
        "a key known to others, before the dry run",
        Counts("first", "compromised"),
        Ask("dpsd", "second", True),
        {"marks": mark("second"), "rules": (EARLY,)},
    ),
    (
        "the dry run, before the address",
        Counts("second", "dry_run"),
        Ask("dpsd", "first", True),
        {"rules": (LATE, BACK), "holds": HELD},
    ),
    (
        "the address, before what was decided for the partner",
        Counts("second", "endpoint"),
        Ask("dpsd", "second"),
        {"rules": (LATE, BACK), "holds": HELD},
    ),
    (
        "what was decided for the partner, before that it is held",
        Counts("second", "partner"),
        Ask("dpsd"),
        {"rules": (EARLY, BACK), "holds": HELD},
    ),
    (
        "that it is held, before the plan",
        Counts("first", "held"),
        Ask("dpsd"),
        {"holds": HELD},
    ),
    ("taken back, before the plan", Counts("first", "rolled_back"), Ask("fmk"), {"rules": (BACK,)}),
    ("the plan", Counts("second", "plan"), Ask("fmk", "third"), {"rules": (EARLY, LATE)}),
)


@pytest.mark.parametrize(
    ("wanted", "ask", "more"), [row[1:] for row in PRECEDENCE], ids=[row[0] for row in PRECEDENCE]
)
def test_one_rule_comes_before_the_other(wanted: Counts, ask: Ask, more: dict[str, object]) -> None:
    marks = mark("second") if "marks" in more else ()
    said = {key: value for key, value in more.items() if key != "marks"}
    made = replace(plan(), **said)  # type: ignore[arg-type]  # tables name the fields
    assert counts(Rollovers((made,), marks), SIGNING, ask, day(46)) == wanted


@pytest.mark.parametrize(
    ("at", "ask", "wanted"),
    [
        (9, Ask("dpsd", "second", True), Counts("first", "plan")),
        (15, Ask("dpsd"), Counts("first", "plan")),
        (25, Ask("dpsd"), Counts("second", "partner")),
        (61, Ask("dpsd", "first"), Counts("second", "plan")),
    ],
    ids=["not announced", "before its time", "early", "withdrawn"],
)
def test_exceptions_count_only_while_both_keys_are_known(
    at: float, ask: Ask, wanted: Counts
) -> None:
    assert told(at, ask, EARLY) == wanted


def test_a_late_partner_keeps_the_old_key_until_a_day_before_it_is_withdrawn() -> None:
    assert told(58.9, Ask("dpsd"), LATE) == Counts("first", "partner")
    assert told(59, Ask("dpsd"), LATE) == Counts("second", "plan")
    assert told(58, Ask("fmk"), LATE) == Counts("second", "plan")


def test_the_newest_of_several_rules_counts() -> None:
    newer = Rule("before", Period(day(42)), "dpsd", "back", 2)
    assert told(41, Ask("dpsd"), EARLY, newer) == Counts("second", "partner")
    assert told(43, Ask("dpsd"), newer, EARLY) == Counts("first", "partner")


def test_our_sp_side_and_hard_cuts_have_no_addresses_of_an_epoch() -> None:
    assert told(30, Ask(endpoint="second")).because == "endpoint"
    assert told(30, Ask(endpoint="second"), slot=OUTWARD) == Counts("first", "plan")
    assert told(30, Ask(endpoint="second"), style="hard") == Counts("first", "plan")


def test_taken_back_stays_so_beyond_its_time_and_not_beyond_its_certificate() -> None:
    made = plan(rules=(BACK,), before_ends=day(70))
    plans = Rollovers((made,))
    assert counts(plans, SIGNING, Ask(), day(68.9)) == Counts("first", "rolled_back")
    assert counts(plans, SIGNING, Ask(endpoint="second"), day(68)).because == "endpoint"
    # A day before it runs out the new key counts, and who has the old one alone is still served.
    assert counts(plans, SIGNING, Ask(), day(69)) == Counts("second", "plan")
    assert counts(plans, SIGNING, Ask(endpoint="first"), day(69)).because == "endpoint"
    assert phase(made, day(70)) is Phase.UNPUBLISHED


def second_plan(**more: object) -> Plan:
    later = days(100, 100, 110, 120, 130, 160)
    return plan(SIGNING, later, code="winter", before="second", after="third", row=2, **more)


def test_plans_follow_one_another() -> None:
    plans = Rollovers((second_plan(), plan()))
    for at, epoch in (
        (0, "first"),
        (40, "second"),
        (99, "second"),
        (109, "second"),
        (110, "third"),
    ):
        assert counts(plans, SIGNING, Ask(), day(at)).epoch == epoch


@pytest.mark.parametrize("stuck", ["rolled back", "held"])
def test_a_plan_does_not_begin_while_the_one_before_it_is_stuck(stuck: str) -> None:
    first = plan(rules=(BACK,)) if stuck == "rolled back" else plan(holds=HELD)
    plans = Rollovers((first, second_plan()))
    assert is_stuck(first, day(105))
    assert latest(plans, SIGNING, day(115)) is first
    assert counts(plans, SIGNING, Ask("dpsd"), day(115)).epoch == "first"


def test_a_cancelled_plan_counts_no_more_and_decrypts_for_as_long_as_it_was_kept() -> None:
    made = plan(ENCRYPTION, cancelled_at=day(30))
    plans = Rollovers((made,))
    assert counts(plans, ENCRYPTION, Ask(), day(41)) == Counts("first", "only")
    assert "second" in decrypts(plans, ENCRYPTION, day(59.9))
    assert decrypts(plans, ENCRYPTION, day(60)) == ("first",)
    unseen = Rollovers((replace(made, cancelled_at=day(5)),))
    assert decrypts(unseen, ENCRYPTION, day(6)) == ("first",)


@pytest.mark.parametrize(
    ("at", "wanted"),
    [
        (0, {"first", "second"}),
        (39, {"first", "second"}),
        (89, {"first", "second"}),
        (90, {"second"}),
    ],
)
def test_both_keys_decrypt_from_the_plan_on_until_the_old_one_is_destroyed(
    at: float, wanted: set[str]
) -> None:
    opened = decrypts(Rollovers((plan(ENCRYPTION),)), ENCRYPTION, day(at))
    assert set(opened) == wanted
    assert opened[0] == ("first" if at < 40 else "second")


def test_what_was_published_until_its_certificate_ran_out_decrypts_for_a_while() -> None:
    made = plan(ENCRYPTION, rules=(BACK,), before_ends=day(95))
    plans = Rollovers((made,))
    assert counts(plans, ENCRYPTION, Ask(), day(93)).epoch == "first"
    assert "first" in decrypts(plans, ENCRYPTION, day(124))
    assert decrypts(plans, ENCRYPTION, day(125)) == ("second",)


def waive(by: str, at: float) -> Rule:
    return Rule("after", Period(day(at)), "dpsd", "waive", int(at), by, "their own wish")


def test_a_hold_ends_when_the_partner_is_ready_or_two_people_say_so() -> None:
    assert holds(plan(), {"dpsd"}, {(1, "dpsd"): day(30)}) == ()
    (until_ready,) = holds(plan(), {"dpsd"}, {(1, "dpsd"): day(43)})
    assert until_ready.period == Period(day(40), day(43))
    alone = plan(rules=(waive("anna", 41), waive("anna", 42)))
    assert waived_at(alone, "dpsd") == FOREVER
    both = plan(rules=(waive("anna", 41), waive("bo", 44)))
    assert waived_at(both, "dpsd") == day(44)
    held = replace(both, holds=holds(both, {"dpsd"}, {}))
    for at, epoch in ((39, "first"), (43.9, "first"), (44, "second")):
        assert counts(Rollovers((held,)), SIGNING, Ask("dpsd"), day(at)).epoch == epoch
    assert counts(Rollovers((held,)), SIGNING, Ask("fmk"), day(41)).epoch == "second"


def test_the_old_key_is_published_for_a_day_after_the_last_hold_ended() -> None:
    made = plan(holds=(Hold("dpsd", Period(day(40), day(65))),))
    assert phase(made, day(66) - MOMENT) is Phase.SETTLED
    assert phase(made, day(66)) is Phase.UNPUBLISHED


def test_the_old_key_is_published_while_somebody_is_held_and_its_certificate_lasts() -> None:
    made = plan(holds=HELD, before_ends=day(70))
    assert phase(made, day(65)) is Phase.SETTLED
    assert phase(made, day(70)) is Phase.UNPUBLISHED


def test_only_services_are_held_and_never_on_a_key_that_others_know() -> None:
    plans = Rollovers(tuple(plan(slot) for slot in EVERY), mark("first"))
    found = with_holds(plans, {"sundhed": {"dpsd"}, "borger": {"fmk"}}, {})
    assert [one.holds for one in found.plans] == [(), (), ()]
    unmarked = with_holds(Rollovers(plans.plans), {"sundhed": {"dpsd"}}, {})
    assert [len(one.holds) for one in unmarked.plans] == [1, 0, 0]


def test_a_mark_counts_from_its_instant() -> None:
    marks = (Mark(SIGNING, "second", day(45)),)
    made = Rollovers((plan(),), marks)
    wanted: list[tuple[datetime, str]] = [(day(45) - MOMENT, "second"), (day(45), "first")]
    for at, epoch in wanted:
        assert counts(made, SIGNING, Ask(), at).epoch == epoch
    assert counts(made, SIGNING, Ask(), day(61)).epoch == "second"  # the old key may be gone
    assert USUAL.unpublish < day(61)
