"""A real PostgreSQL of the suite's own, beside SQLite: started once, one database a test."""

import os
import pwd
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Iterator
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
    folder = request.getfixturevalue("postgres_folder")
    name = f"t{abs(hash(request.node.nodeid))}"
    base = f"postgresql://broker@/{{}}?host={folder}"
    admin = make_engine(base.format("postgres")).execution_options(isolation_level="AUTOCOMMIT")
    with admin.connect() as connection:
        connection.execute(sa.text(f'CREATE DATABASE "{name}"'))
    admin.dispose()
    return base.format(name)


@pytest.fixture
def engine(database_url: str) -> Iterator[Engine]:
    """An engine on a migrated, empty database."""
    made = make_engine(database_url)
    migrate(made)
    yield made
    made.dispose()
