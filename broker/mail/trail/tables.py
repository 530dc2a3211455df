"""The table of addresses that somebody looked at after mail to them came back."""

import sqlalchemy as sa

from broker.db import METADATA, Instant

MAIL_CLEARED = sa.Table(
    "mail_cleared",
    METADATA,
    sa.Column("recipient", sa.String(254), primary_key=True),
    sa.Column("at", Instant, nullable=False),
    sa.Column("by_label", sa.String(128), nullable=False),
)
