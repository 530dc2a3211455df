"""The table of invitations; `store` runs every statement on it."""

import sqlalchemy as sa

from broker.db import METADATA, Instant
from broker.metadata.tables import FEDERATION
from broker.organisations.tables import ACCOUNT

TEAM_INVITATION = sa.Table(
    "team_invitation",
    METADATA,
    sa.Column("id", sa.Uuid, primary_key=True),
    sa.Column("federation", sa.ForeignKey(FEDERATION.c.path), nullable=False),
    sa.Column("service", sa.String(64), nullable=False),
    sa.Column("mandate", sa.String(24), nullable=False),
    sa.Column("name", sa.String(200), nullable=False),
    sa.Column("email", sa.String(254), nullable=False),
    sa.Column("cvr", sa.String(8), nullable=False),
    sa.Column("ends", Instant),
    sa.Column("reason", sa.String(500), nullable=False),
    sa.Column("since", Instant, nullable=False),
    sa.Column("until", Instant, nullable=False),
    sa.Column("selector", sa.String(8), nullable=False, unique=True),  # the part that finds it
    sa.Column("code_hash", sa.String(64), nullable=False),
    sa.Column("guesses", sa.Integer, nullable=False),
    sa.Column("accepted_at", Instant),
    sa.Column("accepted_by", sa.ForeignKey(ACCOUNT.c.id)),
    sa.Column("withdrawn_at", Instant),
    sa.Column("by_account", sa.ForeignKey(ACCOUNT.c.id), nullable=False),
    sa.CheckConstraint("mandate IN ('service_owner', 'service_tech')", name="mandate"),
    sa.CheckConstraint("accepted_by <> by_account", name="not_oneself"),
    sa.CheckConstraint("accepted_at IS NULL OR withdrawn_at IS NULL", name="one_end"),
    sa.Index("ix_team_invitation_service", "federation", "service", "since"),
)
