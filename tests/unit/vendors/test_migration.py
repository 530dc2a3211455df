"""A database of the release before keeps its cases, and vendors may open some."""

from uuid import UUID

import pytest
import sqlalchemy as sa

from broker.cases import store
from broker.db import make_engine, migrate, reading, writing
from tests.factories import NOW
from tests.unit.metadata.test_mapping_migration import FEDERATION, to

CASE = UUID("1a6b1f0e-3c55-4a0f-9d61-2f1f6a7c8b90")


def _insert(connection: sa.Connection, table: str, **row: object) -> None:
    known = sa.Table(table, sa.MetaData(), autoload_with=connection)
    if connection.dialect.name == "sqlite":  # which keeps both as text
        row = {
            name: value.hex if isinstance(value, UUID) else _written(value)
            for name, value in row.items()
        }
    names = ", ".join(row)
    places = ", ".join(f":{name}" for name in row)
    assert set(row) <= set(known.c.keys())
    connection.execute(sa.text(f"INSERT INTO {table} ({names}) VALUES ({places})"), row)  # noqa: S608  # names of ours


def _written(value: object) -> object:
    return f"{value:%Y-%m-%d %H:%M:%S.%f}" if value is NOW else value


def _fill(connection: sa.Connection) -> None:
    home = {"path": "sundhed", "position": 0, "document": {}}
    connection.execute(sa.insert(FEDERATION).values(home))
    times = {"opened_at": NOW, "promised_at": NOW, "changed_at": NOW}
    said = {"title": "Klinikken", "search": "klinikken", "document": "{}", "opened_name": "Ane"}
    state = {"state": "open", "waits_for": "operator", "version": 3, "reference": "S26-7KQ4MB"}
    _insert(
        connection, "case_file", id=CASE, federation="sundhed", kind="idp",
        **said, **state, **times,
    )  # fmt: skip
    _insert(
        connection, "case_step", case_id=CASE, code="operator", position=0, decider="operator",
        stage=1, optional=False, own=False, apart=False, state="open", reason="",
    )  # fmt: skip
    _insert(
        connection, "case_event", case_id=CASE, sequence=1, at=NOW, what="opened", by_name="Ane",
        of_applicant=True, words="",
    )  # fmt: skip


def _to_vendor(connection: sa.Connection, kind: str) -> None:
    connection.execute(sa.text("UPDATE case_file SET kind = :kind"), {"kind": kind})


def test_cases_of_before_stay_and_may_be_of_vendors(database_url: str) -> None:
    engine = make_engine(database_url)
    to(engine, "0030")
    with writing(engine) as connection:
        _fill(connection)
    with pytest.raises(sa.exc.IntegrityError), writing(engine) as connection:
        _to_vendor(connection, "vendor")
    migrate(engine)
    with reading(engine) as connection:
        (found,), total = store.listed(connection, store.Asked("sundhed"))
        assert (total, found.id, found.kind, found.version) == (1, CASE, "idp", 3)
        assert [step.code for step in found.steps] == ["operator"]
        assert [one.what for one in store.history(connection, CASE)] == ["opened"]
        indexes = {one["name"] for one in sa.inspect(connection).get_indexes("case_file")}
    assert {"ix_case_file_list", "ix_case_file_opened_person"} <= indexes
    with writing(engine) as connection:
        _to_vendor(connection, "vendor")
    with pytest.raises(sa.exc.IntegrityError), writing(engine) as connection:
        _to_vendor(connection, "nothing")
    with pytest.raises(sa.exc.IntegrityError), writing(engine) as connection:
        connection.execute(sa.text("DELETE FROM case_file"))  # its steps still point at it
    engine.dispose()
