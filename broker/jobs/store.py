"""Who holds which job. Every claim, extension and end is one conditional UPDATE.

Both databases decide a conditional UPDATE on one row for one of those who try it: SQLite lets one
transaction write at a time, and PostgreSQL reads the condition again once the row is free.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta

import sqlalchemy as sa

from broker.db import Connection, insert_new
from broker.jobs.model import Claim, Job, Standing
from broker.jobs.tables import JOB

# A clock that was set wrong once must not put a job off for years.
FAR = timedelta(days=2)
_LONGEST_CODE = 64


class JobStore:
    """The leases of all processes."""

    def prepare(self, connection: Connection, jobs: Sequence[Job], now: datetime) -> None:
        """Let every job have its row; a new one is due at once."""
        rows = [{"name": j.name, "due_at": now, "failures": 0} for j in jobs]
        if rows:
            insert_new(connection, JOB, sorted(rows, key=lambda row: str(row["name"])))

    def claim(
        self, connection: Connection, job: Job, holder: str, now: datetime, *, unasked: bool = False
    ) -> Claim | None:
        """Take a job that is due and in nobody's hands; `unasked` takes one that is not due.

        None where somebody else was first, or there is nothing to do.
        """
        free = sa.or_(JOB.c.holder.is_(None), JOB.c.lease_until <= now)
        due = sa.or_(JOB.c.due_at <= now, JOB.c.due_at > now + job.interval + FAR)
        statement = (
            sa.update(JOB)
            .where(JOB.c.name == job.name, free, sa.true() if unasked else due)
            .values(holder=holder, lease_until=now + job.lease, last_started=now)
            .returning(JOB.c.due_at)
        )
        due_at = connection.execute(statement).scalar_one_or_none()
        return None if due_at is None else Claim(job.name, holder, due_at, now)

    def extend(self, connection: Connection, claim: Claim, until: datetime, now: datetime) -> bool:
        """Keep a job longer; False where the lease ran out, whoever has the job now."""
        statement = (
            sa.update(JOB)
            .where(*_held(claim), JOB.c.lease_until > now)
            .values(
                lease_until=sa.case((JOB.c.lease_until > until, JOB.c.lease_until), else_=until)
            )
        )
        return connection.execute(statement).rowcount == 1

    def succeeded(
        self, connection: Connection, claim: Claim, now: datetime, count: int, due_at: datetime
    ) -> bool:
        """Give a job back that went well; False where it was somebody else's by then."""
        done = {"last_outcome": "ok", "last_error": None, "last_count": count, "failures": 0}
        return self._end(connection, claim, now, due_at, {**done, "last_good": now})

    def failed(
        self, connection: Connection, claim: Claim, now: datetime, code: str, due_at: datetime
    ) -> Standing | None:
        """Give a job back that failed: how it stood before that, or None where it was lost."""
        before = self.standing(connection, claim.name)
        values: dict[str, object] = {
            "last_outcome": "failed",
            "last_error": code[:_LONGEST_CODE],
            "failures": JOB.c.failures + 1,
        }
        return before if self._end(connection, claim, now, due_at, values) else None

    def standing(self, connection: Connection, name: str) -> Standing | None:
        """How one job stands, or None where nobody has run it here."""
        row = connection.execute(sa.select(JOB).where(JOB.c.name == name)).mappings().first()
        return Standing(**row) if row else None

    def standings(self, connection: Connection) -> tuple[Standing, ...]:
        """How every job stands, by name."""
        rows = connection.execute(sa.select(JOB).order_by(JOB.c.name)).mappings()
        return tuple(Standing(**row) for row in rows)

    @staticmethod
    def _end(
        connection: Connection,
        claim: Claim,
        now: datetime,
        due_at: datetime,
        values: dict[str, object],
    ) -> bool:
        freed = {"holder": None, "lease_until": None, "last_finished": now, "due_at": due_at}
        statement = sa.update(JOB).where(*_held(claim)).values({**freed, **values})
        return connection.execute(statement).rowcount == 1


def _held(claim: Claim) -> tuple[sa.ColumnElement[bool], ...]:
    return (
        JOB.c.name == claim.name,
        JOB.c.holder == claim.holder,
        JOB.c.last_started == claim.started,
    )
