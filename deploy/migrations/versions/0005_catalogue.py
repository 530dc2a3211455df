"""Services, roles, rules and entitlements, with their history."""

import sqlalchemy as sa
from alembic import op

from broker.db import Instant

revision = "0005"
down_revision = "0004b"

# Rows of equal columns never hold at the same instant; SQLite leaves that to the services.
NEVER_TWICE = (
    ("service_period", "ex_service_period", "federation, code", None),
    ("role_version", "ex_role_version", "role_id", None),
    ("entitlement", "ex_entitlement", "organisation_id, role_id", "revoked_at IS NULL"),
    ("derive_rule", "ex_derive_rule", "federation, code", "state = 'active'"),
    ("sod_rule", "ex_sod_rule", "federation, code", "revoked_at IS NULL"),
)


def upgrade() -> None:
    """Make the tables, and on PostgreSQL what only it can refuse."""
    op.create_table(
        "catalogue_revision",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("stamp", sa.Uuid(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_catalogue_revision")),
    )
    op.create_table(
        "service",
        sa.Column("federation", sa.String(length=64), nullable=False),
        sa.Column("code", sa.String(length=64), nullable=False),
        sa.Column("created_at", Instant(), nullable=False),
        sa.ForeignKeyConstraint(
            ["federation"], ["federation.path"], name=op.f("fk_service_federation")
        ),
        sa.PrimaryKeyConstraint("federation", "code", name=op.f("pk_service")),
    )
    op.create_table(
        "service_period",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("federation", sa.String(length=64), nullable=False),
        sa.Column("code", sa.String(length=64), nullable=False),
        sa.Column("since", Instant(), nullable=False),
        sa.Column("until", Instant(), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("role_source", sa.String(length=16), nullable=False),
        sa.Column("owner", sa.String(length=200), nullable=False),
        sa.Column("sla", sa.String(length=24), nullable=False),
        sa.Column("document", sa.JSON(), nullable=False),
        sa.Column("by_account", sa.Uuid(), nullable=True),
        sa.Column("by_label", sa.String(length=128), nullable=False),
        sa.CheckConstraint(
            "role_source IN ('local_only', 'idp_only', 'union')",
            name=op.f("ck_service_period_role_source"),
        ),
        sa.CheckConstraint(
            "sla IN ('standard', 'society-critical')", name=op.f("ck_service_period_sla")
        ),
        sa.CheckConstraint(
            "state IN ('draft', 'test', 'production', 'closing', 'closed')",
            name=op.f("ck_service_period_state"),
        ),
        sa.CheckConstraint("until > since", name=op.f("ck_service_period_period")),
        sa.ForeignKeyConstraint(
            ["federation", "code"],
            ["service.federation", "service.code"],
            name=op.f("fk_service_period_federation_code"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_service_period")),
    )
    op.create_index(
        "ix_service_period_holds",
        "service_period",
        ["federation", "code", "since", "until", "state"],
        unique=False,
    )
    op.create_table(
        "delimitation_type",
        sa.Column("id", sa.String(length=24), nullable=False),
        sa.Column("urn", sa.String(length=200), nullable=False),
        sa.Column("document", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_delimitation_type")),
        sa.UniqueConstraint("urn", name=op.f("uq_delimitation_type_urn")),
    )
    op.create_table(
        "role",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("federation", sa.String(length=64), nullable=False),
        sa.Column("service", sa.String(length=64), nullable=True),
        sa.Column("code", sa.String(length=64), nullable=False),
        sa.Column("urn", sa.String(length=200), nullable=False),
        sa.Column("home", sa.String(length=80), nullable=True),
        sa.Column("created_at", Instant(), nullable=False),
        sa.ForeignKeyConstraint(
            ["federation", "service"],
            ["service.federation", "service.code"],
            name=op.f("fk_role_federation_service"),
        ),
        sa.ForeignKeyConstraint(
            ["federation"], ["federation.path"], name=op.f("fk_role_federation")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_role")),
        sa.UniqueConstraint(
            "federation", "service", "code", name=op.f("uq_role_federation_service_code")
        ),
        sa.UniqueConstraint("federation", "urn", name=op.f("uq_role_federation_urn")),
    )
    op.create_table(
        "role_version",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("role_id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("since", Instant(), nullable=False),
        sa.Column("until", Instant(), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("sensitivity", sa.String(length=16), nullable=False),
        sa.Column("document", sa.JSON(), nullable=False),
        sa.Column("by_account", sa.Uuid(), nullable=True),
        sa.Column("by_label", sa.String(length=128), nullable=False),
        sa.CheckConstraint(
            "sensitivity IN ('normal', 'sensitive', 'extra_sensitive')",
            name=op.f("ck_role_version_sensitivity"),
        ),
        sa.CheckConstraint(
            "state IN ('draft', 'active', 'deprecated', 'retired')",
            name=op.f("ck_role_version_state"),
        ),
        sa.CheckConstraint("until > since", name=op.f("ck_role_version_period")),
        sa.ForeignKeyConstraint(["role_id"], ["role.id"], name=op.f("fk_role_version_role_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_role_version")),
        sa.UniqueConstraint("role_id", "version", name=op.f("uq_role_version_role_id_version")),
    )
    op.create_index(
        "ix_role_version_holds",
        "role_version",
        ["role_id", "since", "until", "state"],
        unique=False,
    )
    op.create_table(
        "entitlement",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("role_id", sa.Uuid(), nullable=False),
        sa.Column("since", Instant(), nullable=False),
        sa.Column("until", Instant(), nullable=False),
        sa.Column("revoked_at", Instant(), nullable=True),
        sa.Column("revoked_by", sa.String(length=128), nullable=True),
        sa.Column("revoke_reason", sa.String(length=500), nullable=True),
        sa.Column("case_no", sa.String(length=64), nullable=True),
        sa.Column("by_account", sa.Uuid(), nullable=True),
        sa.Column("by_label", sa.String(length=128), nullable=False),
        sa.CheckConstraint("until > since", name=op.f("ck_entitlement_period")),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=op.f("fk_entitlement_organisation_id")
        ),
        sa.ForeignKeyConstraint(["role_id"], ["role.id"], name=op.f("fk_entitlement_role_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_entitlement")),
    )
    op.create_index(
        "ix_entitlement_holds",
        "entitlement",
        ["organisation_id", "role_id", "since", "until", "revoked_at"],
        unique=False,
    )
    op.create_index(op.f("ix_entitlement_role_id"), "entitlement", ["role_id"], unique=False)
    op.create_table(
        "ceiling",
        sa.Column("entitlement_id", sa.Uuid(), nullable=False),
        sa.Column("type_id", sa.String(length=24), nullable=False),
        sa.Column("value", sa.String(length=64), nullable=False),
        sa.Column("with_descendants", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["entitlement_id"], ["entitlement.id"], name=op.f("fk_ceiling_entitlement_id")
        ),
        sa.ForeignKeyConstraint(
            ["type_id"], ["delimitation_type.id"], name=op.f("fk_ceiling_type_id")
        ),
        sa.PrimaryKeyConstraint("entitlement_id", "type_id", "value", name=op.f("pk_ceiling")),
    )
    op.create_table(
        "derive_rule",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("federation", sa.String(length=64), nullable=False),
        sa.Column("code", sa.String(length=64), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("role_id", sa.Uuid(), nullable=False),
        sa.Column("home", sa.String(length=80), nullable=True),
        sa.Column("effect", sa.String(length=8), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("since", Instant(), nullable=False),
        sa.Column("until", Instant(), nullable=False),
        sa.Column("document", sa.JSON(), nullable=False),
        sa.Column("approved_by_account", sa.Uuid(), nullable=True),
        sa.Column("approved_by_label", sa.String(length=128), nullable=True),
        sa.Column("by_account", sa.Uuid(), nullable=True),
        sa.Column("by_label", sa.String(length=128), nullable=False),
        sa.CheckConstraint("effect IN ('grant', 'deny')", name=op.f("ck_derive_rule_effect")),
        sa.CheckConstraint(
            "state <> 'active' OR approved_by_label IS NOT NULL",
            name=op.f("ck_derive_rule_approved"),
        ),
        sa.CheckConstraint(
            "state IN ('draft', 'shadow', 'active', 'retired')", name=op.f("ck_derive_rule_state")
        ),
        sa.CheckConstraint(
            "approved_by_account IS NULL OR by_account IS NULL OR approved_by_account <> by_account",
            name=op.f("ck_derive_rule_four_eyes"),
        ),
        sa.CheckConstraint("until > since", name=op.f("ck_derive_rule_period")),
        sa.ForeignKeyConstraint(
            ["federation"], ["federation.path"], name=op.f("fk_derive_rule_federation")
        ),
        sa.ForeignKeyConstraint(["role_id"], ["role.id"], name=op.f("fk_derive_rule_role_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_derive_rule")),
        sa.UniqueConstraint(
            "federation",
            "code",
            "version",
            "since",
            name=op.f("uq_derive_rule_federation_code_version_since"),
        ),
    )
    op.create_index(op.f("ix_derive_rule_role_id"), "derive_rule", ["role_id"], unique=False)
    op.create_table(
        "sod_rule",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("federation", sa.String(length=64), nullable=False),
        sa.Column("code", sa.String(length=64), nullable=False),
        sa.Column("home", sa.String(length=80), nullable=True),
        sa.Column("since", Instant(), nullable=False),
        sa.Column("until", Instant(), nullable=False),
        sa.Column("revoked_at", Instant(), nullable=True),
        sa.Column("reach", sa.String(length=8), nullable=False),
        sa.Column("action", sa.String(length=12), nullable=False),
        sa.Column("document", sa.JSON(), nullable=False),
        sa.Column("by_account", sa.Uuid(), nullable=True),
        sa.Column("by_label", sa.String(length=128), nullable=False),
        sa.CheckConstraint(
            "action IN ('block', 'exception', 'warn')", name=op.f("ck_sod_rule_action")
        ),
        sa.CheckConstraint("reach IN ('identity', 'person')", name=op.f("ck_sod_rule_reach")),
        sa.CheckConstraint("until > since", name=op.f("ck_sod_rule_period")),
        sa.ForeignKeyConstraint(
            ["federation"], ["federation.path"], name=op.f("fk_sod_rule_federation")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sod_rule")),
    )
    op.create_table(
        "sod_side",
        sa.Column("rule_id", sa.Uuid(), nullable=False),
        sa.Column("side", sa.String(length=1), nullable=False),
        sa.Column("role_id", sa.Uuid(), nullable=False),
        sa.CheckConstraint("side IN ('A', 'B')", name=op.f("ck_sod_side_side")),
        sa.ForeignKeyConstraint(["role_id"], ["role.id"], name=op.f("fk_sod_side_role_id")),
        sa.ForeignKeyConstraint(["rule_id"], ["sod_rule.id"], name=op.f("fk_sod_side_rule_id")),
        sa.PrimaryKeyConstraint("rule_id", "side", "role_id", name=op.f("pk_sod_side")),
    )
    op.create_table(
        "sod_exception",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("rule_id", sa.Uuid(), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("since", Instant(), nullable=False),
        sa.Column("until", Instant(), nullable=False),
        sa.Column("revoked_at", Instant(), nullable=True),
        sa.Column("reason", sa.String(length=500), nullable=False),
        sa.Column("asked_by", sa.Uuid(), nullable=False),
        sa.Column("approved_by_account", sa.Uuid(), nullable=True),
        sa.Column("approved_by_label", sa.String(length=128), nullable=False),
        sa.CheckConstraint("until < '9999-01-01'", name=op.f("ck_sod_exception_ends")),
        sa.CheckConstraint(
            "approved_by_account IS NULL OR (approved_by_account <> asked_by AND approved_by_account <> account_id)",
            name=op.f("ck_sod_exception_four_eyes"),
        ),
        sa.CheckConstraint("until > since", name=op.f("ck_sod_exception_period")),
        sa.ForeignKeyConstraint(
            ["account_id"], ["account.id"], name=op.f("fk_sod_exception_account_id")
        ),
        sa.ForeignKeyConstraint(
            ["rule_id"], ["sod_rule.id"], name=op.f("fk_sod_exception_rule_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sod_exception")),
    )
    op.create_index(
        op.f("ix_sod_exception_account_id"), "sod_exception", ["account_id"], unique=False
    )
    op.create_index(op.f("ix_sod_exception_rule_id"), "sod_exception", ["rule_id"], unique=False)
    if op.get_bind().dialect.name == "postgresql":
        op.execute("CREATE EXTENSION IF NOT EXISTS btree_gist")
        for table, name, columns, where in NEVER_TWICE:
            equal = ", ".join(f"{column} WITH =" for column in columns.split(", "))
            only = f" WHERE ({where})" if where else ""
            period = "tstzrange(since, until) WITH &&"
            op.execute(
                f"ALTER TABLE {table} ADD CONSTRAINT {name} EXCLUDE USING gist ({equal}, {period}){only}"
            )
