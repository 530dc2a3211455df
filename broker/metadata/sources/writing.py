"""A plan into the database, in statements for many entities at a time."""

import hashlib
import json

from broker.db import Connection
from broker.metadata.report import Occasion
from broker.metadata.sources.intake import DROPPED, Plan
from broker.metadata.sources.model import Source
from broker.metadata.sources.store import versions
from broker.metadata.sources.store.versions import NewVersion
from broker.metadata.store import EntityRecord

_NOTHING = hashlib.sha256(b"").hexdigest()


def write_plan(connection: Connection, source: Source, plan: Plan, occasion: Occasion) -> None:
    """Write everything that a plan decided, in the caller's transaction."""
    kept = plan.of("added", "changed", "waiting")
    new = [step for step in kept if step.record is None]
    made = versions.add_entities(connection, [s.entity(source) for s in new], occasion.at)
    rows = {id(step): row for step, row in zip(new, made, strict=True)}
    rows |= {id(step): step.record.row for step in kept if step.record is not None}
    versions.add_versions(
        connection, (step.version(rows[id(step)], source, occasion) for step in kept)
    )
    free = [
        step.record.row
        for step in plan.of("added", "changed")
        if step.record is not None and step.record.source_code != source.code
    ]
    # One that is described by hand and had no document belongs to whoever brings it first,
    # once a person has approved that; until then nobody governs it.
    versions.govern(connection, free, source.code)
    versions.undropped(connection, plan.returned)
    versions.govern(connection, plan.returned, source.code)
    versions.add_versions(connection, [_removal(r, source, occasion) for r in plan.dropped])
    for record in plan.dropped:
        until = record.expires if source.certificates else None
        versions.dropped(connection, record.row, occasion.at, until)


def _removal(record: EntityRecord, source: Source, occasion: Occasion) -> NewVersion:
    """The removal of an entity, which waits for a person as any other doubtful change does."""
    words = DROPPED.words
    return NewVersion(
        row=record.row,
        xml=b"",
        sha256=_NOTHING,
        source=source.code,
        location=source.location or source.code,
        at=occasion.at,
        by=occasion.by,
        reason=occasion.reason,
        objections=json.dumps([["wait", DROPPED.code, DROPPED.where, words.da, words.en]]),
        removal=True,
    )
