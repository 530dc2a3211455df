"""A real PostgreSQL of the suite's own, beside SQLite: started once, one database a test."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from broker.db import Engine, make_engine, migrate
from tests.postgres import NoPostgres, new_database, running


@pytest.fixture(scope="session")
def postgres_folder() -> Iterator[Path]:
    """A running server, reached through a socket in this folder and in no other way."""
    try:
        # Without fsync: what the tests write is thrown away.
        with running("-F") as folder:
            yield folder
    except NoPostgres as error:
        pytest.fail(str(error), pytrace=False)


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The URL of an empty database, once for each engine."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'data' / 'broker.sqlite3'}"
    folder = request.getfixturevalue("postgres_folder")
    return new_database(folder, f"t{abs(hash(request.node.nodeid))}")


@pytest.fixture
def engine(database_url: str) -> Iterator[Engine]:
    """An engine on a migrated, empty database."""
    made = make_engine(database_url)
    migrate(made)
    yield made
    made.dispose()
