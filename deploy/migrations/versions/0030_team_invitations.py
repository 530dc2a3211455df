"""Invitations into the team of a service."""

import sqlalchemy as sa
from alembic import op

from broker.db import Instant

revision = "0030"
down_revision = "0029"


def upgrade() -> None:
    """Make the table."""
    op.create_table(
        "team_invitation",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("federation", sa.String(length=64), nullable=False),
        sa.Column("service", sa.String(length=64), nullable=False),
        sa.Column("mandate", sa.String(length=24), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("email", sa.String(length=254), nullable=False),
        sa.Column("cvr", sa.String(length=8), nullable=False),
        sa.Column("ends", Instant(), nullable=True),
        sa.Column("reason", sa.String(length=500), nullable=False),
        sa.Column("since", Instant(), nullable=False),
        sa.Column("until", Instant(), nullable=False),
        sa.Column("selector", sa.String(length=8), nullable=False),
        sa.Column("code_hash", sa.String(length=64), nullable=False),
        sa.Column("guesses", sa.Integer(), nullable=False),
        sa.Column("accepted_at", Instant(), nullable=True),
        sa.Column("accepted_by", sa.Uuid(), nullable=True),
        sa.Column("withdrawn_at", Instant(), nullable=True),
        sa.Column("by_account", sa.Uuid(), nullable=False),
        sa.CheckConstraint(
            "mandate IN ('service_owner', 'service_tech')",
            name=op.f("ck_team_invitation_mandate"),
        ),
        sa.CheckConstraint(
            "accepted_by <> by_account", name=op.f("ck_team_invitation_not_oneself")
        ),
        sa.CheckConstraint(
            "accepted_at IS NULL OR withdrawn_at IS NULL", name=op.f("ck_team_invitation_one_end")
        ),
        sa.ForeignKeyConstraint(
            ["federation"], ["federation.path"], name=op.f("fk_team_invitation_federation")
        ),
        sa.ForeignKeyConstraint(
            ["accepted_by"], ["account.id"], name=op.f("fk_team_invitation_accepted_by")
        ),
        sa.ForeignKeyConstraint(
            ["by_account"], ["account.id"], name=op.f("fk_team_invitation_by_account")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_team_invitation")),
        sa.UniqueConstraint("selector", name=op.f("uq_team_invitation_selector")),
    )
    op.create_index(
        "ix_team_invitation_service", "team_invitation", ["federation", "service", "since"]
    )
