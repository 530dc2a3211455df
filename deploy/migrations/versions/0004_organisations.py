"""Organisations, accounts, groups and mandates, with their history."""

import sqlalchemy as sa
from alembic import op

from broker.db import Instant

revision = "0004"
down_revision = "0003"

# Rows of equal columns never hold at the same instant; SQLite leaves that to the services.
NEVER_TWICE = (
    ("organisation_period", "ex_organisation_period", "organisation_id", None),
    ("account_period", "ex_account_period", "account_id", None),
    ("group_member", "ex_group_member", "group_id, account_id", "revoked_at IS NULL"),
)


def upgrade() -> None:
    """Make the tables, and on PostgreSQL what only it can refuse."""
    op.create_table(
        "organisation",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("federation", sa.String(length=64), nullable=False),
        sa.Column("cvr", sa.String(length=8), nullable=False),
        sa.Column("unit_key", sa.String(length=64), nullable=False),
        sa.Column("created_at", Instant(), nullable=False),
        sa.CheckConstraint("length(cvr) = 8", name=op.f("ck_organisation_cvr")),
        sa.ForeignKeyConstraint(
            ["federation"], ["federation.path"], name=op.f("fk_organisation_federation")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_organisation")),
        sa.UniqueConstraint(
            "federation", "cvr", "unit_key", name=op.f("uq_organisation_federation_cvr_unit_key")
        ),
    )
    op.create_table(
        "organisation_period",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("since", Instant(), nullable=False),
        sa.Column("until", Instant(), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("reason", sa.String(length=500), nullable=False),
        sa.Column("by_account", sa.Uuid(), nullable=True),
        sa.Column("by_label", sa.String(length=128), nullable=False),
        sa.CheckConstraint(
            "kind IN ('region', 'municipality', 'state', 'private', 'practice', 'pharmacy', 'other')",
            name=op.f("ck_organisation_period_kind"),
        ),
        sa.CheckConstraint(
            "state IN ('pending', 'active', 'suspended', 'closed')",
            name=op.f("ck_organisation_period_state"),
        ),
        sa.CheckConstraint("until > since", name=op.f("ck_organisation_period_period")),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["organisation.id"],
            name=op.f("fk_organisation_period_organisation_id"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_organisation_period")),
    )
    op.create_index(
        "ix_organisation_period_holds",
        "organisation_period",
        ["organisation_id", "since", "until", "state"],
        unique=False,
    )
    op.create_table(
        "organisation_merge",
        sa.Column("old_id", sa.Uuid(), nullable=False),
        sa.Column("new_id", sa.Uuid(), nullable=False),
        sa.Column("at", Instant(), nullable=False),
        sa.Column("by_account", sa.Uuid(), nullable=True),
        sa.Column("by_label", sa.String(length=128), nullable=False),
        sa.CheckConstraint("old_id <> new_id", name=op.f("ck_organisation_merge_two")),
        sa.ForeignKeyConstraint(
            ["new_id"], ["organisation.id"], name=op.f("fk_organisation_merge_new_id")
        ),
        sa.ForeignKeyConstraint(
            ["old_id"], ["organisation.id"], name=op.f("fk_organisation_merge_old_id")
        ),
        sa.PrimaryKeyConstraint("old_id", name=op.f("pk_organisation_merge")),
    )
    op.create_table(
        "account",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=True),
        sa.Column("human_id", sa.Uuid(), nullable=True),
        sa.Column("created_at", Instant(), nullable=False),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=op.f("fk_account_organisation_id")
        ),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_account_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_account")),
        sa.UniqueConstraint("id", "organisation_id", name=op.f("uq_account_id_organisation_id")),
        sa.UniqueConstraint(
            "person_id", "organisation_id", name=op.f("uq_account_person_id_organisation_id")
        ),
    )
    op.create_index(op.f("ix_account_human_id"), "account", ["human_id"], unique=False)
    op.create_index(
        op.f("ix_account_organisation_id"), "account", ["organisation_id"], unique=False
    )
    op.create_table(
        "account_period",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("since", Instant(), nullable=False),
        sa.Column("until", Instant(), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("display_name", sa.String(length=200), nullable=False),
        sa.Column("email", sa.String(length=254), nullable=True),
        sa.Column("search", sa.String(length=500), server_default="", nullable=False),
        sa.Column("home_code", sa.String(length=18), nullable=True),
        sa.Column("reason", sa.String(length=500), nullable=False),
        sa.Column("by_account", sa.Uuid(), nullable=True),
        sa.Column("by_label", sa.String(length=128), nullable=False),
        sa.CheckConstraint(
            "state IN ('pending', 'active', 'suspended', 'left')",
            name=op.f("ck_account_period_state"),
        ),
        sa.CheckConstraint("until > since", name=op.f("ck_account_period_period")),
        sa.ForeignKeyConstraint(
            ["account_id"], ["account.id"], name=op.f("fk_account_period_account_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_account_period")),
    )
    op.create_index(
        "ix_account_period_holds",
        "account_period",
        ["account_id", "since", "until", "state"],
        unique=False,
    )
    op.create_table(
        "account_activity",
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("last_login_at", Instant(), nullable=False),
        sa.ForeignKeyConstraint(
            ["account_id"], ["account.id"], name=op.f("fk_account_activity_account_id")
        ),
        sa.PrimaryKeyConstraint("account_id", name=op.f("pk_account_activity")),
    )
    op.create_table(
        "account_choice",
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("service", sa.String(length=64), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("chosen_at", Instant(), nullable=False),
        sa.ForeignKeyConstraint(
            ["account_id"], ["account.id"], name=op.f("fk_account_choice_account_id")
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_account_choice_person_id")
        ),
        sa.PrimaryKeyConstraint("person_id", "service", name=op.f("pk_account_choice")),
    )
    op.create_table(
        "mandate",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("federation", sa.String(length=64), nullable=False),
        sa.Column("mandate", sa.String(length=24), nullable=False),
        sa.Column("organisation_id", sa.Uuid(), nullable=True),
        sa.Column("service", sa.String(length=64), nullable=True),
        sa.Column("unit_code", sa.String(length=18), nullable=True),
        sa.Column("since", Instant(), nullable=False),
        sa.Column("until", Instant(), nullable=False),
        sa.Column("revoked_at", Instant(), nullable=True),
        sa.Column("revoked_by", sa.String(length=128), nullable=True),
        sa.Column("reason", sa.String(length=500), nullable=False),
        sa.Column("by_account", sa.Uuid(), nullable=True),
        sa.Column("by_label", sa.String(length=128), nullable=False),
        sa.CheckConstraint(
            "(mandate LIKE 'org!_%' ESCAPE '!') = (organisation_id IS NOT NULL)",
            name=op.f("ck_mandate_organisation"),
        ),
        sa.CheckConstraint(
            "(mandate LIKE 'service!_%' ESCAPE '!') = (service IS NOT NULL)",
            name=op.f("ck_mandate_service"),
        ),
        sa.CheckConstraint(
            "mandate IN ('operator', 'operator_publisher', 'auditor', 'service_owner', 'service_tech', 'org_chief', 'org_admin', 'org_approver', 'org_reader')",
            name=op.f("ck_mandate_mandate"),
        ),
        sa.CheckConstraint(
            "by_account IS NULL OR by_account <> account_id", name=op.f("ck_mandate_not_oneself")
        ),
        sa.CheckConstraint("until > since", name=op.f("ck_mandate_period")),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_mandate_account_id")),
        sa.ForeignKeyConstraint(
            ["federation"], ["federation.path"], name=op.f("fk_mandate_federation")
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=op.f("fk_mandate_organisation_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_mandate")),
    )
    op.create_index(op.f("ix_mandate_account_id"), "mandate", ["account_id"], unique=False)
    op.create_index(
        op.f("ix_mandate_organisation_id"), "mandate", ["organisation_id"], unique=False
    )
    op.create_table(
        "substitute",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("mandate_id", sa.Uuid(), nullable=False),
        sa.Column("principal_id", sa.Uuid(), nullable=False),
        sa.Column("substitute_id", sa.Uuid(), nullable=False),
        sa.Column("since", Instant(), nullable=False),
        sa.Column("until", Instant(), nullable=False),
        sa.Column("revoked_at", Instant(), nullable=True),
        sa.Column("reason", sa.String(length=500), nullable=False),
        sa.Column("by_account", sa.Uuid(), nullable=True),
        sa.Column("by_label", sa.String(length=128), nullable=False),
        sa.CheckConstraint("until < '9999-01-01'", name=op.f("ck_substitute_ends")),
        sa.CheckConstraint("principal_id <> substitute_id", name=op.f("ck_substitute_two")),
        sa.CheckConstraint("until > since", name=op.f("ck_substitute_period")),
        sa.ForeignKeyConstraint(
            ["mandate_id"], ["mandate.id"], name=op.f("fk_substitute_mandate_id")
        ),
        sa.ForeignKeyConstraint(
            ["principal_id"], ["account.id"], name=op.f("fk_substitute_principal_id")
        ),
        sa.ForeignKeyConstraint(
            ["substitute_id"], ["account.id"], name=op.f("fk_substitute_substitute_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_substitute")),
    )
    op.create_index(op.f("ix_substitute_mandate_id"), "substitute", ["mandate_id"], unique=False)
    op.create_index(
        op.f("ix_substitute_substitute_id"), "substitute", ["substitute_id"], unique=False
    )
    op.create_table(
        "user_group",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("created_at", Instant(), nullable=False),
        sa.Column("by_account", sa.Uuid(), nullable=True),
        sa.Column("by_label", sa.String(length=128), nullable=False),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=op.f("fk_user_group_organisation_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_user_group")),
        sa.UniqueConstraint("id", "organisation_id", name=op.f("uq_user_group_id_organisation_id")),
        sa.UniqueConstraint(
            "organisation_id", "name", name=op.f("uq_user_group_organisation_id_name")
        ),
    )
    op.create_table(
        "group_member",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("group_id", sa.Uuid(), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("since", Instant(), nullable=False),
        sa.Column("until", Instant(), nullable=False),
        sa.Column("revoked_at", Instant(), nullable=True),
        sa.Column("by_account", sa.Uuid(), nullable=True),
        sa.Column("by_label", sa.String(length=128), nullable=False),
        sa.CheckConstraint(
            "by_account IS NULL OR by_account <> account_id",
            name=op.f("ck_group_member_not_oneself"),
        ),
        sa.CheckConstraint("until > since", name=op.f("ck_group_member_period")),
        sa.ForeignKeyConstraint(
            ["account_id", "organisation_id"],
            ["account.id", "account.organisation_id"],
            name=op.f("fk_group_member_account_id_organisation_id"),
        ),
        sa.ForeignKeyConstraint(
            ["group_id", "organisation_id"],
            ["user_group.id", "user_group.organisation_id"],
            name=op.f("fk_group_member_group_id_organisation_id"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_group_member")),
    )
    op.create_index(
        op.f("ix_group_member_account_id"), "group_member", ["account_id"], unique=False
    )
    op.create_index(op.f("ix_group_member_group_id"), "group_member", ["group_id"], unique=False)
    if op.get_bind().dialect.name == "postgresql":
        op.execute("CREATE EXTENSION IF NOT EXISTS btree_gist")
        for table, name, columns, where in NEVER_TWICE:
            equal = ", ".join(f"{column} WITH =" for column in columns.split(", "))
            only = f" WHERE ({where})" if where else ""
            period = "tstzrange(since, until) WITH &&"
            op.execute(
                f"ALTER TABLE {table} ADD CONSTRAINT {name} EXCLUDE USING gist ({equal}, {period}){only}"
            )
