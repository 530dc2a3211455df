"""One engine and one transaction at a time, on SQLite and on PostgreSQL alike.

Stores declare their tables on `METADATA` and run statements on a connection
they are given; who begins the transaction decides what commits together.
`writing` is such a transaction, `reading` one that sees a single moment and
can change nothing.
"""

import os
import sqlite3
import time
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, TypeVar, cast

import sqlalchemy as sa
from sqlalchemy import event
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import Connection, Dialect, Engine
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.pool import ConnectionPoolEntry
from sqlalchemy.types import TypeDecorator

from broker.db import revisions
from broker.errors import Unavailable

__all__ = [
    "METADATA",
    "Connection",
    "Engine",
    "Instant",
    "glance",
    "insert_adding",
    "insert_new",
    "make_engine",
    "migrate",
    "migrated",
    "reading",
    "several",
    "writing",
]

METADATA = sa.MetaData(
    naming_convention={
        "pk": "pk_%(table_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
    }
)

_T = TypeVar("_T")

PATIENCE = 15  # seconds that one writer waits for another
_QUERY_ONLY = "broker.query_only"
_FEWEST = 4  # values of an IN
_MIGRATION_LOCK = 7_305_661_150_203_114_281  # any number that nobody else locks


class Instant(TypeDecorator[datetime]):
    """An aware datetime in UTC, whichever engine keeps it."""

    impl = sa.DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Refuse naive times; store UTC."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a naive datetime has no place in the database")
        value = value.astimezone(UTC)
        return value.replace(tzinfo=None) if dialect.name == "sqlite" else value

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Give back an aware UTC datetime."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


def make_engine(url: str) -> Engine:
    """An engine for `sqlite:///…` or `postgresql://…`; nothing is opened until it is used."""
    made = sa.make_url(url)
    if made.drivername == "postgresql":
        made = made.set(drivername="postgresql+psycopg")
    if made.get_backend_name() != "sqlite":
        engine = sa.create_engine(
            made, pool_pre_ping=True, pool_size=5, max_overflow=10, hide_parameters=True
        )
        event.listen(engine, "connect", _prepare_postgresql)
        return engine
    # The driver sets its timeout before any statement: two processes that start together wait.
    options = {"check_same_thread": False, "timeout": PATIENCE}
    engine = sa.create_engine(made, connect_args=options, hide_parameters=True)
    event.listen(engine, "do_connect", _make_owner_only)
    event.listen(engine, "connect", _prepare_sqlite)
    event.listen(engine, "begin", _begin_sqlite)
    return engine


@contextmanager
def writing(engine: Engine) -> Iterator[Connection]:
    """One transaction that may change things: commits at the end, rolls back on an exception.

    SQLite's write lock is taken first, so that two writers wait instead of failing.
    """
    with engine.begin() as connection:
        yield connection


@contextmanager
def reading(engine: Engine) -> Iterator[Connection]:
    """One transaction that sees a single moment, takes no write lock and refuses to change."""
    options: dict[str, bool | str] = {"broker_reading": True}
    if engine.dialect.name == "postgresql":
        options = {"postgresql_readonly": True, "isolation_level": "REPEATABLE READ"}
    with engine.connect() as connection:
        connection.execution_options(**options)
        with connection.begin():
            yield connection


def glance(engine: Engine, query: str) -> Sequence[Any] | None:
    """The first row of one query without parameters, in no transaction: the way to ask often.

    For what every request asks before anything else; a transaction around it would cost three
    times as much as the query.
    """
    connection = engine.raw_connection()
    bare: Any = connection.dbapi_connection
    by_itself = engine.dialect.name == "postgresql"
    try:
        if by_itself:
            bare.autocommit = True
        row = cast("Sequence[Any] | None", bare.execute(query).fetchone())
        if by_itself:
            bare.autocommit = False
    except engine.dialect.loaded_dbapi.Error as error:
        connection.invalidate()
        raise sa.exc.OperationalError(query, None, error) from error
    finally:
        connection.close()
    return row


def insert_new(
    connection: Connection, table: sa.Table, rows: Sequence[Mapping[str, object]]
) -> int:
    """Insert the rows whose key is not there yet; how many were new.

    A conflict leaves the transaction usable on both engines, which a failed INSERT does not.
    Where another transaction has inserted a key and not ended yet, this waits for it, so give
    rows in an order that everybody keeps.
    """
    statement: sa.Insert
    if connection.dialect.name == "sqlite":
        statement = sqlite.insert(table).on_conflict_do_nothing()
    else:
        statement = postgresql.insert(table).on_conflict_do_nothing()
    options = {"preserve_rowcount": True}
    return connection.execute(statement, list(rows), execution_options=options).rowcount


