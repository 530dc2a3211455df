"""The trail sealed, and kept from being changed; evidence; persons found by a CPR number."""

import sqlalchemy as sa
from alembic import op

from broker.db import Instant

revision = "0033"
down_revision = "0032"

# A record goes with the tombstone of its block, and never changes; a seal takes its tombstone
# once. Whoever owns the tables can drop all this, and then the signatures tell.
_SQLITE = (
    """CREATE TRIGGER audit_no_update BEFORE UPDATE ON audit
    BEGIN SELECT RAISE(ABORT, 'the audit trail is only added to'); END""",
    """CREATE TRIGGER audit_no_delete BEFORE DELETE ON audit
    WHEN NOT EXISTS (SELECT 1 FROM audit_seal WHERE writer = OLD.writer AND block = OLD.block
        AND removed_signature IS NOT NULL)
    BEGIN SELECT RAISE(ABORT, 'the audit trail is only added to'); END""",
    """CREATE TRIGGER audit_seal_no_update BEFORE UPDATE ON audit_seal
    WHEN OLD.removed_at IS NOT NULL OR NEW.removed_signature IS NULL OR (OLD.writer, OLD.block,
        OLD.first, OLD.last, OLD.prev_hash, OLD.hash, OLD.newest, OLD.at, OLD.key, OLD.signature)
        IS NOT (NEW.writer, NEW.block, NEW.first, NEW.last, NEW.prev_hash, NEW.hash, NEW.newest,
        NEW.at, NEW.key, NEW.signature)
    BEGIN SELECT RAISE(ABORT, 'a seal takes its tombstone and nothing else'); END""",
    """CREATE TRIGGER audit_seal_no_delete BEFORE DELETE ON audit_seal
    BEGIN SELECT RAISE(ABORT, 'a seal stays'); END""",
)
_POSTGRESQL = (
    """CREATE FUNCTION audit_only_added_to() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        IF TG_OP = 'DELETE' AND EXISTS (SELECT 1 FROM audit_seal WHERE writer = OLD.writer
            AND block = OLD.block AND removed_signature IS NOT NULL) THEN RETURN OLD; END IF;
        RAISE EXCEPTION 'the audit trail is only added to';
    END $$""",
    """CREATE FUNCTION audit_seal_tombstone() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        IF TG_OP = 'UPDATE' AND OLD.removed_at IS NULL AND NEW.removed_signature IS NOT NULL
            AND (OLD.writer, OLD.block, OLD.first, OLD.last, OLD.prev_hash, OLD.hash, OLD.newest,
            OLD.at, OLD.key, OLD.signature) IS NOT DISTINCT FROM (NEW.writer, NEW.block, NEW.first,
            NEW.last, NEW.prev_hash, NEW.hash, NEW.newest, NEW.at, NEW.key, NEW.signature)
            THEN RETURN NEW; END IF;
        RAISE EXCEPTION 'a seal takes its tombstone and nothing else';
    END $$""",
    """CREATE TRIGGER audit_only_added_to BEFORE UPDATE OR DELETE ON audit
    FOR EACH ROW EXECUTE FUNCTION audit_only_added_to()""",
    """CREATE TRIGGER audit_not_emptied BEFORE TRUNCATE ON audit
    FOR EACH STATEMENT EXECUTE FUNCTION audit_only_added_to()""",
    """CREATE TRIGGER audit_seal_tombstone BEFORE UPDATE OR DELETE ON audit_seal
    FOR EACH ROW EXECUTE FUNCTION audit_seal_tombstone()""",
    """CREATE TRIGGER audit_seal_not_emptied BEFORE TRUNCATE ON audit_seal
    FOR EACH STATEMENT EXECUTE FUNCTION audit_seal_tombstone()""",
)


def upgrade() -> None:
    """Make the tables, the column, and what guards them."""
    op.add_column("audit", sa.Column("subject", sa.Uuid(), nullable=True))
    op.create_index("ix_audit_subject", "audit", ["subject", "at"])
    op.create_table(
        "audit_seal",
        sa.Column("writer", sa.String(length=24), nullable=False),
        sa.Column("block", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("first", sa.Integer(), nullable=False),
        sa.Column("last", sa.Integer(), nullable=False),
        sa.Column("prev_hash", sa.String(length=64), nullable=False),
        sa.Column("hash", sa.String(length=64), nullable=False),
        sa.Column("newest", Instant(), nullable=False),
        sa.Column("at", Instant(), nullable=False),
        sa.Column("key", sa.String(length=16), nullable=False),
        sa.Column("signature", sa.String(length=88), nullable=False),
        sa.Column("removed_at", Instant(), nullable=True),
        sa.Column("removed_key", sa.String(length=16), nullable=True),
        sa.Column("removed_signature", sa.String(length=88), nullable=True),
        sa.PrimaryKeyConstraint("writer", "block", name=op.f("pk_audit_seal")),
    )
    op.create_table(
        "evidence",
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("kind", sa.String(length=8), nullable=False),
        sa.Column("reference", sa.String(length=32), nullable=False),
        sa.Column("federation", sa.String(length=64), nullable=False),
        sa.Column("at", Instant(), nullable=False),
        sa.Column("request", sa.String(length=64), nullable=True),
        sa.Column("key", sa.String(length=16), nullable=False),
        sa.Column("box", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_evidence")),
    )
    op.create_index("ix_evidence_reference", "evidence", ["reference"])
    op.create_index("ix_evidence_request", "evidence", ["request"])
    op.create_index("ix_evidence_at", "evidence", ["at"])
    op.create_table(
        "person_cpr",
        sa.Column("hash", sa.String(length=64), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("created_at", Instant(), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_person_cpr_person_id")),
        sa.PrimaryKeyConstraint("hash", "person_id", name=op.f("pk_person_cpr")),
    )
    sqlite = op.get_bind().dialect.name == "sqlite"
    for statement in _SQLITE if sqlite else _POSTGRESQL:
        op.execute(statement)
