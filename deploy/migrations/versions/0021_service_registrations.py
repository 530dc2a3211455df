"""What owners save of their services and ask for, and their test logins."""

import sqlalchemy as sa
from alembic import op

from broker.db import Instant

revision = "0021"
down_revision = "0026"


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "service_draft",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("federation", sa.String(length=64), nullable=False),
        sa.Column("code", sa.String(length=64), nullable=False),
        sa.Column("test", sa.String(length=64), nullable=True),
        sa.Column("document", sa.JSON(), nullable=False),
        sa.Column("xml", sa.LargeBinary(), nullable=True),
        sa.Column("about", sa.JSON(), nullable=False),
        sa.Column("created_at", Instant(), nullable=False),
        sa.Column("changed_at", Instant(), nullable=False),
        sa.Column("changed_by", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_service_draft")),
        sa.UniqueConstraint("federation", "code", name=op.f("uq_service_draft_federation_code")),
    )
    op.create_table(
        "service_change",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("federation", sa.String(length=64), nullable=False),
        sa.Column("code", sa.String(length=64), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("document", sa.JSON(), nullable=False),
        sa.Column("xml", sa.LargeBinary(), nullable=True),
        sa.Column("about", sa.JSON(), nullable=False),
        sa.Column("wanted_at", Instant(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("by_account", sa.Uuid(), nullable=True),
        sa.Column("by_label", sa.Text(), nullable=False),
        sa.Column("asked_at", Instant(), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("decided_by", sa.Text(), nullable=True),
        sa.Column("decided_at", Instant(), nullable=True),
        sa.Column("decision", sa.Text(), nullable=False),
        sa.Column("opens", Instant(), nullable=True),
        sa.Column("case_no", sa.String(length=32), nullable=True),
        sa.ForeignKeyConstraint(
            ["by_account"], ["account.id"], name=op.f("fk_service_change_by_account")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_service_change")),
    )
    op.create_index("ix_service_change_federation_code", "service_change", ["federation", "code"])
    op.create_index("ix_service_change_state_opens", "service_change", ["state", "opens"])
    op.create_table(
        "trial_login",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("federation", sa.String(length=64), nullable=False),
        sa.Column("service", sa.String(length=64), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("choices", sa.JSON(), nullable=False),
        sa.Column("armed_at", Instant(), nullable=False),
        sa.Column("ends_at", Instant(), nullable=False),
        sa.Column("outcome", sa.String(length=64), nullable=True),
        sa.Column("happened_at", Instant(), nullable=True),
        sa.Column("sent", sa.LargeBinary(), nullable=True),
        sa.ForeignKeyConstraint(
            ["account_id"], ["account.id"], name=op.f("fk_trial_login_account_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_trial_login")),
    )
    op.create_index(
        "ix_trial_login_account_id_service", "trial_login", ["account_id", "service", "armed_at"]
    )
