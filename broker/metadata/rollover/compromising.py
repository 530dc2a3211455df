"""Carry out what follows when a key of ours is known to others."""

from dataclasses import replace
from datetime import datetime

from broker.audit.events import KeyCompromised, RolloverCancelled
from broker.errors import Refused
from broker.metadata.rollover import store
from broker.metadata.rollover.choosing import counts
from broker.metadata.rollover.deciding import on_compromise
from broker.metadata.rollover.desk import Desk
from broker.metadata.rollover.model import FIRST, Ask, Mark, Rollovers, Side, Slot, Use
from broker.metadata.rollover.telling import Compromised


def compromise(
    desk: Desk,
    federation: str,
    slots: tuple[tuple[Side, Use], ...],
    epoch: str,
    to: str | None,
) -> tuple[str, ...]:
    """Mark the key in these slots, and let another one count at once. Raises Refused."""
    store.take_turns(desk.connection, federation)
    every = tuple(Slot(federation, side, use) for side, use in slots)
    before = desk.rollovers()
    instead = {slot: _one(desk, slot, epoch, to) for slot in every}
    for side in ("idp", "sp"):
        known = tuple(s for s in every if s.side == side and _is_shown(before, s, epoch, desk.now))
        if known:
            counted = any(counts(before, s, Ask(), desk.now).epoch == epoch for s in known)
            now = {slot: instead[slot] for slot in known}
            desk.inform(Compromised(known, epoch, now, counted))
    return tuple(instead.values())


def _one(desk: Desk, slot: Slot, epoch: str, to: str | None) -> str:
    known = desk.rollovers()
    occasion, now = desk.occasion, desk.now
    if known.is_compromised(slot, epoch, now):
        raise Refused("rollover.compromised", f"{epoch} of {slot} is marked already")
    if not _is_known(known, slot, epoch) and desk.key_of(slot, epoch) is None:
        raise Refused("rollover.no_key", f"{slot} has no key of {epoch}")
    response = on_compromise(known, slot, epoch, to, now)
    for plan in response.cancel:
        store.cancel_plan(desk.connection, plan.row, now)
        desk.tell(RolloverCancelled(*desk.names(plan), occasion.by, occasion.reason))
    store.add_mark(desk.connection, Mark(slot, epoch, now), occasion.by, occasion.reason)
    if response.hurry is not None:
        (plan,) = (p for p in known.plans if p.row == response.hurry.row)
        desk.end_rules(plan, None)
        desk.move(plan, response.hurry.instants, urgent=True)
    if response.add is not None:
        desk.add(replace(response.add, by=occasion.by, reason=occasion.reason), urgent=True)
    then = counts(desk.rollovers(), slot, Ask(), now).epoch
    desk.tell(
        KeyCompromised(
            slot.federation,
            f"{slot.side}-{slot.use}",
            epoch,
            then,
            occasion.by,
            occasion.reason,
        )
    )
    return then


def _is_shown(known: Rollovers, slot: Slot, epoch: str, now: datetime) -> bool:
    """Whether partners may have it: it counted, or a plan that was announced names it."""
    announced = (p for p in known.every(slot) if p.instants.announce <= now)
    return epoch == FIRST or any(epoch in (p.before, p.after) for p in announced)


def _is_known(known: Rollovers, slot: Slot, epoch: str) -> bool:
    return epoch == FIRST or any(epoch in (p.before, p.after) for p in known.every(slot))
