"""What is measured in one database: logins of many people and of the heaviest, and a report."""

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import sqlalchemy as sa

from broker.db import Engine, reading
from broker.organisations.tables import ORGANISATION
from broker.roles.grants.store.reports import Asked, access
from broker.roles.tables import ROLE
from tests.bench.country import FEDERATION, NOW
from tests.bench.logins import Logins, Took, Visitor
from tests.bench.timing import timed

FRESH = 10  # logins until a connection has its statements planned for good


@dataclass(frozen=True, slots=True)
class Measured:
    """The logins of one database."""

    first: list[Took]  # of connections that were just opened
    best: list[Took]  # one for each person: the least disturbed
    heaviest: list[Took]
    writing: list[Took]
    report: float  # seconds
    reported: int  # lines


def measure(
    engines: Mapping[str, Engine], people: int, passes: int, say: Callable[[str], None]
) -> dict[str, Measured]:
    """Measure databases that are loaded, in turns, so that a busy minute falls on all of them."""
    for engine in engines.values():
        timed(engine)
    logins = {name: Logins(engine) for name, engine in engines.items()}
    say(f"drawing {people} people")
    visitors = {name: one.visitors(people) for name, one in logins.items()}
    heavy = {name: one.heaviest(max(50, people // 5)) for name, one in logins.items()}
    say("connections that were just opened")
    first = {name: _first(one, visitors[name]) for name, one in logins.items()}
    best = _best(logins, visitors, passes, say)
    say("those with most grants")
    heaviest = _best(logins, heavy, passes, say)
    say("what is kept")
    writing = {name: one.run(visitors[name], write=True) for name, one in logins.items()}
    say("a report")
    reports = {name: _report(engine) for name, engine in engines.items()}
    return {
        name: Measured(first[name], best[name], heaviest[name], writing[name], *reports[name])
        for name in engines
    }


def _first(logins: Logins, visitors: Sequence[Visitor]) -> list[Took]:
    took = []
    for start in range(0, min(len(visitors), FRESH * 10), FRESH):
        logins.engine.dispose()
        took += logins.run(visitors[start : start + FRESH])
    return took


def _best(
    logins: Mapping[str, Logins],
    visitors: Mapping[str, Sequence[Visitor]],
    passes: int,
    say: Callable[[str], None],
) -> dict[str, list[Took]]:
    """Of each person the login that the rest of the machine disturbed least.

    Everybody once, and then again: the same person never comes twice in a row. The first time
    is for the caches.
    """
    every: dict[str, list[list[Took]]] = {name: [] for name in logins}
    for number in range(passes + 1):
        say(f"logins, {number} of {passes} times")
        for name, one in logins.items():
            took = one.run(visitors[name])
            if number:
                every[name].append(took)
    return {
        name: [min(of, key=lambda took: took.read) for of in zip(*times, strict=True)]
        for name, times in every.items()
    }


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
