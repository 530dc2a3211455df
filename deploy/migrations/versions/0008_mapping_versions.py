"""Mappings in versions: what was in force stays so as version 1, and its history begins.

No release ran on the table of before. Since when its rows counted was not kept, so they count
from long ago.
"""

from datetime import UTC, datetime

import sqlalchemy as sa
from alembic import op

from broker.db import Instant
from broker.periods import FOREVER

revision = "0008"
down_revision = "0007"

LONG_AGO = datetime(1970, 1, 1, tzinfo=UTC)


def upgrade() -> None:
    """Make the tables, move the rows, and let the old table go."""
    versions = op.create_table(
        "mapping_version",
        sa.Column("federation", sa.String(length=64), nullable=False),
        sa.Column("service", sa.String(length=64), nullable=False),
        sa.Column("version", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("state", sa.String(length=8), nullable=False),
        sa.Column("since", Instant(), nullable=False),
        sa.Column("until", Instant(), nullable=False),
        sa.Column("document", sa.JSON(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("loaded_at", Instant(), nullable=False),
        sa.Column("loaded_by", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("approved_by", sa.Text(), nullable=True),
        sa.CheckConstraint(
            "state IN ('draft', 'shadow', 'in_force', 'retired')",
            name=op.f("ck_mapping_version_state"),
        ),
        sa.CheckConstraint(
            "since < until OR state = 'retired' AND since = until",
            name=op.f("ck_mapping_version_period"),
        ),
        sa.CheckConstraint(
            "state <> 'in_force' OR approved_by IS NOT NULL",
            name=op.f("ck_mapping_version_approved"),
        ),
        sa.CheckConstraint("version >= 1", name=op.f("ck_mapping_version_version")),
        sa.ForeignKeyConstraint(
            ["federation"], ["federation.path"], name=op.f("fk_mapping_version_federation")
        ),
        sa.PrimaryKeyConstraint(
            "federation", "service", "version", name=op.f("pk_mapping_version")
        ),
    )
    only = sa.text("state = 'shadow'")
    op.create_index(
        "uq_mapping_version_shadow",
        "mapping_version",
        ["federation", "service"],
        unique=True,
        sqlite_where=only,
        postgresql_where=only,
    )
    if op.get_bind().dialect.name == "postgresql":
        op.execute("CREATE EXTENSION IF NOT EXISTS btree_gist")
        op.execute(
            "ALTER TABLE mapping_version ADD CONSTRAINT ex_mapping_version_in_force EXCLUDE USING gist"
            " (federation WITH =, service WITH =, tstzrange(since, until) WITH &&)"
            " WHERE (state = 'in_force')"
        )
    op.create_table(
        "mapping_difference",
        sa.Column("federation", sa.String(length=64), nullable=False),
        sa.Column("service", sa.String(length=64), nullable=False),
        sa.Column("version", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("against", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("kind", sa.String(length=8), nullable=False),
        sa.Column("attribute", sa.String(length=256), nullable=False),
        sa.Column("logins", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["federation", "service", "version"],
            [
                "mapping_version.federation",
                "mapping_version.service",
                "mapping_version.version",
            ],
            name=op.f("fk_mapping_difference_federation_service_version"),
        ),
        sa.PrimaryKeyConstraint(
            "federation",
            "service",
            "version",
            "against",
            "day",
            "kind",
            "attribute",
            name=op.f("pk_mapping_difference"),
        ),
    )
    before = sa.table(
        "mapping",
        sa.column("federation", sa.String),
        sa.column("service", sa.String),
        sa.column("document", sa.JSON),
    )
    rows = op.get_bind().execute(sa.select(before)).mappings().all()
    if rows:
        op.bulk_insert(versions, [_first(dict(row)) for row in rows])
    op.drop_table("mapping")


def _first(row: dict[str, object]) -> dict[str, object]:
    document = row["document"]
    if isinstance(document, dict):
        document = {k: v for k, v in document.items() if k not in ("kind", "federations")}
    return {
        **row,
        "document": document,
        "version": 1,
        "state": "in_force",
        "since": LONG_AGO,
        "until": FOREVER,
        "source": "mapping",
        "loaded_at": LONG_AGO,
        "loaded_by": "migration",
        "reason": "in force before mappings had versions",
        "approved_by": "migration",
    }
