"""The flight recorder of logins, and who looked at whom in it."""

import sqlalchemy as sa
from alembic import op

from broker.db import Instant

revision = "0024"
down_revision = "0021"


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "flight",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("reference", sa.String(length=32), nullable=False),
        sa.Column("at", Instant(), nullable=False),
        sa.Column("federation", sa.String(length=64), nullable=False),
        sa.Column("service", sa.String(length=64), nullable=True),
        sa.Column("idp", sa.String(length=64), nullable=True),
        sa.Column("code", sa.String(length=64), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=True),
        sa.Column("account_id", sa.Uuid(), nullable=True),
        sa.Column("story", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_flight")),
    )
    op.create_index(op.f("ix_flight_reference"), "flight", ["reference"])
    op.create_index(op.f("ix_flight_at"), "flight", ["at"])
    op.create_index("ix_flight_person", "flight", ["person_id", "at"])
    op.create_table(
        "desk_look",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("federation", sa.String(length=64), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("at", Instant(), nullable=False),
        sa.Column("sought", sa.String(length=200), nullable=False),
        sa.Column("reason", sa.String(length=500), nullable=False),
        sa.Column("case_no", sa.String(length=64), nullable=True),
        sa.ForeignKeyConstraint(
            ["account_id"], ["account.id"], name=op.f("fk_desk_look_account_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_desk_look")),
    )
    op.create_index("ix_desk_look_latest", "desk_look", ["federation", "at"])
