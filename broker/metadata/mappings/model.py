"""Versions of a service's mapping, and what counting them showed. Frozen facts."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal

from broker.periods import FOREVER

State = Literal["draft", "shadow", "in_force", "retired"]
# What a loaded document becomes where another one is in force.
Placing = Literal["draft", "shadow", "in_force"]
PLAIN = 0  # stands for the plain default of a service that has no version in force


@dataclass(frozen=True, slots=True)
class MappingVersion:
    """One version of what a service is told. A document never changes; a new one is a version.

    Of a version that was put in force, `since` and `until` are the period it counts for. Of
    another, they say since when it waits, or until when it did.
    """

    federation: str
    service: str
    version: int
    state: State
    since: datetime
    until: datetime
    document: Mapping[str, object]
    source: str
    loaded_at: datetime
    loaded_by: str
    reason: str
    approved_by: str | None  # who put it in force

    def counts_at(self, at: datetime) -> bool:
        """Whether logins at this instant are mapped by it: since inclusive, until exclusive."""
        return self.state == "in_force" and self.since <= at < self.until

    def begins_after(self, at: datetime) -> bool:
        """Whether it is put in force for later."""
        return self.state == "in_force" and at < self.since

    def standing(self, at: datetime) -> str:
        """What it is at this instant, for people to read."""
        if self.state != "in_force":
            return self.state
        if self.begins_after(at):
            return "planned"
        return "in force" if self.counts_at(at) else "was in force"

    @property
    def ends(self) -> datetime | None:
        """The end for people to read: None where there is none."""
        return None if self.until >= FOREVER else self.until


@dataclass(frozen=True, slots=True)
class DifferenceCount:
    """How many logins of a day would have differed in one attribute, and how.

    Of kind `seen` it counts all logins, of kind `failed` those that would have been refused,
    under their code instead of an attribute.
    """

    federation: str
    service: str
    version: int
    against: int  # the version in force that it was compared with, or PLAIN
    attribute: str
    kind: str
    day: date
    logins: int = 1


@dataclass(frozen=True, slots=True)
class Report:
    """What a version would change, counted over the logins that it was tried on."""

    version: MappingVersion
    against: int
    seen: int
    first: date | None
    last: date | None
    differences: tuple[tuple[str, str, int], ...]  # attribute, kind, logins
    failures: tuple[tuple[str, int], ...]  # code, logins
