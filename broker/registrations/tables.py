"""The tables of what is saved and asked for; `store` runs every statement on them."""

import sqlalchemy as sa

from broker.db import METADATA, Instant

SERVICE_DRAFT = sa.Table(
    "service_draft",
    METADATA,
    sa.Column("id", sa.Uuid, primary_key=True),
    sa.Column("federation", sa.String(64), nullable=False),
    sa.Column("code", sa.String(64), nullable=False),
    sa.Column("test", sa.String(64), nullable=True),
    sa.Column("document", sa.JSON, nullable=False),
    sa.Column("xml", sa.LargeBinary, nullable=True),
    sa.Column("about", sa.JSON, nullable=False),
    sa.Column("created_at", Instant, nullable=False),
    sa.Column("changed_at", Instant, nullable=False),
    sa.Column("changed_by", sa.Text, nullable=False),
    sa.UniqueConstraint("federation", "code"),
)

SERVICE_CHANGE = sa.Table(
    "service_change",
    METADATA,
    sa.Column("id", sa.Uuid, primary_key=True),
    sa.Column("federation", sa.String(64), nullable=False),
    sa.Column("code", sa.String(64), nullable=False),
    sa.Column("kind", sa.String(16), nullable=False),
    sa.Column("document", sa.JSON, nullable=False),
    sa.Column("xml", sa.LargeBinary, nullable=True),
    sa.Column("about", sa.JSON, nullable=False),
    sa.Column("wanted_at", Instant, nullable=True),
    sa.Column("reason", sa.Text, nullable=False),
    sa.Column("by_account", sa.Uuid, sa.ForeignKey("account.id"), nullable=True),
    sa.Column("by_label", sa.Text, nullable=False),
    sa.Column("asked_at", Instant, nullable=False),
    sa.Column("state", sa.String(16), nullable=False),
    sa.Column("decided_by", sa.Text, nullable=True),
    sa.Column("decided_at", Instant, nullable=True),
    sa.Column("decision", sa.Text, nullable=False),
    sa.Column("opens", Instant, nullable=True),
    sa.Column("case_no", sa.String(32), nullable=True),
    sa.Index("ix_service_change_federation_code", "federation", "code"),
    sa.Index("ix_service_change_state_opens", "state", "opens"),
)
