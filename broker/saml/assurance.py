"""Levels of assurance by NSIS, and what "at least" means.

A NIST level (OIOSAML 2) is never turned into an NSIS level here: an
AssuranceLevel of 3 does not become Substantial without somebody deciding so.
The other way is safe: `nist_of` says what an NSIS level is at least worth.
"""

from dataclasses import dataclass
from enum import IntEnum
from typing import Literal

NIST_PREFIX = "urn:dk:gov:saml:attribute:AssuranceLevel:"
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


def nist_of(level: Assurance, *, four: bool) -> int:
    """The AssuranceLevel to write for an NSIS level; High is 4 only where that is agreed."""
    return {Assurance.LOW: 2, Assurance.SUBSTANTIAL: 3, Assurance.HIGH: 4 if four else 3}[level]


def asked_by_nist(uri: str) -> Assurance | None:
    """The NSIS level that satisfies a request for an AssuranceLevel, or None for another uri."""
    return _ENOUGH_FOR.get(uri.removeprefix(NIST_PREFIX)) if uri.startswith(NIST_PREFIX) else None


_BY_WORD = {level.word: level for level in Assurance}
_ENOUGH_FOR = {
    "1": Assurance.LOW,
    "2": Assurance.LOW,
    "3": Assurance.SUBSTANTIAL,
    "4": Assurance.HIGH,
}


@dataclass(frozen=True, slots=True)
class Demand:
    """What a RequestedAuthnContext asks for, in NSIS levels. SAML Core 3.3.2.2.1."""

    comparison: Comparison
    levels: frozenset[Assurance]
    nist: bool = False  # asked for by AssuranceLevel, so that a level known by NIST alone may do

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

    def met_by_nist(self, number: int) -> bool:
        """Whether an AssuranceLevel satisfies it; never one that was asked for in NSIS terms."""
        known = _ENOUGH_FOR.get(str(number))
        return self.nist and known is not None and self.met_by(known)
