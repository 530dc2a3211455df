"""A PostgreSQL of our own: started for as long as somebody needs it, and then thrown away."""

import os
import pwd
import shutil
import signal
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import sqlalchemy as sa

from broker.db import make_engine

UNPRIVILEGED = "nobody"
_STATUS = 7  # the line of postmaster.pid that says so


class NoPostgres(Exception):
    """There is no PostgreSQL here, or it does not start."""


@contextmanager
def running(*options: str) -> Iterator[Path]:
    """A running server, reached through a socket in this folder and in no other way.

    `options` are for the server. Raises NoPostgres.
    """
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
        server.wait(timeout=20)
        shutil.rmtree(folder, ignore_errors=True)


def new_database(folder: Path, name: str) -> str:
    """Make an empty database on a running server; its URL."""
    base = f"postgresql://broker@/{{}}?host={folder}"
    admin = make_engine(base.format("postgres")).execution_options(isolation_level="AUTOCOMMIT")
    with admin.connect() as connection:
        connection.execute(sa.text(f'CREATE DATABASE "{name}"'))
    admin.dispose()
    return base.format(name)


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
        if len(lines) > _STATUS and lines[_STATUS].strip() == "ready":
            return
        try:
            server.wait(timeout=0.05)
        except subprocess.TimeoutExpired:
            continue
        break
    raise NoPostgres("PostgreSQL did not start")
