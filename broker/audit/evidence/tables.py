"""The table of evidence; `store` runs every statement on it."""

import sqlalchemy as sa

from broker.db import METADATA, Instant

EVIDENCE = sa.Table(
    "evidence",
    METADATA,
    sa.Column("id", sa.String(64), primary_key=True),  # of a login SHA-256 of its box
    sa.Column("kind", sa.String(8), nullable=False),
    sa.Column("reference", sa.String(32), nullable=False, index=True),
    sa.Column("federation", sa.String(64), nullable=False),
    sa.Column("at", Instant, nullable=False, index=True),
    sa.Column("request", sa.String(64), index=True),
    sa.Column("key", sa.String(16), nullable=False),
    sa.Column("box", sa.LargeBinary, nullable=False),
)
