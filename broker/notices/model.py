"""A notice that waits for its turn, and how somebody wants to be told. Frozen facts."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Literal
from uuid import UUID
from zoneinfo import ZoneInfo

from broker.mail.model import Language

How = Literal["now", "daily", "weekly", "none"]
HOWS: tuple[How, ...] = ("now", "daily", "weekly", "none")
LANGUAGES: tuple[Language, ...] = ("both", "da", "en")

_DENMARK = ZoneInfo("Europe/Copenhagen")
_MORNING = 7


@dataclass(frozen=True, slots=True)
class Notice:
    """What somebody is to be told: a kind of mail, about a thing, at a milestone of it.

    The facts are ids and instants as text; names are looked up when the mail is written.
    """

    account: UUID
    kind: str
    about: str
    milestone: str
    facts: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Kept:
    """One that waits."""

    id: UUID
    notice: Notice
    created_at: datetime


def due(how: How, at: datetime) -> datetime | None:
    """When something that happened is told: now, tomorrow or on Monday at seven, or never."""
    if how == "none":
        return None
    if how == "now":
        return at
    local = at.astimezone(_DENMARK)
    morning = local.replace(hour=_MORNING, minute=0, second=0, microsecond=0)
    days = 0 if local < morning else 1
    if how == "weekly":
        days += -(local.weekday() + days) % 7
    return (morning + timedelta(days=days)).astimezone(at.tzinfo)


def alone_since(since: datetime, weeks: int = 0) -> str:
    """The milestone of an organisation without administrators: at once, and each week after."""
    return f"{since:%Y-%m-%dT%H:%M:%SZ} {weeks}"
