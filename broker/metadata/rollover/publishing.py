"""Which epochs of ours stand in which document, at which addresses: pure. R24, R25.

    now     what counts today; overlapping plans show both keys, the one that signs first
    next    what will count after the switch; nothing when no switch is to come
    both    both keys whatever the style, for partners who can read two
    epoch   one certificate, and the addresses that belong to it
    own     what one partner can digest, at an address of its own

An address that belongs to an epoch tells, by being used, which document a partner loaded.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from broker.metadata.rollover.choosing import (
    counts,
    is_live,
    latest,
    own_addresses,
    phase,
    upcoming,
)
from broker.metadata.rollover.model import FIRST, Ask, Phase, Plan, Rollovers, Slot
from broker.metadata.speech import Reads


@dataclass(frozen=True, slots=True)
class Shown:
    """The keys of one slot in a document, in order, and whose addresses it tells."""

    epochs: tuple[str, ...]
    endpoint: str | None = None  # None: the addresses that follow the plan


def now_shown(rollovers: Rollovers, slot: Slot, now: datetime) -> Shown:
    """The document of today."""
    plan = latest(rollovers, slot, now)
    if plan is None:
        return Shown((FIRST,))
    return Shown(_usable(rollovers, slot, _planned(plan, slot, now), now))


def next_shown(rollovers: Rollovers, slot: Slot, now: datetime) -> Shown | None:
    """The document of the time after the switch, or None where none is to come."""
    plan = upcoming(rollovers, slot, now)
    if plan is None:
        return None
    both = plan.style == "overlap" and slot.use == "signing"
    shown = (plan.after, plan.before) if both else (plan.after,)
    return Shown(_usable(rollovers, slot, shown, now))


def both_shown(rollovers: Rollovers, slot: Slot, now: datetime) -> Shown | None:
    """Both keys, the one that signs first, or None where no plan is live."""
    plan = latest(rollovers, slot, now)
    if plan is None or slot.use != "signing" or not is_live(plan, now):
        return None
    first = counts(rollovers, slot, Ask(), now).epoch
    order = (plan.after, plan.before) if first == plan.after else (plan.before, plan.after)
    return Shown(_usable(rollovers, slot, order, now))


def epoch_shown(rollovers: Rollovers, slot: Slot, epoch: str, now: datetime) -> Shown | None:
    """One epoch's key with its own addresses, or None where that epoch has none now."""
    if epoch not in endpoints(rollovers, slot, now):
        return None
    return Shown((epoch,), epoch)


def endpoints(rollovers: Rollovers, slot: Slot, now: datetime) -> tuple[str, ...]:
    """The epochs whose own addresses lead to their own key: both of a live, overlapping plan."""
    plan = latest(rollovers, slot, now)
    addresses = () if plan is None else own_addresses(plan, now)
    return tuple(e for e in addresses if not rollovers.is_compromised(slot, e, now))


def own_shown(rollovers: Rollovers, slot: Slot, partner: str, reads: Reads, now: datetime) -> Shown:
    """What one partner can digest: all that counts, or one certificate with its addresses.

    A partner that reads one certificate keeps the addresses of the key it has until it loads
    the document that this becomes when it is its turn.
    """
    today = now_shown(rollovers, slot, now)
    if slot.use == "encryption":
        return today  # one key for everybody: both open what was encrypted
    counted = counts(rollovers, slot, Ask(partner=partner), now).epoch
    if reads == "several":
        rest = tuple(epoch for epoch in today.epochs if epoch != counted)
        return Shown((counted, *rest))
    endpoint = counted if counted in endpoints(rollovers, slot, now) else None
    return Shown((counted,), endpoint)


def _planned(plan: Plan, slot: Slot, now: datetime) -> tuple[str, ...]:
    reached = phase(plan, now)
    # Partners switch what they encrypt to by loading: an overlapping plan shows the new key as
    # soon as it is announced, since it decrypts by then. A hard cut shows it at the switch.
    tells = slot.use == "encryption" and plan.style == "overlap"
    is_after = (Phase.ANNOUNCED if tells else Phase.SWITCHED) <= reached < Phase.ROLLED_BACK
    first, second = (plan.after, plan.before) if is_after else (plan.before, plan.after)
    alone = plan.style == "hard" or slot.use == "encryption"
    if alone or reached in (Phase.WAITING, Phase.UNPUBLISHED, Phase.DESTROYED):
        return (first,)
    return (first, second)


def _usable(
    rollovers: Rollovers, slot: Slot, shown: Sequence[str], now: datetime
) -> tuple[str, ...]:
    """Without what is compromised; the key that signs instead where nothing would be left."""
    kept = tuple(e for e in shown if not rollovers.is_compromised(slot, e, now))
    return kept or (counts(rollovers, slot, Ask(), now).epoch,)
