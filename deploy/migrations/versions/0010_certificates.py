"""Answers on which certificates are revoked, and the certificates that somebody waits for."""

import sqlalchemy as sa
from alembic import op

from broker.db import Instant

revision = "0010"
down_revision = "0011"


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "revocation",
        sa.Column("fingerprint", sa.String(length=64), nullable=False),
        sa.Column("issuer", sa.Text(), nullable=False),
        sa.Column("serial", sa.String(length=64), nullable=False),
        sa.Column("status", sa.String(length=8), nullable=False),
        sa.Column("revoked_at", Instant(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("this_update", Instant(), nullable=False),
        sa.Column("next_update", Instant(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("asked_at", Instant(), nullable=False),
        sa.CheckConstraint(
            "status IN ('good', 'revoked', 'unknown')", name=op.f("ck_revocation_status")
        ),
        sa.PrimaryKeyConstraint("fingerprint", name=op.f("pk_revocation")),
    )
    op.create_table(
        "revocation_wanted",
        sa.Column("fingerprint", sa.String(length=64), nullable=False),
        sa.Column("federation", sa.String(length=64), nullable=False),
        sa.Column("der", sa.LargeBinary(), nullable=False),
        sa.Column("wanted_at", Instant(), nullable=False),
        sa.PrimaryKeyConstraint("fingerprint", "federation", name=op.f("pk_revocation_wanted")),
    )
