"""The table of jobs: a row each, which whoever runs it holds by a lease."""

import sqlalchemy as sa

from broker.db import METADATA, Instant

JOB = sa.Table(
    "job",
    METADATA,
    sa.Column("name", sa.String(40), primary_key=True),
    sa.Column("due_at", Instant, nullable=False),
    sa.Column("holder", sa.String(80), nullable=True),
    sa.Column("lease_until", Instant, nullable=True),
    sa.Column("last_started", Instant, nullable=True),
    sa.Column("last_finished", Instant, nullable=True),
    sa.Column("last_good", Instant, nullable=True),
    sa.Column("last_outcome", sa.String(8), nullable=True),
    sa.Column("last_error", sa.String(64), nullable=True),
    sa.Column("last_count", sa.Integer, nullable=True),
    sa.Column("failures", sa.Integer, nullable=False),
    sa.CheckConstraint("last_outcome IN ('ok', 'failed')", name="outcome"),
    sa.CheckConstraint("(holder IS NULL) = (lease_until IS NULL)", name="lease"),
)
