"""Dates and times as people type them in Denmark."""

import re
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from wtforms.validators import ValidationError

from broker.portals.forms import Field, Needed
from broker.web.language import Text
from broker.web.language import Text as _

DENMARK = ZoneInfo("Europe/Copenhagen")
_DANISH = r"(?P<d>\d{1,2})[.\-/ ](?P<m>\d{1,2})[.\-/ ](?P<y>\d{4})"
_ISO = r"(?P<Y>\d{4})-(?P<M>\d{2})-(?P<D>\d{2})"
_DAY = f"(?:{_DANISH}|{_ISO})"
_TIME = r"(?:kl\.?\s*)?(?P<h>\d{1,2})(?:[.:](?P<min>\d{2}))?"
_MOMENT = re.compile(rf"\s*{_DAY}(?:(?:\s*,)?[\sT]+{_TIME})?\s*", re.ASCII | re.IGNORECASE)
HINT = _("Date and time in Denmark, such as 24-04-2027 06.00")


def read_moment(text: str) -> datetime | None:
    """What somebody typed as an instant, in UTC; None for what is none.

    A time that the clocks leap over in spring is none either. A day alone is its first minute.
    """
    found = _MOMENT.fullmatch(text)
    if found is None:
        return None
    year, month, day = (int(found[a] or found[b]) for a, b in (("y", "Y"), ("m", "M"), ("d", "D")))
    try:
        at = datetime(
            year, month, day, int(found["h"] or 0), int(found["min"] or 0), tzinfo=DENMARK
        )
    except ValueError:
        return None
    utc = at.astimezone(UTC)
    return utc if utc.astimezone(DENMARK).replace(tzinfo=None) == at.replace(tzinfo=None) else None


def written_moment(at: datetime) -> str:
    """An instant as somebody would type it."""
    return f"{at.astimezone(DENMARK):%d-%m-%Y %H.%M}"


class Moment(Needed):
    """A validator: a date and time that can be read."""

    def __init__(self, words: Text | None = None, *, needed: bool = True) -> None:
        super().__init__(words or _("Write a date and a time"))
        self.needed = needed
        if not needed:
            self.field_flags = {}

    def __call__(self, form: object, field: Field) -> None:
        """Refuse what is no moment."""
        text = str(field.data or "").strip()
        if not text and not self.needed:
            return
        super().__call__(form, field)
        if read_moment(text) is None:
            raise ValidationError(_("Write it as 24-04-2027 06.00: day, month, year, and the time"))


def moment(data: object) -> datetime | None:
    """The instant in a field's data, or None where it is empty."""
    return read_moment(str(data or ""))
