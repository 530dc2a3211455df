"""What the board reads by itself: how jobs stand, which run above the portals, and the clock."""

from dataclasses import dataclass
from datetime import UTC, datetime

import sqlalchemy as sa

from broker.db import Connection, Instant

# Jobs stand above the portals in the house, so their rows are read by name.
_JOB = sa.table(
    "job",
    sa.column("name", sa.String),
    sa.column("due_at", Instant),
    sa.column("lease_until", Instant),
    sa.column("last_started", Instant),
    sa.column("last_finished", Instant),
    sa.column("last_good", Instant),
    sa.column("last_outcome", sa.String),
    sa.column("last_error", sa.String),
    sa.column("last_count", sa.Integer),
    sa.column("failures", sa.Integer),
)


@dataclass(frozen=True, slots=True)
class JobRow:
    """How a job stands."""

    name: str
    due_at: datetime
    lease_until: datetime | None
    last_started: datetime | None
    last_finished: datetime | None
    last_good: datetime | None
    last_outcome: str | None
    last_error: str | None
    last_count: int | None
    failures: int


def jobs(connection: Connection) -> tuple[JobRow, ...]:
    """Every job that anybody ran here, by name."""
    rows = connection.execute(sa.select(_JOB).order_by(_JOB.c.name)).mappings()
    return tuple(JobRow(**row) for row in rows)


def database_now(connection: Connection) -> datetime:
    """What the database's own clock says."""
    if connection.dialect.name == "postgresql":
        found: datetime = connection.execute(sa.select(sa.func.clock_timestamp())).scalar_one()
        return found.astimezone(UTC)
    said = connection.execute(sa.select(sa.func.strftime("%Y-%m-%dT%H:%M:%f", "now"))).scalar_one()
    return datetime.fromisoformat(said).replace(tzinfo=UTC)
