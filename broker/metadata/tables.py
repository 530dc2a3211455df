"""The tables of the registry; `store` runs every statement on them."""

import sqlalchemy as sa

from broker.db import METADATA, Instant

REGISTRY_REVISION = sa.Table(
    "registry_revision",
    METADATA,
    sa.Column("id", sa.Integer, primary_key=True, autoincrement=False),  # always 1
    sa.Column("revision", sa.Integer, nullable=False),
)

FEDERATION = sa.Table(
    "federation",
    METADATA,
    sa.Column("path", sa.String(64), primary_key=True),
    sa.Column("position", sa.Integer, nullable=False),
    sa.Column("document", sa.JSON, nullable=False),
)

ENTITY = sa.Table(
    "entity",
    METADATA,
    sa.Column("row", sa.Integer, primary_key=True),
    sa.Column("federation", sa.ForeignKey(FEDERATION.c.path), nullable=False),
    sa.Column("kind", sa.String(3), nullable=False),
    sa.Column("entity_id", sa.String(256)),  # unknown until its metadata is loaded
    sa.Column("code", sa.String(64), nullable=False),
    sa.Column("position", sa.Integer, nullable=False),
    sa.Column("settings", sa.JSON, nullable=False),
    sa.Column("created_at", Instant, nullable=False),
    sa.UniqueConstraint("federation", "kind", "entity_id"),
    sa.UniqueConstraint("federation", "kind", "code"),
    sqlite_autoincrement=True,  # flow cookies carry rows: a number must never come again
)

ENTITY_VERSION = sa.Table(
    "entity_version",
    METADATA,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("entity_row", sa.ForeignKey(ENTITY.c.row), nullable=False, index=True),
    sa.Column("xml", sa.LargeBinary, nullable=False),
    sa.Column("sha256", sa.String(64), nullable=False),
    sa.Column("source", sa.Text, nullable=False),
    sa.Column("loaded_at", Instant, nullable=False),
    sa.Column("loaded_by", sa.Text, nullable=False),
    sa.Column("reason", sa.Text, nullable=False),
    sa.Column("in_force", sa.Boolean, nullable=False),
)

# One document of an entity counts at a time, whatever two loads at once may try.
sa.Index(
    "uq_entity_version_in_force",
    ENTITY_VERSION.c.entity_row,
    unique=True,
    sqlite_where=ENTITY_VERSION.c.in_force,
    postgresql_where=ENTITY_VERSION.c.in_force,
)
