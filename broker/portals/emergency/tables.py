"""The table of emergency links; `store` runs every statement on it."""

import sqlalchemy as sa

from broker.db import METADATA, Instant

EMERGENCY_PASS = sa.Table(
    "emergency_pass",
    METADATA,
    sa.Column("number", sa.String(12), primary_key=True),
    sa.Column("federation", sa.String(64), nullable=False),
    sa.Column("account_id", sa.Uuid, sa.ForeignKey("account.id"), nullable=False),
    sa.Column("address", sa.String(64), nullable=False),
    sa.Column("reason", sa.Text, nullable=False),
    sa.Column("asked_by", sa.Text, nullable=False),
    sa.Column("asked_at", Instant, nullable=False),
    sa.Column("allowed_by", sa.Text, nullable=True),
    sa.Column("allowed_at", Instant, nullable=True),
    sa.Column("code_hash", sa.String(64), nullable=True, unique=True),
    sa.Column("used_at", Instant, nullable=True),
)
