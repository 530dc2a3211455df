"""The tables of revocation; `store` runs every statement on them."""

import sqlalchemy as sa

from broker.db import METADATA, Instant

REVOCATION = sa.Table(
    "revocation",
    METADATA,
    sa.Column("fingerprint", sa.String(64), primary_key=True),  # SHA-256 of the certificate
    sa.Column("issuer", sa.Text, nullable=False),
    sa.Column("serial", sa.String(64), nullable=False),  # hexadecimal
    sa.Column("status", sa.String(8), nullable=False),
    sa.Column("revoked_at", Instant),
    sa.Column("reason", sa.Text, nullable=False),
    sa.Column("this_update", Instant, nullable=False),
    sa.Column("next_update", Instant, nullable=False),
    sa.Column("source", sa.Text, nullable=False),
    sa.Column("asked_at", Instant, nullable=False),
    sa.CheckConstraint("status IN ('good', 'revoked', 'unknown')", name="status"),
)

# Certificates of documents that are not in force yet, whose answers the next refresh gets.
REVOCATION_WANTED = sa.Table(
    "revocation_wanted",
    METADATA,
    sa.Column("fingerprint", sa.String(64), primary_key=True),
    sa.Column("federation", sa.String(64), primary_key=True),
    sa.Column("der", sa.LargeBinary, nullable=False),
    sa.Column("wanted_at", Instant, nullable=False),
)
