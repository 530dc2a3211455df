"""Databases that are set up as a box has them, and keys of the pool for demos and drills."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from broker.demo import once
from broker.demo.drill import running, traffic
from tests.box import FILLED, fill
from tests.fixtures_db import Shared, SharedPostgres
from tests.key_pool import with_pool


@pytest.fixture(scope="session", autouse=True)
def keys_of_the_pool() -> Iterator[None]:
    """Each demo and each stage is a world of its own: its keys differ from one another."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(once, "build", with_pool(once.build))
        for module in (running, traffic):
            patch.setattr(module, "make_stage", with_pool(module.make_stage))
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
