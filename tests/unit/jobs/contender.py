"""One of many processes that run the same job on one database; what it does is in a file.

    python -m tests.unit.jobs.contender URL FILE MODE

In mode `race` it runs whatever is due, as fast as it can; whoever ran a turn moves the clock of
all of them to the next. In mode `die` it takes the job and is gone in the middle of it.
"""

import os
import sys
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

from broker.db import make_engine
from broker.jobs.model import Job, Turn
from broker.jobs.runner import Runner

START = datetime(2026, 3, 2, 6, 0, tzinfo=UTC)
EVERY = timedelta(minutes=1)
SLOTS = 40
NAME = "contended"


class Contender:
    """A process that shares its clock with the others: the file is the clock."""

    def __init__(self, url: str, file: Path, mode: str) -> None:
        self.file = file
        self.mode = mode
        self.out = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        self.job = Job(NAME, EVERY, self.work, "proves something")
        self.runner = Runner(make_engine(url), [self.job], self.clock)

    def clock(self) -> datetime:
        """As many turns after the start as somebody ran."""
        return START + self.file.read_text().count("tick") * EVERY

    def work(self, turn: Turn) -> int:
        """Say that it began and that it ended, each in one write."""
        self.say("begin", turn)
        if self.mode == "die":
            os._exit(9)
        time.sleep(0)  # lets the others in
        self.say("end", turn)
        return 1

    def say(self, what: str, turn: Turn) -> None:
        """One line, which the system adds to the file whole."""
        os.write(self.out, f"{what} {turn.due_at.isoformat()} {os.getpid()}\n".encode())

    def go(self) -> None:
        """Turn after turn, until the last has ended."""
        self.runner.prepare()
        print("ready", flush=True)
        sys.stdin.readline()
        while self.clock() < START + SLOTS * EVERY:
            if self.runner.run_due():
                os.write(self.out, b"tick\n")


if __name__ == "__main__":
    Contender(sys.argv[1], Path(sys.argv[2]), sys.argv[3]).go()
