"""The outbox."""

import sqlalchemy as sa

from broker.db import METADATA, Instant

MAIL = sa.Table(
    "mail",
    METADATA,
    sa.Column("id", sa.String(32), primary_key=True),
    sa.Column("kind", sa.String(40), nullable=False),
    sa.Column("about", sa.Text, nullable=False),
    sa.Column("milestone", sa.String(64), nullable=False),
    sa.Column("recipient", sa.String(254), nullable=False),
    sa.Column("language", sa.String(4), nullable=False),
    sa.Column("subject", sa.Text, nullable=False),
    sa.Column("body", sa.Text, nullable=False),
    sa.Column("urgent", sa.Boolean, nullable=False),
    sa.Column("created_at", Instant, nullable=False),
    sa.Column("state", sa.String(8), nullable=False),
    sa.Column("attempts", sa.Integer, nullable=False),
    sa.Column("next_at", Instant, nullable=False),
    sa.Column("ended_at", Instant, nullable=True),
    sa.Column("last_error", sa.Text, nullable=False),
    sa.CheckConstraint("state IN ('waiting', 'sent', 'failed', 'bounced')", name="state"),
    sa.CheckConstraint("(state = 'waiting') = (ended_at IS NULL)", name="ended"),
    sa.UniqueConstraint("kind", "about", "milestone", "recipient"),
    sa.Index("ix_mail_state_next_at", "state", "next_at"),
    sa.Index("ix_mail_created_at", "created_at", "id"),  # the log, the newest first
    sa.Index("ix_mail_state_created_at", "state", "created_at", "id"),  # and of one state
    sa.Index("ix_mail_recipient_ended_at", "recipient", "ended_at"),
)
