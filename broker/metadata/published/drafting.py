"""Which keys and addresses stand in which of our documents at an instant: pure. R24, R25.

A document of the identity provider side shows signing keys, one of the service provider side
signing keys and one encryption key. Where no switch of a key is to come, the documents of the
time after it show the one that counts.
"""

from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from typing import Literal

from broker.metadata.published.changing import is_changing
from broker.metadata.rollover import publishing
from broker.metadata.rollover.choosing import counts, latest
from broker.metadata.rollover.model import SLOTS, Ask, Rollovers, Side, Slot, Use
from broker.metadata.rollover.publishing import Shown
from broker.metadata.speech import Reads

LASTS = timedelta(days=30)
CALM, CHANGING = "PT6H", "PT1H"  # how long a partner may go without asking again

Which = Literal["now", "next", "both", "epoch", "own"]


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which document somebody asks for; an epoch or a partner with what it can digest."""

    which: Which = "now"
    epoch: str = ""
    partner: str = ""
    reads: Reads = "several"


NOW = Wanted()


@dataclass(frozen=True, slots=True)
class Draft:
    """What decides the bytes of one document, beside the federation and its keys."""

    side: Side
    written_at: datetime  # midnight: the same all day
    valid_until: datetime
    cache_duration: str
    signer: str  # the epoch whose key signs the document
    signing: tuple[str, ...]
    encryption: tuple[str, ...]  # one at most (R24)
    endpoint: str | None  # the epoch whose addresses it tells, or None for those of the plan

    @property
    def shown(self) -> tuple[tuple[Use, str], ...]:
        """Every key that stands in it, by use and epoch, in order."""
        signing: tuple[tuple[Use, str], ...] = tuple(("signing", epoch) for epoch in self.signing)
        return (*signing, *(("encryption", epoch) for epoch in self.encryption))


def slots_of(federation: str, side: Side) -> tuple[Slot, ...]:
    """The slots whose keys stand in the documents of a side, signing first."""
    return tuple(Slot(federation, of, use) for of, use in SLOTS if of == side)


def draft_of(
    rollovers: Rollovers, federation: str, side: Side, wanted: Wanted, now: datetime
) -> Draft | None:
    """The document wanted, as it stands at this instant; None where there is none now."""
    signing, *others = slots_of(federation, side)
    shown = _shown(rollovers, signing, wanted, now)
    encrypting = [_shown(rollovers, slot, wanted, now) for slot in others]
    if shown is None and not any(encrypting):
        return None
    shown = shown or publishing.now_shown(rollovers, signing, now)
    beside = [
        found or publishing.now_shown(rollovers, slot, now)
        for slot, found in zip(others, encrypting, strict=True)
    ]
    midnight = datetime.combine(now.astimezone(UTC).date(), time(), UTC)
    changing = is_changing(rollovers, (signing, *others), now)
    return Draft(
        side=side,
        written_at=midnight,
        valid_until=_valid_until(rollovers, signing, shown, midnight + LASTS, now),
        cache_duration=CHANGING if changing else CALM,
        signer=counts(rollovers, signing, Ask(), now).epoch,
        signing=shown.epochs,
        encryption=tuple(each.epochs[0] for each in beside),
        endpoint=shown.endpoint,
    )


def _shown(rollovers: Rollovers, slot: Slot, wanted: Wanted, now: datetime) -> Shown | None:
    if wanted.which == "next":
        return publishing.next_shown(rollovers, slot, now)
    if wanted.which == "both":
        return publishing.both_shown(rollovers, slot, now)
    if wanted.which == "epoch":
        return publishing.epoch_shown(rollovers, slot, wanted.epoch, now)
    if wanted.which == "own":
        return publishing.own_shown(rollovers, slot, wanted.partner, wanted.reads, now)
    return publishing.now_shown(rollovers, slot, now)


def _valid_until(
    rollovers: Rollovers, slot: Slot, shown: Shown, longest: datetime, now: datetime
) -> datetime:
    """A month, but not beyond the addresses or the hard cut that would make it a lie.

    A partner that honours validUntil asks again by then, and one that does not is no worse off.
    """
    plan = latest(rollovers, slot, now)
    if plan is None:
        return longest
    ends = []
    if shown.endpoint is not None:
        ends.append(plan.instants.unpublish)
    if plan.style == "hard" and shown.epochs == (plan.before,):
        ends.append(plan.instants.switch)
    return min((longest, *(end for end in ends if end > now)))
