"""Jobs that several processes share, and mail that waits to be sent."""

import sqlalchemy as sa
from alembic import op

from broker.db import Instant

revision = "0011"
down_revision = "0008c"


def upgrade() -> None:
    """Make both tables."""
    op.create_table(
        "job",
        sa.Column("name", sa.String(length=40), nullable=False),
        sa.Column("due_at", Instant(), nullable=False),
        sa.Column("holder", sa.String(length=80), nullable=True),
        sa.Column("lease_until", Instant(), nullable=True),
        sa.Column("last_started", Instant(), nullable=True),
        sa.Column("last_finished", Instant(), nullable=True),
        sa.Column("last_good", Instant(), nullable=True),
        sa.Column("last_outcome", sa.String(length=8), nullable=True),
        sa.Column("last_error", sa.String(length=64), nullable=True),
        sa.Column("last_count", sa.Integer(), nullable=True),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.CheckConstraint("last_outcome IN ('ok', 'failed')", name=op.f("ck_job_outcome")),
        sa.CheckConstraint("(holder IS NULL) = (lease_until IS NULL)", name=op.f("ck_job_lease")),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_job")),
    )
    op.create_table(
        "mail",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("about", sa.Text(), nullable=False),
        sa.Column("milestone", sa.String(length=64), nullable=False),
        sa.Column("recipient", sa.String(length=254), nullable=False),
        sa.Column("language", sa.String(length=4), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("urgent", sa.Boolean(), nullable=False),
        sa.Column("created_at", Instant(), nullable=False),
        sa.Column("state", sa.String(length=8), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("next_at", Instant(), nullable=False),
        sa.Column("ended_at", Instant(), nullable=True),
        sa.Column("last_error", sa.Text(), nullable=False),
        sa.CheckConstraint(
            "state IN ('waiting', 'sent', 'failed', 'bounced')", name=op.f("ck_mail_state")
        ),
        sa.CheckConstraint("(state = 'waiting') = (ended_at IS NULL)", name=op.f("ck_mail_ended")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_mail")),
        sa.UniqueConstraint(
            "kind",
            "about",
            "milestone",
            "recipient",
            name=op.f("uq_mail_kind_about_milestone_recipient"),
        ),
    )
    op.create_index("ix_mail_state_next_at", "mail", ["state", "next_at"])
    op.create_index("ix_mail_recipient_ended_at", "mail", ["recipient", "ended_at"])
