"""The tables of statistics: sums by the hour."""

import sqlalchemy as sa

from broker.db import METADATA, Instant

DISCOVERY_CHOICE = sa.Table(
    "discovery_choice",
    METADATA,
    sa.Column("hour", Instant, primary_key=True),
    sa.Column("federation", sa.String(64), primary_key=True),
    sa.Column("service", sa.String(64), primary_key=True),
    sa.Column("idp", sa.String(64), primary_key=True),
    sa.Column("source", sa.String(12), primary_key=True),
    sa.Column("took", sa.Integer, primary_key=True, autoincrement=False),  # upper end, seconds
    sa.Column("chosen", sa.Integer, nullable=False),
    sa.Column("searched", sa.Integer, nullable=False),
    sa.Column("changed", sa.Integer, nullable=False),
)

DISCOVERY_WRONG = sa.Table(
    "discovery_wrong",
    METADATA,
    sa.Column("hour", Instant, primary_key=True),
    sa.Column("federation", sa.String(64), primary_key=True),
    sa.Column("service", sa.String(64), primary_key=True),
    sa.Column("idp", sa.String(64), primary_key=True),
    sa.Column("kind", sa.String(12), primary_key=True),
    sa.Column("times", sa.Integer, nullable=False),
)
