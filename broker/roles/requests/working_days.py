"""Working days in Denmark, for the time that somebody has to answer.

Days off are those on which a Danish authority lets no time limit run out: Saturdays, Sundays,
the holidays of the national church, 5 June, 24 and 31 December. Store bededag was one until 2023.
"""

from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

DENMARK = ZoneInfo("Europe/Copenhagen")

_SATURDAY = 5
_LAST_STORE_BEDEDAG = 2023
_FIXED = ((1, 1), (6, 5), (12, 24), (12, 25), (12, 26), (12, 31))  # month and day
# Days from Easter Sunday: Maundy Thursday, Good Friday, Easter Monday, Ascension, Whit Monday.
_MOVING = (-3, -2, 1, 39, 50)
_STORE_BEDEDAG = 26


def is_working_day(day: date) -> bool:
    """Whether people are at work on this day."""
    return day.weekday() < _SATURDAY and day not in _days_off(day.year)


def end_of_working_days(since: datetime, days: int) -> datetime:
    """When that many working days after the day of this instant are over, in Danish time.

    Zero is the end of the day itself. Raises ValueError for fewer.
    """
    if days < 0:
        raise ValueError("time runs forward")
    day = since.astimezone(DENMARK).date()
    while days:
        day += timedelta(days=1)
        days -= is_working_day(day)
    after = day + timedelta(days=1)
    return datetime(after.year, after.month, after.day, tzinfo=DENMARK).astimezone(UTC)


def working_days_between(since: datetime, at: datetime) -> int:
    """How many working days have begun after the day of the first instant: the age of a step."""
    day, last = since.astimezone(DENMARK).date(), at.astimezone(DENMARK).date()
    count = 0
    while day < last:
        day += timedelta(days=1)
        count += is_working_day(day)
    return count


def easter(year: int) -> date:
    """Easter Sunday in the Gregorian calendar, by the rule of Meeus, Jones and Butcher."""
    golden = year % 19
    century, of_century = divmod(year, 100)
    leaps, rest = divmod(century, 4)
    moon = (century - (century + 8) // 25 + 1) // 3
    epact = (19 * golden + century - leaps - moon + 15) % 30
    fours, left = divmod(of_century, 4)
    weekday = (32 + 2 * rest + 2 * fours - epact - left) % 7
    late = (golden + 11 * epact + 22 * weekday) // 451
    month, day = divmod(epact + weekday - 7 * late + 114, 31)
    return date(year, month, day + 1)


@lru_cache(maxsize=64)
def _days_off(year: int) -> frozenset[date]:
    sunday = easter(year)
    moving = _MOVING + ((_STORE_BEDEDAG,) if year <= _LAST_STORE_BEDEDAG else ())
    return frozenset(
        {date(year, month, day) for month, day in _FIXED}
        | {sunday + timedelta(days=days) for days in moving}
    )
