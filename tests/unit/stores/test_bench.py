"""The synthetic country of the bench loads on both engines; people sign in, and look around."""

import pytest
import sqlalchemy as sa

from broker.audit.proof.verifying import first_fault
from broker.audit.store import writers
from broker.db import Engine, make_engine, reading
from broker.roles.grants.tables import GRANT
from tests.bench.load import NotEmpty, is_near, load
from tests.bench.logins import Logins
from tests.bench.portal_rows import cast_of, furnish
from tests.bench.portals import walked
from tests.bench.sizes import FULL
from tests.bench.timing import timed

SEARCHES = {
    "org_people?q",
    "org_history?person",
    "org_groups",
    "operator_found",
    "operator_cases?q",
}


def nobody_watches(_doing: str, _done: int, _of: int) -> None:
    pass


def test_a_country_loads_once_and_its_people_have_roles(engine: Engine) -> None:
    size = FULL.part(0.0005)
    loaded = load(engine, size, nobody_watches)
    with reading(engine) as connection:
        assert connection.scalar(sa.select(sa.func.count()).select_from(GRANT)) == size.grants
    assert loaded.counts["account"] == size.people
    timed(engine)
    logins = Logins(engine)
    took = logins.run(logins.visitors(20), write=True)
    assert any(one.issued for one in took)
    assert all(0 < one.statements <= 7 for one in took)
    with pytest.raises(NotEmpty):
        load(engine, size, nobody_watches)
    furnish(engine, nobody_watches)
    with reading(engine) as connection:
        assert {first_fault(connection, one) for one in writers(connection)} == {None}
    if engine.dialect.name == "sqlite":  # what the bench walks is PostgreSQL, and one is enough
        return
    pages = walked(engine, cast_of(engine)[:2], nobody_watches, times=0, each=1)
    assert [one.page.name for one in pages if one.failed] == []
    assert {one.page.name for one in pages} >= SEARCHES


@pytest.mark.parametrize(
    ("url", "near"),
    [
        ("sqlite:////var/lib/broker/broker.sqlite3", True),
        ("postgresql://broker@/broker?host=/run/postgresql", True),
        ("postgresql://broker@127.0.0.1/broker", True),
        ("postgresql:///broker", False),
        ("postgresql://broker@db.example.dk/broker", False),
        ("postgresql://broker@/broker?host=db.example.dk", False),
        ("postgresql://broker@localhost.example.dk/broker", False),
        ("postgresql://broker@127.0.0.1/broker?host=db.example.dk", False),
    ],
)
def test_only_a_database_on_this_machine_is_filled(url: str, *, near: bool) -> None:
    assert is_near(make_engine(url)) == near
