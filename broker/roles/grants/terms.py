"""For how long a grant holds: what the role says where nobody says, and the longest it may. Pure.

A number of days counts whole days in Denmark: a grant for thirty days ends at the end of the
thirtieth, not in the middle of somebody's shift. Sensitive roles end after twelve months
at the latest, whatever the role leaves open.
"""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from broker.periods import FOREVER, Period
from broker.roles.grants.model import Objection
from broker.roles.model import RoleVersion

DENMARK = ZoneInfo("Europe/Copenhagen")

_DAY = timedelta(days=1)
_NORMAL = "normal"


def end_of_day(at: datetime) -> datetime:
    """The midnight in Denmark that ends the day of an instant; a midnight ends its own."""
    local = at.astimezone(DENMARK)
    midnight = local.replace(hour=0, minute=0, second=0, microsecond=0)
    # Wall-clock days: 23 and 25 hours where the clock changes.
    ended = midnight if midnight == local else midnight + _DAY
    return ended.astimezone(at.tzinfo)


def latest(version: RoleVersion, since: datetime) -> datetime:
    """The last instant that a grant of the role from then on may end at."""
    ends = [FOREVER]
    if version.max_duration is not None:
        ends.append(end_of_day(since + version.max_duration))
    if version.sensitivity != _NORMAL:
        ends.append(end_of_day(a_year_after(since)))
    return min(ends)


def usual(version: RoleVersion, since: datetime) -> datetime:
    """When a grant ends where nobody says when; FOREVER where the role has no opinion."""
    most = latest(version, since)
    if version.default_duration is None:
        return most
    return min(end_of_day(since + version.default_duration), most)


def term(
    version: RoleVersion, since: datetime | None, until: datetime | None, at: datetime
) -> Period | Objection:
    """The period of a grant asked for at an instant, or why it can't be given for it."""
    begins = since or at
    ends = until or usual(version, begins)
    if begins < at or ends <= at:
        return Objection("grant.past")
    if ends <= begins:
        return Objection("grant.period")
    if version.end_required and ends >= FOREVER:
        return Objection("grant.end_required")
    if ends > latest(version, begins):
        return Objection("grant.too_long", f"{latest(version, begins):%Y-%m-%d}")
    return Period(begins, ends)


def a_year_after(at: datetime) -> datetime:
    """The same day and time a year later."""
    try:
        return at.replace(year=at.year + 1)
    except ValueError:  # the 29th of February
        return at.replace(year=at.year + 1, month=3, day=1)
