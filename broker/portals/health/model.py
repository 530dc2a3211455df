"""One thing on the board of health: how it is, and what to do about it."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from broker.saml.entities import Localised
from broker.web.language import Text

State = Literal["good", "soon", "bad", "off"]  # well, look soon, look now, not in use
WORST: tuple[State, ...] = ("bad", "soon", "good", "off")

Said = Text | Localised | str


@dataclass(frozen=True, slots=True)
class Line:
    """One thing: its name, how it is in words, and what to do where it is not well."""

    name: Said
    state: State
    words: Said
    at: datetime | None = None
    then: datetime | None = None  # when it happens next
    figures: str = ""
    do: Text | None = None


@dataclass(frozen=True, slots=True)
class Part:
    """A section of the board."""

    code: str
    title: Text
    lines: tuple[Line, ...]

    @property
    def state(self) -> State:
        """How its worst line is."""
        return worst(line.state for line in self.lines) if self.lines else "off"


def worst(states: Iterable[State]) -> State:
    """The worst of several."""
    found = set(states)
    return next((state for state in WORST if state in found), "off")
