"""What was seen of partners, summed in memory by the hour, and handed over to be kept. R8.

Bounded: only registered partners, our own documents and epochs, and certificates that verified
make a sum. The first of each in an hour is due at once, so that a partner that fetched once
shows at once; the others wait a minute and are one row.
"""

import threading
from dataclasses import dataclass
from datetime import datetime

from broker.metadata.readiness.model import Kind
from broker.metadata.rollover.model import FIRST, Side

MOST = 5000  # sums that wait at once; beyond that the oldest are given up


@dataclass(frozen=True, slots=True)
class Key:
    """What is summed: one thing seen of one partner in one hour."""

    hour: datetime
    federation: str
    side: Side  # ours; it says whether the partner is a service or an identity provider
    partner: str  # its code; empty where nobody knows who it was
    kind: Kind
    detail: str


@dataclass(slots=True)
class Sum:
    """How often it was seen since the last sum was handed over, first and last."""

    count: int
    first_at: datetime
    last_at: datetime


class Signals:
    """The sums of this process that nobody has kept yet."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._sums: dict[Key, Sum] = {}
        self._kept: dict[Key, None] = {}  # what this hour has a row already
        self._due = False
        self._minute: datetime | None = None

    def add(
        self, federation: str, side: Side, partner: str, kind: Kind, detail: str, now: datetime
    ) -> None:
        """Count one thing seen."""
        hour = now.replace(minute=0, second=0, microsecond=0)
        key = Key(hour, federation, side, partner, kind, detail)
        with self._lock:
            found = self._sums.get(key)
            if found is not None:
                found.count += 1
                found.last_at = max(found.last_at, now)
                return
            self._sums[key] = Sum(1, now, now)
            self._due = self._due or key not in self._kept
            while len(self._sums) > MOST:
                del self._sums[next(iter(self._sums))]

    def take(self, now: datetime) -> list[tuple[Key, Sum]]:
        """Hand over, once, what is due: all of it, or nothing yet."""
        minute = now.replace(second=0, microsecond=0)
        hour = minute.replace(minute=0)
        with self._lock:
            if not self._sums or not (self._due or minute != self._minute):
                return []
            self._minute, self._due = minute, False
            taken, self._sums = list(self._sums.items()), {}
            kept = {key: None for key in self._kept if key.hour == hour}
            kept.update((key, None) for key, _sum in taken if key.hour == hour)
            self._kept = kept if len(kept) <= MOST else {}
        return sorted(taken, key=_order)

    def used(
        self,
        federation: str,
        service: str,
        now: datetime,
        *,
        endpoint: str | None = None,
        epoch: str = FIRST,
    ) -> None:
        """A login at a service ended well: where its request came, and which key answered."""
        if endpoint is not None:
            self.add(federation, "idp", service, "endpoint", endpoint, now)
        self.add(federation, "idp", service, "answered", epoch, now)

    def returned(
        self,
        federation: str,
        idp: str,
        now: datetime,
        *,
        epoch: str = FIRST,
    ) -> None:
        """An identity provider answered well what a key of ours had asked."""
        self.add(federation, "sp", idp, "returned", epoch, now)

    def rehearsed(self, federation: str, service: str, now: datetime, *, epoch: str) -> None:
        """A login at a service ended well in a browser that tries a key of ours."""
        self.add(federation, "idp", service, "rehearsed", epoch, now)

    def failed(
        self, federation: str, side: Side, partner: str, now: datetime, *, epoch: str = FIRST
    ) -> None:
        """A login went in a circle under a key of ours."""
        self.add(federation, side, partner, "failed", epoch, now)

    def verified(
        self, federation: str, side: Side, partner: str, fingerprint: str, now: datetime
    ) -> None:
        """A message of a partner verified, with the certificate of this fingerprint."""
        self.add(federation, side, partner, "verified", fingerprint, now)


def _order(taken: tuple[Key, Sum]) -> tuple[str, ...]:
    """Always the same, so that two nodes that keep the same sums cannot deadlock."""
    key = taken[0]
    hour = key.hour.isoformat()
    return (hour, key.federation, key.side, key.partner, key.kind, key.detail)
