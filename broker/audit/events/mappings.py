"""Events of the versions of a service's mapping; the catalogue in `events` lists them."""

from dataclasses import dataclass
from typing import ClassVar


@dataclass(frozen=True, slots=True)
class MappingLoaded:
    """A version of what a service is told was kept; it counts for nothing by that."""

    NAME: ClassVar[str] = "mapping.loaded"
    PERSONAL: ClassVar[frozenset[str]] = frozenset({"by"})

    federation: str
    service: str
    version: int
    source: str
    by: str
    reason: str


@dataclass(frozen=True, slots=True)
class MappingShadowed:
    """A version is tried at every login from now on, and told to nobody."""

    NAME: ClassVar[str] = "mapping.shadowed"
    PERSONAL: ClassVar[frozenset[str]] = frozenset({"by"})

    federation: str
    service: str
    version: int
    by: str
    reason: str


@dataclass(frozen=True, slots=True)
class MappingInForce:
    """From when until when a version decides what a service is told, and what it took over from."""

    NAME: ClassVar[str] = "mapping.in_force"
    PERSONAL: ClassVar[frozenset[str]] = frozenset({"by"})

    federation: str
    service: str
    version: int
    since: str  # ISO 8601 with an offset
    until: str | None  # None is without end
    replaces: int | None
    seen: int  # logins that had tried it
    by: str
    reason: str


@dataclass(frozen=True, slots=True)
class MappingRetired:
    """A version that waited, or was planned, will not count."""

    NAME: ClassVar[str] = "mapping.retired"
    PERSONAL: ClassVar[frozenset[str]] = frozenset({"by"})

    federation: str
    service: str
    version: int
    by: str
    reason: str


MappingEvent = MappingLoaded | MappingShadowed | MappingInForce | MappingRetired

EXAMPLES: tuple[MappingEvent, ...] = (
    MappingLoaded(
        federation="sundhed",
        service="dpsd",
        version=2,
        source="mapping/dpsd.toml",
        by="operator",
        reason="the service asked for the production unit",
    ),
    MappingShadowed(
        federation="sundhed", service="dpsd", version=2, by="operator", reason="a week of it"
    ),
    MappingInForce(
        federation="sundhed",
        service="dpsd",
        version=2,
        since="2026-03-02T06:00:00+00:00",
        until=None,
        replaces=1,
        seen=412,
        by="operator",
        reason="agreed with the owner",
    ),
    MappingRetired(
        federation="sundhed", service="dpsd", version=3, by="operator", reason="not needed"
    ),
)
