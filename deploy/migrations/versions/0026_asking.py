"""What somebody is about to ask for."""

import sqlalchemy as sa
from alembic import op

from broker.db import Instant

revision = "0026"
down_revision = "0025"


def upgrade() -> None:
    """Make the table."""
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
