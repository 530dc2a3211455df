"""How long this process and the server's waited for a core: what others take from a measurement."""

import os
from dataclasses import dataclass, field
from pathlib import Path

import psycopg
import sqlalchemy as sa
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.pool import ConnectionPoolEntry

from broker.db import Engine

_PROCESSES = Path("/proc")


@dataclass(slots=True)
class Waits:
    """The kernel's accounts of this process and of those behind an engine's connections."""

    _files: list[Path] = field(default_factory=list)

    def follow(self, engine: Engine) -> None:
        """Count the server's processes for connections that are opened from now on."""
        self._files.append(_PROCESSES / str(os.getpid()) / "schedstat")
        engine.dispose()
        sa.event.listen(engine, "connect", self._opened)

    def seconds(self) -> float:
        """How long they waited for a core so far; 0 where the kernel does not tell."""
        return sum(map(_waited, self._files))

    def _opened(self, connection: DBAPIConnection, _record: ConnectionPoolEntry) -> None:
        driver: object = connection
        if isinstance(driver, psycopg.Connection):
            self._files.append(_PROCESSES / str(driver.info.backend_pid) / "schedstat")


def _waited(file: Path) -> float:
    try:
        return int(file.read_text().split()[1]) / 1e9
    except (OSError, IndexError, ValueError):
        return 0.0
