"""The arguments of one step while they are read: which key, what is wrong, what to write."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from broker.errors import Refused
from broker.metadata.documents import Table
from broker.saml.vocabulary import LEVELS, OF_THE_ASSERTION

LONGEST = 256  # characters of a value that a step makes or matches
_NAME = re.compile(r"[a-z][a-z0-9_]{0,39}\Z")
# Classes and counts, and no groups: nothing that backtracks for long on what an IdP sends.
_GROUPS = re.compile(r"(?<!\\)(?:\\\\)*[(|]")
_COUNTS = re.compile(r"(?<!\\)(?:\\\\)*(?:[*+]|\{\d*,\d*\})")
_MOST_COUNTS = 3
# Checked or worked out before any step, and what others are judged by: no step rewrites them.
_SETTLED = OF_THE_ASSERTION | {"cvr", "privileges"}
# A CPR number is left out where it must be before the steps run, so none may come of them.
_RESERVED = _SETTLED | {"cpr_number"}


@dataclass(frozen=True, slots=True)
class Target:
    """The claim that a step writes, and whether it may take the place of what is there."""

    name: str
    replace: bool


@dataclass(frozen=True, slots=True)
class Arguments:
    """A step's table, the claims that exist before it, and those it was found to use."""

    table: Table
    known: frozenset[str]
    reads: set[str] = field(default_factory=set)
    writes: set[str] = field(default_factory=set)

    def source(self, key: str = "from", default: str | None = None) -> str:
        """A claim to read: one of the vocabulary, or one that an earlier step writes."""
        return self._known(key, self.table.text(key, default))

    def sources(self, key: str) -> tuple[str, ...]:
        """Several claims to read, at least one."""
        names = self.table.texts(key)
        if not names:
            raise self.table.wrong(key, "lists no claim; write a list of short names")
        return tuple(self._known(key, name) for name in names)

    def changed(self, key: str = "attribute") -> str:
        """A claim whose values are replaced by what is made of them."""
        name = self.source(key)
        if name in _SETTLED:
            raise self.table.wrong(key, f"{name} is settled before the steps; copy it first")
        self.writes.add(name)
        return name

    def target(self, key: str = "to", default: str | None = None) -> Target:
        """A claim to write; what is there already stays unless `replace = true`."""
        name = self.table.text(key, default)
        if not _NAME.match(name):
            raise self.table.wrong(key, "is not lower-case letters, digits and _, at most 40")
        if name in _RESERVED:
            raise self.table.wrong(key, f"{name} is settled before the steps; write another name")
        self.writes.add(name)
        return Target(name, self.table.flag("replace", default=False))

    def value(self, key: str, default: str | None = None) -> str:
        """A text to write, as it stands; not longer than a value may be."""
        found = self.table.take(key, default)
        if not isinstance(found, str) or len(found) > LONGEST or not found.isprintable():
            raise self.table.wrong(key, f"is no printable text of at most {LONGEST} characters")
        return found

    def separator(self, default: str | None = None) -> str:
        """What stands between values; at least one character."""
        found = self.value("separator", default)
        if not found:
            raise self.table.wrong("separator", "is empty; write at least one character")
        return found

    def choice(self, key: str, words: tuple[str, ...], default: str | None = None) -> str:
        """One of some words."""
        word = self.table.text(key, default)
        if word not in words:
            raise self.table.wrong(key, f"is none of {', '.join(words)}")
        return word

    def flag(self, key: str) -> bool:
        """A true or false, false unless it is given."""
        return self.table.flag(key, default=False)

    def words(self, key: str) -> Mapping[str, str]:
        """A table of texts, at least one."""
        found = self.table.take(key)
        if not isinstance(found, Mapping) or not found:
            raise self.table.wrong(key, 'is no table; write { "what is said" = "what is told" }')
        if not all(isinstance(v, str) and v and len(v) <= LONGEST for v in found.values()):
            raise self.table.wrong(key, f"holds what is no text of at most {LONGEST} characters")
        return {str(said): str(told) for said, told in found.items()}

    def pattern(self, key: str, *, default: str | None = None) -> re.Pattern[str]:
        """A regular expression that whole values match; without groups, which can take for ever."""
        text = self.table.text(key, default)
        if len(text) > 100 or _GROUPS.search(text):
            raise self.table.wrong(key, "is too long or holds a group or |; use classes and counts")
        if len(_COUNTS.findall(text)) > _MOST_COUNTS:
            raise self.table.wrong(key, f"has more than {_MOST_COUNTS} of *, + and {{m,n}}")
        try:
            return re.compile(text)
        except re.error as error:
            raise self.table.wrong(key, f"is no regular expression: {error}") from None

    def named(self, key: str, name: str) -> str:
        """A claim to read that stands inside another argument."""
        return self._known(key, name)

    def wrong(self, key: str, words: str) -> Refused:
        """The refusal that says which key is wrong and what to write."""
        return self.table.wrong(key, words)

    def _known(self, key: str, name: str) -> str:
        if name not in self.known:
            words = "is neither an attribute that we know nor written by an earlier step"
            raise self.table.wrong(key, f"names {name!r}, which {words}")
        if name in LEVELS:
            raise self.table.wrong(key, f"{name} is told by the step write_level")
        self.reads.add(name)
        return name
