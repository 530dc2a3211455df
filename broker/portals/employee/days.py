"""Days as people write them, read as instants; and the last day of a time that has an end."""

from datetime import datetime, timedelta

from broker.codelists import dates
from broker.errors import Refused
from broker.periods import FOREVER


def begins(text: str | None, now: datetime) -> datetime | None:
    """The first moment of a day; None for today, or where nothing is said.

    Raises Refused("input.date") where it is no day.
    """
    try:
        found = dates.since(text or "")
    except ValueError as error:
        raise Refused("input.date", "that is no day") from error
    return found if found is not None and found > now else None


def ends(text: str | None) -> datetime | None:
    """The moment after a day; None where nothing is said. Raises Refused("input.date")."""
    try:
        found = dates.until(text or "")
    except ValueError as error:
        raise Refused("input.date", "that is no day") from error
    return None if found >= FOREVER else found


def written(at: datetime | None) -> str:
    """A day as a form shows it."""
    return at.astimezone(dates.DENMARK).strftime("%d-%m-%Y") if at else ""


def last_day(ends_at: datetime | None) -> datetime | None:
    """The last day on which something holds that ends at an instant."""
    return ends_at - timedelta(seconds=1) if ends_at else None
