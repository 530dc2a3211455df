"""Which epoch counts for a partner at an instant: pure functions of plans and a clock. R24–R26.

phase         signs   in the document of today (overlapping)    hard cut
WAITING       old     old                                       old
ANNOUNCED     old     old, new                                  old
EARLY         old*    old, new                                  old
SWITCHED      new*    new, old                                  new
SETTLED       new*    new, old                                  new
                      (and it stays so while a society-critical partner is held)
UNPUBLISHED   new     new                                       new
DESTROYED     new     new                                       new
ROLLED_BACK   old*    old, new                                  old

* but for partners who switch early or late, are held (`holding`), or hold the document of one
  epoch alone

Encryption keys stand alone in a document. An overlapping plan shows the new one from ANNOUNCED
on: it decrypts before anybody is told of it, and partners switch by loading.
"""

from datetime import datetime

from broker.metadata.rollover.model import (
    FIRST,
    LAST_CALL,
    LONGEST_CACHE,
    Ask,
    Counts,
    Phase,
    Plan,
    Rollovers,
    Slot,
)
from broker.periods import FOREVER


def phase(plan: Plan, now: datetime) -> Phase:
    """How far a plan is. A plan that was taken back waits, but not beyond its old certificate;
    nor is the old key withdrawn while it counts for somebody.
    """
    at = plan.instants
    if at.announce <= now and is_back(plan, now):
        return Phase.ROLLED_BACK
    passed = (at.announce, at.early_from, at.switch, at.rollback_until, at.unpublish, at.destroy)
    for reached in reversed(range(len(passed))):
        if passed[reached] <= now:
            found = Phase(reached + 1)
            return min(found, Phase.SETTLED) if plan.lingers(now) else found
    return Phase.WAITING


def is_back(plan: Plan, now: datetime) -> bool:
    """Whether everybody was taken back to the old key, which must last a while longer."""
    return plan.old_lasts(now + LAST_CALL) and plan.rule_for(None, now) is not None


def is_live(plan: Plan, now: datetime) -> bool:
    """Whether both its keys are known to partners: announced, and the old one not withdrawn."""
    reached = phase(plan, now)
    return reached is Phase.ROLLED_BACK or Phase.WAITING < reached < Phase.UNPUBLISHED


def is_stuck(plan: Plan, now: datetime) -> bool:
    """Whether it is live though its time is over, because it was taken back or holds somebody."""
    if not is_live(plan, now):
        return False
    return plan.instants.unpublish <= now or phase(plan, now) is Phase.ROLLED_BACK


def latest(rollovers: Rollovers, slot: Slot, now: datetime) -> Plan | None:
    """The plan that was announced last, or else the first that waits; None without any.

    A plan does not begin while the one before it is stuck: it would lead on from a key that
    does not count.
    """
    found = None
    for plan in rollovers.of(slot, now):
        if found is not None and (plan.instants.announce > now or is_stuck(found, now)):
            break
        found = plan
    return found


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
        # The old key may be gone once it is no longer published; the new one never is.
        other = plan.before if is_live(plan, now) else plan.after
        other = plan.after if chosen.epoch == plan.before else other
        if not rollovers.is_compromised(slot, other, now):
            return Counts(other, "compromised")
    return chosen


def _chosen(plan: Plan, ask: Ask, now: datetime) -> Counts:
    if is_live(plan, now):
        if ask.rehearsing:
            return Counts(plan.after, "dry_run")
        if ask.endpoint in own_addresses(plan, now):
            return Counts(str(ask.endpoint), "endpoint")
        rule = None if ask.partner is None else plan.rule_for(ask.partner, now)
        if rule is not None and (rule.keep == "after" or now < plan.instants.last_call):
            return Counts(plan.before if rule.keep == "before" else plan.after, "partner")
        if ask.partner is not None and plan.holds_back(ask.partner, now):
            return Counts(plan.before, "held")
    reached = phase(plan, now)
    if reached is Phase.ROLLED_BACK:
        return Counts(plan.before, "rolled_back")
    return Counts(plan.after if reached >= Phase.SWITCHED else plan.before, "plan")


def own_addresses(plan: Plan, now: datetime) -> tuple[str, ...]:
    """The epochs with addresses of their own: both of a live, overlapping plan of our IdP side.

    Our SP side has none: identity providers refuse addresses they do not know.
    """
    if plan.style != "overlap" or plan.slot.side != "idp" or not is_live(plan, now):
        return ()
    return (plan.before, plan.after)


def decrypts(rollovers: Rollovers, slot: Slot, now: datetime) -> tuple[str, ...]:
    """Every epoch whose key opens what partners encrypted, the one most in use first.

    A new key decrypts as soon as a plan names it, before anybody is told; an old one until it
    is destroyed, and not before its plan is over. Whatever was published decrypts for as long
    as somebody may have kept it, also when its plan was cancelled or taken back meanwhile.
    """
    kept = [counts(rollovers, slot, Ask(), now).epoch]
    for plan in rollovers.every(slot):
        given_up = plan.cancelled_at is not None and plan.cancelled_at <= now
        if given_up and _kept_until(plan) <= now:
            continue
        if given_up or phase(plan, now) is not Phase.DESTROYED or now < _kept_until(plan):
            kept += [plan.after, plan.before]
    return tuple(dict.fromkeys(kept))


def _kept_until(plan: Plan) -> datetime:
    """When nobody has a document any more that shows the key which the plan does not lead to."""
    ends = [plan.cancelled_at or plan.instants.destroy]
    if plan.cancelled_at is not None and plan.instants.announce < plan.cancelled_at:
        ends.append(plan.cancelled_at + LONGEST_CACHE)
    for rule in plan.rules:
        if rule.partner is None and rule.kind == "back":
            last = min(rule.period.until, plan.before_ends or rule.period.until)
            ends.append(last + LONGEST_CACHE if last < FOREVER else last)
    return max(ends)


_BEFORE_SWITCH = (Phase.ANNOUNCED, Phase.EARLY, Phase.ROLLED_BACK)
