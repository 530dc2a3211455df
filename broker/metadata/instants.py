"""An instant as people in Denmark read it, in mails, alarms and announcements."""

from datetime import datetime
from zoneinfo import ZoneInfo

from babel.dates import format_datetime

from broker.metadata.model import Language

ZONE = ZoneInfo("Europe/Copenhagen")
_FORMATS: dict[Language, str] = {
    "da": "d. MMMM y 'kl.' HH.mm",
    "en": "d MMMM y 'at' HH:mm",
}


def when(at: datetime, language: Language) -> str:
    """The day and the time of day in Denmark."""
    return format_datetime(at, _FORMATS[language], tzinfo=ZONE, locale=language)
