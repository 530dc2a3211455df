"""One runner and its clock: what is due, what fails, what is lost, and when it stops."""

import json
import logging
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import pytest
import sqlalchemy as sa

from broker.audit.store import AUDIT
from broker.db import Engine, make_engine, reading, writing
from broker.errors import Unavailable
from broker.jobs.model import AGAIN, LATE, LEASE, Job, Standing, Turn
from broker.jobs.runner import LONGEST_WAIT, Runner
from broker.jobs.store import FAR, JobStore
from broker.jobs.tables import JOB
from tests.factories import NOW

HOUR = timedelta(hours=1)


@dataclass
class Hands:
    """A clock that tests move, jobs that note their turns, and a runner."""

    engine: Engine
    now: datetime = NOW
    turns: list[tuple[str, Turn]] = field(default_factory=list)

    def job(
        self, name: str, every: timedelta = HOUR, then: Callable[[Turn], int] = lambda _: 1
    ) -> Job:
        def run(turn: Turn) -> int:
            self.turns.append((name, turn))
            return then(turn)

        return Job(name, every, run, "is a test")

    def runner(self, *jobs: Job) -> Runner:
        runner = Runner(self.engine, jobs, lambda: self.now)
        runner.prepare()
        return runner

    def standing(self, name: str) -> Standing:
        with reading(self.engine) as connection:
            found = JobStore().standing(connection, name)
        assert found is not None
        return found

    @property
    def trail(self) -> list[tuple[str, object]]:
        with reading(self.engine) as connection:
            rows = connection.execute(sa.select(AUDIT).order_by(AUDIT.c.at, AUDIT.c.seq)).all()
        return [(row.event, json.loads(row.fields)) for row in rows]


@pytest.fixture
def hands(engine: Engine) -> Hands:
    return Hands(engine)


def failing(error: Exception) -> Callable[[Turn], int]:
    def run(_: Turn) -> int:
        raise error

    return run


def test_a_new_job_is_due_at_once_and_then_at_multiples_of_its_interval(hands: Hands) -> None:
    hands.now = NOW.replace(hour=6, minute=20)
    runner = hands.runner(hands.job("a"))
    assert runner.run_due() == {"a": "ok"}
    assert runner.run_due() == {}
    assert hands.standing("a").due_at == NOW.replace(hour=7, minute=0)
    hands.now = NOW.replace(hour=6, minute=59, second=59)
    assert runner.run_due() == {}
    hands.now = NOW.replace(hour=7, minute=0)
    assert runner.run_due() == {"a": "ok"}


def test_turns_that_were_missed_are_done_once(hands: Hands) -> None:
    runner = hands.runner(hands.job("a", timedelta(minutes=1)))
    runner.run_due()
    hands.now += timedelta(days=3)
    assert runner.run_due() == {"a": "ok"}
    assert runner.run_due() == {}
    assert len(hands.turns) == 2


def test_one_that_fails_stops_no_other_and_is_tried_again_soon(
    hands: Hands, caplog: pytest.LogCaptureFixture
) -> None:
    down = hands.job("down", timedelta(days=1), failing(Unavailable("mail.unreachable", "gone")))
    broken = hands.job("broken", timedelta(days=1), failing(ZeroDivisionError("secret words")))
    runner = hands.runner(down, broken, hands.job("good"))
    with caplog.at_level(logging.INFO, "broker.jobs"):
        assert runner.run_due() == {"down": "failed", "broken": "failed", "good": "ok"}
    said = {(r.getMessage(), getattr(r, "code", "ok")) for r in caplog.records}
    assert {("job.failed", "mail.unreachable"), ("job.failed", "internal.error")} <= said
    assert [(name, fields) for name, fields in hands.trail] == [
        ("job.failed", {"job": "down", "code": "mail.unreachable"}),
        ("job.failed", {"job": "broken", "code": "internal.error"}),
    ]
    assert hands.standing("down").last_error == "mail.unreachable"
    hands.now += AGAIN
    assert runner.run_due() == {"down": "failed", "broken": "failed"}
    assert len(hands.trail) == 2, "only its beginning is told in the trail"
    assert hands.standing("down").failures == 2


def test_a_failure_that_ended_and_began_again_is_told_again(hands: Hands) -> None:
    errors: list[Exception] = [Unavailable("a.b"), Unavailable("c.d")]

    def run(_: Turn) -> int:
        if errors and hands.now != NOW + AGAIN:
            raise errors.pop(0)
        return 7

    runner = hands.runner(hands.job("a", timedelta(days=1), run))
    assert runner.run_due() == {"a": "failed"}
    hands.now = NOW + AGAIN
    assert runner.run_due() == {"a": "ok"}
    standing = hands.standing("a")
    assert (standing.failures, standing.last_error, standing.last_count) == (0, None, 7)
    hands.now = NOW + timedelta(days=1)
    assert runner.run_due() == {"a": "failed"}
    assert hands.standing("a").last_good == NOW + AGAIN
    codes = [fields["code"] for _, fields in hands.trail if isinstance(fields, dict)]
    assert codes == ["a.b", "c.d"]


