"""Requests with their decisions, reviews and imports."""

import sqlalchemy as sa
from alembic import op

from broker.db import Instant

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    """Make the tables, and on PostgreSQL what only it can refuse."""
    op.create_table(
        "access_request",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.String(length=16), nullable=False),
        sa.Column("cart_id", sa.Uuid(), nullable=False),
        sa.Column("action", sa.String(length=8), nullable=False),
        sa.Column("requester_id", sa.Uuid(), nullable=False),
        sa.Column("subject_id", sa.Uuid(), nullable=False),
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("role_id", sa.Uuid(), nullable=False),
        sa.Column("grant_id", sa.Uuid(), nullable=True),
        sa.Column("scopes", sa.JSON(), nullable=False),
        sa.Column("since", Instant(), nullable=False),
        sa.Column("until", Instant(), nullable=False),
        sa.Column("reason", sa.String(length=1000), nullable=False),
        sa.Column("stages", sa.JSON(), nullable=False),
        sa.Column("stage", sa.Integer(), nullable=False),
        sa.Column("stage_since", Instant(), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("assigned_to", sa.Uuid(), nullable=True),
        sa.Column("claimed_by", sa.Uuid(), nullable=True),
        sa.Column("claimed_at", Instant(), nullable=True),
        sa.Column("outcome", sa.String(length=64), nullable=True),
        sa.Column("outcome_what", sa.String(length=200), nullable=True),
        sa.Column("given_id", sa.Uuid(), nullable=True),
        sa.Column("created_at", Instant(), nullable=False),
        sa.CheckConstraint(
            "action IN ('add', 'remove', 'change', 'extend')", name=op.f("ck_access_request_action")
        ),
        sa.CheckConstraint(
            "state IN ('submitted', 'info_needed', 'approved', 'rejected', 'cancelled', 'expired', 'done', 'failed')",
            name=op.f("ck_access_request_state"),
        ),
        sa.CheckConstraint("until > since", name=op.f("ck_access_request_period")),
        sa.ForeignKeyConstraint(
            ["grant_id"], ["role_grant.id"], name=op.f("fk_access_request_grant_id")
        ),
        sa.ForeignKeyConstraint(
            ["given_id"], ["role_grant.id"], name=op.f("fk_access_request_given_id")
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=op.f("fk_access_request_organisation_id")
        ),
        sa.ForeignKeyConstraint(
            ["requester_id"], ["account.id"], name=op.f("fk_access_request_requester_id")
        ),
        sa.ForeignKeyConstraint(["role_id"], ["role.id"], name=op.f("fk_access_request_role_id")),
        sa.ForeignKeyConstraint(
            ["subject_id"], ["account.id"], name=op.f("fk_access_request_subject_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_access_request")),
        sa.UniqueConstraint("number", name=op.f("uq_access_request_number")),
    )
    op.create_index(op.f("ix_access_request_cart_id"), "access_request", ["cart_id"], unique=False)
    op.create_index(
        op.f("ix_access_request_organisation_id"),
        "access_request",
        ["organisation_id"],
        unique=False,
    )
    op.create_index(
        op.f("ix_access_request_requester_id"), "access_request", ["requester_id"], unique=False
    )
    op.create_index(op.f("ix_access_request_role_id"), "access_request", ["role_id"], unique=False)
    op.create_index(
        op.f("ix_access_request_subject_id"), "access_request", ["subject_id"], unique=False
    )
    op.create_index(
        "ix_access_request_state_organisation_id",
        "access_request",
        ["state", "organisation_id"],
        unique=False,
    )
    op.create_table(
        "request_decision",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("request_id", sa.Uuid(), nullable=False),
        sa.Column("n", sa.Integer(), nullable=False),
        sa.Column("stage", sa.Integer(), nullable=False),
        sa.Column("decision", sa.String(length=16), nullable=False),
        sa.Column("decided_by", sa.Uuid(), nullable=True),
        sa.Column("decided_label", sa.String(length=128), nullable=False),
        sa.Column("on_behalf_of", sa.Uuid(), nullable=True),
        sa.Column("requester_id", sa.Uuid(), nullable=False),
        sa.Column("subject_id", sa.Uuid(), nullable=False),
        sa.Column("comment", sa.String(length=1000), nullable=False),
        sa.Column("at", Instant(), nullable=False),
        sa.Column("until", Instant(), nullable=True),
        sa.Column("scopes", sa.JSON(), nullable=True),
        sa.Column("forwarded_to", sa.Uuid(), nullable=True),
        sa.CheckConstraint(
            "decision <> 'approve' OR decided_by IS NULL OR (decided_by <> requester_id AND decided_by <> subject_id)",
            name=op.f("ck_request_decision_four_eyes"),
        ),
        sa.CheckConstraint(
            "decision <> 'approve' OR on_behalf_of IS NULL OR (on_behalf_of <> requester_id AND on_behalf_of <> subject_id)",
            name=op.f("ck_request_decision_four_eyes_behalf"),
        ),
        sa.CheckConstraint(
            "decision IN ('approve', 'reject', 'ask', 'answer', 'forward', 'withdraw')",
            name=op.f("ck_request_decision_decision"),
        ),
        sa.ForeignKeyConstraint(
            ["request_id"], ["access_request.id"], name=op.f("fk_request_decision_request_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_request_decision")),
        sa.UniqueConstraint("request_id", "n", name=op.f("uq_request_decision_request_id_n")),
    )
    op.create_table(
        "review_campaign",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("federation", sa.String(length=64), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("organisation_id", sa.Uuid(), nullable=True),
        sa.Column("service", sa.String(length=64), nullable=True),
        sa.Column("only_sensitive", sa.Boolean(), nullable=False),
        sa.Column("opens_at", Instant(), nullable=False),
        sa.Column("due_at", Instant(), nullable=False),
        sa.Column("unanswered", sa.String(length=8), nullable=False),
        sa.Column("frozen_at", Instant(), nullable=True),
        sa.Column("closed_at", Instant(), nullable=True),
        sa.Column("by_account", sa.Uuid(), nullable=True),
        sa.Column("by_label", sa.String(length=128), nullable=False),
        sa.CheckConstraint(
            "unanswered IN ('keep', 'flag', 'revoke')", name=op.f("ck_review_campaign_unanswered")
        ),
        sa.CheckConstraint("due_at > opens_at", name=op.f("ck_review_campaign_due")),
        sa.ForeignKeyConstraint(
            ["federation"], ["federation.path"], name=op.f("fk_review_campaign_federation")
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["organisation.id"],
            name=op.f("fk_review_campaign_organisation_id"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_review_campaign")),
    )
    op.create_table(
        "review_item",
        sa.Column("review_id", sa.Uuid(), nullable=False),
        sa.Column("grant_id", sa.Uuid(), nullable=False),
        sa.Column("snapshot", sa.JSON(), nullable=False),
        sa.Column("decision", sa.String(length=8), nullable=True),
        sa.Column("until", Instant(), nullable=True),
        sa.Column("comment", sa.String(length=1000), nullable=True),
        sa.Column("decided_by", sa.Uuid(), nullable=True),
        sa.Column("decided_label", sa.String(length=128), nullable=True),
        sa.Column("decided_at", Instant(), nullable=True),
        sa.Column("applied_at", Instant(), nullable=True),
        sa.Column("outcome", sa.String(length=64), nullable=True),
        sa.CheckConstraint(
            "decision IN ('keep', 'revoke', 'shorten', 'change', 'unknown')",
            name=op.f("ck_review_item_decision"),
        ),
        sa.ForeignKeyConstraint(
            ["grant_id"], ["role_grant.id"], name=op.f("fk_review_item_grant_id")
        ),
        sa.ForeignKeyConstraint(
            ["review_id"], ["review_campaign.id"], name=op.f("fk_review_item_review_id")
        ),
        sa.PrimaryKeyConstraint("review_id", "grant_id", name=op.f("pk_review_item")),
    )
    op.create_table(
        "import_batch",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("missing", sa.String(length=8), nullable=False),
        sa.Column("uploaded_at", Instant(), nullable=False),
        sa.Column("losing", sa.Integer(), nullable=False),
        sa.Column("people", sa.Integer(), nullable=False),
        sa.Column("confirmed_account", sa.Uuid(), nullable=True),
        sa.Column("confirmed_by", sa.String(length=128), nullable=True),
        sa.Column("applied_at", Instant(), nullable=True),
        sa.Column("undone_at", Instant(), nullable=True),
        sa.Column("by_account", sa.Uuid(), nullable=True),
        sa.Column("by_label", sa.String(length=128), nullable=False),
        sa.CheckConstraint("missing IN ('keep', 'end')", name=op.f("ck_import_batch_missing")),
        sa.CheckConstraint(
            "confirmed_account IS NULL OR by_account IS NULL OR confirmed_account <> by_account",
            name=op.f("ck_import_batch_four_eyes"),
        ),
        sa.CheckConstraint(
            "state IN ('preview', 'applied', 'undone', 'discarded')",
            name=op.f("ck_import_batch_state"),
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=op.f("fk_import_batch_organisation_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_import_batch")),
    )
    op.create_index(
        op.f("ix_import_batch_organisation_id"), "import_batch", ["organisation_id"], unique=False
    )
    op.create_table(
        "import_row",
        sa.Column("import_id", sa.Uuid(), nullable=False),
        sa.Column("n", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("raw", sa.JSON(), nullable=False),
        sa.Column("verdict", sa.String(length=12), nullable=False),
        sa.Column("messages", sa.JSON(), nullable=False),
        sa.Column("grant_id", sa.Uuid(), nullable=True),
        sa.Column("account_id", sa.Uuid(), nullable=True),
        sa.Column("steps", sa.JSON(), nullable=False),
        sa.Column("before", sa.JSON(), nullable=False),
        sa.Column("applied", sa.Boolean(), nullable=False),
        sa.Column("created_account_id", sa.Uuid(), nullable=True),
        sa.CheckConstraint(
            "verdict IN ('new', 'change', 'end', 'unchanged', 'error')",
            name=op.f("ck_import_row_verdict"),
        ),
        sa.ForeignKeyConstraint(
            ["import_id"], ["import_batch.id"], name=op.f("fk_import_row_import_id")
        ),
        sa.PrimaryKeyConstraint("import_id", "n", name=op.f("pk_import_row")),
    )
