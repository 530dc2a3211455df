"""An instant as somebody types it."""

from datetime import datetime
from zoneinfo import ZoneInfo


def typed(at: datetime) -> str:
    return at.astimezone(ZoneInfo("Europe/Copenhagen")).strftime("%d-%m-%Y %H.%M")
