"""Who is told what of a switch, at every hour of a plan."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from broker.mail.kinds import KINDS, rollover_kind
from broker.mail.milestones import (
    FRESH,
    rollover_milestones,
    rollover_schedule,
)

SWITCH = datetime(2027, 4, 24, 4, 0, tzinfo=UTC)
ANNOUNCE, UNPUBLISH = SWITCH - timedelta(days=90), SWITCH + timedelta(days=7)
HOURS = [
    ANNOUNCE + timedelta(minutes=30 * n)
    for n in range(int((UNPUBLISH - ANNOUNCE) / timedelta(minutes=30)) + 1000)
]
ALL = ["announced", "T-60", "T-30", "T-14", "T-7", "T-3", "T-1", "T-1h", "done", "T+1", "removed"]
instants = st.integers(-200 * 24, 200 * 24).map(lambda h: SWITCH + timedelta(hours=h))


def told(readiness: int, since: datetime = ANNOUNCE) -> list[str]:
    """What a partner gets from a job that runs every half hour from some time on."""
    got: list[str] = []
    for now in HOURS:
        if now >= since:
            for one in rollover_milestones(ANNOUNCE, SWITCH, UNPUBLISH, now, readiness=readiness):
                if one.name not in got:
                    got.append(one.name)
    return got


def test_a_partner_is_told_at_each_milestone_in_order() -> None:
    assert told(0) == ALL
    assert told(3) == ALL


def test_a_ready_partner_is_told_a_week_before_at_the_switch_and_at_the_end() -> None:
    assert told(4) == ["T-7", "done", "removed"]


def test_a_job_that_comes_late_tells_the_latest_alone() -> None:
    assert told(0, SWITCH - timedelta(days=10)) == ALL[ALL.index("T-14") :]
    assert told(0, SWITCH + timedelta(hours=1)) == ["done", "T+1", "removed"]
    assert told(4, SWITCH - timedelta(days=10)) == ["T-7", "done", "removed"]
    assert told(0, UNPUBLISH + FRESH) == []


def test_each_milestone_has_its_hour() -> None:
    at = {one.name: one.at for one in rollover_schedule(ANNOUNCE, SWITCH, UNPUBLISH)}
    assert list(at) == ALL
    assert at["announced"] == ANNOUNCE
    assert at["T-14"] == SWITCH - timedelta(days=14)
    assert at["T-1h"] == SWITCH - timedelta(hours=1)
    assert (at["done"], at["removed"]) == (SWITCH, UNPUBLISH)
    moment = timedelta(microseconds=1)
    for name, hour in at.items():
        before = rollover_milestones(ANNOUNCE, SWITCH, UNPUBLISH, hour - moment)
        assert name not in [one.name for one in before]
        assert [one.name for one in rollover_milestones(ANNOUNCE, SWITCH, UNPUBLISH, hour)] == [
            name
        ]


def test_a_plan_announced_eleven_minutes_ahead_has_no_reminders() -> None:
    schedule = rollover_schedule(SWITCH - timedelta(minutes=11), SWITCH, UNPUBLISH)
    assert [one.name for one in schedule] == ["announced", "done", "T+1", "removed"]


def test_a_hard_cut_has_nothing_after_it() -> None:
    schedule = rollover_schedule(ANNOUNCE, SWITCH, SWITCH)
    assert [one.name for one in schedule] == ALL[: ALL.index("T+1")]


@given(announce=instants, unpublish=instants, now=instants, readiness=st.integers(0, 4))
def test_never_more_than_one_never_early_and_always_in_order(
    announce: datetime, unpublish: datetime, now: datetime, readiness: int
) -> None:
    schedule = rollover_schedule(announce, SWITCH, unpublish)
    assert [one.at for one in schedule] == sorted(one.at for one in schedule)
    due = rollover_milestones(announce, SWITCH, unpublish, now, readiness=readiness)
    assert len(due) <= 1
    assert all(one.at <= now and one in schedule for one in due)


def test_every_milestone_has_a_mail() -> None:
    kinds = {name: rollover_kind(name) for name in ALL}
    assert set(kinds.values()) <= set(KINDS)
    assert kinds["announced"] == "rollover-announced"
    assert kinds["T-1h"] == "rollover-reminder"
    assert kinds["T+1"] == "rollover-after"
