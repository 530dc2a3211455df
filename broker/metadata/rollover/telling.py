"""What partners must hear of as it is decided. How they are told is for whoever is handed it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from broker.db import Connection
from broker.metadata.report import Occasion
from broker.metadata.rollover.model import Slot


@dataclass(frozen=True, slots=True)
class TakenBack:
    """The old key of a slot counts again, for one partner or for all."""

    slot: Slot
    plan: str
    epoch: str  # that counts again
    partner: str | None


@dataclass(frozen=True, slots=True)
class Compromised:
    """A key that partners were told of is known to others, in some slots of one side."""

    slots: tuple[Slot, ...]
    epoch: str
    instead: Mapping[Slot, str]  # the epoch that counts now
    switched: bool  # whether the key counted until now

    @property
    def slot(self) -> Slot:
        """The first of them: federation and side are those of all."""
        return self.slots[0]


News = TakenBack | Compromised
Tell = Callable[[Connection, News, Occasion], None]
"""Tells the partners inside the transaction of the decision."""


def tell_nobody(_connection: Connection, _news: News, _occasion: Occasion) -> None:
    """Where nobody is written to."""
