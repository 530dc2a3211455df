"""The numbers of one service by day in Denmark, and the bars that show them: pure but for reading.

Sums alone, as they are kept: nobody can be told from them.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

DENMARK = ZoneInfo("Europe/Copenhagen")
DAYS = 14
WIDTH, HEIGHT, FOOT = 28, 160, 24  # of one bar's place, of the highest, and below them

Read = Callable[[datetime, datetime], Mapping[str, tuple[int, int, int]]]
"""Begun, returned and refused by identity provider, in a period."""


@dataclass(frozen=True, slots=True)
class Sum:
    """What happened in one day, or at one identity provider."""

    begun: int = 0
    returned: int = 0
    refused: int = 0

    @property
    def lost(self) -> float:
        """The share of those who began that were refused; nothing where nobody began."""
        return min(1.0, self.refused / self.begun) if self.begun else 0.0

    def plus(self, begun: int, returned: int, refused: int) -> "Sum":
        """Together with more."""
        return Sum(self.begun + begun, self.returned + returned, self.refused + refused)


@dataclass(frozen=True, slots=True)
class Day:
    """One day in Denmark."""

    date: date
    at: datetime  # its first instant, to be written as a day
    sum: Sum


@dataclass(frozen=True, slots=True)
class Bar:
    """One bar of the picture, in its own units."""

    x: int
    y: int
    height: int
    refused: int  # how high the part is that was refused
    label: str


@dataclass(frozen=True, slots=True)
class Figures:
    """The last days, and the identity providers with the most logins first."""

    days: tuple[Day, ...]
    idps: tuple[tuple[str, Sum], ...]
    total: Sum

    @property
    def width(self) -> int:
        """How wide the picture is."""
        return WIDTH * len(self.days)

    @property
    def height(self) -> int:
        """How high the picture is."""
        return HEIGHT + FOOT

    @property
    def bars(self) -> tuple[Bar, ...]:
        """A bar for each day, as high as the busiest one allows."""
        most = max((day.sum.begun for day in self.days), default=0) or 1
        found = []
        for place, day in enumerate(self.days):
            high = round(HEIGHT * day.sum.begun / most)
            lost = round(high * day.sum.lost)
            found.append(Bar(WIDTH * place, HEIGHT - high, high, lost, str(day.date.day)))
        return tuple(found)


def figures(read: Read, now: datetime, count: int = DAYS) -> Figures:
    """The days up to today, by the clocks of Denmark: one of them may have 23 or 25 hours."""
    today = now.astimezone(DENMARK).date()
    days, idps, total = [], dict[str, Sum](), Sum()
    for back in reversed(range(count)):
        one = today - timedelta(days=back)
        since, until = _midnight(one), _midnight(one + timedelta(days=1))
        whole = Sum()
        for idp, sums in read(since, until).items():
            idps[idp] = idps.get(idp, Sum()).plus(*sums)
            whole, total = whole.plus(*sums), total.plus(*sums)
        days.append(Day(one, since, whole))
    listed = sorted(idps.items(), key=lambda pair: (-pair[1].begun, pair[0]))
    return Figures(tuple(days), tuple(listed), total)


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), DENMARK).astimezone(UTC)
