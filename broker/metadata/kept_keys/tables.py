"""The table of kept certificates; `store` runs every statement on it."""

import sqlalchemy as sa

from broker.db import METADATA, Instant
from broker.metadata.tables import ENTITY

KEPT_KEY = sa.Table(
    "kept_key",
    METADATA,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("entity_row", sa.ForeignKey(ENTITY.c.row), nullable=False, index=True),
    sa.Column("certificate", sa.LargeBinary, nullable=False),  # DER
    sa.Column("fingerprint", sa.String(64), nullable=False),
    sa.Column("kept_at", Instant, nullable=False),
    sa.Column("until", Instant, nullable=False),
    sa.Column("by", sa.Text, nullable=False),
    sa.Column("reason", sa.Text, nullable=False),
)
