"""What this process counted and has not handed over: bounded, and nothing is written for each."""

import threading
from collections import Counter
from datetime import datetime

from broker.audit.tallies.model import Tally, What

MAX_ROWS = 5000

_Key = tuple[What, str, str, str]


class Tallies:
    """Counts of this process since they were last handed over; never more than MAX_ROWS."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._counts: Counter[_Key] = Counter()
        self._taken: datetime | None = None  # the minute in which that was last

    def add(self, what: What, federation: str = "", side: str = "", name: str = "") -> None:
        """Count one."""
        key = (what, federation, side, name)
        with self._lock:
            if key in self._counts or len(self._counts) < MAX_ROWS:
                self._counts[key] += 1

    def due(self, now: datetime) -> bool:
        """Whether something waits that another minute may have."""
        return bool(self._counts) and self._taken != _minute(now)

    def take(self, now: datetime) -> list[Tally]:
        """Hand over what was counted, once, and nothing more within the same minute."""
        with self._lock:
            if self._taken == _minute(now):
                return []
            self._taken = _minute(now)
            counts, self._counts = self._counts, Counter()
        return [Tally(*key, times) for key, times in counts.items()]


def _minute(at: datetime) -> datetime:
    return at.replace(second=0, microsecond=0)
