"""Migrations, instants and transactions, the same on both engines."""

import threading
from datetime import UTC, datetime, timedelta, timezone
from importlib import import_module
from pathlib import Path

import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext

import broker
from broker.db import METADATA, Engine, insert_new, make_engine, migrate, reading, writing
from broker.login.store import SPENT_MESSAGE
from tests.factories import NOW

HOUSE = Path(broker.__file__).parent


def declare_all() -> int:
    """Import every module that declares a table; how many there are."""
    declaring = [path for path in HOUSE.rglob("*.py") if "= sa.Table(" in path.read_text("utf-8")]
    for path in declaring:
        import_module(".".join(("broker", *path.relative_to(HOUSE).with_suffix("").parts)))
    return len(declaring)


def test_migrations_make_exactly_the_tables_that_the_stores_declare(engine: Engine) -> None:
    assert declare_all() > 20
    with reading(engine) as connection:
        found = compare_metadata(MigrationContext.configure(connection), METADATA)
    assert found == []


def test_migrating_twice_and_at_once_is_harmless(database_url: str) -> None:
    failures: list[BaseException] = []

    def start() -> None:
        engine = make_engine(database_url)
        try:
            migrate(engine)
        except BaseException as error:  # noqa: BLE001  # handed to the test
            failures.append(error)
        engine.dispose()

    threads = [threading.Thread(target=start) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []


def mark(at: datetime, message: str = "_m") -> dict[str, object]:
    return {"federation": "f", "issuer": "i", "message_id": message, "until": at}


def test_an_instant_comes_back_aware_and_equal(engine: Engine) -> None:
    there = datetime(2026, 3, 2, 4, 0, 0, 123456, tzinfo=timezone(timedelta(hours=1)))
    with writing(engine) as connection:
        connection.execute(sa.insert(SPENT_MESSAGE), mark(there))
        back = connection.scalar(sa.select(SPENT_MESSAGE.c.until))
    assert back == there
    assert back is not None
    assert back.utcoffset() == timedelta(0)


def test_a_naive_instant_is_refused(engine: Engine) -> None:
    naive = datetime(2026, 3, 2, tzinfo=UTC).replace(tzinfo=None)
    with writing(engine) as connection, pytest.raises(sa.exc.StatementError, match="naive"):
        connection.execute(sa.insert(SPENT_MESSAGE), mark(naive))


def test_a_conflict_leaves_the_transaction_usable(engine: Engine) -> None:
    with writing(engine) as connection:
        assert insert_new(connection, SPENT_MESSAGE, [mark(NOW)]) == 1
        assert insert_new(connection, SPENT_MESSAGE, [mark(NOW), mark(NOW, "_n")]) == 1
    with reading(engine) as connection:
        assert connection.scalar(sa.select(sa.func.count()).select_from(SPENT_MESSAGE)) == 2


def test_an_exception_takes_everything_back(engine: Engine) -> None:
    def fail() -> None:
        with writing(engine) as connection:
            insert_new(connection, SPENT_MESSAGE, [mark(NOW)])
            raise LookupError

    with pytest.raises(LookupError):
        fail()
    with reading(engine) as connection:
        assert connection.scalar(sa.select(sa.func.count()).select_from(SPENT_MESSAGE)) == 0
