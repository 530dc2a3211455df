"""The table of flights; `store` runs every statement on it."""

import sqlalchemy as sa

from broker.db import METADATA, Instant

FLIGHT = sa.Table(
    "flight",
    METADATA,
    sa.Column("id", sa.Uuid, primary_key=True),
    sa.Column("reference", sa.String(32), nullable=False, index=True),
    sa.Column("at", Instant, nullable=False, index=True),
    sa.Column("federation", sa.String(64), nullable=False),
    sa.Column("service", sa.String(64)),
    sa.Column("idp", sa.String(64)),
    sa.Column("code", sa.String(64), nullable=False),
    # No foreign keys: a login that is refused takes back whom it would have made.
    sa.Column("person_id", sa.Uuid),
    sa.Column("account_id", sa.Uuid),
    sa.Column("story", sa.JSON, nullable=False),
    sa.Index("ix_flight_person", "person_id", "at"),
)
