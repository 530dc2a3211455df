"""A plan as a document says it: one change of several keys in several federations.

    kind = "rollover"
    code = "oces3"
    federations = ["sundhed-test"]
    before = "first"
    after = "oces3"
    switch = 2027-04-24T06:00:00+02:00

What is left out follows from the switch: the new key is announced at once, whoever wants to
may switch from then on, everything can be taken back for a week, the old key is withdrawn a
week later and destroyed when nobody can have kept a document that shows it.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from broker.metadata.documents import Document, Table
from broker.metadata.rollover.model import (
    LONGEST_CACHE,
    SLOTS,
    Instants,
    Plan,
    Side,
    Slot,
    Style,
    Use,
)

WAY_BACK = timedelta(days=7)
KEPT = timedelta(days=14)  # from the switch until the old key is withdrawn
_STYLES: dict[str, Style] = {"overlap": "overlap", "hard": "hard"}
_SLOTS = {f"{side}-{use}": (side, use) for side, use in SLOTS}
SLOT_NAMES = tuple(_SLOTS)


@dataclass(frozen=True, slots=True)
class Draft:
    """What a plan should be, before it is known of which federations and with which keys."""

    code: str
    before: str
    after: str
    style: Style
    slots: tuple[tuple[Side, Use], ...]
    instants: Instants
    reason: str = ""

    def plans(self, federation: str, by: str, reason: str) -> tuple[Plan, ...]:
        """One plan for each slot of a federation."""
        return tuple(
            Plan(
                self.code,
                Slot(federation, side, use),
                self.before,
                self.after,
                self.instants,
                self.style,
                by=by,
                reason=reason or self.reason,
            )
            for side, use in self.slots
        )


def read_draft(document: Document, where: str, now: datetime) -> Draft:
    """What a document says. Raises Refused("metadata.document") that names the mistake."""
    table = Table(where, document)
    for tie in ("kind", "federations"):
        table.take(tie)
    style = table.choice("style", _STYLES, "overlap")
    slots = table.texts("slots") or SLOT_NAMES
    if strange := [name for name in slots if name not in _SLOTS]:
        raise table.wrong("slots", f"has {', '.join(strange)}; there are {', '.join(SLOT_NAMES)}")
    draft = Draft(
        code=table.slug("code"),
        before=table.slug("before", "first"),
        after=table.slug("after"),
        style=style,
        slots=tuple(_SLOTS[name] for name in dict.fromkeys(slots)),
        instants=_instants(table, style, now),
        reason=table.text("reason", "-").removeprefix("-"),
    )
    table.done()
    return draft


def _instants(table: Table, style: Style, now: datetime) -> Instants:
    switch = table.instant("switch")
    if switch is None:
        raise table.wrong("switch", "is missing")
    announce = table.instant("announce") or now
    unpublish = table.instant("unpublish") or switch + KEPT
    return Instants(
        announce=announce,
        early_from=table.instant("early_from") or (switch if style == "hard" else announce),
        switch=switch,
        rollback_until=table.instant("rollback_until") or min(switch + WAY_BACK, unpublish),
        unpublish=unpublish,
        destroy=table.instant("destroy") or unpublish + LONGEST_CACHE,
    )


def with_changes(at: Instants, changes: Mapping[str, datetime]) -> Instants:
    """The instants with some of them moved; what follows the switch keeps its distance to it."""
    moved_by = changes.get("switch", at.switch) - at.switch
    follows = {name: getattr(at, name) + moved_by for name in ("rollback_until", "unpublish")}
    early = {"early_from": at.early_from + moved_by} if at.early_from == at.switch else {}
    moved = {**follows, "destroy": at.destroy + moved_by, **early, **changes}
    return replace(at, **moved)
