"""What was decided about activations and when; failures and times by the minute; choices."""

import sqlalchemy as sa
from alembic import op

from broker.db import Instant

revision = "0012"
down_revision = "0010"


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "activation_change",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("federation", sa.String(length=64), nullable=False),
        sa.Column("service", sa.String(length=64), nullable=False),
        sa.Column("idp", sa.String(length=64), nullable=False),
        sa.Column("at", Instant(), nullable=False),
        sa.Column("by", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("case_no", sa.String(length=64), nullable=True),
        sa.Column("document", sa.JSON(), nullable=True),
        sa.ForeignKeyConstraint(
            ["federation"], ["federation.path"], name=op.f("fk_activation_change_federation")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_activation_change")),
    )
    op.create_index(
        "ix_activation_change_federation_service_idp",
        "activation_change",
        ["federation", "service", "idp"],
    )
    _sums("flow_detail", "minute", ("what", 24), ("times",))
    op.create_table(
        "idp_probe",
        sa.Column("federation", sa.String(length=64), nullable=False),
        sa.Column("idp", sa.String(length=64), nullable=False),
        sa.Column("at", Instant(), nullable=False),
        sa.Column("outcome", sa.String(length=24), nullable=False),
        sa.Column("ms", sa.Integer(), nullable=False),
        sa.Column("failing_since", Instant(), nullable=True),
        sa.PrimaryKeyConstraint("federation", "idp", name=op.f("pk_idp_probe")),
    )
    _sums("discovery_choice", "hour", ("source", 12), ("chosen", "searched", "changed"))
    _sums("discovery_wrong", "hour", ("kind", 12), ("times",))


def _sums(table: str, unit: str, kind: tuple[str, int], sums: tuple[str, ...]) -> None:
    """A table of sums by a unit of time, a service, an IdP and a kind of thing."""
    name, length = kind
    took = ["took"] if table == "discovery_choice" else []
    op.create_table(
        table,
        sa.Column(unit, Instant(), nullable=False),
        sa.Column("federation", sa.String(length=64), nullable=False),
        sa.Column("service", sa.String(length=64), nullable=False),
        sa.Column("idp", sa.String(length=64), nullable=False),
        sa.Column(name, sa.String(length=length), nullable=False),
        *(sa.Column(one, sa.Integer(), autoincrement=False, nullable=False) for one in took),
        *(sa.Column(one, sa.Integer(), nullable=False) for one in sums),
        sa.PrimaryKeyConstraint(
            unit, "federation", "service", "idp", name, *took, name=op.f(f"pk_{table}")
        ),
    )
