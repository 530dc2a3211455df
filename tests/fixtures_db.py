"""A real PostgreSQL of the suite's own, beside SQLite: started once, one database a test."""

import atexit
import os
import pwd
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path

import pytest
import sqlalchemy as sa

from broker.db import Engine, make_engine, migrate

UNPRIVILEGED = "nobody"


def _program(name: str) -> str:
    found = [str(path) for path in sorted(Path("/usr/lib/postgresql").glob(f"*/bin/{name}"))]
    found = found or [path for path in [shutil.which(name)] if path]
    if not found:
        pytest.fail(f"PostgreSQL's {name} is missing: apt-get install postgresql", pytrace=False)
    return found[-1]


@pytest.fixture(scope="session")
def postgres_folder() -> Iterator[Path]:
    """A running server, reached through a socket in this folder and in no other way."""
    folder = Path(tempfile.mkdtemp(prefix="broker-postgres-"))
    as_user: dict[str, str] = {}
    if os.geteuid() == 0:
        account = pwd.getpwnam(UNPRIVILEGED)
        os.chown(folder, account.pw_uid, account.pw_gid)
        as_user = {"user": UNPRIVILEGED}
    data = folder / "data"
    subprocess.run(
        [_program("initdb"), "-D", data, "-U", "broker", "-A", "trust", "-N", "-E", "UTF8"],
        check=True,
        capture_output=True,
        cwd=folder,
        **as_user,  # type: ignore[call-overload]  # user= is there or not
    )
    with (folder / "log").open("wb") as log:
        server = subprocess.Popen(
            [_program("postgres"), "-D", data, "-k", folder, "-c", "listen_addresses=", "-F"],
            stdout=log,
            stderr=log,
            cwd=folder,
            **as_user,  # type: ignore[call-overload]  # as above
        )
    try:
        _wait_for(folder / ".s.PGSQL.5432", server)
        yield folder
    finally:
        server.terminate()
        server.wait(timeout=20)
        shutil.rmtree(folder, ignore_errors=True)


def _wait_for(path: Path, server: subprocess.Popen[bytes]) -> None:
    for _ in range(200):
        if path.exists():
            with socket.socket(socket.AF_UNIX) as probe:
                if probe.connect_ex(str(path)) == 0:
                    return
        try:
            server.wait(timeout=0.05)
        except subprocess.TimeoutExpired:
            continue
        break
    pytest.fail("PostgreSQL did not start", pytrace=False)


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The URL of an empty database, once for each engine."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'data' / 'broker.sqlite3'}"
    if "engine" in request.fixturenames:  # which is on the one that is migrated already
        migrated: Migrated = request.getfixturevalue("migrated_postgres")
        return migrated.url
    folder = request.getfixturevalue("postgres_folder")
    name = f"t{abs(hash(request.node.nodeid))}"
    with _administering(folder) as connection:
        connection.execute(sa.text(f'CREATE DATABASE "{name}"'))
    return _url(folder, name)


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
    path = Path(engine.url.database or "")
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    shutil.copyfile(migrated_sqlite(), path)
    path.chmod(0o600)


class Migrated:
    """A migrated PostgreSQL database that tests have one after another, emptied in between."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.url = _url(folder, "migrated")
        self._make()

    def empty(self) -> None:
        """Take out whatever a test put in; make it anew where somebody still holds on to it."""
        engine = make_engine(self.url)
        try:
            with engine.begin() as connection:
                connection.execute(sa.text("SET LOCAL lock_timeout = '2s'"))
                # Without triggers, and so in any order of foreign keys.
                connection.execute(sa.text("SET LOCAL session_replication_role = replica"))
                for statement in self._emptying:
                    connection.execute(sa.text(statement))
        except sa.exc.DBAPIError:
            engine.dispose()
            self._make()
        engine.dispose()

    def _make(self) -> None:
        with _administering(self.folder) as admin:
            admin.execute(sa.text("DROP DATABASE IF EXISTS migrated WITH (FORCE)"))
            admin.execute(sa.text("CREATE DATABASE migrated"))
        engine = make_engine(self.url)
        migrate(engine)
        with engine.connect() as connection:
            found = sa.inspect(connection)
            tables = [name for name in found.get_table_names() if name != "alembic_version"]
            self._emptying = [str(sa.delete(sa.table(name))) for name in tables]
            self._emptying += [
                f'ALTER SEQUENCE "{name}" RESTART' for name in found.get_sequence_names()
            ]
        engine.dispose()


@pytest.fixture(scope="session")
def migrated_postgres(postgres_folder: Path) -> Migrated:
    """The one that tests share."""
    return Migrated(postgres_folder)


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
    made = make_engine(database_url)
    if made.dialect.name == "sqlite":
        copy_migrated(made)
    yield made
    made.dispose()
    if made.dialect.name == "postgresql":
        migrated: Migrated = request.getfixturevalue("migrated_postgres")
        migrated.empty()
