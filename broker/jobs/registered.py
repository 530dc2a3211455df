"""build_jobs(): the one list of all jobs. A new one is a line here."""

from collections.abc import Callable
from datetime import timedelta

from broker.audit.store import AuditStore
from broker.db import Engine
from broker.jobs.model import Job, Turn
from broker.jobs.purging import purge_all
from broker.mail.sender import make_sender
from broker.metadata.readiness.service import Readiness
from broker.metadata.report import Occasion
from broker.settings import Settings
from broker.web.reference import new_reference

MINUTE, DAY = timedelta(minutes=1), timedelta(days=1)


def build_jobs(settings: Settings, engine: Engine) -> tuple[Job, ...]:
    """Every job of an installation, in the order in which those that are due together run."""
    sender = make_sender(settings, engine)
    return (
        Job("mail", MINUTE, lambda t: sender.send(t.clock, t.goes_on), "send the mail that waits"),
        Job("readiness", 5 * MINUTE, _readiness(engine), "keep what was seen of ready partners"),
        Job("purge", DAY, lambda t: purge_all(engine, t.now), "delete what has run out"),
    )


def _readiness(engine: Engine) -> Callable[[Turn], int]:
    def settle(turn: Turn) -> int:
        occasion = Occasion(turn.now, "jobs", "what was seen of the partner", new_reference())
        return len(Readiness(engine, AuditStore()).settle(occasion))

    return settle
