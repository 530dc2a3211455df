"""The table of decisions about activations."""

import sqlalchemy as sa

from broker.db import METADATA, Instant
from broker.metadata.tables import FEDERATION

ACTIVATION_CHANGE = sa.Table(
    "activation_change",
    METADATA,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("federation", sa.ForeignKey(FEDERATION.c.path), nullable=False),
    sa.Column("service", sa.String(64), nullable=False),
    sa.Column("idp", sa.String(64), nullable=False),
    sa.Column("at", Instant, nullable=False),
    sa.Column("by", sa.Text, nullable=False),
    sa.Column("reason", sa.Text, nullable=False),
    sa.Column("source", sa.Text, nullable=False),
    sa.Column("case_no", sa.String(64)),
    # What counts from then on; NULL where the IdP is not relevant to the service any more.
    sa.Column("document", sa.JSON(none_as_null=True)),
    sa.Index("ix_activation_change_federation_service_idp", "federation", "service", "idp"),
)
