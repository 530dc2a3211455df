"""What the database refuses by itself, whatever the code above it does."""

from dataclasses import replace
from datetime import timedelta
from uuid import uuid4

import pytest
import sqlalchemy as sa

from broker.db import Engine, writing
from broker.errors import NotAllowed
from broker.periods import FOREVER
from broker.roles.grants import store
from broker.roles.grants.tables import GRANT
from tests.factories import NOW
from tests.unit.organisations.world import BEGUN
from tests.unit.roles.grants.rights import Region


def row(region: Region, **values: object) -> dict[str, object]:
    return {
        "id": uuid4(),
        "account_id": region.anna,
        "group_id": None,
        "organisation_id": region.region,
        "role_id": region.roles["reader"],
        "scope_key": "",
        "since": BEGUN,
        "until": FOREVER,
        "reason": "",
        "by_account": region.bo,
        "by_label": "sql",
        "granted_at": BEGUN,
        **values,
    }


def refused(engine: Engine, values: dict[str, object]) -> bool:
    try:
        with writing(engine) as connection:
            connection.execute(sa.insert(GRANT), [values])
    except sa.exc.IntegrityError:
        return True
    return False


def test_the_database_refuses_what_no_grant_may_be(region: Region) -> None:
    group = region.group(region.region, "Nat")
    there = region.organisation()
    engine = region.engine
    assert refused(engine, row(region, by_account=region.anna))
    assert refused(engine, row(region, group_id=group))
    assert refused(engine, row(region, account_id=None))
    assert refused(engine, row(region, organisation_id=there))
    assert refused(engine, row(region, account_id=None, group_id=group, organisation_id=there))
    assert refused(engine, row(region, until=BEGUN))
    assert not refused(engine, row(region))


def test_postgresql_refuses_the_same_grant_twice_at_once(region: Region) -> None:
    if region.engine.dialect.name != "postgresql":
        pytest.skip("SQLite knows no EXCLUDE; there the check under the write lock stands alone")
    group = region.group(region.region, "Nat")
    for holder in ({}, {"account_id": None, "group_id": group}):
        first = row(region, until=NOW, **holder)
        assert not refused(region.engine, first)
        overlapping = row(region, since=NOW - timedelta(seconds=1), **holder)
        assert refused(region.engine, overlapping)
        assert not refused(region.engine, row(region, since=NOW, **holder))
        assert not refused(region.engine, row(region, scope_key="sor=1", **holder))
        assert not refused(region.engine, row(region, revoked_at=NOW, **holder))


def test_a_race_that_only_postgresql_sees_has_the_same_code(region: Region) -> None:
    if region.engine.dialect.name != "postgresql":
        pytest.skip("one writer at a time")

    given = region.give(region.bo, region.region, "reader", account=region.anna).grant
    with pytest.raises(NotAllowed) as caught, writing(region.engine) as connection:
        store.add(connection, replace(given, id=uuid4()))
    assert caught.value.code == "grant.duplicate"
