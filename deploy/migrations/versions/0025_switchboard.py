"""Wishes to switch later, drills that operators started, and the numbers of one service."""

import sqlalchemy as sa
from alembic import op

from broker.db import Instant

revision = "0025"
down_revision = "0022"


def upgrade() -> None:
    """Make the tables and the index."""
    op.create_table(
        "late_wish",
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("federation", sa.String(length=64), nullable=False),
        sa.Column("plan", sa.String(length=64), nullable=False),
        sa.Column("partner", sa.String(length=64), nullable=False),
        sa.Column("until", Instant(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("asked_at", Instant(), nullable=False),
        sa.Column("asked_by", sa.Text(), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("answered_at", Instant(), nullable=True),
        sa.Column("answered_by", sa.Text(), nullable=False),
        sa.Column("answer", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_late_wish")),
    )
    op.create_index("ix_late_wish_federation", "late_wish", ["federation", "plan", "state"])
    op.create_table(
        "drill",
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("federation", sa.String(length=64), nullable=False),
        sa.Column("plan", sa.String(length=64), nullable=False),
        sa.Column("registered", sa.Boolean(), nullable=False),
        sa.Column("started_at", Instant(), nullable=False),
        sa.Column("started_by", sa.Text(), nullable=False),
        sa.Column("finished_at", Instant(), nullable=True),
        sa.Column("failed", sa.Boolean(), nullable=False),
        sa.Column("found", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_drill")),
    )
    op.create_index("ix_drill_federation", "drill", ["federation", "plan"])
    op.create_index("ix_flow_count_service", "flow_count", ["federation", "service", "minute"])
