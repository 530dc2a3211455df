"""Database time: how long a driver's own cursor takes to run statements and to hand rows over.

Everything between SQLAlchemy and the database counts, on both engines alike: the way there
and back, planning, running and reading the answer. What Python makes of the rows does not.
"""

import sqlite3
import time
from collections.abc import Iterable, Mapping, MutableMapping, Sequence
from dataclasses import dataclass, field

import psycopg
from sqlalchemy import event
from sqlalchemy.engine import Dialect
from sqlalchemy.pool import ConnectionPoolEntry

from broker.db import Engine

Row = tuple[object, ...]


@dataclass(slots=True)
class Ledger:
    """What the statements took since somebody last asked, in seconds."""

    seconds: float = 0.0
    statements: int = 0
    by_text: dict[str, list[float]] = field(default_factory=dict)  # where somebody wants to know
    detailed: bool = False

    def take(self) -> tuple[float, int]:
        """The sum and the number of statements; both begin again."""
        taken = self.seconds, self.statements
        self.seconds, self.statements = 0.0, 0
        return taken

    def ran(self, began: float, text: object) -> None:
        """Note a statement that was run."""
        took = time.perf_counter() - began
        self.seconds += took
        self.statements += 1
        if self.detailed:
            self.by_text.setdefault(str(text), []).append(took)

    def read(self, began: float) -> None:
        """Note rows that were read."""
        self.seconds += time.perf_counter() - began


LEDGER = Ledger()  # of this process, which has one thread


class PostgresCursor(psycopg.Cursor[Row]):
    """A cursor that notes what it takes."""

    def execute(self, query, params=None, **more):  # type: ignore[no-untyped-def]  # whatever the driver takes
        began = time.perf_counter()
        try:
            return super().execute(query, params, **more)
        finally:
            LEDGER.ran(began, query)

    def executemany(self, query, params_seq, **more):  # type: ignore[no-untyped-def]  # whatever the driver takes
        began = time.perf_counter()
        try:
            return super().executemany(query, params_seq, **more)
        finally:
            LEDGER.ran(began, query)

    def fetchone(self) -> Row | None:
        began = time.perf_counter()
        try:
            return super().fetchone()
        finally:
            LEDGER.read(began)

    def fetchmany(self, size: int = 0) -> list[Row]:
        began = time.perf_counter()
        try:
            return super().fetchmany(size)
        finally:
            LEDGER.read(began)

    def fetchall(self) -> list[Row]:
        began = time.perf_counter()
        try:
            return super().fetchall()
        finally:
            LEDGER.read(began)


class SqliteCursor(sqlite3.Cursor):
    """A cursor that notes what it takes; SQLite does most of the work while rows are read."""

    def execute(self, sql: str, parameters: object = (), /) -> "SqliteCursor":
        began = time.perf_counter()
        try:
            super().execute(sql, parameters)  # type: ignore[arg-type]  # as it came
        finally:
            LEDGER.ran(began, sql)
        return self

    def executemany(self, sql: str, parameters: Iterable[object], /) -> "SqliteCursor":
        began = time.perf_counter()
        try:
            super().executemany(sql, parameters)  # type: ignore[arg-type]  # as it came
        finally:
            LEDGER.ran(began, sql)
        return self

    def fetchone(self) -> object:
        began = time.perf_counter()
        try:
            return super().fetchone()
        finally:
            LEDGER.read(began)

    def fetchall(self) -> list[object]:
        began = time.perf_counter()
        try:
            return super().fetchall()
        finally:
            LEDGER.read(began)


class SqliteConnection(sqlite3.Connection):
    """A connection whose cursors note what they take."""

    def cursor(self, factory: object = None) -> SqliteCursor:  # type: ignore[override]  # the one class that is asked for
        return super().cursor(SqliteCursor)


def timed(engine: Engine) -> None:
    """Let every connection that an engine opens from now on note what it takes."""
    engine.dispose()
    event.listen(engine, "do_connect", _open_timed)


def _open_timed(
    dialect: Dialect,
    _record: ConnectionPoolEntry,
    _arguments: Sequence[object],
    options: MutableMapping[str, object],
) -> None:
    if dialect.name == "postgresql":
        options["cursor_factory"] = PostgresCursor
    else:
        options["factory"] = SqliteConnection


def percentile(values: Sequence[float], share: float) -> float:
    """The value that a share of the values does not exceed."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(len(ordered) * share))]


def grouped(found: Mapping[str, Sequence[float]]) -> list[tuple[str, int, float, float]]:
    """Statements by what they took together: text, how often, mean and p99, in seconds."""
    lines = [
        (text, len(took), sum(took) / len(took), percentile(took, 0.99))
        for text, took in found.items()
    ]
    return sorted(lines, key=lambda line: -line[1] * line[2])
