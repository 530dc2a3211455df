"""Keys linked to accounts, codes that take an account over, and accounts that became others."""

import sqlalchemy as sa
from alembic import op

from broker.db import Instant

revision = "0004b"
down_revision = "0004"


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "account_merge",
        sa.Column("old_id", sa.Uuid(), nullable=False),
        sa.Column("new_id", sa.Uuid(), nullable=False),
        sa.Column("at", Instant(), nullable=False),
        sa.Column("by_account", sa.Uuid(), nullable=True),
        sa.Column("by_label", sa.String(length=128), nullable=False),
        sa.CheckConstraint("old_id <> new_id", name=op.f("ck_account_merge_two")),
        sa.ForeignKeyConstraint(["new_id"], ["account.id"], name=op.f("fk_account_merge_new_id")),
        sa.ForeignKeyConstraint(["old_id"], ["account.id"], name=op.f("fk_account_merge_old_id")),
        sa.PrimaryKeyConstraint("old_id", name=op.f("pk_account_merge")),
    )
    op.create_index(op.f("ix_account_merge_new_id"), "account_merge", ["new_id"], unique=False)
    op.create_table(
        "account_identity",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("hash", sa.String(length=64), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("idp", sa.String(length=64), nullable=True),
        sa.Column("linked_at", Instant(), nullable=False),
        sa.Column("reason", sa.String(length=500), nullable=False),
        sa.Column("by_account", sa.Uuid(), nullable=True),
        sa.Column("by_label", sa.String(length=128), nullable=False),
        sa.ForeignKeyConstraint(
            ["account_id"], ["account.id"], name=op.f("fk_account_identity_account_id")
        ),
        sa.ForeignKeyConstraint(
            ["hash"], ["person_identity.hash"], name=op.f("fk_account_identity_hash")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_account_identity")),
        sa.UniqueConstraint("hash", "account_id", name=op.f("uq_account_identity_hash_account_id")),
    )
    op.create_index(
        op.f("ix_account_identity_account_id"), "account_identity", ["account_id"], unique=False
    )
    op.create_table(
        "account_claim",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("selector", sa.String(length=8), nullable=False),
        sa.Column("code_hash", sa.String(length=64), nullable=False),
        sa.Column("since", Instant(), nullable=False),
        sa.Column("until", Instant(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("used_at", Instant(), nullable=True),
        sa.Column("revoked_at", Instant(), nullable=True),
        sa.Column("by_account", sa.Uuid(), nullable=True),
        sa.Column("by_label", sa.String(length=128), nullable=False),
        sa.CheckConstraint("until > since", name=op.f("ck_account_claim_period")),
        sa.ForeignKeyConstraint(
            ["account_id"], ["account.id"], name=op.f("fk_account_claim_account_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_account_claim")),
        sa.UniqueConstraint("selector", name=op.f("uq_account_claim_selector")),
    )
    op.create_index(
        op.f("ix_account_claim_account_id"), "account_claim", ["account_id"], unique=False
    )
