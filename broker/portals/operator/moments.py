"""Instants as people in Denmark type them, and how they are shown in a form."""

import re
from datetime import UTC, datetime

from wtforms.validators import ValidationError

from broker.codelists.dates import DENMARK
from broker.portals.forms import Field
from broker.web.language import Text as _

_TYPED = re.compile(
    r"(\d{1,2})[\s./-]+(\d{1,2})[\s./-]+(\d{4})(?:[,\s]+(?:kl\.?\s*)?(\d{1,2})(?:[.:](\d{2}))?)?",
    re.ASCII,
)
_ISO = re.compile(r"(\d{4})-(\d{2})-(\d{2})(?:[T\s](\d{1,2})[.:](\d{2}))?", re.ASCII)


def read_moment(typed: str) -> datetime | None:
    """The instant of a day and a time in Denmark, midnight where none is said; None for nothing.

    Raises ValueError, also for a time that the clock skips over in spring.
    """
    said = " ".join(typed.split())
    if not said:
        return None
    if iso := _ISO.fullmatch(said):
        year, month, day, hour, minute = iso.groups()
    elif danish := _TYPED.fullmatch(said):
        day, month, year, hour, minute = danish.groups()
    else:
        raise ValueError("no moment")
    local = datetime(
        int(year), int(month), int(day), int(hour or 0), int(minute or 0), tzinfo=DENMARK
    )
    found = local.astimezone(UTC)
    if found.astimezone(DENMARK).replace(tzinfo=None) != local.replace(tzinfo=None):
        raise ValueError("a time that the clock skips")
    return found


def typed(at: datetime | None) -> str:
    """An instant as somebody would type it."""
    return f"{at.astimezone(DENMARK):%d-%m-%Y %H.%M}" if at else ""


class Moment:
    """A validator: a day and a time, or nothing."""

    def __call__(self, form: object, field: Field) -> None:
        """Refuse what is no moment."""
        try:
            read_moment(str(field.data or ""))
        except ValueError:
            raise ValidationError(_("Write a day and a time, such as 01-12-2026 06.00")) from None
