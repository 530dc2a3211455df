"""Where metadata comes from by itself: sources, refreshes, decisions and alarms."""

from dataclasses import dataclass
from typing import ClassVar


@dataclass(frozen=True, slots=True)
class MetadataSourceChanged:
    """A source of metadata was registered or removed."""

    NAME: ClassVar[str] = "metadata.source"
    PERSONAL: ClassVar[frozenset[str]] = frozenset({"by"})

    federation: str
    source: str
    change: str  # added or removed
    location: str
    signers: tuple[str, ...]  # SHA-256 of the certificates that may sign it
    by: str
    reason: str


@dataclass(frozen=True, slots=True)
class MetadataRefreshed:
    """A source's document counts from now on; how many of its entities are not as they were.

    `digest` is SHA-256 over its sorted lines of entityID and SHA-256, so that the whole list
    can be proved from one row.
    """

    NAME: ClassVar[str] = "metadata.refreshed"
    PERSONAL: ClassVar[frozenset[str]] = frozenset({"by"})

    federation: str
    source: str
    sha256: str
    digest: str
    entities: int
    added: int
    changed: int
    waiting: int
    refused: int
    dropped: int
    by: str
    reason: str


@dataclass(frozen=True, slots=True)
class MetadataDecided:
    """A person said what becomes of metadata that waited, or took it out of force."""

    NAME: ClassVar[str] = "metadata.decided"
    PERSONAL: ClassVar[frozenset[str]] = frozenset({"by"})

    federation: str
    kind: str
    code: str
    entity_id: str
    decision: str  # approved, rejected, removed or kept
    sha256: str
    source: str
    opens: str | None  # ISO 8601; None is at once
    by: str
    reason: str


@dataclass(frozen=True, slots=True)
class MetadataAlarm:
    """An alarm was raised for the first time, or a person acknowledged it."""

    NAME: ClassVar[str] = "metadata.alarm"
    PERSONAL: ClassVar[frozenset[str]] = frozenset({"by"})

    federation: str
    source: str
    subject: str
    code: str
    level: str
    change: str  # raised or acknowledged
    by: str
    reason: str


SourceEvent = MetadataSourceChanged | MetadataRefreshed | MetadataDecided | MetadataAlarm

EXAMPLES: tuple[SourceEvent, ...] = (
    MetadataSourceChanged(
        federation="sundhed",
        source="wayf",
        change="added",
        location="https://metadata.example.dk/feed.xml",
        signers=("9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",),
        by="operator",
        reason="agreed with the federation",
    ),
    MetadataRefreshed(
        federation="sundhed",
        source="wayf",
        sha256="9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
        digest="2c26b46b68ffc68ff99b453c1d30413413422d706483bfa0f98a5e886266e7ae",
        entities=412,
        added=1,
        changed=2,
        waiting=0,
        refused=0,
        dropped=0,
        by="broker",
        reason="refresh",
    ),
    MetadataDecided(
        federation="sundhed",
        kind="idp",
        code="nemlogin",
        entity_id="https://idp.example.dk",
        decision="approved",
        sha256="9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
        source="nemlogin",
        opens="2026-03-02T05:00:00+00:00",
        by="operator",
        reason="fingerprint compared by phone",
    ),
    MetadataAlarm(
        federation="sundhed",
        source="wayf",
        subject="https://idp.example.dk",
        code="metadata.key_added",
        level="warning",
        change="raised",
        by="broker",
        reason="",
    ),
)
