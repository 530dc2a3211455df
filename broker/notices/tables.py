"""Notices that wait or were told, and what people want; `store` runs every statement on them."""

import sqlalchemy as sa

from broker.db import METADATA, Instant
from broker.organisations.tables import ACCOUNT

NOTICE = sa.Table(
    "notice",
    METADATA,
    sa.Column("id", sa.Uuid, primary_key=True),
    sa.Column("account_id", sa.ForeignKey(ACCOUNT.c.id), nullable=False),
    sa.Column("kind", sa.String(40), nullable=False),
    sa.Column("about", sa.String(64), nullable=False),
    sa.Column("milestone", sa.String(64), nullable=False),
    sa.Column("facts", sa.JSON, nullable=False),
    sa.Column("created_at", Instant, nullable=False),
    sa.Column("due_at", Instant, nullable=False),
    sa.Column("told_at", Instant),
    sa.UniqueConstraint("account_id", "kind", "about", "milestone"),
    sa.Index(
        "ix_notice_due_at",
        "due_at",
        postgresql_where=sa.text("told_at IS NULL"),
        sqlite_where=sa.text("told_at IS NULL"),
    ),
)

# How somebody wants to be told of a topic; the topic "language" holds a language instead.
NOTICE_CHOICE = sa.Table(
    "notice_choice",
    METADATA,
    sa.Column("account_id", sa.ForeignKey(ACCOUNT.c.id), primary_key=True),
    sa.Column("topic", sa.String(40), primary_key=True),
    sa.Column("how", sa.String(8), nullable=False),
    sa.Column("changed_at", Instant, nullable=False),
)
