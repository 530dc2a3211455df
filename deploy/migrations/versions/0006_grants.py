"""Grants with their scopes, bundles to grant from, and what logins were issued."""

import sqlalchemy as sa
from alembic import op

from broker.db import Instant

revision = "0006"
down_revision = "0005"

# Rows of equal columns never hold at the same instant; SQLite leaves that to the services.
NEVER_TWICE = (
    ("approval_policy", "ex_approval_policy", "federation, code", None),
    (
        "role_grant",
        "ex_role_grant_account",
        "account_id, role_id, scope_key",
        "revoked_at IS NULL AND account_id IS NOT NULL",
    ),
    (
        "role_grant",
        "ex_role_grant_group",
        "group_id, role_id, scope_key",
        "revoked_at IS NULL AND group_id IS NOT NULL",
    ),
)


def upgrade() -> None:
    """Make the tables, and on PostgreSQL what only it can refuse."""
    op.create_table(
        "role_observation",
        sa.Column("federation", sa.String(length=64), nullable=False),
        sa.Column("idp", sa.String(length=64), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("what", sa.String(length=256), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint(
            "federation", "idp", "kind", "what", "day", name=op.f("pk_role_observation")
        ),
    )
    op.create_table(
        "approval_policy",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("federation", sa.String(length=64), nullable=False),
        sa.Column("code", sa.String(length=64), nullable=False),
        sa.Column("home", sa.String(length=80), nullable=True),
        sa.Column("since", Instant(), nullable=False),
        sa.Column("until", Instant(), nullable=False),
        sa.Column("document", sa.JSON(), nullable=False),
        sa.Column("by_account", sa.Uuid(), nullable=True),
        sa.Column("by_label", sa.String(length=128), nullable=False),
        sa.CheckConstraint("until > since", name=op.f("ck_approval_policy_period")),
        sa.ForeignKeyConstraint(
            ["federation"], ["federation.path"], name=op.f("fk_approval_policy_federation")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_approval_policy")),
    )
    op.create_table(
        "role_bundle",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("created_at", Instant(), nullable=False),
        sa.Column("by_account", sa.Uuid(), nullable=True),
        sa.Column("by_label", sa.String(length=128), nullable=False),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=op.f("fk_role_bundle_organisation_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_role_bundle")),
        sa.UniqueConstraint(
            "organisation_id", "name", name=op.f("uq_role_bundle_organisation_id_name")
        ),
    )
    op.create_table(
        "role_bundle_item",
        sa.Column("bundle_id", sa.Uuid(), nullable=False),
        sa.Column("role_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["bundle_id"], ["role_bundle.id"], name=op.f("fk_role_bundle_item_bundle_id")
        ),
        sa.ForeignKeyConstraint(["role_id"], ["role.id"], name=op.f("fk_role_bundle_item_role_id")),
        sa.PrimaryKeyConstraint("bundle_id", "role_id", name=op.f("pk_role_bundle_item")),
    )
    op.create_table(
        "role_grant",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=True),
        sa.Column("group_id", sa.Uuid(), nullable=True),
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("role_id", sa.Uuid(), nullable=False),
        sa.Column("bundle_id", sa.Uuid(), nullable=True),
        sa.Column("request_id", sa.Uuid(), nullable=True),
        sa.Column("import_id", sa.Uuid(), nullable=True),
        sa.Column("scope_key", sa.String(length=64), nullable=False),
        sa.Column("since", Instant(), nullable=False),
        sa.Column("until", Instant(), nullable=False),
        sa.Column("reason", sa.String(length=500), nullable=False),
        sa.Column("case_no", sa.String(length=64), nullable=True),
        sa.Column("by_account", sa.Uuid(), nullable=True),
        sa.Column("by_label", sa.String(length=128), nullable=False),
        sa.Column("granted_at", Instant(), nullable=False),
        sa.Column("revoked_at", Instant(), nullable=True),
        sa.Column("revoked_by", sa.String(length=128), nullable=True),
        sa.Column("revoke_reason", sa.String(length=500), nullable=True),
        sa.Column("reviewed_at", Instant(), nullable=True),
        sa.Column("used_at", Instant(), nullable=True),
        sa.CheckConstraint(
            "(account_id IS NULL) <> (group_id IS NULL)", name=op.f("ck_role_grant_one_holder")
        ),
        sa.CheckConstraint(
            "account_id IS NULL OR by_account IS NULL OR account_id <> by_account",
            name=op.f("ck_role_grant_not_oneself"),
        ),
        sa.CheckConstraint("until > since", name=op.f("ck_role_grant_period")),
        sa.ForeignKeyConstraint(
            ["account_id", "organisation_id"],
            ["account.id", "account.organisation_id"],
            name=op.f("fk_role_grant_account_id_organisation_id"),
        ),
        sa.ForeignKeyConstraint(
            ["bundle_id"], ["role_bundle.id"], name=op.f("fk_role_grant_bundle_id")
        ),
        sa.ForeignKeyConstraint(
            ["group_id", "organisation_id"],
            ["user_group.id", "user_group.organisation_id"],
            name=op.f("fk_role_grant_group_id_organisation_id"),
        ),
        sa.ForeignKeyConstraint(["role_id"], ["role.id"], name=op.f("fk_role_grant_role_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_role_grant")),
    )
    op.create_index(
        "ix_role_grant_account_id_role_id", "role_grant", ["account_id", "role_id"], unique=False
    )
    op.create_index(op.f("ix_role_grant_group_id"), "role_grant", ["group_id"], unique=False)
    op.create_index(op.f("ix_role_grant_import_id"), "role_grant", ["import_id"], unique=False)
    op.create_index(
        "ix_role_grant_organisation_id_until",
        "role_grant",
        ["organisation_id", "until"],
        unique=False,
    )
    op.create_index(
        "ix_role_grant_role_id_organisation_id",
        "role_grant",
        ["role_id", "organisation_id"],
        unique=False,
    )
    op.create_table(
        "role_grant_scope",
        sa.Column("grant_id", sa.Uuid(), nullable=False),
        sa.Column("type_id", sa.String(length=24), nullable=False),
        sa.Column("mode", sa.String(length=16), nullable=False),
        sa.Column("value", sa.String(length=64), nullable=False),
        sa.Column("with_descendants", sa.Boolean(), nullable=False),
        sa.CheckConstraint(
            "(mode = 'value') = (value <> '')", name=op.f("ck_role_grant_scope_value")
        ),
        sa.CheckConstraint(
            "mode IN ('value', 'own_unit', 'own_unit_tree', 'own_cvr')",
            name=op.f("ck_role_grant_scope_mode"),
        ),
        sa.ForeignKeyConstraint(
            ["grant_id"], ["role_grant.id"], name=op.f("fk_role_grant_scope_grant_id")
        ),
        sa.ForeignKeyConstraint(
            ["type_id"], ["delimitation_type.id"], name=op.f("fk_role_grant_scope_type_id")
        ),
        sa.PrimaryKeyConstraint(
            "grant_id", "type_id", "mode", "value", name=op.f("pk_role_grant_scope")
        ),
    )
    op.create_table(
        "role_issue",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("at", Instant(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=True),
        sa.Column("federation", sa.String(length=64), nullable=False),
        sa.Column("service", sa.String(length=64), nullable=False),
        sa.Column("idp", sa.String(length=64), nullable=False),
        sa.Column("reference", sa.String(length=32), nullable=False),
        sa.Column("items", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(
            ["account_id"], ["account.id"], name=op.f("fk_role_issue_account_id")
        ),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_role_issue_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_role_issue")),
    )
    op.create_index(op.f("ix_role_issue_account_id"), "role_issue", ["account_id"], unique=False)
    op.create_index(op.f("ix_role_issue_person_id"), "role_issue", ["person_id"], unique=False)
    op.create_index(op.f("ix_role_issue_at"), "role_issue", ["at"], unique=False)
    if op.get_bind().dialect.name == "postgresql":
        op.execute("CREATE EXTENSION IF NOT EXISTS btree_gist")
        # Room on each page for "last used", which then touches none of the indexes.
        op.execute("ALTER TABLE role_grant SET (fillfactor = 90)")
        for table, name, columns, where in NEVER_TWICE:
            equal = ", ".join(f"{column} WITH =" for column in columns.split(", "))
            only = f" WHERE ({where})" if where else ""
            period = "tstzrange(since, until) WITH &&"
            op.execute(
                f"ALTER TABLE {table} ADD CONSTRAINT {name} EXCLUDE USING gist ({equal}, {period}){only}"
            )
