"""Where metadata comes from, what waits for a person, what counts later, and alarms."""

import sqlalchemy as sa
from alembic import op

from broker.db import Instant

revision = "0009"
down_revision = "0015"


def upgrade() -> None:
    """Add the columns and make the tables; what is there counts as it did."""
    op.add_column("entity", sa.Column("source_code", sa.String(length=64), nullable=True))
    op.add_column("entity", sa.Column("dropped_at", Instant(), nullable=True))
    for column in (
        sa.Column("state", sa.String(length=9), server_default="accepted", nullable=False),
        sa.Column("opens", Instant(), nullable=True),
        sa.Column("expires", Instant(), nullable=True),
        sa.Column("source_code", sa.String(length=64), nullable=True),
        sa.Column("removal", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("objections", sa.Text(), nullable=True),
        sa.Column("decided_at", Instant(), nullable=True),
        sa.Column("decided_by", sa.Text(), nullable=True),
        sa.Column("decision", sa.Text(), nullable=True),
    ):
        op.add_column("entity_version", column)
    op.create_index("ix_entity_version_state", "entity_version", ["state", "opens"])
    op.create_table(
        "metadata_source",
        sa.Column("code", sa.String(length=64), nullable=False),
        sa.Column("federation", sa.String(length=64), nullable=False),
        sa.Column("kind", sa.String(length=6), nullable=False),
        sa.Column("location", sa.Text(), nullable=False),
        sa.Column("many", sa.Boolean(), nullable=False),
        sa.Column("policy", sa.Text(), nullable=False),
        sa.Column("certificates", sa.Text(), nullable=False),
        sa.Column("minutes", sa.Integer(), nullable=False),
        sa.Column("created_at", Instant(), nullable=False),
        sa.Column("created_by", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("etag", sa.Text(), nullable=True),
        sa.Column("last_modified", sa.Text(), nullable=True),
        sa.Column("checked_at", Instant(), nullable=True),
        sa.Column("loaded_at", Instant(), nullable=True),
        sa.Column("failures", sa.Integer(), server_default="0", nullable=False),
        sa.Column("failure", sa.String(length=64), nullable=True),
        sa.Column("sha256", sa.String(length=64), nullable=True),
        sa.Column("published_at", Instant(), nullable=True),
        sa.Column("valid_until", Instant(), nullable=True),
        sa.Column("entities", sa.Integer(), server_default="0", nullable=False),
        sa.ForeignKeyConstraint(
            ["federation"], ["federation.path"], name=op.f("fk_metadata_source_federation")
        ),
        sa.PrimaryKeyConstraint("code", name=op.f("pk_metadata_source")),
    )
    op.create_table(
        "metadata_document",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("source_code", sa.String(length=64), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("seen_at", Instant(), nullable=False),
        sa.Column("published_at", Instant(), nullable=True),
        sa.Column("valid_until", Instant(), nullable=True),
        sa.Column("entities", sa.Integer(), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_metadata_document")),
        sa.UniqueConstraint(
            "source_code", "sha256", name=op.f("uq_metadata_document_source_code_sha256")
        ),
    )
    _alarms()


def _alarms() -> None:
    op.create_table(
        "metadata_alarm",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("federation", sa.String(length=64), nullable=False),
        sa.Column("source_code", sa.String(length=64), nullable=False),
        sa.Column("subject", sa.String(length=300), nullable=False),
        sa.Column("code", sa.String(length=64), nullable=False),
        sa.Column("level", sa.String(length=8), nullable=False),
        sa.Column("words_da", sa.Text(), nullable=False),
        sa.Column("words_en", sa.Text(), nullable=False),
        sa.Column("first_seen", Instant(), nullable=False),
        sa.Column("last_seen", Instant(), nullable=False),
        sa.Column("times", sa.Integer(), nullable=False),
        sa.Column("acknowledged_at", Instant(), nullable=True),
        sa.Column("acknowledged_by", sa.Text(), nullable=True),
        sa.Column("acknowledgement", sa.Text(), nullable=True),
        sa.Column("cleared_at", Instant(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_metadata_alarm")),
    )
    still_open = sa.text("cleared_at IS NULL")
    op.create_index(
        "uq_metadata_alarm_open",
        "metadata_alarm",
        ["federation", "source_code", "subject", "code"],
        unique=True,
        sqlite_where=still_open,
        postgresql_where=still_open,
    )
