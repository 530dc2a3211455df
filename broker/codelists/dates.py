"""The dates of the published files, as instants.

A from-date counts from its first moment in Denmark, a to-date until its last: the files name
the last day on which something holds.
"""

import re
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from broker.periods import FOREVER

DENMARK = ZoneInfo("Europe/Copenhagen")

_NO_END = 2500  # the files write 2500-01-01 or 9999-12-31 where no end is known
_ISO = re.compile(r"(\d{4})-?(\d{2})-?(\d{2})(?:[T ][\d:.]+(?:Z|[+-]\d{2}:?\d{2})?)?\Z", re.ASCII)
_DANISH = re.compile(r"(\d{1,2})[-./](\d{1,2})[-./](\d{4})(?: [\d:.]+)?\Z", re.ASCII)


def since(text: str) -> datetime | None:
    """The first moment of a date; None for an empty one. Raises ValueError."""
    day = _day(text)
    return None if day is None else _midnight(day)


def until(text: str) -> datetime:
    """The moment after the last of a date; FOREVER for an empty or a far one. Raises ValueError."""
    day = _day(text)
    return FOREVER if day is None or day.year >= _NO_END else _midnight(day + timedelta(days=1))


def _day(text: str) -> date | None:
    text = text.strip()
    if not text.strip("0"):
        return None
    if iso := _ISO.match(text):
        year, month, day = map(int, iso.groups())
    elif danish := _DANISH.match(text):
        day, month, year = map(int, danish.groups())
    else:
        raise ValueError("no date")
    return date(year, month, day)


def _midnight(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=DENMARK).astimezone(UTC)
