"""Tests run in a fork of a process that has begun its brokers: what became of each of them.

What a fork says is written line by line, so that it is known of one that dies.
"""

import json
import os
import signal
import time
import traceback
from collections.abc import Callable, Generator, Sequence
from dataclasses import dataclass

import pytest
from _pytest.runner import runtestprotocol
from sqlalchemy import Engine

from tests.guards.noticing import Decided

PATIENCE = 20  # seconds of CPU for one test; who needs more runs for ever
PASSED, ASSERTED, UNFIT, ENDLESS, CRASHED = "passed", "asserted", "unfit", "endless", "crashed"
ENGINES: list[Engine] = []  # of the brokers that every fork shares
RAISED: dict[str, str] = {}  # what the last test ended with, by its phase


@dataclass(frozen=True)
class Ran:
    """One test that ran; `how` may also be the name of what was raised instead of an assertion."""

    item: pytest.Item
    how: str
    cost: float = 0.0
    decided: frozenset[tuple[str, int]] = frozenset()

    @property
    def missed(self) -> bool:
        """Whether it tells that something is not as it should be."""
        return self.how not in (PASSED, UNFIT)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    call: pytest.CallInfo[None],
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Keep what it raised: an assertion is told from an error by its type."""
    if call.excinfo is not None:
        asserted = call.excinfo.errisinstance((AssertionError, pytest.fail.Exception))
        RAISED[call.when] = ASSERTED if asserted else call.excinfo.typename
    return (yield)


def forked(
    items: Sequence[pytest.Item], prepare: Callable[[], Decided | None], *, whole: bool = False
) -> list[Ran]:
    """Run these in a fork that is prepared like that, up to the first that misses something.

    `whole` goes on to the last.
    """
    for engine in ENGINES:
        engine.dispose()  # a connection to SQLite does not outlive a fork
    reader, writer = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(reader)
        _run(items, prepare, writer, whole=whole)
    os.close(writer)
    with os.fdopen(reader) as pipe:
        said = [json.loads(line) for line in pipe]
    _, status = os.waitpid(child, 0)
    assert said, "the fork said nothing"
    assert "broken" not in said[-1], said[-1]["broken"]
    ran = [
        Ran(item, line["how"], line["cost"], frozenset(map(tuple, line["decided"])))
        for item, line in zip(items, said[1:], strict=False)
    ]
    if os.WIFSIGNALED(status):
        killed = os.WTERMSIG(status)
        assert killed != signal.SIGKILL, "this machine ended the fork"
        ran.append(Ran(items[len(ran)], ENDLESS if killed == signal.SIGPROF else CRASHED))
    else:
        assert os.waitstatus_to_exitcode(status) == 0, "the runner failed"
    return ran


def _run(
    items: Sequence[pytest.Item],
    prepare: Callable[[], Decided | None],
    writer: int,
    *,
    whole: bool,
) -> None:
    signal.signal(signal.SIGPROF, signal.SIG_DFL)
    out = os.fdopen(writer, "w", buffering=1)  # a line at a time
    code = 1
    try:
        noticing = prepare()
        decided = set() if noticing is None else noticing
        print("{}", file=out)
        for item in items:
            decided.clear()
            how, cost = _one(item, items)
            print(json.dumps({"how": how, "cost": cost, "decided": sorted(decided)}), file=out)
            if how not in (PASSED, UNFIT) and not whole:
                break
        code = 0
    except BaseException:  # told to who waits, since a fork has no other way to be heard
        print(json.dumps({"broken": traceback.format_exc()}), file=out)
        raise
    finally:
        os._exit(code)


def _one(item: pytest.Item, items: Sequence[pytest.Item]) -> tuple[str, float]:
    """One test, and the CPU that it took; the brokers of the session stay for the next."""
    RAISED.clear()
    signal.setitimer(signal.ITIMER_PROF, PATIENCE)
    began = time.process_time()
    following = items[(items.index(item) + 1) % len(items)]
    reports = runtestprotocol(item, log=False, nextitem=following)
    cost = time.process_time() - began
    if all(report.passed for report in reports):
        return PASSED, cost
    only_body = {report.when for report in reports if not report.passed} == {"call"}
    failed = any(report.failed for report in reports)
    return (RAISED["call"] if only_body and failed else UNFIT), cost
