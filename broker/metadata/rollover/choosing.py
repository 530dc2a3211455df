"""Which epoch counts for a partner at an instant: pure functions of plans and a clock. R24–R26.

phase         signs   in the document of today (overlapping)    hard cut
WAITING       old     old                                       old
ANNOUNCED     old     old, new                                  old
EARLY         old*    old, new                                  old
SWITCHED      new*    new, old                                  new
SETTLED       new*    new, old                                  new
UNPUBLISHED   new     new                                       new
DESTROYED     new     new                                       new
ROLLED_BACK   old*    old, new                                  old

* but for partners who switch early or late, or hold the document of one epoch alone
"""

from datetime import datetime

from broker.metadata.rollover.model import (
    FIRST,
    Ask,
    Counts,
    Phase,
    Plan,
    Rollovers,
    Slot,
)


def phase(plan: Plan, now: datetime) -> Phase:
    """How far a plan is. A plan that was taken back waits, but not beyond its old certificate."""
    at = plan.instants
    if at.announce <= now and is_back(plan, now):
        return Phase.ROLLED_BACK
    passed = (at.announce, at.early_from, at.switch, at.rollback_until, at.unpublish, at.destroy)
    for reached in reversed(range(len(passed))):
        if passed[reached] <= now:
            return Phase(reached + 1)
    return Phase.WAITING


def is_back(plan: Plan, now: datetime) -> bool:
    """Whether everybody was taken back to the old key, which must still be valid."""
    if plan.before_ends is not None and plan.before_ends <= now:
        return False
    return plan.rule_for(None, now) is not None


def is_live(plan: Plan, now: datetime) -> bool:
    """Whether both its keys are known to partners: announced, and the old one not withdrawn."""
    return Phase.WAITING < phase(plan, now) < Phase.UNPUBLISHED or is_back_live(plan, now)


def is_back_live(plan: Plan, now: datetime) -> bool:
    """Whether it is live because it was taken back."""
    return phase(plan, now) is Phase.ROLLED_BACK


def latest(rollovers: Rollovers, slot: Slot, now: datetime) -> Plan | None:
    """The plan that was announced last, or else the first that waits; None without any."""
    plans = rollovers.of(slot, now)
    announced = [plan for plan in plans if plan.instants.announce <= now]
    return announced[-1] if announced else plans[0] if plans else None


def upcoming(rollovers: Rollovers, slot: Slot, now: datetime) -> Plan | None:
    """The announced plan whose switch is still to come for everybody, if any."""
    plan = latest(rollovers, slot, now)
    if plan is None or phase(plan, now) not in _BEFORE_SWITCH:
        return None
    return plan


def counts(rollovers: Rollovers, slot: Slot, ask: Ask, now: datetime) -> Counts:
    """The one epoch that signs for whoever asks. R25, in its order."""
    plan = latest(rollovers, slot, now)
    if plan is None:
        return Counts(FIRST, "only")
    chosen = _chosen(plan, ask, now)
    if rollovers.is_compromised(slot, chosen.epoch, now):
        other = plan.after if chosen.epoch == plan.before else plan.before
        if not rollovers.is_compromised(slot, other, now):
            return Counts(other, "compromised")
    return chosen


def _chosen(plan: Plan, ask: Ask, now: datetime) -> Counts:
    if is_live(plan, now):
        if ask.rehearsing:
            return Counts(plan.after, "dry_run")
        if plan.style == "overlap" and ask.endpoint in (plan.before, plan.after):
            return Counts(ask.endpoint, "endpoint")
        rule = None if ask.partner is None else plan.rule_for(ask.partner, now)
        if rule is not None:
            return Counts(plan.before if rule.keep == "before" else plan.after, "partner")
    reached = phase(plan, now)
    if reached is Phase.ROLLED_BACK:
        return Counts(plan.before, "rolled_back")
    return Counts(plan.after if reached >= Phase.SWITCHED else plan.before, "plan")


def decrypts(rollovers: Rollovers, slot: Slot, now: datetime) -> tuple[str, ...]:
    """Every epoch whose key opens what partners encrypted, the one most in use first.

    A new key decrypts as soon as a plan names it, before anybody is told; an old one until it
    is destroyed, and not before its plan is over.
    """
    plans = rollovers.of(slot, now)
    if not plans:
        return (FIRST,)
    current = counts(rollovers, slot, Ask(), now).epoch
    kept = [current]
    for plan in plans:
        if phase(plan, now) is not Phase.DESTROYED:
            kept += [plan.after, plan.before]
    return tuple(dict.fromkeys(kept))


_BEFORE_SWITCH = (Phase.ANNOUNCED, Phase.EARLY, Phase.ROLLED_BACK)
