"""A PostgreSQL of our own, started for as long as somebody needs it; its data may be kept."""

import os
import pwd
import shutil
import signal
import subprocess
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import sqlalchemy as sa

from broker.db import make_engine

UNPRIVILEGED = "nobody"
_NAMED = sa.text("SELECT 1 FROM pg_database WHERE datname = :name")
_STATUS = 7  # the line of postmaster.pid that says so


class NoPostgres(Exception):
    """There is no PostgreSQL here, or it does not start."""


@contextmanager
def running(*options: str, keep: Path | None = None) -> Iterator[Path]:
    """A running server, reached through a socket in this folder and in no other way.

    `options` are for the server. Its data is thrown away at the end, or kept in a folder that
    the next one goes on from. Raises NoPostgres.
    """
    folder = Path(tempfile.mkdtemp(prefix="broker-postgres-"))
    as_user: dict[str, str] = {}
    data = (keep or folder) / "data"
    if keep is not None:
        keep.mkdir(parents=True, exist_ok=True)
    if os.geteuid() == 0:
        account = pwd.getpwnam(UNPRIVILEGED)
        for mine in {folder, data.parent}:
            os.chown(mine, account.pw_uid, account.pw_gid)
        as_user = {"user": UNPRIVILEGED}
    if not (data / "PG_VERSION").exists():
        subprocess.run(
            [_program("initdb"), "-D", data, "-U", "broker", "-A", "trust", "-N", "-E", "UTF8"],
            check=True,
            capture_output=True,
            cwd=folder,
            **as_user,  # type: ignore[call-overload]  # user= is there or not
        )
    near = [_program("postgres"), "-D", data, "-k", folder, "-c", "listen_addresses=", *options]
    with (folder / "log").open("wb") as log:
        server = subprocess.Popen(
            near,
            stdout=log,
            stderr=log,
            cwd=folder,
            **as_user,  # type: ignore[call-overload]  # as above
        )
    try:
        _wait_for(data, server)
        yield folder
    finally:
        server.send_signal(signal.SIGINT)  # ends without waiting for those who are connected
        server.wait(timeout=60)
        shutil.rmtree(folder, ignore_errors=True)


def url_of(folder: Path, name: str) -> str:
    """The URL of a database on a running server."""
    return f"postgresql://broker@/{name}?host={folder}"


def new_database(folder: Path, name: str) -> str:
    """Make an empty database on a running server; its URL."""
    _tell(folder, f'CREATE DATABASE "{name}"')
    return url_of(folder, name)


def kept_database(folder: Path, name: str, fill: Callable[[str], None]) -> str:
    """A database that is filled once and kept: what broke off half-way is made anew; its URL."""
    base = make_engine(url_of(folder, "postgres"))
    with base.connect() as connection:
        there = connection.scalar(_NAMED, {"name": name})
    base.dispose()
    if not there:
        _tell(folder, f'DROP DATABASE IF EXISTS "{name}-half"')
        fill(new_database(folder, f"{name}-half"))
        _tell(folder, f'ALTER DATABASE "{name}-half" RENAME TO "{name}"')
    return url_of(folder, name)


def _tell(folder: Path, statement: str) -> None:
    """Let the server do what is done outside of transactions."""
    admin = make_engine(url_of(folder, "postgres")).execution_options(isolation_level="AUTOCOMMIT")
    with admin.connect() as connection:
        connection.execute(sa.text(statement))
    admin.dispose()


def _program(name: str) -> str:
    found = [str(path) for path in sorted(Path("/usr/lib/postgresql").glob(f"*/bin/{name}"))]
    found = found or [path for path in [shutil.which(name)] if path]
    if not found:
        raise NoPostgres(f"PostgreSQL's {name} is missing: apt-get install postgresql")
    return found[-1]


def _wait_for(data: Path, server: subprocess.Popen[bytes]) -> None:
    """Until the server says that it is ready: its socket is there a moment before that."""
    for _ in range(400):
        try:
            lines = (data / "postmaster.pid").read_text().splitlines()
        except FileNotFoundError:
            lines = []
        own = lines[:1] == [str(server.pid)]  # and not what one left that was killed
        if own and len(lines) > _STATUS and lines[_STATUS].strip() == "ready":
            return
        try:
            server.wait(timeout=0.05)
        except subprocess.TimeoutExpired:
            continue
        break
    raise NoPostgres("PostgreSQL did not start")
