"""When somebody is told of a certificate switch. Pure: plain instants in.

Only the latest milestone that is due counts. So a job that was away, a plan that is announced
late or a partner that joins in the middle gets one mail and not all those that it missed; and
whoever has that mail gets no other until the next milestone.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

ANNOUNCED, DONE, AFTER, REMOVED = "announced", "done", "T+1", "removed"
BEFORE = {
    "T-60": timedelta(days=60),
    "T-30": timedelta(days=30),
    "T-14": timedelta(days=14),
    "T-7": timedelta(days=7),
    "T-3": timedelta(days=3),
    "T-1": timedelta(days=1),
    "T-1h": timedelta(hours=1),
}
READY = 4  # the level from which a partner needs no reminding
FOR_READY = frozenset({"T-7", DONE, REMOVED})
FRESH = timedelta(days=7)  # for how long the last milestone is still worth a mail


@dataclass(frozen=True, slots=True)
class Milestone:
    """A point of a plan that is worth a mail; the name is the same for good."""

    name: str
    at: datetime


def rollover_schedule(
    announce_at: datetime, switch_at: datetime, unpublish_at: datetime
) -> tuple[Milestone, ...]:
    """Every milestone of a plan, in order. Reminders before its announcement are none.

    A plan that unpublishes the old certificate as it switches has nothing after that.
    """

    def all_of_them() -> Iterator[Milestone]:
        if announce_at < switch_at:
            yield Milestone(ANNOUNCED, announce_at)
        for name, before in BEFORE.items():
            if switch_at - before > announce_at:
                yield Milestone(name, switch_at - before)
        yield Milestone(DONE, switch_at)
        if switch_at + timedelta(days=1) < unpublish_at:
            yield Milestone(AFTER, switch_at + timedelta(days=1))
        if switch_at < unpublish_at:
            yield Milestone(REMOVED, unpublish_at)

    return tuple(all_of_them())


def rollover_milestones(
    announce_at: datetime,
    switch_at: datetime,
    unpublish_at: datetime,
    now: datetime,
    *,
    readiness: int = 0,
) -> tuple[Milestone, ...]:
    """What a partner of this readiness is told now: one milestone, or none.

    Ready partners (level 4) are told at T-7, at the switch and at the end alone.
    """
    schedule = rollover_schedule(announce_at, switch_at, unpublish_at)
    if readiness >= READY:
        schedule = tuple(one for one in schedule if one.name in FOR_READY)
    return latest_due(schedule, now)


def latest_due(schedule: Sequence[Milestone], now: datetime) -> tuple[Milestone, ...]:
    """The last milestone that has come, unless it is the end of the schedule and long ago."""
    due = [one for one in schedule if one.at <= now]
    if not due:
        return ()
    last = due[-1]
    over = last == schedule[-1] and now - last.at >= FRESH
    return () if over else (last,)
