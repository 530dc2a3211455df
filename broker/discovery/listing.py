"""What the page shows, section by section, for one service, one browser and one instant."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from broker.discovery.cards import Card
from broker.discovery.search import Query, search, suggest
from broker.metadata.activation import State
from broker.metadata.activations import Offer
from broker.metadata.model import ConnectedIdp
from broker.metadata.showing import KINDS

FEW = 12  # up to so many others are shown at once, without a search
FOLDED_FROM = 50  # from so many on, each kind is folded together until it is opened
MOST = 25  # results of a search that are shown at first
# States of which people are told why they cannot choose it.
TOLD: tuple[State, ...] = ("planned", "trial", "paused")


@dataclass(frozen=True, slots=True)
class Row:
    """One identity provider on the page."""

    card: Card
    offer: Offer
    open: bool  # whether it can be chosen
    instead: tuple[ConnectedIdp, ...] | None = None  # what else may do, where it fails just now
    test: bool = False  # whether test users get in, though it is not open


@dataclass(frozen=True, slots=True)
class Group:
    """Rows of one kind, in the order of the alphabet."""

    kind: str
    rows: tuple[Row, ...]


@dataclass(frozen=True, slots=True)
class Found:
    """What a search came to."""

    rows: tuple[Row, ...]
    total: int
    near: tuple[Row, ...]  # where nothing was found
    common: tuple[Row, ...]  # what everybody has, where nothing was found


@dataclass(frozen=True, slots=True)
class Listing:
    """Every section of the page; empty ones are not shown."""

    last: Row | None  # used last, and open
    last_closed: Row | None  # used last, and not open now
    suggested: Row | None  # by the network
    pinned: tuple[Row, ...]
    groups: tuple[Group, ...]
    waiting: tuple[Row, ...]  # those that cannot be chosen, with a reason
    kinds: frozenset[str]  # of those that can be chosen
    common: Row | None  # what people from everywhere can use, if it can be chosen
    searchable: bool
    folded: bool
    query: Query
    found: Found | None

    @property
    def rest(self) -> int:
        """How many stand in the groups."""
        return sum(len(group.rows) for group in self.groups)

    @property
    def offered(self) -> int:
        """How many can be chosen, all in all."""
        return self.rest + len(self.pinned) + bool(self.last) + bool(self.suggested)

    @property
    def has_logos(self) -> bool:
        """Whether anybody has one; else nobody gets a box for it."""
        shown = [*self.pinned, *(row for group in self.groups for row in group.rows)]
        shown += [row for row in (self.last, self.suggested) if row]
        return any(row.card.logo for row in shown)


def list_offers(
    cards: Mapping[int, Card],
    offers: Sequence[Offer],
    language: str,
    *,
    usable: Collection[int],
    last: int | None = None,
    suggested: str | None = None,
    query: Query,
    everything: bool = False,
    testers: bool = False,
    failing: Mapping[int, tuple[ConnectedIdp, ...]],
) -> Listing:
    """Sort the offers into the sections.

    `usable` are the rows of those that can be chosen, `failing` those that answer badly just now
    with what may be used in their place; `last` is the row of the one used last, `suggested` the
    code that a network suggests; `everything` shows more results of a search than usual. What is
    for test users is among those that wait; `testers` gives those who are one a way in.
    """
    rows = [_row(cards, offer, usable, failing, testers=testers) for offer in offers]
    choosable = [row for row in rows if row.open]
    waiting = [row for row in rows if not row.open and row.offer.state in TOLD]
    mine = next((row for row in rows if row.offer.idp.row == last), None)
    ours = next((row for row in choosable if row.card.code == suggested and row is not mine), None)
    others = [row for row in choosable if row is not mine and row is not ours]
    pinned = tuple(row for row in others if row.card.page.pinned)
    rest = sorted(
        (row for row in others if not row.card.page.pinned),
        key=lambda row: row.card.order[language],
    )
    groups = tuple(
        Group(kind, members)
        for kind in KINDS
        if (members := tuple(row for row in rest if row.card.page.kind == kind))
    )
    return Listing(
        last=mine if mine and mine.open else None,
        last_closed=mine if mine and not mine.open else None,
        suggested=ours,
        pinned=pinned,
        groups=groups,
        waiting=tuple(sorted(waiting, key=lambda row: row.card.order[language])),
        kinds=frozenset(row.card.page.kind for row in choosable),
        common=next((row for row in choosable if row.card.page.kind == "national"), None),
        searchable=len(rest) > FEW,
        folded=len(rest) > FOLDED_FROM,
        query=query,
        found=None
        if query.empty
        else _find(query, [*choosable, *waiting], language, everything=everything),
    )


def _row(
    cards: Mapping[int, Card],
    offer: Offer,
    usable: Collection[int],
    failing: Mapping[int, tuple[ConnectedIdp, ...]],
    *,
    testers: bool,
) -> Row:
    row, trial = offer.idp.row, offer.state == "trial"
    opened = row in usable and not trial
    return Row(cards[row], offer, opened, failing.get(row), test=trial and testers)


def _find(query: Query, rows: Sequence[Row], language: str, *, everything: bool) -> Found:
    by_code = {row.card.code: row for row in rows}
    hits = [by_code[card.code] for card in search(query, (r.card for r in rows), language)]
    near: tuple[Row, ...] = ()
    common: tuple[Row, ...] = ()
    if not hits:
        near = tuple(by_code[c.code] for c in suggest(query, (r.card for r in rows)))
        common = tuple(
            r for r in rows if r.open and r.card.page.kind == "national" and r not in near
        )
    shown = hits if everything else hits[:MOST]
    return Found(tuple(shown), len(hits), near, common)
