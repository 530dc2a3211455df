"""What somebody does who has the database, and the rights to it, and no key of ours."""

from collections.abc import Iterator
from contextlib import contextmanager

import sqlalchemy as sa

from broker.db import Connection, Engine, writing


@contextmanager
def tampering(engine: Engine) -> Iterator[Connection]:
    """A transaction that nothing guards: the owner of tables turns their triggers off."""
    with writing(engine) as connection:
        if engine.dialect.name == "postgresql":
            connection.exec_driver_sql("SET LOCAL session_replication_role = replica")
            yield connection
            return
        triggers = sa.text("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'")
        found = connection.execute(triggers).all()
        for name, _sql in found:
            connection.exec_driver_sql(f"DROP TRIGGER {name}")
        yield connection
        for _name, sql in found:
            connection.exec_driver_sql(sql)


@contextmanager
def unwritable(engine: Engine) -> Iterator[None]:
    """The trail takes no record, as when its disk is full."""
    made = ["CREATE TRIGGER full BEFORE INSERT ON audit BEGIN SELECT RAISE(ABORT, 'full'); END"]
    gone = ["DROP TRIGGER full"]
    if engine.dialect.name == "postgresql":
        made = [
            """CREATE FUNCTION no_room() RETURNS trigger LANGUAGE plpgsql AS
            $$ BEGIN RAISE EXCEPTION 'full'; END $$""",
            "CREATE TRIGGER no_room BEFORE INSERT ON audit EXECUTE FUNCTION no_room()",
        ]
        gone = ["DROP TRIGGER no_room ON audit", "DROP FUNCTION no_room"]
    _run(engine, made)
    try:
        yield
    finally:
        _run(engine, gone)


def _run(engine: Engine, statements: list[str]) -> None:
    with writing(engine) as connection:
        for statement in statements:
            connection.exec_driver_sql(statement)
