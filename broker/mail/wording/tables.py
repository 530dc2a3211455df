"""The table of versions; `store` runs every statement on it."""

import sqlalchemy as sa

from broker.db import METADATA, Instant

MAIL_WORDING = sa.Table(
    "mail_wording",
    METADATA,
    sa.Column("kind", sa.String(40), primary_key=True),
    sa.Column("version", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("at", Instant, nullable=False),
    sa.Column("by_label", sa.String(128), nullable=False),
    sa.Column("reason", sa.String(500), nullable=False),
    sa.Column("texts", sa.JSON(none_as_null=True), nullable=True),
)
