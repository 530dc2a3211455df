"""Cases with their steps and their history; what a portal session knows of who has no account."""

import sqlalchemy as sa
from alembic import op

from broker.db import Instant

revision = "0022"
down_revision = "0020"


def _who(prefix: str, *, nullable: bool) -> list[sa.Column[object]]:
    return [
        sa.Column(f"{prefix}_person", sa.Uuid(), nullable=True),
        sa.Column(f"{prefix}_account", sa.Uuid(), nullable=True),
        sa.Column(f"{prefix}_name", sa.String(length=200), nullable=nullable),
    ]


def _one_of(table: str, column: str, *values: str) -> sa.CheckConstraint:
    return sa.CheckConstraint(sa.column(column).in_(values), name=op.f(f"ck_{table}_{column}"))


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "case_file",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("reference", sa.String(length=16), nullable=False),
        sa.Column("federation", sa.String(length=64), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("title", sa.String(length=200), nullable=False),
        sa.Column("search", sa.String(length=500), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("waits_for", sa.String(length=20), nullable=False),
        sa.Column("organisation_id", sa.Uuid(), nullable=True),
        sa.Column("cvr", sa.String(length=8), nullable=True),
        sa.Column("service", sa.String(length=64), nullable=True),
        sa.Column("opened_at", Instant(), nullable=False),
        *_who("opened", nullable=False),
        *_who("taken", nullable=True),
        sa.Column("asked_step", sa.String(length=80), nullable=True),
        sa.Column("asked_at", Instant(), nullable=True),
        sa.Column("promised_at", Instant(), nullable=False),
        sa.Column("changed_at", Instant(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("document", sa.Text(), nullable=False),
        _one_of("case_file", "kind", "organisation", "access", "idp", "service"),
        _one_of("case_file", "state", "open", "asked", "approved", "refused", "withdrawn"),
        sa.ForeignKeyConstraint(
            ["federation"], ["federation.path"], name=op.f("fk_case_file_federation")
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=op.f("fk_case_file_organisation_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_case_file")),
        sa.UniqueConstraint("reference", name=op.f("uq_case_file_reference")),
    )
    op.create_index("ix_case_file_list", "case_file", ["federation", "state", "promised_at"])
    op.create_index("ix_case_file_opened_person", "case_file", ["opened_person"])
    op.create_index(op.f("ix_case_file_organisation_id"), "case_file", ["organisation_id"])
    op.create_table(
        "case_step",
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("code", sa.String(length=80), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("decider", sa.String(length=20), nullable=False),
        sa.Column("stage", sa.Integer(), nullable=False),
        sa.Column("service", sa.String(length=64), nullable=True),
        sa.Column("optional", sa.Boolean(), nullable=False),
        sa.Column("own", sa.Boolean(), nullable=False),
        sa.Column("apart", sa.Boolean(), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("decided_at", Instant(), nullable=True),
        *_who("by", nullable=True),
        sa.Column("reason", sa.String(length=500), nullable=False),
        sa.Column("code_hash", sa.String(length=64), nullable=True),
        _one_of(
            "case_step", "decider", "operator", "service_owner", "security_officer", "applicant"
        ),
        _one_of("case_step", "state", "later", "open", "approved", "refused"),
        sa.ForeignKeyConstraint(["case_id"], ["case_file.id"], name=op.f("fk_case_step_case_id")),
        sa.PrimaryKeyConstraint("case_id", "code", name=op.f("pk_case_step")),
        sa.UniqueConstraint("code_hash", name=op.f("uq_case_step_code_hash")),
    )
    op.create_index("ix_case_step_service", "case_step", ["service", "state"])
    op.create_table(
        "case_event",
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("sequence", sa.Integer(), nullable=False),
        sa.Column("at", Instant(), nullable=False),
        sa.Column("what", sa.String(length=16), nullable=False),
        sa.Column("step", sa.String(length=80), nullable=True),
        *_who("by", nullable=False),
        sa.Column("of_applicant", sa.Boolean(), nullable=False),
        sa.Column("words", sa.String(length=2000), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["case_file.id"], name=op.f("fk_case_event_case_id")),
        sa.PrimaryKeyConstraint("case_id", "sequence", name=op.f("pk_case_event")),
    )
    # Of whoever has no account, only the login tells who they are and where they work.
    for column, length in (("cvr", 8), ("workplace", 200), ("full_name", 200)):
        op.add_column("portal_session", sa.Column(column, sa.String(length=length), nullable=True))
