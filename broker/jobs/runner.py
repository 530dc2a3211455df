"""Claims what is due, runs it, and writes down how it went; and the loop around that."""

import logging
import os
import secrets
import socket
import threading
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta

from broker.audit.events import JobFailed
from broker.audit.store import AuditStore
from broker.clock import Clock
from broker.db import Engine, reading, writing
from broker.errors import BrokerError
from broker.jobs.model import Claim, Job, Outcome, Standing, Turn
from broker.jobs.store import JobStore
from broker.web.reference import new_reference

_LOGGER = logging.getLogger("broker.jobs")
LONGEST_WAIT = timedelta(seconds=15)  # until a job that somebody else dropped is seen
UNKNOWN = "internal.error"

Wait = Callable[[float], bool]


class Runner:
    """One process among any number that run the jobs of an installation."""

    def __init__(
        self, engine: Engine, jobs: Sequence[Job], clock: Clock, audit: AuditStore | None = None
    ) -> None:
        self.engine = engine
        self.jobs = tuple(jobs)
        self.clock = clock
        self.holder = f"{socket.gethostname()[:40]}:{os.getpid()}:{secrets.token_hex(8)}"
        self._audit = audit or AuditStore()
        self._store = JobStore()
        self._stopping = threading.Event()

    def prepare(self) -> None:
        """Let every job have its row."""
        with writing(self.engine) as connection:
            self._store.prepare(connection, self.jobs, self.clock())

    def stop(self) -> None:
        """Begin nothing more, and let the job that runs end at the next thing it does."""
        self._stopping.set()

    def run_due(self) -> dict[str, Outcome]:
        """One round: every job that is due and in nobody's hands, and how it went."""
        outcomes: dict[str, Outcome] = {}
        for job in self.jobs:
            if self._stopping.is_set():
                break
            outcome = self.run_one(job, unasked=False)
            if outcome:
                outcomes[job.name] = outcome
        return outcomes

    def run_one(self, job: Job, *, unasked: bool) -> Outcome | None:
        """Run a job if it is due, or in any case; None where it is not or another holds it."""
        with writing(self.engine) as connection:
            claim = self._store.claim(connection, job, self.holder, self.clock(), unasked=unasked)
        return self._run(job, claim) if claim else None

    def run_forever(self, wait: Wait | None = None) -> None:
        """Rounds until `stop()`. A database that is away is waited for, and said in the log."""
        wait = wait or self._stopping.wait
        prepared = False
        while not self._stopping.is_set():
            pause = LONGEST_WAIT
            try:
                if not prepared:
                    self.prepare()
                    prepared = True
                self.run_due()
                pause = self._until_next()
            except Exception:  # a database that is away, or a fault of ours: the next round tries
                _LOGGER.exception("jobs.round")
            wait(pause.total_seconds())

    def _until_next(self) -> timedelta:
        with reading(self.engine) as connection:
            standings = {one.name: one for one in self._store.standings(connection)}
        now = self.clock()
        ours = [standings[job.name] for job in self.jobs if job.name in standings]
        due = [max(_ready(one) - now, timedelta(0)) for one in ours]
        return min([*due, LONGEST_WAIT])

    def _run(self, job: Job, claim: Claim) -> Outcome:
        turn = Turn(claim.due_at, claim.started, self.clock, lambda: self._goes_on(job, claim))
        code = UNKNOWN
        try:
            count = job.run(turn)
        except BrokerError as error:
            code = error.code
            _LOGGER.warning(
                "job.failed", extra={"job": job.name, "code": code, "detail": error.detail}
            )
        except Exception:  # one job's fault never ends the others; it is told and tried again
            _LOGGER.exception("job.failed", extra={"job": job.name, "code": code})
        else:
            self._succeeded(job, claim, count)
            return "ok"
        self._failed(job, claim, code)
        return "failed"

    def _goes_on(self, job: Job, claim: Claim) -> bool:
        if self._stopping.is_set():
            return False
        now = self.clock()
        with writing(self.engine) as connection:
            return self._store.extend(connection, claim, now + job.lease, now)

    def _succeeded(self, job: Job, claim: Claim, count: int) -> None:
        now = self.clock()
        with writing(self.engine) as connection:
            kept = self._store.succeeded(connection, claim, now, count, job.next_after(now))
        facts = {"job": job.name, "count": count, "seconds": _seconds(claim, now)}
        if kept:
            _LOGGER.info("job.ran", extra=facts)
        else:
            _LOGGER.warning("job.lost", extra={**facts, "code": "job.lease"})

    def _failed(self, job: Job, claim: Claim, code: str) -> None:
        """Write it down; in the trail only when it begins to fail, or fails for a new reason."""
        now = self.clock()
        with writing(self.engine) as connection:
            before = self._store.failed(connection, claim, now, code, job.again_after(now))
            if before and before.last_error != code:
                event = JobFailed(job.name, code)
                self._audit.append(connection, event, at=now, reference=new_reference())


def _ready(standing: Standing) -> datetime:
    """When a job can be run again at the soonest."""
    return max(standing.due_at, standing.lease_until or standing.due_at)


def _seconds(claim: Claim, now: datetime) -> float:
    return round((now - claim.started).total_seconds(), 3)
