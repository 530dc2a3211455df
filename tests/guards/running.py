"""pytest's side: collect once, note which guards decide where, then a fork for each guard.

A guard is missed where a test fails without it and passes when the same swap leaves it in.
"""

import gc
import inspect
import json
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache, partial
from pathlib import Path

import pytest
from _pytest.runner import runtestprotocol
from sqlalchemy import Engine

from tests.guards import forking
from tests.guards.finding import MODULES, Guard, guards_of
from tests.guards.forking import ASSERTED, CRASHED, ENDLESS, PASSED, Ran, forked
from tests.guards.noticing import notice
from tests.guards.swapping import put_back, take_out

ERRORS = 8  # tests that end with an error in a row, before one of them is taken for the best


def pytest_addoption(parser: pytest.Parser) -> None:
    """Which part of the guards, and where to write what became of them."""
    parser.addoption("--guards", metavar="FOLDER", help="write what was found in there")
    parser.addoption("--shard", default="0/1", help="which part of how many")
    parser.addoption("--only", default="", help="only guards whose line holds this text")


def pytest_configure(config: pytest.Config) -> None:
    """Instead of running tests, run guards."""
    if config.getoption("--guards"):
        part, parts = map(int, config.getoption("--shard").split("/"))
        folder = Path(config.getoption("--guards"))
        guards = Guards(folder, part, parts, config.getoption("--only"))
        config.pluginmanager.register(guards)
        config.pluginmanager.register(forking)


@dataclass
class Guards:
    """Takes the guards out one by one."""

    folder: Path
    part: int
    parts: int
    only: str

    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        """In place of pytest's own loop."""
        _begin(session.items)
        noticed = self._noticed(session.items)
        guards = [g for module in MODULES for g in guards_of(module) if self.only in str(g)]
        with (self.folder / f"{self.part}.jsonl").open("w") as out:
            for guard in guards[self.part :: self.parts]:
                killer = _killer(guard, ordered(noticed, guard))
                line = {"guard": str(guard), "module": guard.module}
                if killer is not None:
                    line |= {"killer": killer.item.nodeid, "how": killer.how}
                out.write(json.dumps(line) + "\n")
                out.flush()
        return True

    def _noticed(self, items: Sequence[pytest.Item]) -> list[Ran]:
        """Every test that passes, and the guards that decide in it; each part runs some files."""
        mine = _share(items, self.part, self.parts)
        ran: list[Ran] = []
        while len(ran) < len(mine):
            ran += forked(mine[len(ran) :], notice, whole=True)
        lines = [[r.item.nodeid, r.how, r.cost, sorted(r.decided)] for r in ran]
        written = self.folder / f"{self.part}.part"
        written.write_text(json.dumps(lines))
        written.rename(self.folder / f"{self.part}.noticed")
        by_name = {item.nodeid: item for item in items}
        found: list[Ran] = []
        for part in range(self.parts):
            other = self.folder / f"{part}.noticed"
            while not other.exists():
                time.sleep(0.2)  # another process, not a test
            found += [
                Ran(by_name[name], how, cost, frozenset((m, n) for m, n in decided))
                for name, how, cost, decided in json.loads(other.read_text())
            ]
        passed = [ran for ran in found if ran.how == PASSED]
        print(f"{len(passed)} of {len(items)} tests, {sum(r.cost for r in ran):.0f} s of CPU here")
        for other_one in found:
            if other_one.how != PASSED:
                print(f"not used: {other_one.item.nodeid} ({other_one.how})")
        return passed


def _begin(items: Sequence[pytest.Item]) -> None:
    """Brokers are started here, once, and not in every fork."""
    for fixture in ("scene", "leaving"):
        first = next(i for i in items if fixture in getattr(i, "fixturenames", ()))
        runtestprotocol(first, log=False, nextitem=items[0])
    gc.collect()
    forking.ENGINES.extend(o for o in gc.get_objects() if isinstance(o, Engine))
    gc.freeze()  # a fork shares what nobody looks through for garbage


def _share(items: Sequence[pytest.Item], part: int, parts: int) -> list[pytest.Item]:
    """The files with many tests first, each to whoever has fewest."""
    counts = Counter(item.path for item in items)
    loads = [0] * parts
    owner: dict[Path, int] = {}
    for path, count in sorted(counts.items(), key=lambda pair: (-pair[1], pair[0])):
        owner[path] = loads.index(min(loads))
        loads[owner[path]] += count
    return [item for item in items if owner[item.path] == part]


def _killer(guard: Guard, items: Sequence[pytest.Item]) -> Ran | None:
    """The first test that misses the guard; an assertion rather than an error, if there is one."""
    instead: Ran | None = None
    errors = 0
    while items and errors < ERRORS:
        ran = forked(items, partial(take_out, guard))
        last = ran[-1]
        if not last.missed:
            break
        if _sound(guard, items[: len(ran)]):
            if last.how in (ASSERTED, ENDLESS, CRASHED):
                return last
            instead = instead or last
            errors += 1
        items = items[len(ran) :]
    return instead


def _sound(guard: Guard, items: Sequence[pytest.Item]) -> bool:
    """Whether the same tests in the same order pass with the guard in its place."""
    return not forked(items, partial(put_back, guard))[-1].missed


def ordered(noticed: Sequence[Ran], guard: Guard) -> list[pytest.Item]:
    """Where the guard decides: who names the reason first, and cheap before slow.

    Then the other tests of the same files, since a fixture may have let it decide for all of them.
    """

    def likely(ran: Ran) -> tuple[bool, bool, float]:
        parameters = getattr(getattr(ran.item, "callspec", None), "params", {}).values()
        return (
            not (guard.code and guard.code in parameters),
            not (guard.code and guard.code in source_of(ran.item)),
            ran.cost,
        )

    direct = [ran for ran in noticed if (guard.module, guard.number) in ran.decided]
    files = {ran.item.path for ran in direct}
    beside = [ran for ran in noticed if ran.item.path in files and ran not in direct]
    return [ran.item for some in (direct, beside) for ran in sorted(some, key=likely)]


@cache
def source_of(item: pytest.Item) -> str:
    """The text of a test."""
    function = getattr(item, "function", None)
    return inspect.getsource(function) if function else ""
