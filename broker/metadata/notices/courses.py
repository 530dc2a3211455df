"""The dates of a change as one partner meets them, and what it hears of now: pure.

A partner that switches early or late, was taken back, or is held because it is not ready, is
reminded of its own instant. Whoever switched has until the end of the plan to load nothing but
the new key, and that end moves while the old key is kept for anybody.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from broker.mail.milestones import FRESH, Milestone, latest_due, rollover_milestones
from broker.metadata.rollover.choosing import phase
from broker.metadata.rollover.model import LAST_CALL, Phase, Plan, Rollovers
from broker.periods import FOREVER

HELD = "held"
WEEK = timedelta(days=7)
_WEEKS = 52  # for how long a held partner is reminded; its certificate runs out before that


@dataclass(frozen=True, slots=True)
class Course:
    """When a change is announced to a partner, switches it, and ends."""

    announce: datetime
    switch: datetime
    unpublish: datetime
    planned: datetime  # when the old key is withdrawn unless somebody needs it for longer
    held: bool = False  # it keeps the old key at the switch until it is ready

    def ends(self, now: datetime) -> datetime:
        """When the old key was withdrawn, or before which instant it will not be."""
        return self.unpublish if self.unpublish <= now else max(self.planned, self.switch)


def changes(rollovers: Rollovers, now: datetime) -> tuple[tuple[Plan, ...], ...]:
    """The plans that partners are reminded of, those of one change and side together.

    Not those that were cancelled, are taken back, or are over with a key that others know: of
    these, people hear when it happens.
    """
    found: dict[tuple[str, str, str], list[Plan]] = {}
    for plan in rollovers.plans:
        slot = plan.slot
        cancelled = plan.cancelled_at is not None and plan.cancelled_at <= now
        known = any(rollovers.is_compromised(slot, e, now) for e in (plan.before, plan.after))
        reached = phase(plan, now)
        if cancelled or known or reached in (Phase.WAITING, Phase.ROLLED_BACK):
            continue
        found.setdefault((slot.federation, slot.side, plan.code), []).append(plan)
    return tuple(tuple(sorted(plans, key=_signing_first)) for plans in found.values())


def course(plans: Iterable[Plan], partner: str, now: datetime) -> Course:
    """The dates of a change for one partner: of several keys, the first switch and the last end."""
    every = [_course(plan, partner, now) for plan in plans]
    return Course(
        announce=min(one.announce for one in every),
        switch=min(one.switch for one in every),
        unpublish=max(one.unpublish for one in every),
        planned=max(one.planned for one in every),
        held=any(one.held for one in every),
    )


def due(course: Course, level: int, now: datetime) -> Milestone | None:
    """What a partner of this level of readiness is told now; None where nothing is new.

    One that is held past its switch is told so then, and every week until it is ready.
    """
    if course.held and course.switch <= now:
        weeks = [Milestone(HELD, course.switch)]
        weeks += [Milestone(f"{HELD}-{n}w", course.switch + n * WEEK) for n in range(1, _WEEKS)]
        found = latest_due(weeks, now)
    else:
        found = rollover_milestones(
            course.announce, course.switch, course.unpublish, now, readiness=level
        )
    # That something happened is news for a week; what is to be done stays worth telling.
    return next((m for m in found if m.at < course.switch or now - m.at < FRESH), None)


def _course(plan: Plan, partner: str, now: datetime) -> Course:
    at = plan.instants
    switch, held = at.switch, False
    said = [r for r in plan.rules if r.partner == partner and r.kind != "waive"]
    rule = max(said, key=lambda one: one.number, default=None)
    hold = next((hold for hold in plan.holds if hold.partner == partner), None)
    if rule is not None and rule.keep == "after":
        switch = rule.period.since if rule.period.until >= at.switch else switch
    elif rule is not None:
        switch = max(switch, min(rule.period.until, at.last_call))
    elif hold is not None:
        free = hold.period.until
        if plan.before_ends is not None:
            free = min(free, plan.before_ends - LAST_CALL)
        held = max(now, at.switch) < free
        switch = switch if held else max(switch, free)
    hard = plan.style == "hard"  # whose documents never show both
    ends = switch if hard else max(_unpublished(plan, now), switch)
    return Course(at.announce, switch, ends, switch if hard else at.unpublish, held)


def _unpublished(plan: Plan, now: datetime) -> datetime:
    """When the old key is published no more, as far as is known now."""
    ends = plan.instants.unpublish
    kept = [hold.period for hold in plan.holds]
    kept += [rule.period for rule in plan.rules if rule.partner is None]
    for period in kept:
        if period.since <= now:
            open_ended = period.until >= FOREVER
            ends = max(ends, FOREVER if open_ended else period.until + LAST_CALL)
    last = plan.before_ends
    return ends if last is None else min(ends, max(last, plan.instants.unpublish))


def _signing_first(plan: Plan) -> bool:
    return plan.slot.use != "signing"
