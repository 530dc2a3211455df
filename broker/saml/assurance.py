"""Levels of assurance by NSIS, and what "at least" means.

A NIST level (OIOSAML 2) is never turned into an NSIS level here: an
AssuranceLevel of 3 does not become Substantial without somebody deciding so.
"""

from dataclasses import dataclass
from enum import IntEnum
from typing import Literal

NSIS_PREFIX = "https://data.gov.dk/concept/core/nsis/loa/"

Comparison = Literal["exact", "minimum", "maximum", "better"]


class Assurance(IntEnum):
    """An NSIS level of assurance; a greater one is stronger."""

    LOW = 1
    SUBSTANTIAL = 2
    HIGH = 3

    @property
    def word(self) -> str:
        """The bare word used in the loa attribute: Low, Substantial, High."""
        return self.name.capitalize()

    @property
    def uri(self) -> str:
        """The AuthnContextClassRef of this level."""
        return NSIS_PREFIX + self.word

    @staticmethod
    def from_word(word: str) -> "Assurance | None":
        """The level of a bare word, or None where it is no NSIS level."""
        return _BY_WORD.get(word)

    @staticmethod
    def from_uri(uri: str) -> "Assurance | None":
        """The level of an AuthnContextClassRef, or None where it is no NSIS level."""
        return _BY_WORD.get(uri.removeprefix(NSIS_PREFIX)) if uri.startswith(NSIS_PREFIX) else None


_BY_WORD = {level.word: level for level in Assurance}


@dataclass(frozen=True, slots=True)
class Demand:
    """What a RequestedAuthnContext asks for, in NSIS levels. SAML Core 3.3.2.2.1."""

    comparison: Comparison
    levels: frozenset[Assurance]

    def met_by(self, level: Assurance) -> bool:
        """Whether an answer at this level satisfies the demand."""
        if not self.levels:
            return True
        match self.comparison:
            case "exact":
                return level in self.levels
            case "minimum":
                return level >= min(self.levels)
            case "maximum":
                return level <= max(self.levels)
            case "better":
                return level > max(self.levels)
