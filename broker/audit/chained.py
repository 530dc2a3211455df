"""A record of the trail as its chain knows it, and the hash that binds it to the one before. Pure.

Whoever holds a copy works the hash out again with this and nothing else: SHA-256 over the hash
before and everything else that the record says, as canonical JSON.
"""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import NamedTuple
from uuid import UUID

BLOCK = 1000  # records, at most
GENESIS = "0" * 64  # the hash before the first record


class Record(NamedTuple):
    """One record, as it stands in the trail or in a copy of it."""

    writer: str
    seq: int
    block: int
    at: datetime
    reference: str
    event: str
    fields: str
    subject: UUID | None
    prev_hash: str
    hash: str


@dataclass(frozen=True, slots=True)
class Place:
    """Where a row goes: the next number of a writer's chain, its block, and the hash before it."""

    writer: str
    seq: int = 0
    block: int = 0
    previous: str = GENESIS


def linked(
    place: Place,
    name: str,
    fields: Mapping[str, object],
    at: datetime,
    reference: str,
    subject: UUID | None = None,
) -> dict[str, object]:
    """An event as a row of the chain, with its hash."""
    record = Record(
        writer=place.writer,
        seq=place.seq,
        block=place.block,
        at=at,
        reference=reference,
        event=name,
        fields=canonical(fields),
        subject=subject,
        prev_hash=place.previous,
        hash="",
    )
    return {**record._asdict(), "hash": digest(record)}


def digest(record: Record) -> str:
    """The hash that a record has to have. A subject counts where there is one."""
    if record.at.tzinfo is None:
        raise ValueError("a naive datetime has no place in the audit trail")
    said = {
        "at": record.at.astimezone(UTC).isoformat(timespec="microseconds"),
        "block": record.block,
        "event": record.event,
        "fields": record.fields,
        "reference": record.reference,
        "seq": record.seq,
        "writer": record.writer,
    }
    if record.subject is not None:
        said["subject"] = str(record.subject)
    return hashlib.sha256(f"{record.prev_hash}{canonical(said)}".encode()).hexdigest()


def canonical(value: object) -> str:
    """JSON that is spelled in one way only."""
    return _ENCODER.encode(value)


_ENCODER = json.JSONEncoder(ensure_ascii=False, sort_keys=True, separators=(",", ":"))
