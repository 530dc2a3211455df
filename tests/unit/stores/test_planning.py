"""Dear statements are planned for their values, and only theirs."""

import sqlalchemy as sa

from broker.db import Connection, Engine, reading
from broker.db.planning import plan_for_values


def _mode(connection: Connection) -> str | None:
    if connection.dialect.name != "postgresql":
        return None
    return str(connection.execute(sa.text("SHOW plan_cache_mode")).scalar_one())


def test_a_list_is_planned_for_its_values_in_its_own_transaction(engine: Engine) -> None:
    with reading(engine) as connection:
        before = _mode(connection)
        plan_for_values(connection)
        meanwhile = _mode(connection)
    with reading(engine) as connection:
        after = _mode(connection)
    assert after == before
    assert meanwhile == ("force_custom_plan" if before else None)
