"""Facts about changes of our own keys. Frozen; nothing here reads a clock or a database.

A slot is where one key of ours counts at a time: a federation, a side and a use. An epoch is
one generation of key in it. A plan leads a slot from one epoch to the next (R24).
"""

from dataclasses import dataclass, field
from datetime import datetime
from enum import IntEnum
from typing import Literal

from broker.periods import Period

Side = Literal["idp", "sp"]
Use = Literal["signing", "encryption"]
Style = Literal["overlap", "hard"]
Keep = Literal["before", "after"]

FIRST = "first"  # the epoch whose keys set-up made; they lie in the federation's own folder


@dataclass(frozen=True, slots=True, order=True)
class Slot:
    """Where one key counts at a time. As IdP we sign for services, as SP for identity providers;
    only identity providers encrypt to us.
    """

    federation: str  # Federation.path
    side: Side
    use: Use

    def __str__(self) -> str:
        return f"{self.federation}/{self.side}-{self.use}"


SLOTS: tuple[tuple[Side, Use], ...] = (("idp", "signing"), ("sp", "signing"), ("sp", "encryption"))


class Phase(IntEnum):
    """How far a plan is. ROLLED_BACK stands for whatever it would be without that."""

    WAITING = 0  # known to us alone
    ANNOUNCED = 1  # the new key is published
    EARLY = 2  # partners may switch before the others
    SWITCHED = 3  # the new key counts, and everything may still be taken back
    SETTLED = 4  # the new key counts; the old is published, for what it signed
    UNPUBLISHED = 5  # the old key is no longer published; it may still decrypt
    DESTROYED = 6  # the old key is gone
    ROLLED_BACK = 7  # the old key counts again, until somebody decides


@dataclass(frozen=True, slots=True)
class Instants:
    """When a plan does what; each not before the one above it. All aware."""

    announce: datetime
    early_from: datetime
    switch: datetime
    rollback_until: datetime
    unpublish: datetime
    destroy: datetime


@dataclass(frozen=True, slots=True)
class Rule:
    """That one partner, or everybody, is treated otherwise than the plan says, for a period."""

    keep: Keep
    period: Period
    partner: str | None = None  # its code; None is everybody, and then `keep` is "before"
    kind: Literal["early", "late", "back"] = "back"
    number: int = 0  # the newest counts
    by: str = ""
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Plan:
    """One slot's way from an epoch to the next, with what was decided since."""

    code: str
    slot: Slot
    before: str
    after: str
    instants: Instants
    style: Style = "overlap"
    before_ends: datetime | None = None  # when the old certificate runs out, as far as known
    after_ends: datetime | None = None
    cancelled_at: datetime | None = None
    rules: tuple[Rule, ...] = ()
    row: int = 0
    by: str = ""
    reason: str = ""

    def rule_for(self, partner: str | None, now: datetime) -> Rule | None:
        """The newest rule about this partner by name, or with None about everybody."""
        found = [r for r in self.rules if r.partner == partner and r.period.covers(now)]
        return max(found, key=lambda rule: rule.number, default=None)


@dataclass(frozen=True, slots=True)
class Mark:
    """That an epoch's key is known to others: it signs nothing from then on."""

    slot: Slot
    epoch: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Ask:
    """Who is about to get something signed, and how they came. R25."""

    partner: str | None = None  # a service's code on our IdP side, an IdP's on our SP side
    endpoint: str | None = None  # the epoch that the address they used belongs to
    rehearsing: bool = False  # this browser tries the next key for this service


Because = Literal["only", "compromised", "dry_run", "endpoint", "partner", "rolled_back", "plan"]


@dataclass(frozen=True, slots=True)
class Counts:
    """The epoch that counts, and which rule said so."""

    epoch: str
    because: Because


@dataclass(frozen=True, slots=True)
class Rollovers:
    """Every plan and mark of the installation, as of one revision."""

    plans: tuple[Plan, ...] = ()
    marks: tuple[Mark, ...] = ()
    _by_slot: dict[Slot, tuple[Plan, ...]] = field(default_factory=dict, init=False, repr=False)

    def __post_init__(self) -> None:
        """Sort the plans of each slot by time."""
        for plan in sorted(self.plans, key=lambda one: (one.instants.switch, one.row)):
            self._by_slot[plan.slot] = (*self._by_slot.get(plan.slot, ()), plan)

    def of(self, slot: Slot, now: datetime) -> tuple[Plan, ...]:
        """The plans of a slot that were not cancelled by then, by the time of their switch."""
        plans = self._by_slot.get(slot, ())
        return tuple(p for p in plans if p.cancelled_at is None or now < p.cancelled_at)

    def is_compromised(self, slot: Slot, epoch: str, now: datetime) -> bool:
        """Whether a key may sign nothing any more."""
        return any(
            mark.slot == slot and mark.epoch == epoch and mark.at <= now for mark in self.marks
        )

    def knows(self, slot: Slot, epoch: str) -> bool:
        """Whether any plan of a slot ever led to or from that epoch."""
        return any(epoch in (plan.before, plan.after) for plan in self._by_slot.get(slot, ()))
