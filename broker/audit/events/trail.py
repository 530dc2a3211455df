"""Looking at what happened is itself something that happened."""

from dataclasses import dataclass
from typing import ClassVar, Literal


@dataclass(frozen=True, slots=True)
class TrailRead:
    """Somebody looked in the trail of an organisation for a person, or took a copy of it away."""

    NAME: ClassVar[str] = "trail.read"
    PERSONAL: ClassVar[frozenset[str]] = frozenset({"people", "by", "seat"})

    federation: str
    organisation: str
    what: Literal["searched", "exported"]
    people: tuple[str, ...]  # our ids of whom it was about; none where it was about everybody
    role: str | None
    since: str
    until: str
    by: str
    seat: str | None


@dataclass(frozen=True, slots=True)
class TrailAsked:
    """Somebody at a terminal looked for a person in all of the trail, or took a copy of it away."""

    NAME: ClassVar[str] = "trail.asked"
    PERSONAL: ClassVar[frozenset[str]] = frozenset({"people", "by", "reason"})

    what: Literal["person", "copy", "evidence"]
    people: tuple[str, ...]  # our ids of whom it was about; none where it was about everybody
    about: str  # the reference of a login, for evidence
    since: str
    until: str
    found: int
    by: str
    reason: str


@dataclass(frozen=True, slots=True)
class TrailShortened:
    """A block of the trail was removed, as it was older than the rule; its tombstone stays."""

    NAME: ClassVar[str] = "trail.shortened"
    PERSONAL: ClassVar[frozenset[str]] = frozenset({"by"})

    writer: str
    block: int
    records: int
    newest: str
    days: int
    by: str


@dataclass(frozen=True, slots=True)
class TrailKeyChanged:
    """Another key seals the trail from now on; `lost` where the one before could not say so."""

    NAME: ClassVar[str] = "trail.key"
    PERSONAL: ClassVar[frozenset[str]] = frozenset({"by", "reason"})

    key: str
    change: Literal["made", "rolled", "lost"]
    by: str
    reason: str


TrailEvent = TrailRead | TrailAsked | TrailShortened | TrailKeyChanged

EXAMPLES: tuple[TrailEvent, ...] = (
    TrailRead(
        federation="sundhed",
        organisation="0f8b6c52-6f0e-4f0a-9a53-2d7c3b1e7a10",
        what="searched",
        people=("ae31c7b4-90cf-4f4e-b6f4-0d8d5a2c6e19",),
        role=None,
        since="2026-01-01T00:00:00+00:00",
        until="2026-03-02T06:00:00+00:00",
        by="c2a4a1de-1f2b-4c0d-a8e7-7b1f0e9d3c55",
        seat=None,
    ),
    TrailAsked(
        what="person",
        people=("3f6c0a2e-8f0b-4d0e-9a51-6f1b0c7d2e94",),
        about="",
        since="",
        until="",
        found=12,
        by="operator",
        reason="asked for by the person on 2 March",
    ),
    TrailShortened(
        writer="w03",
        block=0,
        records=1000,
        newest="2021-02-27T11:03:00+00:00",
        days=1830,
        by="jobs",
    ),
    TrailKeyChanged(key="9f86d081884c7d65", change="rolled", by="operator", reason="yearly"),
)
