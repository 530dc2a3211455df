"""For any plans that validation accepts, and whatever is decided about them afterwards.

Per side, partner, address, dry run and instant exactly one key counts; it stands in a document
that this partner can fetch; nobody is told a key that others know; no plan outlives a
certificate.
"""

from collections.abc import Iterator
from dataclasses import fields, replace
from datetime import datetime, timedelta

import pytest
from hypothesis import event, find, given, note, settings
from hypothesis import strategies as st

from broker.errors import Refused
from broker.metadata.rollover.choosing import counts, decrypts, is_live, latest, phase
from broker.metadata.rollover.deciding import check_giving_up, check_way_back, on_compromise
from broker.metadata.rollover.documents import with_changes
from broker.metadata.rollover.holding import with_holds
from broker.metadata.rollover.model import (
    FIRST,
    LAST_CALL,
    Ask,
    Phase,
    Plan,
    Rule,
)
from broker.metadata.rollover.publishing import (
    Shown,
    both_shown,
    endpoints,
    epoch_shown,
    next_shown,
    now_shown,
    own_shown,
)
from broker.metadata.rollover.rules import rule_problems
from broker.periods import FOREVER, Period
from tests.drawn import examples
from tests.unit.metadata.rollover.making import MOMENT, day
from tests.unit.metadata.rollover.stories import EPOCHS, SWITCHED, Story, stories

PARTNERS = ("dpsd", "fmk")
EXAMPLES = 150


def changes_of(story: Story) -> list[datetime]:
    """Every instant from now on at which anything may change."""
    found = {story.now}
    for plan in story.rollovers.plans:
        found |= {getattr(plan.instants, one.name) for one in fields(plan.instants)}
        found |= {plan.instants.last_call}
        found |= {at for at in (plan.before_ends, plan.after_ends) if at}
        periods = (*(r.period for r in plan.rules), *(h.period for h in plan.holds))
        found |= {at for p in periods for at in (p.since, p.until) if at < FOREVER}
    around = {at + step for at in found for step in (-LAST_CALL, -MOMENT, timedelta(0), MOMENT)}
    return sorted(at for at in around if at >= story.now)


def decide(data: st.DataObject, story: Story) -> None:
    """One thing that an operator may do at this moment, where the rules let it."""
    plans, before = story.rollovers.of(story.slot, story.now), story.rollovers
    what = data.draw(
        st.sampled_from(("rule", "back", "back", "resume", "cancel", "compromised", "waive"))
    )
    partner = data.draw(st.sampled_from(PARTNERS))
    try:
        if what == "compromised":
            compromise(story, data.draw(st.sampled_from((FIRST, *EPOCHS))), data)
        elif plans:
            change(story, data.draw(st.sampled_from(plans)), what, partner, data)
    except Refused as refused:
        note(f"{what}: {refused}")
        return
    if story.rollovers is not before:
        event(what)
        story.happened.append(f"{what} at {story.now}")


def change(story: Story, plan: Plan, what: str, partner: str, data: st.DataObject) -> None:
    """What is done to one plan."""
    now, number = story.now, len(plan.rules) + 1
    if what == "cancel":
        check_giving_up(story.rollovers, plan, now)
        story.put(replace(plan, cancelled_at=now))
    elif what == "back":
        check_way_back(story.rollovers, plan, now)
        if phase(plan, now) >= Phase.SWITCHED:
            back = Rule("before", Period(now), None, "back", number)
            story.put(replace(plan, rules=(*plan.rules, back)))
    elif what == "resume" and phase(plan, now) is Phase.ROLLED_BACK:
        ahead = now + timedelta(days=data.draw(SWITCHED))
        at = with_changes(plan.instants, {"switch": ahead})
        goes_on = replace(plan, instants=at, rules=ended(plan, now))
        story.try_plan(goes_on, moved=plan.instants, resumed=True)
    elif what == "waive":
        said = tuple(
            Rule("after", Period(now), partner, "waive", number, by) for by in ("anna", "bo")
        )
        story.put(replace(plan, rules=(*plan.rules, *said)))
    elif what == "rule":
        kind = data.draw(st.sampled_from(("early", "late", "back")))
        since = max(now, plan.instants.early_from) if kind == "early" else now
        until = data.draw(st.sampled_from((FOREVER, plan.instants.last_call, now + LAST_CALL)))
        if since < until:
            keep = "after" if kind == "early" else "before"
            rule = Rule(keep, Period(since, until), partner, kind, number)  # type: ignore[arg-type]  # plain text
            if not list(rule_problems(plan, (rule,))):
                story.put(replace(plan, rules=(*plan.rules, rule)))


def ended(plan: Plan, now: datetime) -> tuple[Rule, ...]:
    """The rules of a plan with those about everybody over."""
    return tuple(
        replace(r, period=Period(r.period.since, now)) if r.partner is None else r
        for r in plan.rules
        if r.partner is not None or r.period.since < now
    )


