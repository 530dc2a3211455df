"""Flows counted in memory, handed over as one row per minute, service and IdP. R8.

Bounded: peers cannot make it grow, since only registered services and IdPs are counted.
"""

import threading
from collections import Counter
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

MAX_ROWS = 5000

What = Literal["started", "returned", "refused"]
_Key = tuple[datetime, str, str, str]


@dataclass(frozen=True, slots=True)
class CountRow:
    """What happened in one minute between one service and one IdP."""

    minute: datetime
    federation: str
    service: str
    idp: str
    started: int
    returned: int
    refused: int


class FlowCounts:
    """Counters of this process since they were last handed over; never more than MAX_ROWS."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._counts: dict[_Key, Counter[What]] = {}

    def add(self, what: What, federation: str, service: str, idp: str, now: datetime) -> None:
        """Count one flow in the minute of `now`."""
        key = (now.replace(second=0, microsecond=0), federation, service, idp)
        with self._lock:
            self._counts.setdefault(key, Counter())[what] += 1
            while len(self._counts) > MAX_ROWS:
                del self._counts[next(iter(self._counts))]

    def take(self, now: datetime) -> list[CountRow]:
        """Hand over, once, the minutes that are over."""
        minute = now.replace(second=0, microsecond=0)
        with self._lock:
            over = [key for key in self._counts if key[0] < minute]
            taken = [(key, self._counts.pop(key)) for key in over]
        return [CountRow(*key, c["started"], c["returned"], c["refused"]) for key, c in taken]
