"""Which of our keys' addresses a service came by, kept until it is told of a logout."""

import sqlalchemy as sa
from alembic import op

revision = "0008c"
down_revision = "0008b"


def upgrade() -> None:
    """Add the column to sessions' participants and to logouts with their steps."""
    for table in ("session_participant", "logout", "logout_step"):
        op.add_column(table, sa.Column("endpoint", sa.String(length=32), nullable=True))
