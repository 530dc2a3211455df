"""Code lists: their values over time, what hangs below what, and the map from SHAK to SOR."""

import sqlalchemy as sa
from alembic import op

from broker.db import Instant

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    """Make the tables; on PostgreSQL also what refuses periods that overlap."""
    op.create_table(
        "code_list",
        sa.Column("id", sa.String(length=8), nullable=False),
        sa.Column("loaded_at", Instant(), nullable=True),
        sa.Column("mapped_at", Instant(), nullable=True),
        sa.Column("source", sa.Text(), nullable=False),
        sa.CheckConstraint(
            "id in ('sor', 'shak', 'sks', 'cvr', 'pnumber')", name=op.f("ck_code_list_known")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_code_list")),
    )
    op.create_table(
        "code_value",
        sa.Column("list_id", sa.String(length=8), nullable=False),
        sa.Column("code", sa.String(length=20), nullable=False),
        sa.Column("since", Instant(), nullable=False),
        sa.Column("until", Instant(), nullable=False),
        sa.Column("hangs_until", Instant(), nullable=False),
        sa.Column("parent", sa.String(length=20), nullable=True),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("folded", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("cvr", sa.String(length=8), nullable=True),
        sa.Column("shak", sa.String(length=7), nullable=True),
        sa.Column("region", sa.Text(), nullable=False),
        sa.Column("specialty", sa.Text(), nullable=False),
        sa.Column("replaced_by", sa.String(length=20), nullable=True),
        sa.CheckConstraint("until > since", name=op.f("ck_code_value_period")),
        sa.CheckConstraint("hangs_until >= until", name=op.f("ck_code_value_hangs_until")),
        sa.CheckConstraint("parent <> code", name=op.f("ck_code_value_parent")),
        sa.CheckConstraint("replaced_by <> code", name=op.f("ck_code_value_replaced_by")),
        sa.ForeignKeyConstraint(["list_id"], ["code_list.id"], name=op.f("fk_code_value_list_id")),
        sa.PrimaryKeyConstraint("list_id", "code", "since", name=op.f("pk_code_value")),
    )
    op.create_index("ix_code_value_parent", "code_value", ["list_id", "parent"])
    op.create_table(
        "code_closure",
        sa.Column("list_id", sa.String(length=8), nullable=False),
        sa.Column("descendant", sa.String(length=20), nullable=False),
        sa.Column("ancestor", sa.String(length=20), nullable=False),
        sa.Column("since", Instant(), nullable=False),
        sa.Column("until", Instant(), nullable=False),
        sa.Column("depth", sa.Integer(), nullable=False),
        sa.CheckConstraint("until > since", name=op.f("ck_code_closure_period")),
        sa.CheckConstraint(
            "(depth = 0) = (ancestor = descendant)", name=op.f("ck_code_closure_depth")
        ),
        sa.PrimaryKeyConstraint(
            "list_id", "descendant", "ancestor", "since", name=op.f("pk_code_closure")
        ),
    )
    op.create_index(
        "ix_code_closure_ancestor",
        "code_closure",
        ["list_id", "ancestor", "depth", "descendant"],
    )
    op.create_table(
        "code_map",
        sa.Column("from_list", sa.String(length=8), nullable=False),
        sa.Column("from_code", sa.String(length=20), nullable=False),
        sa.Column("to_list", sa.String(length=8), nullable=False),
        sa.Column("to_code", sa.String(length=20), nullable=False),
        sa.Column("since", Instant(), nullable=False),
        sa.Column("until", Instant(), nullable=False),
        sa.CheckConstraint("until > since", name=op.f("ck_code_map_period")),
        sa.ForeignKeyConstraint(
            ["from_list"], ["code_list.id"], name=op.f("fk_code_map_from_list")
        ),
        sa.ForeignKeyConstraint(["to_list"], ["code_list.id"], name=op.f("fk_code_map_to_list")),
        sa.PrimaryKeyConstraint(
            "from_list", "from_code", "to_list", "to_code", "since", name=op.f("pk_code_map")
        ),
    )
    op.create_index("ix_code_map_to", "code_map", ["to_list", "to_code"])
    if op.get_bind().dialect.name == "postgresql":
        op.execute("CREATE EXTENSION IF NOT EXISTS btree_gist")
        op.execute(
            "ALTER TABLE code_value ADD CONSTRAINT ex_code_value_period EXCLUDE USING gist "
            "(list_id WITH =, code WITH =, tstzrange(since, until) WITH &&)"
        )
        op.execute(
            "ALTER TABLE code_map ADD CONSTRAINT ex_code_map_period EXCLUDE USING gist "
            "(from_list WITH =, from_code WITH =, to_list WITH =, to_code WITH =, "
            "tstzrange(since, until) WITH &&)"
        )
