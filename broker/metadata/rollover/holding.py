"""Who is not ready and must not be cut off: a hold for each, worked out and never stored.

A service whose document says `sla = "society-critical"` keeps the old key at the switch until
evidence says that it can follow, or until two different people took it upon themselves that
it switches unready. Everybody else switches at the instant that was announced, because they
may have prepared for just that. The old key stays published while anybody is held, as long as
its certificate lasts.

What is needed arrives as facts with instants, so that the answer is the same on every node and
for any instant, also one that is to come.
"""

from collections.abc import Collection, Mapping
from dataclasses import replace
from datetime import datetime

from broker.metadata.rollover.model import Hold, Plan, Rollovers, Rule, Slot
from broker.periods import FOREVER, Period

READY = 3  # the level of readiness from which a partner may be switched: a dry run was accepted
PEOPLE = 2  # who must say that an unready partner switches all the same

ReadySince = Mapping[tuple[int, str], datetime]
"""By a plan's row and a partner's code: since when its level has been READY or more."""


def with_holds(
    rollovers: Rollovers, critical: Mapping[str, Collection[str]], ready: ReadySince
) -> Rollovers:
    """The same plans, each with its holds; `critical` has the services of each federation."""
    known = {(mark.slot, mark.epoch): mark.at for mark in rollovers.marks}
    plans = tuple(
        replace(
            plan,
            holds=holds(
                plan,
                critical.get(plan.slot.federation, ()),
                ready,
                known.get((plan.slot, plan.before), FOREVER),
            ),
        )
        for plan in rollovers.plans
    )
    return Rollovers(plans, rollovers.marks)


def holds(
    plan: Plan, critical: Collection[str], ready: ReadySince, compromised_at: datetime = FOREVER
) -> tuple[Hold, ...]:
    """The holds of one plan. Only what we sign for services can be held: they are the critical.

    Nobody is held on a key that is known to others.
    """
    if not can_hold(plan.slot):
        return ()
    found = []
    for partner in sorted(critical):
        ready_since = ready.get((plan.row, partner), FOREVER)
        free = min(ready_since, waived_at(plan, partner), compromised_at)
        if free > plan.instants.switch:
            found.append(Hold(partner, Period(plan.instants.switch, free)))
    return tuple(found)


def can_hold(slot: Slot) -> bool:
    """Whether partners can be held on the old key of a slot."""
    return (slot.side, slot.use) == ("idp", "signing")


def waived_at(plan: Plan, partner: str) -> datetime:
    """When the second person said that it switches unready; FOREVER where none did."""
    first: dict[str, datetime] = {}
    for rule in waivers(plan, partner):
        first[rule.by] = min(first.get(rule.by, FOREVER), rule.period.since)
    said = sorted(first.values())
    return said[PEOPLE - 1] if len(said) >= PEOPLE else FOREVER


def waivers(plan: Plan, partner: str) -> tuple[Rule, ...]:
    """What people said about an unready partner, the oldest first."""
    return tuple(rule for rule in plan.rules if rule.kind == "waive" and rule.partner == partner)
