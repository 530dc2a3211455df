"""The table of looks; `store` runs every statement on it."""

import sqlalchemy as sa

from broker.db import METADATA, Instant

DESK_LOOK = sa.Table(
    "desk_look",
    METADATA,
    sa.Column("id", sa.Uuid, primary_key=True),
    sa.Column("federation", sa.String(64), nullable=False),
    sa.Column("account_id", sa.Uuid, sa.ForeignKey("account.id"), nullable=False),
    sa.Column("at", Instant, nullable=False),
    sa.Column("sought", sa.String(200), nullable=False),
    sa.Column("reason", sa.String(500), nullable=False),
    sa.Column("case_no", sa.String(64)),
    sa.Index("ix_desk_look_latest", "federation", "at"),
)
