"""How ready partners are for a change of our keys, and certificates of theirs that are kept."""

import sqlalchemy as sa
from alembic import op

from broker.db import Instant

revision = "0015"
down_revision = "0012"


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "partner_sign",
        sa.Column("hour", Instant(), nullable=False),
        sa.Column("federation", sa.String(length=64), nullable=False),
        sa.Column("side", sa.String(length=3), nullable=False),
        sa.Column("partner", sa.String(length=64), nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("detail", sa.String(length=64), nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.Column("first_at", Instant(), nullable=False),
        sa.Column("last_at", Instant(), nullable=False),
        sa.PrimaryKeyConstraint(
            "hour",
            "federation",
            "side",
            "partner",
            "kind",
            "detail",
            name=op.f("pk_partner_sign"),
        ),
    )
    op.create_index(
        op.f("ix_partner_sign_federation_side_partner"),
        "partner_sign",
        ["federation", "side", "partner"],
    )
    op.create_table(
        "readiness_claim",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("plan", sa.Integer(), nullable=False),
        sa.Column("partner", sa.String(length=64), nullable=False),
        sa.Column("level", sa.Integer(), nullable=False),
        sa.Column("said_by", sa.Text(), nullable=False),
        sa.Column("claimed_at", Instant(), nullable=False),
        sa.Column("by", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["plan"], ["rollover_plan.row"], name=op.f("fk_readiness_claim_plan")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_readiness_claim")),
    )
    op.create_index(op.f("ix_readiness_claim_plan"), "readiness_claim", ["plan"])
    op.create_table(
        "kept_key",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("entity_row", sa.Integer(), nullable=False),
        sa.Column("certificate", sa.LargeBinary(), nullable=False),
        sa.Column("fingerprint", sa.String(length=64), nullable=False),
        sa.Column("kept_at", Instant(), nullable=False),
        sa.Column("until", Instant(), nullable=False),
        sa.Column("by", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["entity_row"], ["entity.row"], name=op.f("fk_kept_key_entity_row")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_kept_key")),
    )
    op.create_index(op.f("ix_kept_key_entity_row"), "kept_key", ["entity_row"])
