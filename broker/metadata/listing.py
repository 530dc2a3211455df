"""Every document of a federation with its facts, for the page that explains which to pick."""

from dataclasses import dataclass
from datetime import datetime

from broker.errors import BrokerError
from broker.metadata.model import Federation
from broker.metadata.publish import Published, Publisher
from broker.metadata.published.comparing import Difference, ShownKey, differences, keys_in
from broker.metadata.published.drafting import NOW, Draft, Wanted, Which, slots_of
from broker.metadata.rollover import publishing
from broker.metadata.rollover.choosing import is_live, latest, upcoming
from broker.metadata.rollover.model import Plan, Rollovers, Side


@dataclass(frozen=True, slots=True)
class File:
    """One document: its address, what it is, and how it differs from the one of today."""

    which: Which
    epoch: str
    address: str
    published: Published
    keys: tuple[ShownKey, ...]
    differs: tuple[Difference, ...]


@dataclass(frozen=True, slots=True)
class SideFiles:
    """The documents of one side, with the plans that are about to change them."""

    side: Side
    files: tuple[File, ...]
    plans: tuple[Plan, ...]
    next_address: str  # stable all year, whether or not anything is planned


def files_of(
    federation: Federation, side: Side, publisher: Publisher, rollovers: Rollovers, now: datetime
) -> SideFiles:
    """What partners of a side can fetch now. Raises what the keys raise for the one of today."""
    wanted = [NOW, Wanted("next"), Wanted("both")]
    slots = slots_of(federation.path, side)
    epochs = publishing.endpoints(rollovers, slots[0], now)
    wanted += [Wanted("epoch", epoch) for epoch in epochs]
    files: list[File] = []
    today: Draft | None = None
    for each in wanted:
        try:
            published = publisher.document(federation, side, now, rollovers, each)
            keys = keys_in(federation, published.draft, publisher.keys)
        except BrokerError:
            if today is None:
                raise
            continue  # there is no such document now, or its key is not on this node
        today = today or published.draft
        differs = differences(federation, today, published.draft, publisher.keys)
        address = f"{federation.base}/metadata/{path_of(each)}{side}.xml"
        files.append(File(each.which, each.epoch, address, published, keys, differs))
    plans = [latest(rollovers, slot, now) for slot in slots]
    shown = tuple(p for p in plans if p is not None and _is_shown(rollovers, p, now))
    return SideFiles(side, tuple(files), shown, f"{federation.base}/metadata/next/{side}.xml")


def path_of(wanted: Wanted) -> str:
    """The part of an address that stands before the name of the file."""
    if wanted.which == "now":
        return ""
    return f"epoch/{wanted.epoch}/" if wanted.which == "epoch" else f"{wanted.which}/"


def _is_shown(rollovers: Rollovers, plan: Plan, now: datetime) -> bool:
    return is_live(plan, now) or upcoming(rollovers, plan.slot, now) is plan
