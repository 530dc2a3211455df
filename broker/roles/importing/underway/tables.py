"""How far a batch is; `store` runs every statement on it."""

import sqlalchemy as sa

from broker.db import METADATA, Instant
from broker.roles.grants.tables import IMPORT

IMPORT_WORK = sa.Table(
    "import_work",
    METADATA,
    sa.Column("import_id", sa.ForeignKey(IMPORT.c.id), primary_key=True),
    sa.Column("deed", sa.String(8), nullable=False),
    sa.Column("done", sa.Integer, nullable=False),
    sa.Column("total", sa.Integer, nullable=False),
    sa.Column("began_at", Instant, nullable=False),
    sa.Column("seen_at", Instant, nullable=False),  # when it was last known to go on
    sa.Column("ended_at", Instant),
    sa.Column("code", sa.String(64)),  # why it did not happen
)
"""What a batch is being put through; nothing of it is proof, the batch's own state is."""
