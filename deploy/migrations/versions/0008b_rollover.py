"""Changes of our own keys: plans with their instants, rules for partners, marks on keys."""

import sqlalchemy as sa
from alembic import op

from broker.db import Instant

revision = "0008b"
down_revision = "0008"


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "rollover_plan",
        sa.Column("row", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(length=64), nullable=False),
        sa.Column("federation", sa.String(length=64), nullable=False),
        sa.Column("side", sa.String(length=3), nullable=False),
        sa.Column("use", sa.String(length=10), nullable=False),
        sa.Column("before", sa.String(length=32), nullable=False),
        sa.Column("after", sa.String(length=32), nullable=False),
        sa.Column("style", sa.String(length=8), nullable=False),
        sa.Column("announce_at", Instant(), nullable=False),
        sa.Column("early_from", Instant(), nullable=False),
        sa.Column("switch_at", Instant(), nullable=False),
        sa.Column("rollback_until", Instant(), nullable=False),
        sa.Column("unpublish_at", Instant(), nullable=False),
        sa.Column("destroy_at", Instant(), nullable=False),
        sa.Column("before_ends", Instant(), nullable=True),
        sa.Column("after_ends", Instant(), nullable=True),
        sa.Column("cancelled_at", Instant(), nullable=True),
        sa.Column("made_at", Instant(), nullable=False),
        sa.Column("by", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["federation"], ["federation.path"], name=op.f("fk_rollover_plan_federation")
        ),
        sa.PrimaryKeyConstraint("row", name=op.f("pk_rollover_plan")),
        sa.UniqueConstraint(
            "code",
            "federation",
            "side",
            "use",
            name=op.f("uq_rollover_plan_code_federation_side_use"),
        ),
    )
    op.create_table(
        "rollover_rule",
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("plan", sa.Integer(), nullable=False),
        sa.Column("partner", sa.String(length=64), nullable=True),
        sa.Column("kind", sa.String(length=8), nullable=False),
        sa.Column("keep", sa.String(length=6), nullable=False),
        sa.Column("since", Instant(), nullable=False),
        sa.Column("until", Instant(), nullable=False),
        sa.Column("made_at", Instant(), nullable=False),
        sa.Column("by", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["plan"], ["rollover_plan.row"], name=op.f("fk_rollover_rule_plan")
        ),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_rollover_rule")),
    )
    op.create_index(op.f("ix_rollover_rule_plan"), "rollover_rule", ["plan"])
    op.create_table(
        "key_mark",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("federation", sa.String(length=64), nullable=False),
        sa.Column("side", sa.String(length=3), nullable=False),
        sa.Column("use", sa.String(length=10), nullable=False),
        sa.Column("epoch", sa.String(length=32), nullable=False),
        sa.Column("marked_at", Instant(), nullable=False),
        sa.Column("by", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["federation"], ["federation.path"], name=op.f("fk_key_mark_federation")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_key_mark")),
        sa.UniqueConstraint(
            "federation", "side", "use", "epoch", name=op.f("uq_key_mark_federation_side_use_epoch")
        ),
    )
