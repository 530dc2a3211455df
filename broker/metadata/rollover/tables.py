"""The tables of key changes; `store` runs every statement on them."""

import sqlalchemy as sa

from broker.db import METADATA, Instant

ROLLOVER_PLAN = sa.Table(
    "rollover_plan",
    METADATA,
    sa.Column("row", sa.Integer, primary_key=True),
    sa.Column("code", sa.String(64), nullable=False),
    sa.Column("federation", sa.ForeignKey("federation.path"), nullable=False),
    sa.Column("side", sa.String(3), nullable=False),
    sa.Column("use", sa.String(10), nullable=False),
    sa.Column("before", sa.String(32), nullable=False),
    sa.Column("after", sa.String(32), nullable=False),
    sa.Column("style", sa.String(8), nullable=False),
    sa.Column("announce_at", Instant, nullable=False),
    sa.Column("early_from", Instant, nullable=False),
    sa.Column("switch_at", Instant, nullable=False),
    sa.Column("rollback_until", Instant, nullable=False),
    sa.Column("unpublish_at", Instant, nullable=False),
    sa.Column("destroy_at", Instant, nullable=False),
    sa.Column("before_ends", Instant),
    sa.Column("after_ends", Instant),
    sa.Column("cancelled_at", Instant),
    sa.Column("made_at", Instant, nullable=False),
    sa.Column("by", sa.Text, nullable=False),
    sa.Column("reason", sa.Text, nullable=False),
    sa.UniqueConstraint("code", "federation", "side", "use"),
)

# One partner, or everybody, treated otherwise than the plan says. Rows end, and stay.
ROLLOVER_RULE = sa.Table(
    "rollover_rule",
    METADATA,
    sa.Column("number", sa.Integer, primary_key=True),
    sa.Column("plan", sa.ForeignKey(ROLLOVER_PLAN.c.row), nullable=False, index=True),
    sa.Column("partner", sa.String(64)),
    sa.Column("kind", sa.String(8), nullable=False),
    sa.Column("keep", sa.String(6), nullable=False),
    sa.Column("since", Instant, nullable=False),
    sa.Column("until", Instant, nullable=False),
    sa.Column("made_at", Instant, nullable=False),
    sa.Column("by", sa.Text, nullable=False),
    sa.Column("reason", sa.Text, nullable=False),
)

KEY_MARK = sa.Table(
    "key_mark",
    METADATA,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("federation", sa.ForeignKey("federation.path"), nullable=False),
    sa.Column("side", sa.String(3), nullable=False),
    sa.Column("use", sa.String(10), nullable=False),
    sa.Column("epoch", sa.String(32), nullable=False),
    sa.Column("marked_at", Instant, nullable=False),
    sa.Column("by", sa.Text, nullable=False),
    sa.Column("reason", sa.Text, nullable=False),
    sa.UniqueConstraint("federation", "side", "use", "epoch"),
)
