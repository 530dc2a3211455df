"""The table of wishes to switch later; `store` runs every statement on it."""

import sqlalchemy as sa

from broker.db import METADATA, Instant

LATE_WISH = sa.Table(
    "late_wish",
    METADATA,
    sa.Column("number", sa.Integer, primary_key=True),
    sa.Column("federation", sa.String(64), nullable=False),
    sa.Column("plan", sa.String(64), nullable=False),
    sa.Column("partner", sa.String(64), nullable=False),
    sa.Column("until", Instant, nullable=False),
    sa.Column("reason", sa.Text, nullable=False),
    sa.Column("asked_at", Instant, nullable=False),
    sa.Column("asked_by", sa.Text, nullable=False),
    sa.Column("state", sa.String(16), nullable=False),
    sa.Column("answered_at", Instant, nullable=True),
    sa.Column("answered_by", sa.Text, nullable=False),
    sa.Column("answer", sa.Text, nullable=False),
    sa.Index("ix_late_wish_federation", "federation", "plan", "state"),
)
