"""Real processes on one database: none runs a job that another runs, and none is missed when one
dies.
"""

import subprocess
import sys
from collections import Counter
from datetime import timedelta
from pathlib import Path

from broker.db import Engine, reading
from broker.jobs.model import LEASE, Job, Turn
from broker.jobs.runner import Runner
from broker.jobs.store import JobStore
from tests.unit.jobs.contender import EVERY, NAME, SLOTS, START

PROCESSES = 4


def contenders(engine: Engine, file: Path, mode: str, count: int) -> list[int]:
    """Start so many, let them go at once, and wait for all: their exit statuses."""
    url = engine.url.render_as_string(hide_password=False)
    started = [
        subprocess.Popen(
            [sys.executable, "-m", "tests.unit.jobs.contender", url, str(file), mode],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        for _ in range(count)
    ]
    for process in started:
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
    for process in started:
        assert process.stdin is not None
        process.stdin.write("go\n")
        process.stdin.flush()
    try:
        for process in started:
            process.communicate(timeout=60)
    finally:
        for process in started:
            process.kill()
            process.communicate()
    return [process.returncode for process in started]


def test_many_processes_run_each_turn_once_and_never_together(
    engine: Engine, tmp_path: Path
) -> None:
    file = tmp_path / "said"
    assert contenders(engine, file, "race", PROCESSES) == [0] * PROCESSES
    said = [line.split() for line in file.read_text().splitlines() if line != "tick"]
    began = Counter(due for what, due, _ in said if what == "begin")
    assert set(began.values()) == {1}, "a turn was run twice"
    for first, second in zip(said[::2], said[1::2], strict=True):
        assert (first[0], second[0]) == ("begin", "end"), "two ran at once"
        assert first[1:] == second[1:]
    # Those that saw the clock a moment before its last tick may have run one more each.
    turns = max(SLOTS, len(began))
    assert sorted(began) == [(START + turn * EVERY).isoformat() for turn in range(turns)]
    assert len({pid for _, _, pid in said}) > 1, "one process had it all; nothing was shown"


def test_the_turn_of_a_process_that_died_is_done_by_another_once_its_lease_ends(
    engine: Engine, tmp_path: Path
) -> None:
    file = tmp_path / "said"
    assert contenders(engine, file, "die", 1) == [9]
    turns: list[Turn] = []

    def work(turn: Turn) -> int:
        turns.append(turn)
        return 1

    now = START + LEASE - timedelta(seconds=1)
    job = Job(NAME, EVERY, work, "proves something")
    runner = Runner(engine, [job], lambda: now)
    assert runner.run_due() == {}
    with reading(engine) as connection:
        before = JobStore().standing(connection, NAME)
    assert before is not None
    assert before.running(now)
    now = START + LEASE
    assert runner.run_due() == {NAME: "ok"}
    assert [turn.due_at for turn in turns] == [START], "the turn that was cut off"
    assert runner.run_due() == {}
