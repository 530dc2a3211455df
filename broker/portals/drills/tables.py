"""The table of drills; `store` runs every statement on it."""

import sqlalchemy as sa

from broker.db import METADATA, Instant

DRILL = sa.Table(
    "drill",
    METADATA,
    sa.Column("number", sa.Integer, primary_key=True),
    sa.Column("federation", sa.String(64), nullable=False),
    sa.Column("plan", sa.String(64), nullable=False),
    sa.Column("registered", sa.Boolean, nullable=False),
    sa.Column("started_at", Instant, nullable=False),
    sa.Column("started_by", sa.Text, nullable=False),
    sa.Column("finished_at", Instant, nullable=True),
    sa.Column("failed", sa.Boolean, nullable=False),
    sa.Column("found", sa.Text, nullable=False),
    sa.Index("ix_drill_federation", "federation", "plan"),
)
