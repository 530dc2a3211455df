"""What flows share: databases of boxes, a demo for the command, keys for demos and drills."""

import logging
import signal
from collections.abc import Callable, Iterator
from contextlib import nullcontext
from importlib import import_module
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from broker.cli import main
from broker.demo import once
from broker.demo.drill import running, traffic
from broker.demo.drill.setting import make_stage
from broker.demo.everything import Played, play_all
from broker.demo.federation import build
from tests.box import FILLED, fill
from tests.fixtures_db import Shared, SharedPostgres
from tests.key_pool import with_pool

DEMO = import_module("broker.cli.demo")  # whose name in its package is the command's


@pytest.fixture(scope="session", autouse=True)
def keys_of_the_pool() -> Iterator[None]:
    """Each demo and each stage is a world of its own: its keys differ from one another."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(once, "build", with_pool(build))
        for module in (running, traffic):
            patch.setattr(module, "make_stage", with_pool(make_stage))
        yield


@pytest.fixture(scope="session")
def boxed_postgresql(postgres_folder: Path) -> Iterator[Shared]:
    """The PostgreSQL database of boxes, one after another."""
    made = SharedPostgres(postgres_folder, FILLED, fill)
    yield made
    made.engine.dispose()


@pytest.fixture(params=["sqlite", "postgresql"])
def box_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The URL of a database for `make_box`, once for each engine."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path / 'data' / 'broker.sqlite3'}"
        return
    shared: Shared = request.getfixturevalue("boxed_postgresql")
    yield shared.url
    shared.empty()


@pytest.fixture(scope="session")
def played() -> Iterator[once.Stage]:
    """A demo for logins that change nothing in it."""
    with once.stage(lambda _: None) as made:
        yield made


@pytest.fixture(scope="session")
def all_played(played: once.Stage) -> list[Played]:
    """Every service with every identity provider, as `broker demo --all` plays them."""
    return list(play_all(played))


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[..., Result]]:
    """Runs `broker …` in this process and an empty folder; signals and logs are put back."""
    monkeypatch.chdir(tmp_path)
    numbers = (signal.SIGINT, signal.SIGTERM)
    signals = [(number, signal.getsignal(number)) for number in numbers]
    loggers = [logging.getLogger(name) for name in ("", "broker", "broker.security")]
    before = [(one, one.level, one.handlers[:]) for one in loggers]
    yield lambda *arguments: CliRunner().invoke(main, arguments)
    for number, handler in signals:
        signal.signal(number, handler)
    for logger, level, handlers in before:
        logger.setLevel(level)
        logger.handlers[:] = handlers


@pytest.fixture
def plays(
    here: Callable[..., Result], played: once.Stage, monkeypatch: pytest.MonkeyPatch
) -> Callable[..., Result]:
    """The same, with a demo that is there already for `broker demo --once` and `--all`."""
    monkeypatch.setattr(DEMO, "stage", lambda _say: nullcontext(played))
    return here


@pytest.fixture
def plays_all(
    plays: Callable[..., Result], all_played: list[Played], monkeypatch: pytest.MonkeyPatch
) -> Callable[..., Result]:
    """The same, where `broker demo --all` tells of the logins that were played already."""
    monkeypatch.setattr(DEMO, "play_all", lambda _stage: all_played)
    return plays
