"""Instants on the wire: xs:dateTime in UTC, and nothing else."""

import re
from datetime import UTC, datetime

from broker.errors import Refused

_UTC = re.compile(
    r"(\d{4})-(\d\d)-(\d\d)T(\d\d):(\d\d):(\d\d)(?:\.(\d{1,9})\d*)?(?:Z|\+00:00|-00:00)\Z", re.ASCII
)


def read_instant(text: str) -> datetime:
    """An aware UTC datetime. Raises Refused("context.time_format"). SAML Core 1.3.3."""
    found = _UTC.match(text.strip())
    if not found:
        raise Refused("context.time_format", "an instant is not in UTC form")
    year, month, day, hour, minute, second = (int(part) for part in found.groups()[:6])
    microsecond = int((found[7] or "0").ljust(6, "0")[:6])
    try:
        return datetime(year, month, day, hour, minute, second, microsecond, tzinfo=UTC)
    except ValueError as error:
        raise Refused("context.time_format", "an instant does not exist") from error


def write_instant(instant: datetime) -> str:
    """Whole seconds in UTC, as NemLog-in and SEB write them."""
    return instant.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
