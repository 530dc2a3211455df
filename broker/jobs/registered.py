"""build_jobs(): the one list of all jobs. A new one is a line here."""

from datetime import timedelta

from broker.db import Engine
from broker.jobs.model import Job
from broker.jobs.purging import purge_all
from broker.mail.sender import make_sender
from broker.settings import Settings

MINUTE, DAY = timedelta(minutes=1), timedelta(days=1)


def build_jobs(settings: Settings, engine: Engine) -> tuple[Job, ...]:
    """Every job of an installation, in the order in which those that are due together run."""
    sender = make_sender(settings, engine)
    return (
        Job("mail", MINUTE, lambda t: sender.send(t.clock, t.goes_on), "send the mail that waits"),
        Job("purge", DAY, lambda t: purge_all(engine, t.now), "delete what has run out"),
    )
