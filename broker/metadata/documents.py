"""Reading TOML tables with every mistake named: which file, which key, what to write.

The same reader takes a document from a file and the one kept in the database, where
instants are text. A key that nobody reads is a spelling mistake and refused.
"""

import re
from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import TypeVar

from broker.errors import Refused
from broker.saml.assurance import Assurance
from broker.saml.entities import Localised

Document = Mapping[str, object]
_T = TypeVar("_T")

_SLUG = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,48}[a-z0-9])?\Z")


class Table:
    """One table of a document while it is read; `done` refuses the keys nobody asked for."""

    def __init__(self, where: str, values: object) -> None:
        self.where = where
        if not isinstance(values, Mapping):
            raise Refused("metadata.document", f"{where} is no table")
        self._left: dict[str, object] = dict(values)

    def wrong(self, key: str, words: str) -> Refused:
        """The refusal that says which key is wrong and how."""
        return Refused("metadata.document", f"{self.where}: {key} {words}")

    def has(self, key: str) -> bool:
        """Whether the key is given and not read yet."""
        return key in self._left

    def take(self, key: str, default: object = None) -> object:
        """The value of a key as it stands, or the default where it is not given."""
        return self._left.pop(key, default)

    def text(self, key: str, default: str | None = None) -> str:
        """A text that is not empty."""
        value = self.take(key, default)
        if not isinstance(value, str) or not value.strip():
            raise self.wrong(key, "is missing or no text")
        return value.strip()

    def optional(self, key: str) -> str | None:
        """A text, or None where it is not given."""
        return self.text(key) if self.has(key) else None

    def slug(self, key: str, default: str | None = None) -> str:
        """A short name of lower-case letters, digits and hyphens."""
        value = self.text(key, default)
        if not _SLUG.match(value):
            raise self.wrong(key, "is not lower-case letters, digits and hyphens, at most 50")
        return value

    def choice(self, key: str, known: Mapping[str, _T], default: _T) -> _T:
        """What one of the known words stands for, or the default where it is not given."""
        if not self.has(key):
            return default
        word = self.text(key)
        if word not in known:
            raise self.wrong(key, f"is none of {', '.join(known)}")
        return known[word]

    def flag(self, key: str, *, default: bool) -> bool:
        """A true or false."""
        value = self.take(key, default)
        if not isinstance(value, bool):
            raise self.wrong(key, "is neither true nor false")
        return value

    def number(self, key: str, default: int, least: int, most: int) -> int:
        """A whole number within bounds."""
        value = self.take(key, default)
        if not isinstance(value, int) or isinstance(value, bool) or not least <= value <= most:
            raise self.wrong(key, f"is no number from {least} to {most}")
        return value

    def texts(self, key: str) -> tuple[str, ...]:
        """A list of texts; empty where it is not given."""
        value = self.take(key, ())
        if not isinstance(value, list | tuple) or not all(isinstance(v, str) for v in value):
            raise self.wrong(key, "is no list of texts")
        return tuple(str(item) for item in value)

    def level(self, key: str, default: str | None) -> Assurance | None:
        """A level of assurance by its word, or None where neither it nor a default is given."""
        word = self.take(key, default)
        level = Assurance.from_word(word) if isinstance(word, str) else None
        if level is None and word is not None:
            raise self.wrong(key, "is none of Low, Substantial, High")
        return level

    def instant(self, key: str) -> datetime | None:
        """An instant with its offset from UTC, or None where it is not given."""
        value = self.take(key)
        try:
            value = datetime.fromisoformat(value) if isinstance(value, str) else value
        except ValueError:
            value = ""
        if value is None:
            return None
        if not isinstance(value, datetime) or value.tzinfo is None:
            raise self.wrong(key, "is no instant with an offset, such as 2023-04-24T06:00:00+02:00")
        return value

    def localised(self, key: str) -> Localised:
        """A table with `da` and `en`."""
        inner = self.table(key)
        found = Localised(inner.text("da"), inner.text("en"))
        inner.done()
        return found

    def table(self, key: str) -> "Table":
        """A table within this one; an empty one where it is not given."""
        return Table(f"{self.where}: {key}", self.take(key, {}))

    def tables(self, key: str) -> Iterator["Table"]:
        """The tables of a list of tables."""
        value = self.take(key, ())
        if not isinstance(value, list | tuple):
            raise self.wrong(key, "is no list of tables")
        for number, item in enumerate(value, start=1):
            yield Table(f"{self.where}: {key} {number}", item)

    def done(self) -> None:
        """Refuse what is left over."""
        if self._left:
            unknown = ", ".join(sorted(self._left))
            raise Refused("metadata.document", f"{self.where}: nothing is called {unknown}")


def plain(document: Document) -> dict[str, object]:
    """The document as it is kept: only what JSON has, instants as text with their offset."""
    return {key: _plain(value) for key, value in document.items()}


def _plain(value: object) -> object:
    if isinstance(value, Mapping):
        return {str(key): _plain(inner) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    if isinstance(value, datetime):
        return value.isoformat()
    return value
