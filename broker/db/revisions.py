"""The revisions of the database as alembic knows them, and what is left to do after one.

Every node asks at its start whether its database is the newest. Alembic and all revisions as
modules are nine megabytes, which each worker would carry on from there: that much is read here.
"""

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING

import sqlalchemy as sa
from sqlalchemy.engine import Connection, Engine

from broker.resources import resource

if TYPE_CHECKING:
    from alembic.config import Config


_FOLDER = "deploy/migrations"
_OWN = re.compile(r'^revision = "(\w+)"$', re.MULTILINE)
_FOLLOWED = re.compile(r'^down_revision = "(\w+)"$', re.MULTILINE)
_VERSION = sa.table("alembic_version", sa.column("version_num"))


def newest() -> set[str]:
    """The revisions that no other one follows."""
    files = (resource(_FOLDER) / "versions").glob("*.py")
    words = "\n".join(file.read_text(encoding="utf-8") for file in files)
    return set(_OWN.findall(words)) - set(_FOLLOWED.findall(words))


def at(connection: Connection) -> set[str]:
    """The revision of a database; none where it never had one."""
    if not sa.inspect(connection).has_table(_VERSION.name):
        return set()
    return set(connection.scalars(sa.select(_VERSION.c.version_num)))


def config() -> "Config":
    """Where alembic finds the revisions."""
    from alembic.config import Config  # noqa: PLC0415  # alembic: 8 MB that no worker needs

    made = Config()
    folder = str(resource(_FOLDER))
    made.set_main_option("script_location", folder.replace("%", "%%"))
    return made


def rewritten(config: "Config", before: str) -> list[str]:
    """The tables of which revisions since then wrote every row, as their REWRITES say."""
    from alembic.script import ScriptDirectory  # noqa: PLC0415  # alembic: 8 MB that no worker needs

    since = ScriptDirectory.from_config(config).iterate_revisions("heads", before)
    named = (getattr(one.module, "REWRITES", ()) for one in since)
    return sorted({table for tables in named for table in tables})


def tidy(engine: Engine, tables: Sequence[str]) -> None:
    """Vacuum at once: until autovacuum comes, lists would read each row beside its old one."""
    with engine.execution_options(isolation_level="AUTOCOMMIT").connect() as connection:
        for table in tables:
            connection.execute(sa.text(f'VACUUM (ANALYZE) "{table}"'))
