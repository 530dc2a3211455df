"""What follows from a decision about a running plan: pure, so that a drill can ask as well.

taken back     in force with the next request; can be given up to rollback_until
compromised    the key signs nothing from now on, and another one counts at once
"""

from dataclasses import dataclass, replace
from datetime import datetime

from broker.errors import Refused
from broker.metadata.rollover.choosing import counts, is_stuck, phase
from broker.metadata.rollover.model import (
    LONGEST_CACHE,
    Ask,
    Instants,
    Mark,
    Phase,
    Plan,
    Rollovers,
    Slot,
)

EMERGENCY = "emergency"


@dataclass(frozen=True, slots=True)
class Response:
    """What must happen at once because a key is known to others."""

    cancel: tuple[Plan, ...] = ()
    hurry: Plan | None = None  # with its new instants; whatever took it back ends
    add: Plan | None = None


def check_way_back(rollovers: Rollovers, plan: Plan, now: datetime) -> None:
    """Refuse to go back to a key that cannot count any more. Raises Refused."""
    reached = phase(plan, now)
    if reached is Phase.ROLLED_BACK:
        raise Refused("rollover.is_back", f"{plan.code} of {plan.slot} is taken back already")
    if reached < Phase.EARLY:
        raise Refused("rollover.not_switched", f"{plan.code} of {plan.slot} switched nobody yet")
    if plan.instants.rollback_until <= now:
        until = f"{plan.instants.rollback_until:%Y-%m-%d %H:%M} UTC"
        raise Refused("rollover.too_late", f"{plan.code} could be taken back until {until}")
    if rollovers.is_compromised(plan.slot, plan.before, now):
        raise Refused("rollover.compromised", f"{plan.before} of {plan.slot} is known to others")
    if plan.before_ends is not None and plan.before_ends <= now:
        raise Refused("rollover.before_ends", f"the certificate of {plan.before} has run out")


def check_giving_up(rollovers: Rollovers, plan: Plan, now: datetime) -> None:
    """Refuse to cancel what others build on or somebody needs. Raises Refused."""
    reached = phase(plan, now)
    if Phase.EARLY < reached < Phase.ROLLED_BACK:
        words = "broker rollover rollback takes it back, or a new plan leads on"
        raise Refused("rollover.switched", f"{plan.code} of {plan.slot} has switched: {words}")
    for other in rollovers.of(plan.slot, now):
        if other.before == plan.after:
            words = f"{other.code} begins from {plan.after}: cancel it first"
            raise Refused("rollover.followed", words)
    early = [
        rule.partner
        for rule in plan.rules
        if rule.keep == "after" and rule.kind == "early" and rule.period.covers(now)
    ]
    if early and reached is not Phase.WAITING:
        names = ", ".join(sorted({str(partner) for partner in early}))
        words = f"{names} switched early and must come back first: broker rollover override"
        raise Refused("rollover.in_use", words)


def on_compromise(
    rollovers: Rollovers, slot: Slot, epoch: str, to: str | None, now: datetime
) -> Response:
    """What must happen when a key is known to others. Raises Refused where no other is usable.

    A key that partners know already is always better than one they have never seen, so `to` is
    for the case that there is none.
    """
    marked = Rollovers(rollovers.plans, (*rollovers.marks, Mark(slot, epoch, now)))
    unfinished = [plan for plan in rollovers.of(slot, now) if not _is_over(plan, now)]
    for number, plan in enumerate(unfinished):
        if plan.after == epoch:
            # What it leads to must not count, so neither may what leads on from there.
            gone = tuple(unfinished[number:])
            return _instead(marked, slot, gone, to, now)
    first = unfinished[0] if unfinished else None
    if first is not None and first.before == epoch:
        return _lead_on(marked, first, tuple(unfinished), to, now)
    if counts(rollovers, slot, Ask(), now).epoch == epoch:
        return _instead(marked, slot, tuple(unfinished), to, now)
    return Response()


def _lead_on(
    marked: Rollovers, plan: Plan, unfinished: tuple[Plan, ...], to: str | None, now: datetime
) -> Response:
    """The old key of a plan is gone: let the plan be over with it now."""
    if phase(plan, now) is Phase.WAITING and to not in (None, plan.after):
        return _instead(marked, plan.slot, unfinished, to, now)
    if to not in (None, plan.after):
        raise Refused("rollover.other_key", f"partners know {plan.after} already: leave out --to")
    if marked.is_compromised(plan.slot, plan.after, now):
        raise _no_other(plan.slot)
    at = plan.instants
    hurried = Instants(
        announce=min(at.announce, now),
        early_from=min(at.early_from, now),
        switch=min(at.switch, now),
        rollback_until=min(at.rollback_until, now),
        unpublish=min(at.unpublish, now),
        destroy=_destroyed(plan.slot, at.destroy, now),
    )
    return Response(hurry=replace(plan, instants=hurried))


def _instead(
    marked: Rollovers, slot: Slot, gone: tuple[Plan, ...], to: str | None, now: datetime
) -> Response:
    """Without these plans: what counts then, or else a plan of its own to another key."""
    cancelled = tuple(replace(plan, cancelled_at=now) for plan in gone)
    rest = tuple(plan for plan in marked.plans if plan not in gone)
    left = counts(Rollovers((*rest, *cancelled), marked.marks), slot, Ask(), now).epoch
    if not marked.is_compromised(slot, left, now):
        if to not in (None, left):
            raise Refused("rollover.other_key", f"partners know {left} already: leave out --to")
        return Response(cancel=gone)
    if to is None or marked.is_compromised(slot, to, now):
        raise _no_other(slot)
    over = Instants(now, now, now, now, now, _destroyed(slot, now, now))
    code = f"{EMERGENCY}-{now:%Y%m%d-%H%M%S}"
    return Response(cancel=gone, add=Plan(code, slot, left, to, over))


def _destroyed(slot: Slot, planned: datetime, now: datetime) -> datetime:
    """A key that signs is gone at once; one that decrypts is asked for until nobody has it."""
    return now if slot.use == "signing" else max(planned, now + LONGEST_CACHE)


def _is_over(plan: Plan, now: datetime) -> bool:
    reached = phase(plan, now)
    over = Phase.UNPUBLISHED <= reached < Phase.ROLLED_BACK
    return over and not is_stuck(plan, now)


def _no_other(slot: Slot) -> Refused:
    words = f"{slot} has no other usable key: broker rollover keys EPOCH, then --to EPOCH"
    return Refused("rollover.no_other_key", words)
