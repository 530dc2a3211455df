"""Which document of each entity counts at an instant, and until when that stays so. Pure.

What was dated counts from its instant on. What a pinned key vouched for until an instant
ceases to count there (R27); a document that a person approved does not.
"""

import logging
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from broker.metadata.dated.store import Scheduled
from broker.metadata.store import EntityRecord

_LOG = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Counting:
    """The entities that count, and the stretch of time for which that is the answer."""

    records: tuple[EntityRecord, ...]
    since: datetime | None  # None is unbounded
    until: datetime | None

    def holds(self, now: datetime) -> bool:
        """Whether the answer is the same at this instant: from since, up to until."""
        return (self.since is None or self.since <= now) and (
            self.until is None or now < self.until
        )


def counting(
    records: Sequence[EntityRecord], scheduled: Iterable[Scheduled], now: datetime
) -> Counting:
    """The entities with a document that counts at an instant."""
    changes: dict[int, Scheduled] = {}
    bounds: set[datetime] = set()
    for change in sorted(scheduled, key=lambda one: (one.opens, one.version)):
        bounds.add(change.opens)
        if change.opens <= now:
            changes[change.row] = change
    counted = []
    for record in records:
        due = changes.get(record.row)
        found = record if due is None else _changed(record, due)
        if found is None or found.version is None:
            continue
        if found.expires is not None:
            bounds.add(found.expires)
            if found.expires <= now:
                _LOG.error("%s/%s: its metadata ran out", found.federation, found.code)
                continue
        counted.append(found)
    return Counting(
        tuple(counted),
        max((at for at in bounds if at <= now), default=None),
        min((at for at in bounds if at > now), default=None),
    )


def _changed(record: EntityRecord, change: Scheduled) -> EntityRecord | None:
    if change.removal:
        return None
    return replace(
        record,
        xml=None,
        version=change.version,
        sha256=change.sha256,
        source=change.source,
        loaded_at=change.opens,
        expires=change.expires,
    )
