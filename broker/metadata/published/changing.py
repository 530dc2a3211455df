"""Until when a document of ours stays as it is, as far as is known: pure functions."""

from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, time, timedelta

from broker.metadata.rollover.choosing import is_live, latest, upcoming
from broker.metadata.rollover.model import Plan, Rollovers, Slot

CALM = timedelta(hours=1)  # what a cache between us and a partner may keep at most
CHANGING = timedelta(minutes=5)  # the same while a command may take a switch back


def is_changing(rollovers: Rollovers, slots: Iterable[Slot], now: datetime) -> bool:
    """Whether a plan of these slots is between its announcement and its end."""
    for slot in slots:
        plan = latest(rollovers, slot, now)
        if plan is None:
            continue
        if is_live(plan, now) or upcoming(rollovers, slot, now) is not None:
            return True
    return False


def next_change(rollovers: Rollovers, slots: Iterable[Slot], now: datetime) -> datetime:
    """The first instant after now at which a document may become another; midnight at the latest.

    Some of these instants change nothing; none that changes something is missing.
    """
    tomorrow = now.astimezone(UTC).date() + timedelta(days=1)
    first = datetime.combine(tomorrow, time(), UTC)
    for slot in slots:
        for instant in _instants(rollovers, slot):
            if now < instant < first:
                first = instant
    return first


def fresh_seconds(rollovers: Rollovers, slots: Iterable[Slot], now: datetime) -> int:
    """How long a cache may keep what it gets now, in whole seconds."""
    known = tuple(slots)
    most = CHANGING if is_changing(rollovers, known, now) else CALM
    left = next_change(rollovers, known, now) - now
    return int(min(most, left).total_seconds())


def _instants(rollovers: Rollovers, slot: Slot) -> Iterator[datetime]:
    for plan in rollovers.plans:
        if plan.slot == slot:
            yield from _of_plan(plan)
    for mark in rollovers.marks:
        if mark.slot == slot:
            yield mark.at


def _of_plan(plan: Plan) -> Iterator[datetime]:
    at = plan.instants
    yield from (at.announce, at.early_from, at.switch, at.rollback_until, at.unpublish, at.destroy)
    for end in (plan.before_ends, plan.after_ends, plan.cancelled_at):
        if end is not None:
            yield end
    for rule in plan.rules:
        yield from (rule.period.since, rule.period.until)
