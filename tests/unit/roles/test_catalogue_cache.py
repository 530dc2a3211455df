"""One snapshot a process: cheap while nothing changes, and never of what was taken back."""

import logging
import threading
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy import event

from broker.db import Connection, Engine, prepared, reading, writing
from broker.roles.catalogue import store
from broker.roles.catalogue.cache import CatalogueCache
from broker.roles.catalogue.snapshot import Catalogue
from broker.roles.tables import DERIVE_RULE, ROLE_VERSION, SOD_RULE
from tests.unit.roles.catalogue_box import (
    CONFLICT,
    RULE,
    SERVICE,
    CatalogueBox,
    day,
    make_catalogue_box,
)


@pytest.fixture
def box(engine: Engine) -> CatalogueBox:
    made = make_catalogue_box(engine)
    made.load(SERVICE | {"derive": [RULE], "sod": [CONFLICT]})
    return made


def test_one_statement_while_nothing_changes(
    box: CatalogueBox, monkeypatch: pytest.MonkeyPatch
) -> None:
    known = box.now
    seen: list[str] = []
    run = prepared._run  # noqa: SLF001 # these go past SQLAlchemy, and so past its events

    def note(_conn: object, _cursor: object, statement: str, *_rest: object) -> None:
        seen.append(statement)

    def noted(connection: Connection, form: Any, values: prepared.Values) -> Any:
        seen.append(form.sql)
        return run(connection, form, values)

    monkeypatch.setattr(prepared, "_run", noted)
    with writing(box.engine) as connection:
        event.listen(connection, "before_cursor_execute", note)
        assert box.cache.current_in(connection) is known
    assert len(seen) == 1


def test_what_another_node_loaded_is_seen(box: CatalogueBox) -> None:
    other = CatalogueCache(box.engine)
    before = other.current()
    box.load(SERVICE | {"state": "closed"}, 1)
    after = other.current()
    assert after is not before
    assert after.revision.number == before.revision.number + 1


def rename(connection: Connection) -> None:
    """What a page of a later release may do inside its own transaction."""
    changed = sa.update(ROLE_VERSION).values(state="retired")
    connection.execute(changed)
    store.bump(connection)


def test_a_change_that_was_taken_back_is_forgotten(box: CatalogueBox) -> None:
    before = box.now
    with box.engine.connect() as connection:
        taken_back = connection.begin()
        rename(connection)
        inside = box.cache.current_in(connection)
        taken_back.rollback()
    assert {v.state for role in inside.roles for v in role.versions} == {"retired"}
    assert {v.state for role in box.now.roles for v in role.versions} == {"active"}
    box.load(SERVICE | {"state": "closed"}, 1)  # gets the number that was taken back
    assert box.now.revision.number == inside.revision.number == before.revision.number + 1
    assert {v.state for role in box.now.roles for v in role.versions} == {"active"}


def test_an_empty_database_has_an_empty_catalogue(engine: Engine) -> None:
    found = CatalogueCache(engine).current()
    assert found == Catalogue()
    assert found.service("sundhed", "one") is None
    assert found.issued_at("sundhed", "one", day(0)) == ()


@pytest.mark.parametrize("table", [ROLE_VERSION, DERIVE_RULE, SOD_RULE], ids=lambda t: t.name)
def test_a_row_that_cannot_be_read_is_left_out_and_told(
    box: CatalogueBox, table: sa.Table, caplog: pytest.LogCaptureFixture
) -> None:
    with writing(box.engine) as connection:
        connection.execute(sa.update(table).values(document={"name": 7}))
        store.bump(connection)
    with caplog.at_level(logging.ERROR):
        found = box.now
    assert "left out of the catalogue" in caplog.text
    assert found.service("sundhed", "one") is not None
    assert {
        "role_version": all(not role.versions for role in found.roles),
        "derive_rule": not found.rules,
        "sod_rule": not found.conflicts,
    }[table.name]
    box.load(SERVICE | {"derive": [RULE], "sod": [CONFLICT]}, 1)
    healed = box.now
    assert (len(healed.rules), len(healed.conflicts_at("sundhed", day(1)))) == (1, 1)
    assert all(role.at(day(1)) for role in healed.roles)


def test_a_revoked_conflict_ends_there_and_its_document_brings_it_back(box: CatalogueBox) -> None:
    with writing(box.engine) as connection:
        connection.execute(sa.update(SOD_RULE).values(revoked_at=day(2)))
        store.bump(connection)
    held = [len(box.now.conflicts_at("sundhed", day(n))) for n in (0, 1.9, 2)]
    assert held == [1, 1, 0]
    box.load(SERVICE | {"derive": [RULE], "sod": [CONFLICT]}, 3)
    held = [len(box.now.conflicts_at("sundhed", day(n))) for n in (1.9, 2.5, 3)]
    assert held == [1, 0, 1]


def test_threads_share_one_snapshot(box: CatalogueBox) -> None:
    fresh = CatalogueCache(box.engine)
    seen: list[Catalogue] = []

    def ask() -> None:
        with reading(box.engine) as connection:
            seen.append(fresh.current_in(connection))

    threads = [threading.Thread(target=ask) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len({id(one) for one in seen}) == 1
