"""Dates and delimitations as people write them in a cell, and written so again.

A day on which something ends is its last one, as in Danish letters; an instant with its
offset is the moment itself, for what doesn't end at midnight.
"""

import re
from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from broker.periods import FOREVER
from broker.roles.grants.facts import Scope
from broker.roles.model import ScopeMode
from broker.saml.entities import Localised

DENMARK = ZoneInfo("Europe/Copenhagen")
SEPARATOR = "|"
NO_END = Localised("uden slutdato", "no end")

_DANISH = re.compile(r"(\d{1,2})[-./](\d{1,2})[-./](\d{4})\Z", re.ASCII)
_ISO = re.compile(r"(\d{4})-(\d{2})-(\d{2})\Z", re.ASCII)
_MODES: dict[ScopeMode, Localised] = {
    "own_unit": Localised("egen enhed", "own unit"),
    "own_unit_tree": Localised("egen enhed og under", "own unit and below"),
    "own_cvr": Localised("eget cvr", "own cvr"),
}
_BY_WORDS: dict[str, ScopeMode] = {
    word: mode for mode, heading in _MODES.items() for word in (mode, heading.da, heading.en)
}


def read_since(text: str) -> datetime | None:
    """The first moment of a day in Denmark, or the instant; None for nothing. Raises ValueError."""
    if not text:
        return None
    day = _day(text)
    return _instant(text) if day is None else _midnight(day)


def read_until(text: str) -> datetime | None:
    """The moment after the last day; FOREVER for "no end", None for nothing. Raises ValueError."""
    if not text:
        return None
    if text.casefold() in (NO_END.da, NO_END.en):
        return FOREVER
    day = _day(text)
    return _instant(text) if day is None else _midnight(day + timedelta(days=1))


def write_since(since: datetime) -> str:
    """The first day, where it begins at midnight in Denmark; else the instant."""
    local = since.astimezone(DENMARK)
    return f"{local:%d-%m-%Y}" if _is_midnight(local) else since.isoformat()


def write_until(until: datetime, language: str = "da") -> str:
    """The last day, the instant, or the words for no end."""
    if until >= FOREVER:
        return NO_END.of(language)
    local = until.astimezone(DENMARK)
    if not _is_midnight(local):
        return until.isoformat()
    return f"{local.date() - timedelta(days=1):%d-%m-%Y}"


def read_scopes(text: str) -> tuple[Scope, ...]:
    """Delimitations such as `sor=325421000016003+ | sks=DJ18`; + is "with everything below".

    Raises ValueError with the part that cannot be read.
    """
    parts = [part.strip() for part in re.split(r"[|\n]", text)]
    return tuple(sorted({_scope(part) for part in parts if part}))


def write_scopes(scopes: Sequence[Scope], language: str = "da") -> str:
    """The delimitations as `read_scopes` reads them."""
    return f" {SEPARATOR} ".join(_written(scope, language) for scope in sorted(scopes))


def _scope(part: str) -> Scope:
    kind, separator, value = (piece.strip() for piece in part.partition("="))
    if not (kind and separator and value):
        raise ValueError(part)
    if mode := _BY_WORDS.get(value.casefold()):
        return Scope(kind.lower(), mode, with_descendants=mode == "own_unit_tree")
    code = value.removesuffix("+").strip()
    if not code:
        raise ValueError(part)
    return Scope(kind.lower(), "value", code, value.endswith("+"))


def _written(scope: Scope, language: str) -> str:
    if scope.mode != "value":
        return f"{scope.type}={_MODES[scope.mode].of(language)}"
    return f"{scope.type}={scope.value}{'+' if scope.with_descendants else ''}"


def _day(text: str) -> date | None:
    if found := _DANISH.match(text):
        day, month, year = map(int, found.groups())
    elif found := _ISO.match(text):
        year, month, day = map(int, found.groups())
    else:
        return None
    if year >= FOREVER.year:
        raise ValueError("that is no date")
    return date(year, month, day)


def _instant(text: str) -> datetime:
    instant = datetime.fromisoformat(text)
    if instant.tzinfo is None:
        raise ValueError("an instant needs its offset")
    return instant.astimezone(UTC)


def _midnight(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=DENMARK).astimezone(UTC)


def _is_midnight(local: datetime) -> bool:
    return (local.hour, local.minute, local.second, local.microsecond) == (0, 0, 0, 0)
