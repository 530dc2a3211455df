"""Choices counted in memory and handed over at most once a minute, as sums by the hour. R8.

Whoever chooses has not signed in, so no row may be written for each. Bounded: only registered
services and identity providers are counted.
"""

import threading
from collections import Counter
from datetime import datetime

from broker.statistics.model import Choice, ChoiceRow, Source, Wrong, WrongRow

MAX_ROWS = 20_000

_Key = tuple[datetime, str, str, str, Source, int]
_WrongKey = tuple[datetime, str, str, str, Wrong]


class ChoiceLog:
    """Sums of this process since they were last handed over; never more than MAX_ROWS of each."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._choices: dict[_Key, Counter[str]] = {}
        self._wrong: Counter[_WrongKey] = Counter()
        self._taken: datetime | None = None  # the minute in which that was last

    def note(self, choice: Choice) -> None:
        """Count one choice; nothing is written."""
        key = (
            _hour(choice.at),
            choice.federation,
            choice.service,
            choice.idp,
            choice.source,
            choice.bucket,
        )
        with self._lock:
            if key not in self._choices and len(self._choices) >= MAX_ROWS:
                return
            sums = self._choices.setdefault(key, Counter())
            sums["chosen"] += 1
            sums["searched"] += choice.searched
            sums["changed"] += choice.changed

    def wrong(self, kind: Wrong, federation: str, service: str, idp: str, at: datetime) -> None:
        """Count that a choice led nowhere; nothing is written."""
        key = (_hour(at), federation, service, idp, kind)
        with self._lock:
            if key in self._wrong or len(self._wrong) < MAX_ROWS:
                self._wrong[key] += 1

    def take(self, now: datetime) -> tuple[list[ChoiceRow], list[WrongRow]]:
        """Hand over what was counted, once, and nothing more within the same minute."""
        minute = now.replace(second=0, microsecond=0)
        with self._lock:
            if self._taken is None:
                self._taken = minute
            if self._taken == minute:
                return [], []
            self._taken = minute
            choices, self._choices = self._choices, {}
            wrong, self._wrong = self._wrong, Counter()
        return (
            [ChoiceRow(*k, c["chosen"], c["searched"], c["changed"]) for k, c in choices.items()],
            [WrongRow(*key, times) for key, times in wrong.items()],
        )


def _hour(at: datetime) -> datetime:
    return at.replace(minute=0, second=0, microsecond=0)
