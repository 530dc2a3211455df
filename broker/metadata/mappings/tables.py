"""The tables of mapping versions; `store` runs every statement on them."""

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ExcludeConstraint

from broker.db import METADATA, Instant
from broker.metadata.tables import FEDERATION

MAPPING_VERSION = sa.Table(
    "mapping_version",
    METADATA,
    sa.Column("federation", sa.ForeignKey(FEDERATION.c.path), primary_key=True),
    sa.Column("service", sa.String(64), primary_key=True),
    sa.Column("version", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("state", sa.String(8), nullable=False),
    sa.Column("since", Instant, nullable=False),
    sa.Column("until", Instant, nullable=False),
    sa.Column("document", sa.JSON, nullable=False),
    sa.Column("source", sa.Text, nullable=False),
    sa.Column("loaded_at", Instant, nullable=False),
    sa.Column("loaded_by", sa.Text, nullable=False),
    sa.Column("reason", sa.Text, nullable=False),
    sa.Column("approved_by", sa.Text),
    sa.CheckConstraint("state IN ('draft', 'shadow', 'in_force', 'retired')", name="state"),
    sa.CheckConstraint("since < until OR state = 'retired' AND since = until", name="period"),
    sa.CheckConstraint("state <> 'in_force' OR approved_by IS NOT NULL", name="approved"),
    sa.CheckConstraint("version >= 1", name="version"),
)

# One version of a service counts at a time, whatever two people at once may try.
_ALONE = ExcludeConstraint(
    (sa.column("federation"), "="),
    (sa.column("service"), "="),
    (sa.text("tstzrange(since, until)"), "&&"),
    name="ex_mapping_version_in_force",
    using="gist",
    where=sa.text("state = 'in_force'"),
)
_ALONE.ddl_if(dialect="postgresql")
MAPPING_VERSION.append_constraint(_ALONE)

# One version of a service is tried at a time.
sa.Index(
    "uq_mapping_version_shadow",
    MAPPING_VERSION.c.federation,
    MAPPING_VERSION.c.service,
    unique=True,
    sqlite_where=MAPPING_VERSION.c.state == "shadow",
    postgresql_where=MAPPING_VERSION.c.state == "shadow",
)

MAPPING_DIFFERENCE = sa.Table(
    "mapping_difference",
    METADATA,
    sa.Column("federation", sa.String(64), primary_key=True),
    sa.Column("service", sa.String(64), primary_key=True),
    sa.Column("version", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("against", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("day", sa.Date, primary_key=True),
    sa.Column("kind", sa.String(8), primary_key=True),
    sa.Column("attribute", sa.String(256), primary_key=True),  # or a code; empty for `seen`
    sa.Column("logins", sa.Integer, nullable=False),
    sa.ForeignKeyConstraint(
        ["federation", "service", "version"],
        [
            MAPPING_VERSION.c.federation,
            MAPPING_VERSION.c.service,
            MAPPING_VERSION.c.version,
        ],
    ),
)
