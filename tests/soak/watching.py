"""The memory of each worker over time, and the rows that the audit trail has."""

import threading
import time
from dataclasses import dataclass, field
from pathlib import Path
from statistics import fmean

import sqlalchemy as sa

from broker.audit.store import AUDIT
from broker.db import Engine, reading

EVERY = 2.0  # seconds
PROC = Path("/proc")


@dataclass
class Memory:
    """Resident memory of the workers of one master, sampled until told that it is over."""

    master: int
    samples: dict[int, list[tuple[float, int]]] = field(default_factory=dict)  # pid → (s, kB)
    over: threading.Event = field(default_factory=threading.Event)

    def go_on(self) -> None:
        """Look every few seconds."""
        began = time.monotonic()
        while not self.over.wait(EVERY):
            for pid in _children(self.master):
                size = _resident(pid)
                if size:
                    self.samples.setdefault(pid, []).append((time.monotonic() - began, size))

    def slopes(self) -> dict[int, float]:
        """MB an hour by worker, over the last two thirds of its samples, by least squares."""
        found = {}
        for pid, samples in self.samples.items():
            late = samples[len(samples) // 3 :]
            middle, mean = fmean(at for at, _ in late), fmean(size for _, size in late)
            spread = sum((at - middle) ** 2 for at, _ in late) or 1.0
            slope = sum((at - middle) * (size - mean) for at, size in late) / spread
            found[pid] = slope * 3600 / 1024
        return found


@dataclass(frozen=True)
class Trail:
    """What the audit trail holds of a soak."""

    logins: int  # rows of logins that ended well
    gaps: int  # numbers that a writer left out: its rows count up by one


def trail(engine: Engine) -> Trail:
    """Read it at the end."""
    ended = sa.select(sa.func.count()).where(AUDIT.c.event == "login.completed")
    of_each = sa.select(
        sa.func.count().label("rows"),
        sa.func.min(AUDIT.c.seq).label("first"),
        sa.func.max(AUDIT.c.seq).label("last"),
    ).group_by(AUDIT.c.writer)
    with reading(engine) as connection:
        gaps = sum(one.last - one.first + 1 - one.rows for one in connection.execute(of_each))
        return Trail(connection.scalar(ended) or 0, gaps)


def _children(pid: int) -> list[int]:
    return [int(p) for p in (PROC / f"{pid}/task/{pid}/children").read_text().split()]


def _resident(pid: int) -> int:
    try:
        lines = (PROC / f"{pid}/status").read_text().splitlines()
    except OSError:
        return 0
    return next((int(line.split()[1]) for line in lines if line.startswith("VmRSS")), 0)
