"""The table of counters: one row for each, whichever node counts."""

import sqlalchemy as sa

from broker.db import METADATA

TALLY = sa.Table(
    "tally",
    METADATA,
    sa.Column("what", sa.String(16), primary_key=True),
    sa.Column("federation", sa.String(64), primary_key=True),
    sa.Column("side", sa.String(8), primary_key=True),
    sa.Column("name", sa.String(64), primary_key=True),
    sa.Column("times", sa.BigInteger, nullable=False),
)
