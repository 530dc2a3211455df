"""Days as people write them, and the instants that they stand for in Denmark."""

from datetime import datetime, timedelta

from broker.codelists import dates
from broker.errors import Refused
from broker.periods import FOREVER


def starts(text: object, now: datetime) -> datetime | None:
    """When a day begins; None for nothing and for today. Raises Refused("org.date")."""
    said = _tidy(text)
    if not said:
        return None
    try:
        begins, ends = dates.since(said), dates.until(said)
    except ValueError as error:
        raise Refused("org.date", "no day") from error
    return None if begins is None or begins <= now < ends else begins


def ends(text: object) -> datetime | None:
    """When a day is over; None for nothing. Raises Refused("org.date")."""
    said = _tidy(text)
    if not said:
        return None
    try:
        found = dates.until(said)
    except ValueError as error:
        raise Refused("org.date", "no day") from error
    if found >= FOREVER:
        raise Refused("org.date", "no day that comes")
    return found


def last_day(until: datetime) -> str:
    """The last day of a period, as one writes it; nothing where there is no end."""
    if until >= FOREVER:
        return ""
    day = (until - timedelta(seconds=1)).astimezone(dates.DENMARK)
    return f"{day:%d-%m-%Y}"


def first_day(since: datetime) -> str:
    """The first day of a period, as one writes it."""
    return f"{since.astimezone(dates.DENMARK):%d-%m-%Y}"


def _tidy(text: object) -> str:
    return str(text or "").replace(" ", "").strip()
