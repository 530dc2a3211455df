"""The tables of logouts; `store` runs every statement on them."""

import sqlalchemy as sa

from broker.db import METADATA, Instant

LOGOUT = sa.Table(
    "logout",
    METADATA,
    sa.Column("id", sa.String(32), primary_key=True),
    sa.Column("federation", sa.String(64), nullable=False),
    sa.Column("side", sa.String(4), nullable=False),
    sa.Column("peer", sa.Integer, sa.ForeignKey("entity.row"), nullable=True),
    sa.Column("request_id", sa.String(256), nullable=True),
    sa.Column("binding", sa.String(64), nullable=True),
    sa.Column("relay_state", sa.Text, nullable=True),
    sa.Column("endpoint", sa.String(32), nullable=True),
    sa.Column("started_at", Instant, nullable=False),
    sa.Column("until", Instant, nullable=False, index=True),
    sa.Column("answered_at", Instant, nullable=True),
    sa.Column("reference", sa.String(32), nullable=False),
)

LOGOUT_STEP = sa.Table(
    "logout_step",
    METADATA,
    sa.Column("logout_id", sa.String(32), sa.ForeignKey("logout.id"), primary_key=True),
    sa.Column("number", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("side", sa.String(4), nullable=False),
    sa.Column("peer", sa.Integer, sa.ForeignKey("entity.row"), nullable=False),
    sa.Column("binding", sa.String(8), nullable=False),
    sa.Column("name", sa.LargeBinary, nullable=False),
    sa.Column("session_index", sa.String(256), nullable=True),
    sa.Column("request_id", sa.String(64), nullable=True, unique=True),
    sa.Column("outcome", sa.String(12), nullable=False),
    sa.Column("endpoint", sa.String(32), nullable=True),
)
