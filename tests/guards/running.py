"""pytest's side: collect once, then a fork for each guard, the likeliest tests first.

A guard is missed where a test fails that passes with the guard in its place.
"""

import gc
import inspect
import json
import os
import signal
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

import pytest
from _pytest.runner import runtestprotocol
from sqlalchemy import Engine

from tests.guards.finding import MODULES, Guard, guards_of
from tests.guards.swapping import take_out

PATIENCE = 20  # seconds of CPU for one test; who needs more runs for ever
FAILED, PASSED = 1, 0
ENGINES: list[Engine] = []  # of the brokers that every fork shares
# Which tests are about a module; the rest would take long and tell nothing.
LOGIN = ("wrapping", "markup", "keys", "context", "accept", "edges", "policy")
LOGOUT = ("logout", "logout_shapes", "logout_signatures", "logout_answers")
FITTING = {
    "authn_request": ("request", "redirects", "edges", "bindings", "requests"),
    "bindings": ("bindings", "redirects", "markup", "means", "logout_shapes"),
    "requests": ("requests", "request", "edges"),
    "encryption": ("response", "keys", "markup"),
    "soap": ("logout_shapes",),
    "logout": LOGOUT,
    "logout_checks": LOGOUT,
    "xml": ("xml", "markup", "means"),
    "schema": ("wrapping",),
    "tree": ("edges", "request"),
    "checks": ("checks", *LOGIN, "request"),
}


def pytest_addoption(parser: pytest.Parser) -> None:
    """Which part of the guards, and where to write what became of them."""
    parser.addoption("--guards", metavar="FILE", help="write one line of JSON for each guard")
    parser.addoption("--shard", default="0/1", help="which part of how many")
    parser.addoption("--only", default="", help="only guards whose line holds this text")


def pytest_configure(config: pytest.Config) -> None:
    """Instead of running tests, run guards."""
    if config.getoption("--guards"):
        config.pluginmanager.register(Guards(config))


@dataclass
class Guards:
    """Takes the guards out one by one."""

    config: pytest.Config
    sound: dict[str, bool] = field(default_factory=dict)

    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        """In place of pytest's own loop."""
        part, parts = map(int, self.config.getoption("--shard").split("/"))
        only = self.config.getoption("--only")
        self._begin(session.items)
        guards = [g for module in MODULES for g in guards_of(module) if only in str(g)]
        with Path(self.config.getoption("--guards")).open("w") as out:
            for guard in guards[part::parts]:
                killer = self._killer(guard, ordered(session.items, guard))
                line = {"guard": str(guard), "module": guard.module, "killer": killer}
                out.write(json.dumps(line) + "\n")
                out.flush()
        return True

    def _begin(self, items: Sequence[pytest.Item]) -> None:
        """Brokers are started here, once, and not in every fork."""
        for fixture in ("scene", "leaving"):
            first = next(i for i in items if fixture in getattr(i, "fixturenames", ()))
            runtestprotocol(first, log=False, nextitem=items[0])
        gc.collect()
        ENGINES.extend(o for o in gc.get_objects() if isinstance(o, Engine))
        gc.freeze()  # a fork shares what nobody looks through for garbage

    def _killer(self, guard: Guard, items: Sequence[pytest.Item]) -> str:
        """The first sound test that misses the guard, or "" for a survivor."""
        while items:
            found = forked(items, guard)
            if found is None:
                return ""
            if found < 0:
                return "it never ends"
            item = items[found]
            if item.nodeid not in self.sound:
                self.sound[item.nodeid] = forked([item], None) is None
            if self.sound[item.nodeid]:
                return item.nodeid
            items = [i for i in items if self.sound.get(i.nodeid, True)]
        return ""


def fitting(module: str) -> tuple[str, ...]:
    """The names of the files with tests about a module."""
    return (
        *FITTING.get(module.rpartition(".")[2], ("response", *LOGIN)),
        "guards",
        "guards_reading",
        "guards_decrypting",
    )


def ordered(items: Sequence[pytest.Item], guard: Guard) -> list[pytest.Item]:
    """The tests about the module: those that name the reason first, and cheap before slow."""
    about = fitting(guard.module)

    def likely(item: pytest.Item) -> tuple[bool, bool, bool]:
        parameters = getattr(getattr(item, "callspec", None), "params", {}).values()
        return (
            not (guard.code and guard.code in parameters),
            not (guard.code and guard.code in source_of(item)),
            "hostile" in item.nodeid,
        )

    return sorted((i for i in items if i.path.stem.removeprefix("test_") in about), key=likely)


@cache
def source_of(item: pytest.Item) -> str:
    """The text of a test."""
    function = getattr(item, "function", None)
    return inspect.getsource(function) if function else ""


def forked(items: Sequence[pytest.Item], guard: Guard | None) -> int | None:
    """Which of the tests fails first without the guard; None for no one, -1 for never."""
    for engine in ENGINES:
        engine.dispose()  # a connection to SQLite does not outlive a fork
    reader, writer = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(reader)
        _run(items, guard, writer)
    os.close(writer)
    with os.fdopen(reader) as pipe:
        said = pipe.read()
    _, status = os.waitpid(child, 0)
    begun, _, number = said.partition(" ")
    assert begun == "begun", f"{guard} could not be taken out"
    if os.WIFSIGNALED(status):
        return -1
    assert number or os.waitstatus_to_exitcode(status) == PASSED, f"{guard}: the runner failed"
    return int(number) if number else None


def _run(items: Sequence[pytest.Item], guard: Guard | None, writer: int) -> None:
    signal.signal(signal.SIGPROF, signal.SIG_DFL)
    code = FAILED
    try:
        if guard is not None:
            take_out(guard)
        os.write(writer, b"begun ")
        for number, item in enumerate(items):
            signal.setitimer(signal.ITIMER_PROF, PATIENCE)
            following = items[number + 1] if number + 1 < len(items) else items[0]
            reports = runtestprotocol(item, log=False, nextitem=following)
            if any(report.failed for report in reports):
                os.write(writer, str(number).encode())
                os._exit(code)
        code = PASSED
    finally:
        os._exit(code)