def compromise(story: Story, epoch: str, data: st.DataObject) -> None:
    """A key is known to others; where no other key counts, it is refused and nothing happens."""
    if story.rollovers.is_compromised(story.slot, epoch, story.now):
        return
    to = data.draw(st.sampled_from((None, *EPOCHS)))
    response = on_compromise(story.rollovers, story.slot, epoch, to, story.now)
    before = story.rollovers
    for plan in response.cancel:
        story.put(replace(plan, cancelled_at=story.now))
    story.mark(epoch)
    accepted = True
    if response.hurry is not None:
        (old,) = (p for p in before.plans if p.row == response.hurry.row)
        hurried = replace(response.hurry, rules=ended(response.hurry, story.now))
        accepted = story.try_plan(hurried, urgent=True, moved=old.instants)
    if response.add is not None:
        accepted = story.try_plan(replace(response.add, row=10 + len(before.marks)), urgent=True)
    if not accepted:
        story.rollovers = before


def documents(story: Story, partner: str | None, at: datetime) -> Iterator[Shown]:
    """Every document that this partner can fetch."""
    rollovers, slot = story.rollovers, story.slot
    yield now_shown(rollovers, slot, at)
    if (shown := next_shown(rollovers, slot, at)) is not None:
        yield shown
    if (shown := both_shown(rollovers, slot, at)) is not None:
        yield shown
    for epoch in endpoints(rollovers, slot, at):
        if (shown := epoch_shown(rollovers, slot, epoch, at)) is not None:
            yield shown
    if partner is not None:
        yield own_shown(rollovers, slot, partner, "several", at)
        yield own_shown(rollovers, slot, partner, "one", at)


def check(story: Story, at: datetime) -> None:
    """What must hold at every instant."""
    rollovers, slot = story.rollovers, story.slot
    plan = latest(rollovers, slot, at)
    known = {FIRST} if plan is None else {plan.before, plan.after}
    for partner in (None, *PARTNERS):
        shown = list(documents(story, partner, at))
        for document in shown:
            assert document.epochs
            assert len(set(document.epochs)) == len(document.epochs)
            assert slot.use == "signing" or len(document.epochs) == 1
        for endpoint in (None, FIRST, *EPOCHS):
            for rehearsing in (False, True):
                told = counts(rollovers, slot, Ask(partner, endpoint, rehearsing), at)
                where = (told, partner, endpoint, rehearsing, at)
                assert told.epoch in known, where
                assert not rollovers.is_compromised(slot, told.epoch, at), where
                if slot.use == "signing":
                    assert any(told.epoch in document.epochs for document in shown), where
                if told.because == "endpoint":
                    own = epoch_shown(rollovers, slot, str(endpoint), at)
                    assert own == Shown((told.epoch,), endpoint), where
                check_certificates(story, plan, told.epoch, at)
        common = counts(rollovers, slot, Ask(partner), at).epoch
        if slot.use == "signing" and partner is None:
            assert shown[0].epochs[0] == common, at
        elif slot.use == "signing":
            assert shown[-2].epochs[0] == common, at
            assert shown[-1].epochs == (common,), at
        else:
            opened = decrypts(rollovers, slot, at)
            assert all(set(document.epochs) <= set(opened) for document in shown), at


def check_certificates(story: Story, plan: Plan | None, epoch: str, at: datetime) -> None:
    """While a plan is at work, what counts is certified."""
    if plan is None or not is_live(plan, at):
        return
    certificate = story.ring.certificate(story.slot, epoch)
    assert certificate is not None
    assert certificate.not_before <= at
    if epoch == plan.before or at < plan.instants.destroy:
        assert at < certificate.not_after, (epoch, at)


@settings(max_examples=examples(EXAMPLES), deadline=None)
@given(st.data())
def test_exactly_one_key_counts_and_it_is_published(data: st.DataObject) -> None:
    story = data.draw(stories())
    critical = data.draw(st.sampled_from((frozenset[str](), frozenset({"dpsd"}))))
    for number in range(1 + data.draw(st.integers(0, 5))):
        if number:
            decide(data, story)
        story.rollovers = with_holds(story.rollovers, {"sundhed": critical}, {})
        moments = changes_of(story)
        note("\n".join(story.happened))
        story.now = data.draw(st.sampled_from(moments))
        for at in moments[:: max(1, len(moments) // 12)]:
            check(story, at)


@settings(max_examples=examples(EXAMPLES), deadline=None)
@given(stories())
def test_no_plan_that_is_accepted_outlives_a_certificate(story: Story) -> None:
    for plan in story.rollovers.plans:
        old = story.ring.certificate(plan.slot, plan.before)
        new = story.ring.certificate(plan.slot, plan.after)
        assert old is not None
        assert new is not None
        assert plan.instants.unpublish <= old.not_after
        assert new.not_before <= plan.instants.announce
        assert plan.instants.destroy < new.not_after


@settings(max_examples=examples(EXAMPLES), deadline=None)
@given(stories())
def test_plans_follow_one_another_in_the_test_itself(story: Story) -> None:
    chain = story.rollovers.of(story.slot, day(0))
    assert [p.before for p in chain] == [FIRST, *(p.after for p in chain)][: len(chain)]


@pytest.mark.parametrize("style", ["hard", "overlap"])
@pytest.mark.parametrize("many", [1, 2, 3])
def test_plans_are_accepted_now_and_then_in_the_test_itself(many: int, style: str) -> None:
    """Guards the tests above: stories in which nothing is accepted would prove nothing."""

    def wanted(story: Story) -> bool:
        plans = story.rollovers.plans
        return len(plans) == many and style in {plan.style for plan in plans}

    found = find(stories(), wanted, settings=settings(max_examples=EXAMPLES, database=None))
    assert len(found.happened) == many
