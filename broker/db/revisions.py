"""The revisions of the database as alembic knows them, and what is left to do after one."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

import sqlalchemy as sa
from sqlalchemy.engine import Engine

from broker.resources import resource

if TYPE_CHECKING:
    from alembic.config import Config


def config() -> "Config":
    """Where alembic finds the revisions."""
    from alembic.config import Config  # noqa: PLC0415 # only set-up migrates

    made = Config()
    folder = str(resource("deploy/migrations"))
    made.set_main_option("script_location", folder.replace("%", "%%"))
    return made


def rewritten(config: "Config", before: str) -> list[str]:
    """The tables of which revisions since then wrote every row, as their REWRITES say."""
    from alembic.script import ScriptDirectory  # noqa: PLC0415 # as in config

    since = ScriptDirectory.from_config(config).iterate_revisions("heads", before)
    named = (getattr(one.module, "REWRITES", ()) for one in since)
    return sorted({table for tables in named for table in tables})


def tidy(engine: Engine, tables: Sequence[str]) -> None:
    """Vacuum at once: until autovacuum comes, lists would read each row beside its old one."""
    with engine.execution_options(isolation_level="AUTOCOMMIT").connect() as connection:
        for table in tables:
            connection.execute(sa.text(f'VACUUM (ANALYZE) "{table}"'))
