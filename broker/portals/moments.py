"""Dates and times as people type them in Denmark."""

import re
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from wtforms.validators import ValidationError

from broker.portals.forms import Field, Needed
from broker.web.language import TIME_ZONE, Text
from broker.web.language import Text as _

_DENMARK = ZoneInfo(TIME_ZONE)
_DANISH = r"(?P<d>\d{1,2})[.\-/ ]+(?P<m>\d{1,2})[.\-/ ]+(?P<y>\d{4})"
_ISO = r"(?P<Y>\d{4})-(?P<M>\d{2})-(?P<D>\d{2})"
_DAY = f"(?:{_DANISH}|{_ISO})"
_TIME = r"(?:kl\.?\s*)?(?P<h>\d{1,2})(?:[.:](?P<min>\d{2}))?"
_MOMENT = re.compile(rf"\s*{_DAY}(?:(?:\s*,)?[\sT]+{_TIME})?\s*", re.ASCII | re.IGNORECASE)
WRITE_DAY = _("Write the day as 31-12-2026")
WRITE_TIME = _("Write the time as 06.00")


class NoMoment(ValueError):
    """What was typed is no day or no time; `words` say how to write it."""

    def __init__(self, words: Text = WRITE_DAY) -> None:
        super().__init__("no moment")
        self.words = words


def read_moment(typed: object) -> datetime | None:
    """What somebody typed as an instant, in UTC; None for nothing at all. Raises NoMoment.

    A time that the clocks leap over in spring is no moment. A day alone is its first minute.
    """
    text = str(typed or "").strip()
    if not text:
        return None
    found = _MOMENT.fullmatch(text)
    if found is None:
        raise NoMoment
    year, month, day = (int(found[a] or found[b]) for a, b in (("y", "Y"), ("m", "M"), ("d", "D")))
    hour, minute = int(found["h"] or 0), int(found["min"] or 0)
    try:
        at = datetime(year, month, day, hour, minute, tzinfo=_DENMARK)
        utc = at.astimezone(UTC)
    except (ValueError, OverflowError) as error:
        raise NoMoment from error
    if utc.astimezone(_DENMARK).replace(tzinfo=None) != at.replace(tzinfo=None):
        raise NoMoment(WRITE_TIME)
    return utc


def read_day_and_time(day: object, time: object, usual: str = "06.00") -> datetime | None:
    """The same from two fields: None where no day is typed. Raises NoMoment."""
    if read_moment(day) is None:
        return None
    try:
        return read_moment(f"{day} {str(time or '').strip() or usual}")
    except NoMoment as error:
        raise NoMoment(WRITE_TIME) from error


def written_moment(at: datetime) -> str:
    """An instant as somebody would type it."""
    return f"{at.astimezone(_DENMARK):%d-%m-%Y %H.%M}"


class Moment(Needed):
    """A validator: a date and time that can be read."""

    def __init__(self, words: Text | None = None, *, needed: bool = True) -> None:
        super().__init__(words or _("Write a date and a time"))
        self.needed = needed
        if not needed:
            self.field_flags = {}

    def __call__(self, form: object, field: Field) -> None:
        """Refuse what is no moment."""
        if self.needed:
            super().__call__(form, field)
        try:
            read_moment(field.data)
        except NoMoment:
            raise ValidationError(
                _("Write it as 24-04-2027 06.00: day, month, year, and the time")
            ) from None