def insert_adding(
    connection: Connection,
    table: sa.Table,
    rows: Sequence[Mapping[str, object]],
    columns: Collection[str],
) -> None:
    """Insert the rows, and where a key is there already, add the columns to what it has.

    In the order of their keys, so that two nodes that add to the same rows cannot deadlock.
    """
    if not rows:
        return
    keys = [column.name for column in table.primary_key]
    insert = (sqlite if connection.dialect.name == "sqlite" else postgresql).insert(table)
    added = {name: table.c[name] + insert.excluded[name] for name in columns}
    statement = insert.on_conflict_do_update(index_elements=keys, set_=added)
    connection.execute(statement, sorted(rows, key=lambda row: [str(row[key]) for key in keys]))


def several(values: Collection[_T]) -> list[_T]:
    """The values of an IN, filled up with one of them to 4, 16, 64 … of them.

    A statement is planned anew for each number of values that it was not prepared for.
    """
    filled = list(values)
    length = _FEWEST
    while length < len(filled):
        length *= _FEWEST
    return filled + filled[-1:] * (length - len(filled))


def migrate(engine: Engine) -> None:
    """Bring the database to the newest revision. Processes that start together take turns."""
    from alembic import command  # noqa: PLC0415  # eight megabytes that no worker needs
    from alembic.runtime.migration import MigrationContext  # noqa: PLC0415  # of alembic as well

    if engine.dialect.name == "sqlite":
        _keep_wal(engine)
    with writing(engine) as connection:
        if engine.dialect.name == "postgresql":
            connection.execute(sa.select(sa.func.pg_advisory_xact_lock(_MIGRATION_LOCK)))
        config = revisions.config()
        config.attributes["connection"] = connection
        config.attributes["metadata"] = METADATA
        before = MigrationContext.configure(connection).get_current_revision()
        command.upgrade(config, "head")
    if before is not None and engine.dialect.name == "postgresql":
        revisions.tidy(engine, revisions.rewritten(config, before))


def migrated(engine: Engine) -> bool:
    """Whether the database is at the newest revision that this code knows."""
    with reading(engine) as connection:
        return revisions.at(connection) == revisions.newest()


def _keep_wal(engine: Engine) -> None:
    """Switch the file to write-ahead logging, once and for all who open it later.

    The switch needs the file alone, and SQLite does not wait for that by itself.
    """
    connection = engine.raw_connection()
    try:
        cursor = connection.cursor()
        for _ in range(PATIENCE * 20):
            try:
                cursor.execute("PRAGMA journal_mode=WAL")
                mode = str((cursor.fetchone() or ("none",))[0])
            except sqlite3.OperationalError:
                time.sleep(0.05)
                continue
            if mode in ("wal", "memory"):
                return
            raise Unavailable("database.wal", f"the file system only allows {mode} journals")
        raise Unavailable("database.locked", "somebody else keeps the database file to himself")
    finally:
        connection.close()


def _make_owner_only(
    _dialect: Dialect,
    _record: ConnectionPoolEntry,
    arguments: Sequence[object],
    _parameters: Mapping[str, object],
) -> None:
    """Make the file, where it is missing, readable by its owner alone; SQLite would not."""
    name = str(arguments[0])
    if name == ":memory:" or name.startswith("file:"):
        return
    path = Path(name)
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    os.close(os.open(path, os.O_RDWR | os.O_CREAT, 0o600))


def _prepare_postgresql(connection: DBAPIConnection, _record: ConnectionPoolEntry) -> None:
    """Let no statement be compiled: for lists over many grants that takes longer than they do."""
    cursor = connection.cursor()
    cursor.execute("SET jit = off")
    cursor.close()
    connection.commit()


def _prepare_sqlite(connection: DBAPIConnection, _record: ConnectionPoolEntry) -> None:
    connection.isolation_level = None  # the driver begins nothing by itself; `begin` below does
    cursor = connection.cursor()
    for pragma in ("foreign_keys=ON", "synchronous=FULL"):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _begin_sqlite(connection: Connection) -> None:
    reads = connection.get_execution_options().get("broker_reading", False)
    if connection.info.get(_QUERY_ONLY) is not reads:  # kept with the connection, as the pragma is
        connection.exec_driver_sql(f"PRAGMA query_only={'ON' if reads else 'OFF'}")
        connection.info[_QUERY_ONLY] = reads
    connection.exec_driver_sql("BEGIN" if reads else "BEGIN IMMEDIATE")
