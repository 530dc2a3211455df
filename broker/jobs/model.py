"""A job, the turn it is given, and how it stands."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Literal

from broker.clock import Clock

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
LEASE = timedelta(minutes=10)
AGAIN = timedelta(minutes=5)  # after a failure, where the next turn is further away
LATE = timedelta(minutes=15)  # beyond this, somebody should look

Outcome = Literal["ok", "failed"]


@dataclass(frozen=True, slots=True)
class Turn:
    """One run of a job: for which due instant, since when, and whether it may go on.

    A job that does many things asks `goes_on()` between them: that extends its lease, and says
    no once the lease is lost or this process is told to stop. What is left waits for the next
    turn. Each of the things must take less than the lease.
    """

    due_at: datetime
    now: datetime
    clock: Clock
    goes_on: Callable[[], bool]


@dataclass(frozen=True, slots=True)
class Job:
    """What happens by itself, and how often; `run` returns how many things it did.

    It may run again for a turn that a crash cut off, so it must stand being repeated. Raises
    what it likes: the code of a BrokerError is written down, anything else as internal.error.
    """

    name: str
    interval: timedelta
    run: Callable[[Turn], int]
    purpose: str
    lease: timedelta = LEASE

    def next_after(self, now: datetime) -> datetime:
        """The first multiple of the interval after an instant, the same on every node."""
        return EPOCH + ((now - EPOCH) // self.interval + 1) * self.interval

    def again_after(self, now: datetime) -> datetime:
        """When a run that failed is due again."""
        return min(self.next_after(now), now + AGAIN)


@dataclass(frozen=True, slots=True)
class Claim:
    """A job in our hands: who holds it, for which due instant, since when."""

    name: str
    holder: str
    due_at: datetime
    started: datetime


@dataclass(frozen=True, slots=True)
class Standing:
    """How a job stands in the database."""

    name: str
    due_at: datetime
    holder: str | None
    lease_until: datetime | None
    last_started: datetime | None
    last_finished: datetime | None
    last_good: datetime | None
    last_outcome: Outcome | None
    last_error: str | None
    last_count: int | None
    failures: int  # in a row

    def running(self, now: datetime) -> bool:
        """Whether somebody holds it now."""
        return self.lease_until is not None and self.lease_until > now

    def late_by(self, now: datetime) -> timedelta:
        """For how long it has been due without anybody running it."""
        return timedelta(0) if self.running(now) else max(now - self.due_at, timedelta(0))

    def well(self, now: datetime) -> bool:
        """Whether nobody needs to look: it runs when it is due, and did not fail."""
        return self.last_outcome != "failed" and self.late_by(now) <= LATE
