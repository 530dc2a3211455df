"""What somebody is about to ask for, and what a login told of somebody without an account."""

import sqlalchemy as sa
from alembic import op

from broker.db import Instant

revision = "0026"
down_revision = "0020"


def upgrade() -> None:
    """Make the table and the columns."""
    op.create_table(
        "request_draft",
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("content", sa.JSON(), nullable=False),
        sa.Column("changed_at", Instant(), nullable=False),
        sa.ForeignKeyConstraint(
            ["account_id"], ["account.id"], name=op.f("fk_request_draft_account_id")
        ),
        sa.PrimaryKeyConstraint("account_id", name=op.f("pk_request_draft")),
    )
    op.create_index(op.f("ix_request_draft_changed_at"), "request_draft", ["changed_at"])
    op.add_column("portal_session", sa.Column("cvr", sa.String(length=8), nullable=True))
    op.add_column("portal_session", sa.Column("full_name", sa.String(length=200), nullable=True))
