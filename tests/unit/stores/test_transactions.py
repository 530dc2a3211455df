"""Who may read a file, what a reading refuses, and processes that start together."""

import subprocess
import sys
from pathlib import Path

import pytest
import sqlalchemy as sa
from alembic.script import ScriptDirectory

from broker.db import Engine, make_engine, migrated, reading, revisions, writing
from broker.login.store import SPENT_MESSAGE
from tests.factories import NOW
from tests.house import repository

MARK = {"federation": "f", "issuer": "i", "message_id": "_m", "until": NOW}
COUNT = sa.select(sa.func.count()).select_from(SPENT_MESSAGE)


def test_a_new_file_and_its_folder_are_their_owners_alone(tmp_path: Path) -> None:
    engine = make_engine(f"sqlite:///{tmp_path / 'data' / 'broker.sqlite3'}")
    with reading(engine) as connection:
        connection.execute(sa.select(1))
    assert (tmp_path / "data").stat().st_mode & 0o777 == 0o700
    assert (tmp_path / "data" / "broker.sqlite3").stat().st_mode & 0o777 == 0o600
    engine.dispose()


def test_making_an_engine_touches_nothing(tmp_path: Path) -> None:
    make_engine(f"sqlite:///{tmp_path / 'data' / 'broker.sqlite3'}").dispose()
    assert not (tmp_path / "data").exists()


def test_a_reading_can_change_nothing_and_the_next_transaction_can(engine: Engine) -> None:
    with pytest.raises(sa.exc.DBAPIError, match=r"read.?only"), reading(engine) as connection:
        connection.execute(sa.insert(SPENT_MESSAGE), MARK)
    with writing(engine) as connection:
        connection.execute(sa.insert(SPENT_MESSAGE), MARK)
    with reading(engine) as connection:
        assert connection.scalar(COUNT) == 1


def test_a_reading_sees_one_moment_and_holds_no_writer_up(engine: Engine) -> None:
    with reading(engine) as before:
        assert before.scalar(COUNT) == 0
        with writing(engine) as connection:
            connection.execute(sa.insert(SPENT_MESSAGE), MARK)
        assert before.scalar(COUNT) == 0
    with reading(engine) as after:
        assert after.scalar(COUNT) == 1


def test_an_empty_database_is_not_migrated(database_url: str) -> None:
    engine = make_engine(database_url)
    assert not migrated(engine)
    engine.dispose()


def test_a_migrated_database_is(engine: Engine) -> None:
    assert migrated(engine)


def test_one_of_an_older_release_is_not(engine: Engine) -> None:
    with writing(engine) as connection:
        connection.execute(sa.text("UPDATE alembic_version SET version_num = '0001'"))
    assert not migrated(engine)


def test_the_newest_revision_is_the_one_that_alembic_finds() -> None:
    found = ScriptDirectory.from_config(revisions.config()).get_heads()
    assert revisions.newest() == set(found)
    assert len(found) == 1


def test_processes_that_start_together_all_find_the_tables(database_url: str) -> None:
    script = (
        "import sys; from broker.db import make_engine, migrate;"
        "engine = make_engine(sys.argv[1]); migrate(engine); engine.dispose()"
    )
    started = [
        subprocess.Popen(
            [sys.executable, "-W", "error", "-c", script, database_url],
            cwd=repository.ROOT,
            stderr=subprocess.PIPE,
            text=True,
        )
        for _ in range(4)
    ]
    assert [process.communicate(timeout=60)[1] for process in started] == [""] * 4
    assert [process.returncode for process in started] == [0] * 4
