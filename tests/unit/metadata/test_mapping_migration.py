"""A database of the release before: its mappings stay in force, as first versions."""

import pytest
import sqlalchemy as sa
from alembic import command
from alembic.config import Config

from broker.audit.store import AuditStore
from broker.db import METADATA, Engine, make_engine, migrate, reading, writing
from broker.errors import Refused
from broker.metadata.mappings import store
from broker.metadata.mappings.service import MappingService
from broker.metadata.report import Occasion
from broker.periods import FOREVER
from broker.resources import resource
from tests.factories import NOW

FEDERATION = sa.table(
    "federation", sa.column("path"), sa.column("position"), sa.column("document", sa.JSON)
)
MAPPING = sa.table(
    "mapping", sa.column("federation"), sa.column("service"), sa.column("document", sa.JSON)
)


def test_mappings_of_before_become_first_versions(database_url: str) -> None:
    engine = make_engine(database_url)
    to(engine, "0002")
    with writing(engine) as connection:
        home = {"path": "sundhed", "position": 0, "document": {}}
        connection.execute(sa.insert(FEDERATION).values(home))
        listed = {"kind": "mapping", "release": [{"source": "cvr"}]}
        old = {"federation": "sundhed", "service": "dpsd", "document": listed}
        connection.execute(sa.insert(MAPPING).values(old))
    migrate(engine)
    with reading(engine) as connection:
        found = store.counted_at(connection, "sundhed", "dpsd", NOW)
        assert not sa.inspect(connection).has_table("mapping")
    assert found is not None
    assert (found.version, found.until) == (1, FOREVER)
    assert found.document == {"release": [{"source": "cvr"}]}
    occasion = Occasion(NOW, "operator", "a test", "R")
    made = MappingService(engine, AuditStore())
    with pytest.raises(Refused, match="needed"):
        made.retire("sundhed", "dpsd", 1, occasion)
    engine.dispose()


def to(engine: Engine, revision: str) -> None:
    """Bring an empty database to a revision of before."""
    config = Config()
    config.set_main_option("script_location", str(resource("deploy/migrations")))
    with writing(engine) as connection:
        config.attributes["connection"] = connection
        config.attributes["metadata"] = METADATA
        command.upgrade(config, revision)