def test_a_job_that_lasts_keeps_its_lease_as_long_as_it_goes_on(hands: Hands) -> None:
    other = Hands(hands.engine)
    seen: list[bool] = []

    def long(turn: Turn) -> int:
        for _ in range(3):
            hands.now += LEASE - timedelta(seconds=1)
            assert turn.goes_on()
            other.now = hands.now
            seen.append(other.runner(other.job("a")).run_due() == {})
        return 3

    assert hands.runner(hands.job("a", then=long)).run_due() == {"a": "ok"}
    assert seen == [True] * 3


def test_a_job_that_lost_its_lease_is_told_so_and_writes_nothing_down(
    hands: Hands, caplog: pytest.LogCaptureFixture
) -> None:
    other = Hands(hands.engine)

    def hung(turn: Turn) -> int:
        hands.now += LEASE
        other.now = hands.now
        assert other.runner(other.job("a")).run_due() == {"a": "ok"}
        assert not turn.goes_on()
        return 99

    with caplog.at_level(logging.WARNING, "broker.jobs"):
        hands.runner(hands.job("a", then=hung)).run_due()
    assert [r.getMessage() for r in caplog.records] == ["job.lost"]
    assert hands.standing("a").last_count == 1


def test_a_stop_lets_the_job_end_and_begins_no_other(hands: Hands) -> None:
    runners: list[Runner] = []

    def stopped(turn: Turn) -> int:
        assert turn.goes_on()
        runners[0].stop()
        assert not turn.goes_on()
        return 1

    runners.append(hands.runner(hands.job("a", then=stopped), hands.job("b")))
    runners[0].run_forever()
    assert [name for name, _ in hands.turns] == ["a"]
    assert hands.standing("a").last_outcome == "ok"
    assert hands.standing("a").holder is None


def test_the_loop_waits_for_the_next_job_and_never_long(hands: Hands) -> None:
    hands.now = NOW.replace(hour=6, minute=0)
    runner = hands.runner(hands.job("a", timedelta(seconds=10)))
    waits: list[float] = []

    def wait(seconds: float) -> bool:
        waits.append(seconds)
        hands.now += timedelta(seconds=seconds)
        if len(waits) == 3:
            runner.jobs = (hands.job("b", timedelta(days=1)),)
        if len(waits) == 4:
            runner.stop()
        return True

    runner.run_forever(wait)
    assert waits == [10, 10, 10, LONGEST_WAIT.total_seconds()]
    assert len(hands.turns) == 3


def test_the_loop_outlives_a_database_that_is_away(
    caplog: pytest.LogCaptureFixture,
) -> None:
    engine = make_engine("postgresql://nobody@127.0.0.1:9/none?connect_timeout=1")
    runner = Runner(engine, (), lambda: NOW)
    waits: list[float] = []

    def wait(seconds: float) -> bool:
        waits.append(seconds)
        if len(waits) == 2:
            runner.stop()
        return True

    runner.run_forever(wait)
    assert waits == [LONGEST_WAIT.total_seconds()] * 2
    assert [r.getMessage() for r in caplog.records] == ["jobs.round"] * 2


def test_a_job_asked_for_runs_though_it_is_not_due_but_never_beside_itself(hands: Hands) -> None:
    job = hands.job("a")
    runner = hands.runner(job)
    assert runner.run_one(job, unasked=False) == "ok"
    assert runner.run_one(job, unasked=False) is None
    assert runner.run_one(job, unasked=True) == "ok"
    with writing(hands.engine) as connection:
        assert JobStore().claim(connection, job, "other", hands.now, unasked=True)
    assert runner.run_one(job, unasked=True) is None


def test_a_clock_that_was_wrong_once_puts_a_job_off_for_days_at_most(hands: Hands) -> None:
    runner = hands.runner(hands.job("a"))
    with writing(hands.engine) as connection:
        connection.execute(sa.update(JOB).values(due_at=NOW + HOUR + FAR))
    assert runner.run_due() == {}
    with writing(hands.engine) as connection:
        connection.execute(sa.update(JOB).values(due_at=NOW + timedelta(days=20_000)))
    assert runner.run_due() == {"a": "ok"}
    assert hands.standing("a").due_at <= NOW + HOUR


def test_late_is_what_is_due_and_in_nobodys_hands(hands: Hands) -> None:
    runner = hands.runner(hands.job("a"))
    runner.run_due()
    standing = hands.standing("a")
    at = standing.due_at + LATE
    assert standing.well(at)
    assert not standing.well(at + timedelta(seconds=1))
    assert standing.late_by(at) == LATE
    with writing(hands.engine) as connection:
        JobStore().claim(connection, hands.job("a"), "other", at)
    assert hands.standing("a").late_by(at + timedelta(minutes=1)) == timedelta(0)
