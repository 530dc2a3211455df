"""Counters that only grow: refusals by code, pages that say wait, crowds of one peer."""

import sqlalchemy as sa
from alembic import op

revision = "0034"
down_revision = "0033"


def upgrade() -> None:
    """Make their table."""
    op.create_table(
        "tally",
        sa.Column("what", sa.String(length=16), nullable=False),
        sa.Column("federation", sa.String(length=64), nullable=False),
        sa.Column("side", sa.String(length=8), nullable=False),
        sa.Column("name", sa.String(length=64), nullable=False),
        sa.Column("times", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("what", "federation", "side", "name", name=op.f("pk_tally")),
    )
