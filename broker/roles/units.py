"""What code lists are asked before roles are worked out, in one go, and what they answered.

Resolving roles is pure; it first says everything that it needs to know about codes.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Questions:
    """Pairs (type, ancestor, code), codes that must stand alone, and codes to spread out."""

    pairs: frozenset[tuple[str, str, str]] = frozenset()
    alone: frozenset[tuple[str, str]] = frozenset()
    spread: frozenset[tuple[str, str]] = frozenset()

    def __or__(self, other: "Questions") -> "Questions":
        """Both at once."""
        return Questions(
            self.pairs | other.pairs, self.alone | other.alone, self.spread | other.spread
        )


@dataclass(frozen=True, slots=True)
class Units:
    """The answers: which pairs hold, which codes have others below them, and which those are."""

    pairs: frozenset[tuple[str, str, str]] = frozenset()
    wide: frozenset[tuple[str, str]] = frozenset()
    below: Mapping[tuple[str, str], tuple[str, ...]] = field(default_factory=dict)
    listed: frozenset[str] = frozenset()  # the types whose values stand in a code list

    def under(self, type_id: str, ancestor: str, code: str) -> bool:
        """Whether the code is the ancestor or lies below it."""
        if type_id not in self.listed:
            return ancestor == code
        return (type_id, ancestor, code) in self.pairs

    def known(self, type_id: str, code: str) -> bool:
        """Whether the code stands in its list, or has no list to stand in."""
        return self.under(type_id, code, code)

    def has_below(self, type_id: str, code: str) -> bool:
        """Whether anything lies below the code."""
        return (type_id, code) in self.wide


def pairs_of(
    type_id: str, ancestors: Iterable[str], codes: Iterable[str]
) -> frozenset[tuple[str, str, str]]:
    """Every code with every ancestor, and with itself, which asks whether it is known."""
    found = list(codes)
    return frozenset((type_id, ancestor, code) for code in found for ancestor in (code, *ancestors))
