"""The demo running over HTTP, in which tests sign in as each kind of person."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from broker import app
from broker.clock import system_clock
from broker.demo.sites import served
from tests.box import Moved
from tests.demos import made_in
from tests.portals import trial
from tests.portals.visiting import House


@contextmanager
def opened(folder: Path) -> Iterator[House]:
    """A demo of its own, over HTTP, until the end."""
    clock = Moved(system_clock())
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(app, "SECTIONS", (*app.SECTIONS, trial.section))
        demo = made_in(folder, clock)
    trial.furnish(demo)
    with served(demo):
        yield House(demo, clock)


@pytest.fixture(scope="session")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    with opened(tmp_path_factory.mktemp("portals") / "demo") as made:
        yield made
