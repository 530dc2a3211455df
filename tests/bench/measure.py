"""What is measured in one database: logins of many people and of the heaviest, and a report."""

import os
import time
from collections.abc import Callable
from dataclasses import dataclass

import sqlalchemy as sa

from broker.db import Engine, reading
from broker.organisations.tables import ORGANISATION
from broker.roles.grants.store.reports import Asked, access
from broker.roles.tables import ROLE
from tests.bench.country import FEDERATION, NOW
from tests.bench.logins import Logins, Took
from tests.bench.timing import timed

FRESH = 10  # logins until a connection has its statements planned for good


@dataclass(frozen=True, slots=True)
class Measured:
    """The logins of one database; load is that of the machine meanwhile, from above."""

    first: list[Took]  # of connections that were just opened
    best: list[Took]  # one for each person: the least disturbed
    heaviest: list[Took]
    writing: list[Took]
    report: float  # seconds
    reported: int  # lines
    load: float


def measure(engine: Engine, people: int, passes: int, say: Callable[[str], None]) -> Measured:
    """Measure a database that is loaded."""
    timed(engine)
    logins = Logins(engine)
    visitors, few = logins.visitors(people), logins.heaviest(max(50, people // 5))
    engine.dispose()
    first = []
    for start in range(0, min(people, FRESH * 10), FRESH):
        first += logins.run(visitors[start : start + FRESH])
        engine.dispose()
    logins.run(visitors[: FRESH * 20])
    say(f"{people} people, {passes} times")
    best = logins.best(visitors, passes)
    say("the heaviest")
    heaviest = logins.best(few, passes)
    say("writing")
    writing = logins.run(visitors, write=True)
    say("a report")
    seconds, lines = _report(engine)
    return Measured(first, best, heaviest, writing, seconds, lines, os.getloadavg()[0])


def _report(engine: Engine) -> tuple[float, int]:
    """Who has one service's roles in the largest organisation, as `broker roles who` asks."""
    with reading(engine) as connection:
        home = connection.scalar(sa.select(ORGANISATION.c.id).order_by(ORGANISATION.c.cvr).limit(1))
        service = connection.scalar(
            sa.select(ROLE.c.service).where(ROLE.c.federation == FEDERATION, ROLE.c.code == "Leder")
        )
        began = time.perf_counter()
        found = access(connection, Asked(FEDERATION, home, service), NOW)
        return time.perf_counter() - began, len(found)
