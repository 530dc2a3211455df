"""The timeline of a drill: partners load and log in around every instant of the plan."""

from collections.abc import Callable, Iterator, Sequence
from datetime import datetime, timedelta
from pathlib import Path

from broker.demo.drill.behaviours import BEHAVIOURS, Behaviour
from broker.demo.drill.model import Attempt, Line, Report, cells
from broker.demo.drill.setting import make_stage
from broker.demo.drill.stage import Stage
from broker.metadata.rollover.choosing import phase
from broker.metadata.rollover.model import Plan

Progress = Callable[[int, int], None]  # attempts made, of how many

MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
# When partners log in, seen from each instant of the plan: just before, at it, and for a while.
SECOND, NOW = timedelta(seconds=1), timedelta()
AROUND = (-HOUR, -MINUTE, -SECOND, NOW, MINUTE, 5 * MINUTE, HOUR, 6 * HOUR, DAY)
BETWEEN = 7 * DAY  # and once a week in between
LAST = 2 * DAY  # after the last instant


def instants(
    plan: Plan,
    since: datetime | None,
    until: datetime | None,
    around: Sequence[timedelta] = AROUND,
) -> Iterator[datetime]:
    """When everybody logs in, in order, within the bounds that were asked for."""
    at = plan.instants
    marks = [at.announce, at.early_from, at.switch, at.rollback_until, at.unpublish, at.destroy]
    marks += [edge for rule in plan.rules for edge in (rule.period.since, rule.period.until)]
    first = since or at.announce - HOUR
    last = until or at.destroy + LAST
    found = {mark + step for mark in marks for step in around}
    week = at.announce
    while week <= last:
        found.add(week)
        week += BETWEEN
    yield from sorted(one for one in found if first <= one <= last)


def drill(
    folder: Path,
    plans: Sequence[Plan],
    *,
    services: Sequence[Behaviour] = BEHAVIOURS,
    idps: Sequence[Behaviour] | None = None,
    since: datetime | None = None,
    until: datetime | None = None,
    around: Sequence[timedelta] = AROUND,
    progress: Progress | None = None,
) -> Report:
    """Rehearse the plans of one change in one federation; every slot changes by the same instants.

    `around` is when partners log in, seen from each of them. Raises Unavailable where the stage
    cannot be set.
    """
    stage = make_stage(folder, plans, services, idps)
    found = run(stage, list(instants(plans[0], since, until, around)), progress or _silent)
    return report(stage, found)


def run(stage: Stage, at: Sequence[datetime], progress: Progress) -> list[Attempt]:
    """Let every pair log in at every instant, and tell how it went."""
    plan, attempts = stage.plans[0], []
    for number, now in enumerate(at, start=1):
        stage.set(now)
        for pair in stage.pairs:
            fault = stage.login(pair)
            attempts.append(Attempt(pair.watched.code, pair.side, now, phase(plan, now), fault))
        progress(number, len(at))
    return attempts


def _silent(_done: int, _of: int) -> None:
    """Nobody is watching."""


def report(stage: Stage, attempts: Sequence[Attempt]) -> Report:
    """What the drill found, a line for each partner."""
    plan = stage.plans[0]
    lines = tuple(
        Line(
            pair.watched.code,
            pair.side,
            pair.watched.behaviour,
            cells(one for one in attempts if one.partner == pair.watched.code),
        )
        for pair in stage.pairs
    )
    return Report(plan.code, stage.federation, plan.style, lines)
