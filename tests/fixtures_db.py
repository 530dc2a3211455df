"""A real PostgreSQL of the suite's own, beside SQLite: started once, one database a test."""

import atexit
import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Protocol

import pytest
import sqlalchemy as sa

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
    if "engine" in request.fixturenames:  # which is on one that is migrated already
        shared: Shared = request.getfixturevalue(f"shared_{request.param}")
        return shared.url
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'data' / 'broker.sqlite3'}"
    folder = request.getfixturevalue("postgres_folder")
    return new_database(folder, f"t{abs(hash(request.node.nodeid))}")


@cache
def migrated_sqlite() -> Path:
    """A migrated, empty SQLite database to copy: the revisions run once for all tests."""
    folder = Path(tempfile.mkdtemp(prefix="broker-sqlite-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    made = make_engine(f"sqlite:///{folder / 'broker.sqlite3'}")
    migrate(made)
    made.dispose()
    return folder / "broker.sqlite3"


def copy_migrated(engine: Engine) -> None:
    """Put a migrated, empty database where a SQLite engine will look for its file."""
    copy_database(migrated_sqlite(), Path(engine.url.database or ""))


def copy_database(file: Path, path: Path) -> None:
    """Copy a SQLite database that nobody has open."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    shutil.copyfile(file, path)
    path.chmod(0o600)


class Shared(Protocol):
    """A migrated database that tests have one after another, each finding it empty.

    They share its engine as well: an engine remembers how each statement is spelled, and to
    spell them all again for every test took a third of the time.
    """

    url: str
    engine: Engine

    def empty(self) -> None:
        """Take out whatever a test put in."""


class SharedSqlite:
    """A file in a folder of its own, put there anew each time."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self.url = f"sqlite:///{folder / 'broker.sqlite3'}"
        self.engine = make_engine(self.url)
        copy_migrated(self.engine)

    def empty(self) -> None:
        """Copy the empty one; with the file goes the journal beside it."""
        self.engine.dispose()
        shutil.rmtree(self._folder)
        copy_migrated(self.engine)


class SharedPostgres:
    """One database of the server; deleting rows takes less than making a database.

    Where something fills it, each test finds what that put in, and nothing else.
    """

    def __init__(
        self, folder: Path, name: str = "migrated", fill: Callable[[str], None] | None = None
    ) -> None:
        self._folder, self._name, self._fill = folder, name, fill
        self.url = _url(folder, name)
        self.engine = make_engine(self.url)
        self._make()

    def empty(self) -> None:
        """Delete every row; make the database anew where somebody still holds on to it.

        The connection stays: a new one would look all tables up again.
        """
        try:
            with self.engine.begin() as connection:
                connection.exec_driver_sql(self._emptying)
        except sa.exc.DBAPIError:
            self.engine.dispose()
            self._make()

    def _make(self) -> None:
        with _administering(self._folder) as admin:
            admin.execute(sa.text(f"DROP DATABASE IF EXISTS {self._name} WITH (FORCE)"))
            admin.execute(sa.text(f"CREATE DATABASE {self._name}"))
        migrate(self.engine)
        if self._fill is not None:
            self._fill(self.url)
        with self.engine.begin() as connection:
            found = sa.inspect(connection)
            tables = [name for name in found.get_table_names() if name != "alembic_version"]
            full = [name for name in tables if _rows(connection, name)]
            # Without triggers, and so in any order of foreign keys; all of it at once.
            self._emptying = "; ".join(
                (
                    "SET LOCAL lock_timeout = '2s'",
                    "SET LOCAL session_replication_role = replica",
                    *(str(sa.delete(sa.table(name))) for name in tables),
                    *(f"INSERT INTO {n} OVERRIDING SYSTEM VALUE TABLE kept.{n}" for n in full),
                    *(_stands(connection, name) for name in found.get_sequence_names()),
                )
            )
            connection.exec_driver_sql("CREATE SCHEMA kept")
            for name in full:
                connection.exec_driver_sql(f"CREATE TABLE kept.{name} AS TABLE {name}")
        self.engine.dispose()


def _rows(connection: sa.Connection, name: str) -> int:
    return connection.scalar(sa.select(sa.func.count()).select_from(sa.table(name))) or 0


def _stands(connection: sa.Connection, sequence: str) -> str:
    """What puts a sequence where it stands now."""
    asked = sa.text(f"SELECT last_value, is_called FROM {sequence}")  # noqa: S608 # ours
    last, called = connection.execute(asked).one()
    return f"SELECT setval('{sequence}', {last}, {str(called).lower()})"


@pytest.fixture(scope="session")
def shared_sqlite(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shared]:
    """The SQLite database that tests share."""
    made = SharedSqlite(tmp_path_factory.mktemp("shared") / "data")
    yield made
    made.engine.dispose()


@pytest.fixture(scope="session")
def shared_postgresql(postgres_folder: Path) -> Iterator[Shared]:
    """The PostgreSQL database that tests share."""
    made = SharedPostgres(postgres_folder)
    yield made
    made.engine.dispose()


def _url(folder: Path, name: str) -> str:
    return f"postgresql://broker@/{name}?host={folder}"


@contextmanager
def _administering(folder: Path) -> Iterator[sa.Connection]:
    """A connection that makes and drops databases."""
    admin = make_engine(_url(folder, "postgres"))
    with admin.execution_options(isolation_level="AUTOCOMMIT").connect() as connection:
        yield connection
    admin.dispose()


@pytest.fixture
def engine(request: pytest.FixtureRequest, database_url: str) -> Iterator[Engine]:
    """An engine on a migrated, empty database."""
    name = "sqlite" if database_url.startswith("sqlite") else "postgresql"
    shared: Shared = request.getfixturevalue(f"shared_{name}")
    yield shared.engine
    shared.empty()
