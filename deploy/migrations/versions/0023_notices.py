"""Mail about roles and people, what of it somebody wants, and who an event is about."""

import json

import sqlalchemy as sa
from alembic import op

from broker.audit.tracing import tags_of
from broker.db import Instant

revision = "0023"
down_revision = "0024"


def upgrade() -> None:
    """Make the tables, and say of every event so far whom it is about."""
    op.create_table(
        "notice",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("about", sa.String(length=64), nullable=False),
        sa.Column("milestone", sa.String(length=64), nullable=False),
        sa.Column("facts", sa.JSON(), nullable=False),
        sa.Column("created_at", Instant(), nullable=False),
        sa.Column("due_at", Instant(), nullable=False),
        sa.Column("told_at", Instant(), nullable=True),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_notice_account_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_notice")),
        sa.UniqueConstraint(
            "account_id",
            "kind",
            "about",
            "milestone",
            name=op.f("uq_notice_account_id_kind_about_milestone"),
        ),
    )
    waiting = sa.text("told_at IS NULL")
    op.create_index(
        "ix_notice_due_at", "notice", ["due_at"], postgresql_where=waiting, sqlite_where=waiting
    )
    op.create_table(
        "notice_choice",
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("topic", sa.String(length=40), nullable=False),
        sa.Column("how", sa.String(length=8), nullable=False),
        sa.Column("changed_at", Instant(), nullable=False),
        sa.ForeignKeyConstraint(
            ["account_id"], ["account.id"], name=op.f("fk_notice_choice_account_id")
        ),
        sa.PrimaryKeyConstraint("account_id", "topic", name=op.f("pk_notice_choice")),
    )
    op.create_table(
        "audit_tag",
        sa.Column("organisation_id", sa.String(length=36), nullable=False),
        sa.Column("tag", sa.String(length=200), nullable=False),
        sa.Column("at", Instant(), nullable=False),
        sa.Column("writer", sa.String(length=24), nullable=False),
        sa.Column("seq", sa.Integer(), autoincrement=False, nullable=False),
        sa.PrimaryKeyConstraint(
            "organisation_id", "tag", "at", "writer", "seq", name=op.f("pk_audit_tag")
        ),
    )
    op.create_table(
        "import_work",
        sa.Column("import_id", sa.Uuid(), nullable=False),
        sa.Column("deed", sa.String(length=8), nullable=False),
        sa.Column("done", sa.Integer(), nullable=False),
        sa.Column("total", sa.Integer(), nullable=False),
        sa.Column("began_at", Instant(), nullable=False),
        sa.Column("seen_at", Instant(), nullable=False),
        sa.Column("ended_at", Instant(), nullable=True),
        sa.Column("code", sa.String(length=64), nullable=True),
        sa.ForeignKeyConstraint(
            ["import_id"], ["import_batch.id"], name=op.f("fk_import_work_import_id")
        ),
        sa.PrimaryKeyConstraint("import_id", name=op.f("pk_import_work")),
    )
    op.create_index("ix_role_grant_until", "role_grant", ["until"])
    _tag_what_was()


def _tag_what_was() -> None:
    connection = op.get_bind()
    audit = sa.table(
        "audit",
        *(sa.column(name) for name in ("writer", "seq", "event", "fields")),
        sa.column("at", Instant()),
    )
    tags = sa.table(
        "audit_tag",
        *(sa.column(name) for name in ("organisation_id", "tag", "writer", "seq")),
        sa.column("at", Instant()),
    )
    for row in connection.execute(sa.select(audit)).all():
        found = tags_of(row.event, json.loads(row.fields))
        if found is not None:
            rows = [
                {
                    "organisation_id": found.organisation,
                    "tag": tag,
                    "at": row.at,
                    "writer": row.writer,
                    "seq": row.seq,
                }
                for tag in found.tags
            ]
            connection.execute(sa.insert(tags), rows)
