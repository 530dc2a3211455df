"""The tables of health: sums by the minute."""

import sqlalchemy as sa

from broker.db import METADATA, Instant

FLOW_COUNT = sa.Table(
    "flow_count",
    METADATA,
    sa.Column("minute", Instant, primary_key=True),
    sa.Column("federation", sa.String(64), primary_key=True),
    sa.Column("service", sa.String(64), primary_key=True),
    sa.Column("idp", sa.String(64), primary_key=True),
    sa.Column("started", sa.Integer, nullable=False),
    sa.Column("returned", sa.Integer, nullable=False),
    sa.Column("refused", sa.Integer, nullable=False),
    sa.Index("ix_flow_count_service", "federation", "service", "minute"),
)

# Of what kind the refusals were, and how long those who returned had been away.
FLOW_DETAIL = sa.Table(
    "flow_detail",
    METADATA,
    sa.Column("minute", Instant, primary_key=True),
    sa.Column("federation", sa.String(64), primary_key=True),
    sa.Column("service", sa.String(64), primary_key=True),
    sa.Column("idp", sa.String(64), primary_key=True),
    sa.Column("what", sa.String(24), primary_key=True),
    sa.Column("times", sa.Integer, nullable=False),
)

# What an identity provider's own address answered when it was asked last.
IDP_PROBE = sa.Table(
    "idp_probe",
    METADATA,
    sa.Column("federation", sa.String(64), primary_key=True),
    sa.Column("idp", sa.String(64), primary_key=True),
    sa.Column("at", Instant, nullable=False),
    sa.Column("outcome", sa.String(24), nullable=False),
    sa.Column("ms", sa.Integer, nullable=False),
    sa.Column("failing_since", Instant),
)
