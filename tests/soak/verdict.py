"""What has to hold at the end, each as one line; and whether it does."""

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median

from tests.bench.timing import percentile
from tests.soak.attackers import Attackers
from tests.soak.people import People
from tests.soak.watching import Memory, Trail

TIMES = 2.0  # what p99 of honest logins may become
# The middle of the last quarter against that of the second: what comes up to size does so in the
# first. Of a worker's 135 MB these are 2.7; between the two lie ten of twenty minutes and some
# 3,300 messages a worker, so that one that kept a kilobyte of each would be seen.
FLAT = 1.02


@dataclass(frozen=True)
class Line:
    """One thing that has to hold, and what was seen."""

    what: str
    seen: str
    holds: bool


@dataclass(frozen=True)
class Seen:
    """Everything that came of the two phases."""

    quiet: Sequence[float]
    people: People
    attackers: Attackers
    memory: Memory
    trail: Trail
    done: int  # logins that ended well, the attackers' own among them
    unheard: int  # answers that never came: a login may have ended before one of them
    log: str  # of the broker


def lines(seen: Seen) -> list[Line]:
    """The verdict."""
    before, after = percentile(seen.quiet, 0.99), percentile(seen.people.took, 0.99)
    server_errors = {k: n for k, n in seen.attackers.statuses.items() if k.split()[-1] >= "500"}
    tracebacks = seen.log.count("Traceback") + seen.log.count('"internal.error"')
    waits = sum(n for k, n in seen.attackers.statuses.items() if k.endswith(" 429"))
    wrong = len(seen.attackers.wrong)
    return [
        Line("Honest logins all end well",
             f"{len(seen.people.failed)} failed, {seen.people.late} never begun",
             not seen.people.failed and seen.people.late == 0),
        Line("Honest p99 within twice the quiet one",
             f"{before * 1000:.0f} → {after * 1000:.0f} ms", after <= TIMES * before),
        Line("No status of 5xx", str(server_errors or "none"), not server_errors),
        Line("No surprise in the log", f"{tracebacks}", tracebacks == 0),
        Line("Every hostile message refused", f"{wrong} not", wrong == 0),
        Line("Who floods is told to wait", f"{waits} answers of 429", waits > 0),
        _kept(seen),
        *_flat(seen.memory),
    ]  # fmt: skip


def _kept(seen: Seen) -> Line:
    trail, most = seen.trail, seen.done + seen.unheard
    words = f"{seen.done} logins, {trail.logins} rows of them, {trail.gaps} gaps in the trail"
    holds = seen.done <= trail.logins <= most and trail.gaps == 0
    return Line("No lost audit row", words, holds)


def _flat(memory: Memory) -> list[Line]:
    found = []
    for pid, slope in memory.slopes().items():
        sizes = [size for _, size in memory.samples[pid]]
        quarter = max(1, len(sizes) // 4)
        early, late = median(sizes[quarter : 2 * quarter] or sizes), median(sizes[-quarter:])
        words = f"{early / 1024:.1f} → {late / 1024:.1f} MB, {slope:+.1f} MB an hour"
        found.append(Line(f"Memory of worker {pid} flat", words, late <= FLAT * early))
    return found
