"""A key of ours that others know signs nothing, and another one counts at once; on both engines."""

from dataclasses import replace
from functools import partial

from broker.audit.events import KeyCompromised
from broker.metadata.rollover.model import SLOTS, Counts, Slot
from broker.metadata.rollover.service import RolloverService
from tests.unit.metadata.rollover.conftest import House, on, refused, told
from tests.unit.metadata.rollover.making import EVERY, day


def every(
    service: RolloverService, epoch: str, at: float, to: str | None = None
) -> tuple[str, ...]:
    return service.compromised("sundhed", SLOTS, epoch, on(at), to=to)


def test_where_the_new_key_is_known_the_plan_happens_now(house: House) -> None:
    house.plan()
    assert every(house.service, "first", 30) == ("second",) * 3
    for slot in EVERY:
        assert house.counts(30, slot=slot) == Counts("second", "plan")
    assert house.counts(29).epoch == "first"
    assert len(told(house, KeyCompromised)) == 3
    refused("rollover.compromised", lambda: every(house.service, "first", 31))
    refused("rollover.too_late", lambda: house.service.rollback("autumn", on(31)))


def test_a_new_key_that_others_know_never_counts(house: House) -> None:
    house.plan()
    house.service.override("autumn", "dpsd", "early", on(15))
    assert every(house.service, "second", 30) == ("first",) * 3
    assert [house.counts(at, "dpsd").epoch for at in (29, 30, 41)] == ["second", "first", "first"]
    fresh = partial(house.plan, 31, code="again", announce=day(35), early_from=day(35))
    refused("rollover.compromised", fresh)


def test_after_the_switch_the_old_key_is_gone_back_to(house: House) -> None:
    house.plan()
    assert every(house.service, "second", 45) == ("first",) * 3
    assert house.counts(200) == Counts("first", "only")


def test_without_another_key_it_is_refused_and_one_that_is_named_counts_at_once(
    house: House,
) -> None:
    refused("rollover.no_other_key", lambda: every(house.service, "first", 5))
    assert house.registry.rollovers.marks == ()
    assert every(house.service, "first", 5, "third") == ("third",) * 3
    assert house.counts(5) == Counts("third", "plan")
    refused("rollover.no_key", lambda: every(house.service, "unheard", 6))
    refused("rollover.no_key", lambda: every(house.service, "third", 6, "unheard"))


def test_a_key_that_partners_have_never_seen_is_not_better_than_one_they_know(
    house: House,
) -> None:
    house.plan()
    refused("rollover.other_key", lambda: every(house.service, "first", 30, "third"))
    # Before it is announced nobody knows either, so the one that is named counts.
    assert every(house.service, "first", 5, "third") == ("third",) * 3
    assert house.counts(45) == Counts("third", "plan")


def test_slots_of_other_federations_are_left_alone(house: House) -> None:
    every(house.service, "first", 5, "third")
    other = Slot("sundhed-test", "idp", "signing")
    assert house.counts(6, slot=other) == Counts("first", "only")
    assert house.counts(6, slot=replace(other, federation="sundhed")).epoch == "third"
