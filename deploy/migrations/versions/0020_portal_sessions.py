"""Sessions of the portals, and links into them past the login."""

import sqlalchemy as sa
from alembic import op

from broker.db import Instant

revision = "0020"
down_revision = "0009"


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "portal_session",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("cookie_hash", sa.String(length=64), nullable=False),
        sa.Column("request_id", sa.String(length=64), nullable=False),
        sa.Column("federation", sa.String(length=64), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=True),
        sa.Column("level", sa.String(length=16), nullable=False),
        sa.Column("authenticated_at", Instant(), nullable=False),
        sa.Column("started_at", Instant(), nullable=False),
        sa.Column("seen_at", Instant(), nullable=False),
        sa.Column("ends_at", Instant(), nullable=False),
        sa.Column("over", sa.Boolean(), nullable=False),
        sa.Column("session_index", sa.String(length=64), nullable=True),
        sa.Column("name", sa.String(length=256), nullable=False),
        sa.Column("name_format", sa.String(length=128), nullable=False),
        sa.Column("idp", sa.String(length=1024), nullable=False),
        sa.Column("reference", sa.String(length=32), nullable=False),
        sa.Column("emergency", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["account_id"], ["account.id"], name=op.f("fk_portal_session_account_id")
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_portal_session_person_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_portal_session")),
        sa.UniqueConstraint("cookie_hash", name=op.f("uq_portal_session_cookie_hash")),
        sa.UniqueConstraint("request_id", name=op.f("uq_portal_session_request_id")),
    )
    for column in ("person_id", "ends_at", "session_index"):
        op.create_index(op.f(f"ix_portal_session_{column}"), "portal_session", [column])
    op.create_table(
        "emergency_pass",
        sa.Column("number", sa.String(length=12), nullable=False),
        sa.Column("federation", sa.String(length=64), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("address", sa.String(length=64), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("asked_by", sa.Text(), nullable=False),
        sa.Column("asked_at", Instant(), nullable=False),
        sa.Column("allowed_by", sa.Text(), nullable=True),
        sa.Column("allowed_at", Instant(), nullable=True),
        sa.Column("code_hash", sa.String(length=64), nullable=True),
        sa.Column("used_at", Instant(), nullable=True),
        sa.ForeignKeyConstraint(
            ["account_id"], ["account.id"], name=op.f("fk_emergency_pass_account_id")
        ),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_emergency_pass")),
        sa.UniqueConstraint("code_hash", name=op.f("uq_emergency_pass_code_hash")),
    )
