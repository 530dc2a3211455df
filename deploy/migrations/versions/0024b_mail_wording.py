"""The operator's own words of mails, and addresses that somebody looked at."""

import sqlalchemy as sa
from alembic import op

from broker.db import Instant

revision = "0024b"
down_revision = "0023"


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "mail_wording",
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("version", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("at", Instant(), nullable=False),
        sa.Column("by_label", sa.String(length=128), nullable=False),
        sa.Column("reason", sa.String(length=500), nullable=False),
        sa.Column("texts", sa.JSON(none_as_null=True), nullable=True),
        sa.PrimaryKeyConstraint("kind", "version", name=op.f("pk_mail_wording")),
    )
    op.create_table(
        "mail_cleared",
        sa.Column("recipient", sa.String(length=254), nullable=False),
        sa.Column("at", Instant(), nullable=False),
        sa.Column("by_label", sa.String(length=128), nullable=False),
        sa.PrimaryKeyConstraint("recipient", name=op.f("pk_mail_cleared")),
    )
