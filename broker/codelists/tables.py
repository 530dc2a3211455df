"""The tables of the code lists; the store runs every statement on them."""

import sqlalchemy as sa

from broker.db import METADATA, Instant

CODE_LIST = sa.Table(
    "code_list",
    METADATA,
    sa.Column("id", sa.String(8), primary_key=True),
    sa.Column("loaded_at", Instant),
    sa.Column("mapped_at", Instant),  # when the map from this list was last loaded
    sa.Column("source", sa.Text, nullable=False),
    sa.CheckConstraint("id in ('sor', 'shak', 'sks', 'cvr', 'pnumber')", name="known"),
)

# One row for each period of a code. PostgreSQL refuses periods that overlap as well.
CODE_VALUE = sa.Table(
    "code_value",
    METADATA,
    sa.Column("list_id", sa.String(8), sa.ForeignKey("code_list.id"), primary_key=True),
    sa.Column("code", sa.String(20), primary_key=True),
    sa.Column("since", Instant, primary_key=True),
    sa.Column("until", Instant, nullable=False),
    # It hangs below its parent until its next period begins, even while it is closed.
    sa.Column("hangs_until", Instant, nullable=False),
    sa.Column("parent", sa.String(20)),
    sa.Column("name", sa.Text, nullable=False),
    sa.Column("folded", sa.Text, nullable=False),  # the name as it is searched for
    sa.Column("kind", sa.Text, nullable=False),
    sa.Column("cvr", sa.String(8)),
    sa.Column("shak", sa.String(7)),
    sa.Column("region", sa.Text, nullable=False),
    sa.Column("specialty", sa.Text, nullable=False),
    sa.Column("replaced_by", sa.String(20)),
    sa.CheckConstraint("until > since", name="period"),
    sa.CheckConstraint("hangs_until >= until", name="hangs_until"),
    sa.CheckConstraint("parent <> code", name="parent"),
    sa.CheckConstraint("replaced_by <> code", name="replaced_by"),
    sa.Index("ix_code_value_parent", "list_id", "parent"),
)

# Which code is below which, and when: each code below itself at depth 0. Made of code_value
# alone and by the hundred thousand, so no key is looked up for each row.
CODE_CLOSURE = sa.Table(
    "code_closure",
    METADATA,
    sa.Column("list_id", sa.String(8), primary_key=True),
    sa.Column("descendant", sa.String(20), primary_key=True),
    sa.Column("ancestor", sa.String(20), primary_key=True),
    sa.Column("since", Instant, primary_key=True),
    sa.Column("until", Instant, nullable=False),
    sa.Column("depth", sa.Integer, nullable=False),
    sa.CheckConstraint("until > since", name="period"),
    sa.CheckConstraint("(depth = 0) = (ancestor = descendant)", name="depth"),
    sa.Index("ix_code_closure_ancestor", "list_id", "ancestor", "depth", "descendant"),
)

CODE_MAP = sa.Table(
    "code_map",
    METADATA,
    sa.Column("from_list", sa.String(8), sa.ForeignKey("code_list.id"), primary_key=True),
    sa.Column("from_code", sa.String(20), primary_key=True),
    sa.Column("to_list", sa.String(8), sa.ForeignKey("code_list.id"), primary_key=True),
    sa.Column("to_code", sa.String(20), primary_key=True),
    sa.Column("since", Instant, primary_key=True),
    sa.Column("until", Instant, nullable=False),
    sa.CheckConstraint("until > since", name="period"),
    sa.Index("ix_code_map_to", "to_list", "to_code"),
)
