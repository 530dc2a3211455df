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


TrailEvent = TrailRead

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
)
