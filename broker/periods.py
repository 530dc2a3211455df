"""A stretch of time during which something holds: the one shape of validity everywhere.

Since is inclusive and until exclusive, so that two periods can meet without a gap and
without an instant that belongs to both. What has no end ends at FOREVER, which both
databases can store, compare and index like any other instant.
"""

from dataclasses import dataclass
from datetime import UTC, datetime

FOREVER = datetime(9999, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True, order=True)
class Period:
    """From an instant until another, which is FOREVER where no end is known."""

    since: datetime
    until: datetime = FOREVER

    def __post_init__(self) -> None:
        """Only a period that holds at some instant is one. Raises ValueError."""
        if self.until <= self.since:
            raise ValueError("a period ends after it begins")

    @property
    def ends(self) -> datetime | None:
        """The end for people to read: None where there is none."""
        return None if self.until >= FOREVER else self.until

    def covers(self, at: datetime) -> bool:
        """Whether it holds at this instant."""
        return self.since <= at < self.until

    def meets(self, other: "Period") -> bool:
        """Whether there is an instant at which both hold."""
        return self.since < other.until and other.since < self.until

    def within(self, other: "Period") -> bool:
        """Whether the other holds all the time that this one does."""
        return other.since <= self.since and self.until <= other.until
