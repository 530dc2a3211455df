"""The first login: registry, persons, sessions, replay marks, counters, and the audit chain."""

import sqlalchemy as sa
from alembic import op

from broker.db import Instant

revision = "0001"
down_revision = None


def upgrade() -> None:
    """Make every table; the audit chain has its columns from the start (R12)."""
    op.create_table(
        "audit",
        sa.Column("writer", sa.String(length=24), nullable=False),
        sa.Column("seq", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("block", sa.Integer(), nullable=False),
        sa.Column("at", Instant(), nullable=False),
        sa.Column("reference", sa.String(length=32), nullable=False),
        sa.Column("event", sa.String(length=40), nullable=False),
        sa.Column("fields", sa.Text(), nullable=False),
        sa.Column("prev_hash", sa.String(length=64), nullable=False),
        sa.Column("hash", sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint("writer", "seq", name=op.f("pk_audit")),
    )
    op.create_index(op.f("ix_audit_at"), "audit", ["at"], unique=False)
    op.create_index(op.f("ix_audit_reference"), "audit", ["reference"], unique=False)
    op.create_table(
        "federation",
        sa.Column("path", sa.String(length=64), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("document", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("path", name=op.f("pk_federation")),
    )
    op.create_table(
        "flow_count",
        sa.Column("minute", Instant(), nullable=False),
        sa.Column("federation", sa.String(length=64), nullable=False),
        sa.Column("service", sa.String(length=64), nullable=False),
        sa.Column("idp", sa.String(length=64), nullable=False),
        sa.Column("started", sa.Integer(), nullable=False),
        sa.Column("returned", sa.Integer(), nullable=False),
        sa.Column("refused", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint(
            "minute", "federation", "service", "idp", name=op.f("pk_flow_count")
        ),
    )
    op.create_table(
        "person",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", Instant(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_person")),
    )
    op.create_table(
        "registry_revision",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_registry_revision")),
    )
    op.create_table(
        "spent_message",
        sa.Column("federation", sa.String(length=64), nullable=False),
        sa.Column("issuer", sa.String(length=256), nullable=False),
        sa.Column("message_id", sa.String(length=256), nullable=False),
        sa.Column("until", Instant(), nullable=False),
        sa.PrimaryKeyConstraint(
            "federation", "issuer", "message_id", name=op.f("pk_spent_message")
        ),
    )
    op.create_index(op.f("ix_spent_message_until"), "spent_message", ["until"], unique=False)
    op.create_table(
        "entity",
        sa.Column("row", sa.Integer(), nullable=False),
        sa.Column("federation", sa.String(length=64), nullable=False),
        sa.Column("kind", sa.String(length=3), nullable=False),
        sa.Column("entity_id", sa.String(length=256), nullable=True),
        sa.Column("code", sa.String(length=64), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("settings", sa.JSON(), nullable=False),
        sa.Column("created_at", Instant(), nullable=False),
        sa.ForeignKeyConstraint(
            ["federation"], ["federation.path"], name=op.f("fk_entity_federation")
        ),
        sa.PrimaryKeyConstraint("row", name=op.f("pk_entity")),
        sa.UniqueConstraint(
            "federation", "kind", "code", name=op.f("uq_entity_federation_kind_code")
        ),
        sa.UniqueConstraint(
            "federation", "kind", "entity_id", name=op.f("uq_entity_federation_kind_entity_id")
        ),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "mapping",
        sa.Column("federation", sa.String(length=64), nullable=False),
        sa.Column("service", sa.String(length=64), nullable=False),
        sa.Column("document", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(
            ["federation"], ["federation.path"], name=op.f("fk_mapping_federation")
        ),
        sa.PrimaryKeyConstraint("federation", "service", name=op.f("pk_mapping")),
    )
    op.create_table(
        "name_identifier",
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("service_group", sa.String(length=64), nullable=False),
        sa.Column("value", sa.Uuid(), nullable=False),
        sa.Column("created_at", Instant(), nullable=False),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_name_identifier_person_id")
        ),
        sa.PrimaryKeyConstraint("person_id", "service_group", name=op.f("pk_name_identifier")),
        sa.UniqueConstraint("value", name=op.f("uq_name_identifier_value")),
    )
    op.create_table(
        "person_identity",
        sa.Column("hash", sa.String(length=64), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("federation", sa.String(length=64), nullable=False),
        sa.Column("kind", sa.String(length=24), nullable=False),
        sa.Column("created_at", Instant(), nullable=False),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_person_identity_person_id")
        ),
        sa.PrimaryKeyConstraint("hash", name=op.f("pk_person_identity")),
    )
    op.create_index(
        op.f("ix_person_identity_person_id"), "person_identity", ["person_id"], unique=False
    )
    op.create_table(
        "entity_version",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("entity_row", sa.Integer(), nullable=False),
        sa.Column("xml", sa.LargeBinary(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("loaded_at", Instant(), nullable=False),
        sa.Column("loaded_by", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("in_force", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["entity_row"], ["entity.row"], name=op.f("fk_entity_version_entity_row")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_entity_version")),
    )
    op.create_index(
        op.f("ix_entity_version_entity_row"), "entity_version", ["entity_row"], unique=False
    )
    op.create_index(
        "uq_entity_version_in_force",
        "entity_version",
        ["entity_row"],
        unique=True,
        sqlite_where=sa.text("in_force"),
        postgresql_where=sa.text("in_force"),
    )
    op.create_table(
        "login_session",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("federation", sa.String(length=64), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("idp", sa.Integer(), nullable=False),
        sa.Column("assurance", sa.String(length=16), nullable=False),
        sa.Column("started_at", Instant(), nullable=False),
        sa.Column("ends_at", Instant(), nullable=False),
        sa.Column("upstream_session_index", sa.String(length=256), nullable=True),
        sa.Column("reference", sa.String(length=32), nullable=False),
        sa.ForeignKeyConstraint(["idp"], ["entity.row"], name=op.f("fk_login_session_idp")),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_login_session_person_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_login_session")),
    )
    op.create_index(op.f("ix_login_session_ends_at"), "login_session", ["ends_at"], unique=False)
    op.create_index(
        op.f("ix_login_session_person_id"), "login_session", ["person_id"], unique=False
    )
    op.create_table(
        "session_participant",
        sa.Column("session_id", sa.Uuid(), nullable=False),
        sa.Column("service", sa.Integer(), nullable=False),
        sa.Column("name_id", sa.Uuid(), nullable=False),
        sa.Column("session_index", sa.String(length=64), nullable=False),
        sa.Column("created_at", Instant(), nullable=False),
        sa.ForeignKeyConstraint(
            ["service"], ["entity.row"], name=op.f("fk_session_participant_service")
        ),
        sa.ForeignKeyConstraint(
            ["session_id"], ["login_session.id"], name=op.f("fk_session_participant_session_id")
        ),
        sa.PrimaryKeyConstraint("session_id", "service", name=op.f("pk_session_participant")),
        sa.UniqueConstraint("session_index", name=op.f("uq_session_participant_session_index")),
    )
