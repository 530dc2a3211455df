"""Where rows go: COPY on PostgreSQL, one INSERT of many on SQLite."""

import json
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice

import psycopg
import sqlalchemy as sa

from broker.db import Connection, Engine, writing

Line = tuple[object, ...]
CHUNK = 20_000  # rows at a time


def pour(
    connection: Connection, table: sa.Table, names: Sequence[str], rows: Iterable[Line]
) -> Iterator[int]:
    """Put rows into a table, some at a time; after each of them how many those were."""
    lines = iter(rows)
    put = _copy if connection.dialect.name == "postgresql" else _insert
    while chunk := list(islice(lines, CHUNK)):
        put(connection, table, names, chunk)
        yield len(chunk)


def settle(engine: Engine) -> None:
    """What autovacuum does within minutes: statistics, and pages that are known to be whole."""
    if engine.dialect.name == "postgresql":
        with engine.execution_options(isolation_level="AUTOCOMMIT").connect() as connection:
            connection.execute(sa.text("VACUUM (ANALYZE)"))
    else:
        with writing(engine) as connection:
            connection.execute(sa.text("ANALYZE"))


def _copy(
    connection: Connection, table: sa.Table, names: Sequence[str], rows: Sequence[Line]
) -> None:
    driver = connection.connection.driver_connection
    assert isinstance(driver, psycopg.Connection)
    columns = psycopg.sql.SQL(", ").join(map(psycopg.sql.Identifier, names))
    statement = psycopg.sql.SQL("COPY {} ({}) FROM STDIN").format(
        psycopg.sql.Identifier(table.name), columns
    )
    with driver.cursor() as cursor, cursor.copy(statement) as copy:
        for row in rows:
            copy.write_row(row)


def _insert(
    connection: Connection, table: sa.Table, names: Sequence[str], rows: Sequence[Line]
) -> None:
    told = {name for name in names if isinstance(table.c[name].type, sa.JSON)}  # COPY takes text
    values = [dict(zip(names, row, strict=True)) for row in rows]
    for value in values if told else ():
        value |= {name: json.loads(str(value[name])) for name in told}
    connection.execute(sa.insert(table), values)
