"""The tables of signs and claims; `store` runs every statement on them."""

import sqlalchemy as sa

from broker.db import METADATA, Instant
from broker.metadata.rollover.tables import ROLLOVER_PLAN

# One row an hour for each thing seen of each partner, whichever node saw it.
PARTNER_SIGN = sa.Table(
    "partner_sign",
    METADATA,
    sa.Column("hour", Instant, primary_key=True),
    sa.Column("federation", sa.String(64), primary_key=True),
    sa.Column("side", sa.String(3), primary_key=True),
    sa.Column("partner", sa.String(64), primary_key=True),
    sa.Column("kind", sa.String(10), primary_key=True),
    sa.Column("detail", sa.String(64), primary_key=True),
    sa.Column("count", sa.Integer, nullable=False),
    sa.Column("first_at", Instant, nullable=False),
    sa.Column("last_at", Instant, nullable=False),
    sa.Index("ix_partner_sign_federation_side_partner", "federation", "side", "partner"),
)

# What somebody answers for; rows are added and never changed.
READINESS_CLAIM = sa.Table(
    "readiness_claim",
    METADATA,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("plan", sa.ForeignKey(ROLLOVER_PLAN.c.row), nullable=False, index=True),
    sa.Column("partner", sa.String(64), nullable=False),
    sa.Column("level", sa.Integer, nullable=False),
    sa.Column("said_by", sa.Text, nullable=False),
    sa.Column("claimed_at", Instant, nullable=False),
    sa.Column("by", sa.Text, nullable=False),
    sa.Column("reason", sa.Text, nullable=False),
)
