"""Migrations, instants and transactions, the same on both engines."""

import threading
from datetime import UTC, datetime, timedelta, timezone
from importlib import import_module
from pathlib import Path

import pytest
import sqlalchemy as sa
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext

import broker
from broker.db import METADATA, Engine, insert_new, make_engine, migrate, reading, writing
from broker.login.store import SPENT_MESSAGE
from broker.resources import resource
from tests import economy
from tests.factories import NOW
from tests.postgres import new_database

ELSEWHERE = {"ix_account_period_search"}  # by three letters at a time: of PostgreSQL alone
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
        context = MigrationContext.configure(connection)
        found = compare_metadata(context, METADATA)
    missing = set() if engine.dialect.name == "postgresql" else ELSEWHERE
    assert {change[1].name for change in found if change[0] == "add_index"} == missing
    assert [change for change in found if change[0] != "add_index"] == []


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


def test_what_a_migration_wrote_anew_is_vacuumed_at_once(postgres_folder: Path) -> None:
    engine = make_engine(new_database(postgres_folder, "vacuumed"))
    with writing(engine) as connection:
        config = Config()
        config.set_main_option("script_location", str(resource("deploy/migrations")))
        config.attributes |= {"connection": connection, "metadata": METADATA}
        command.upgrade(config, "0028")
    assert vacuumed(engine) == []
    migrate(engine)
    assert vacuumed(engine) == ["account_period"]
    engine.dispose()


def vacuumed(engine: Engine) -> list[str]:
    """The tables that somebody vacuumed, which autovacuum is not counted as."""
    tables = "SELECT relname FROM pg_stat_user_tables WHERE last_vacuum IS NOT NULL"
    with reading(engine) as connection:
        return list(connection.execute(sa.text(tables)).scalars())


def test_whatever_sqlite_commits_outside_of_tests_is_on_the_disk(tmp_path: Path) -> None:
    """The suite itself does not wait for the disk, so this asks what everybody else gets."""
    made = sa.create_engine(f"sqlite:///{tmp_path / 'real.sqlite3'}")
    sa.event.listen(made, "connect", economy.PREPARE)
    with made.connect() as connection:
        asked = ("synchronous", "foreign_keys")
        said = [connection.exec_driver_sql(f"PRAGMA {one}").scalar() for one in asked]
    made.dispose()
    assert said == [2, 1]  # FULL, ON


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
