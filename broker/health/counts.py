"""Flows counted in memory, handed over as one row per minute, service and IdP. R8.

Bounded: peers cannot make it grow, since only registered services and IdPs are counted.
"""

import threading
from collections import Counter
from datetime import datetime, timedelta
from typing import Literal

from broker.health.model import CountRow, Failure, within

MAX_ROWS = 5000
_WHOLE = ("started", "returned", "refused")

What = Literal["started", "returned", "refused"]
_Key = tuple[datetime, str, str, str]


class FlowCounts:
    """Counters of this process since they were last handed over; never more than MAX_ROWS."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._counts: dict[_Key, Counter[str]] = {}

    def add(
        self,
        what: What,
        federation: str,
        service: str,
        idp: str,
        now: datetime,
        *,
        failure: Failure | None = None,
        away: timedelta | None = None,
    ) -> None:
        """Count one flow in the minute of `now`, how it failed, and how long somebody was away."""
        key = (now.replace(second=0, microsecond=0), federation, service, idp)
        with self._lock:
            counter = self._counts.setdefault(key, Counter())
            counter[what] += 1
            if failure is not None:
                counter[failure] += 1
            if away is not None:
                counter[within(away)] += 1
            while len(self._counts) > MAX_ROWS:
                del self._counts[next(iter(self._counts))]

    def take(self, now: datetime) -> list[CountRow]:
        """Hand over, once, the minutes that are over."""
        minute = now.replace(second=0, microsecond=0)
        with self._lock:
            over = [key for key in self._counts if key[0] < minute]
            taken = [(key, self._counts.pop(key)) for key in over]
        return [
            CountRow(*key, c["started"], c["returned"], c["refused"], _details(c))
            for key, c in taken
        ]


def _details(counter: Counter[str]) -> tuple[tuple[str, int], ...]:
    return tuple(sorted((what, n) for what, n in counter.items() if what not in _WHOLE))
