"""Days and times as Danes write them, read in Denmark's time."""

import re
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from broker.web.language import TIME_ZONE, Text
from broker.web.language import Text as _

_DAY = re.compile(r"(\d{1,2})[.\-/ ]+(\d{1,2})[.\-/ ]+(\d{4})\Z", re.ASCII)
_ISO = re.compile(r"(\d{4})-(\d{2})-(\d{2})\Z", re.ASCII)
_TIME = re.compile(r"(\d{1,2})[.:](\d{2})\Z", re.ASCII)
WRITE_DAY: Text = _("Write the day as 31-12-2026")
WRITE_TIME: Text = _("Write the time as 06.00")


class NoTime(ValueError):
    """What was written is no day or no time; `words` say how to write it."""

    def __init__(self, words: Text) -> None:
        super().__init__("no time")
        self.words = words


def read_instant(day: str, time: str, usual: str = "06.00") -> datetime | None:
    """The instant, or None where no day is written. Raises NoTime."""
    day, time = day.strip(), time.strip() or usual
    if not day:
        return None
    danish, iso = _DAY.match(day), _ISO.match(day)
    clock = _TIME.match(time)
    if danish:
        d, m, y = (int(part) for part in danish.groups())
    elif iso:
        y, m, d = (int(part) for part in iso.groups())
    else:
        raise NoTime(WRITE_DAY)
    if not clock:
        raise NoTime(WRITE_TIME)
    try:
        local = datetime(y, m, d, int(clock[1]), int(clock[2]), tzinfo=ZoneInfo(TIME_ZONE))
    except ValueError as error:
        raise NoTime(WRITE_DAY) from error
    return local.astimezone(UTC)


def written(at: datetime | str | None) -> tuple[str, str]:
    """An instant as it stands in the two fields of a form."""
    if isinstance(at, str):
        at = datetime.fromisoformat(at)
    if at is None:
        return "", ""
    local = at.astimezone(ZoneInfo(TIME_ZONE))
    return f"{local:%d-%m-%Y}", f"{local:%H.%M}"
