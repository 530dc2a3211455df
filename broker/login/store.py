"""Every message id seen once."""

import hashlib
from collections.abc import Sequence
from datetime import datetime

import sqlalchemy as sa

from broker.db import METADATA, Connection, Instant
from broker.db.prepared import inserting_new, undoing
from broker.errors import Refused

LONGEST_ID = 256  # characters of an issuer or a message id that are kept as they are

SPENT_MESSAGE = sa.Table(
    "spent_message",
    METADATA,
    sa.Column("federation", sa.String(64), primary_key=True),
    sa.Column("issuer", sa.String(256), primary_key=True),
    sa.Column("message_id", sa.String(256), primary_key=True),
    sa.Column("until", Instant, nullable=False, index=True),
)

_SPEND = inserting_new(SPENT_MESSAGE)


class LoginStore:
    """Replay marks, in the caller's transaction."""

    def spend(
        self,
        connection: Connection,
        federation: str,
        messages: Sequence[tuple[str, str]],
        until: datetime,
    ) -> None:
        """Use up messages by issuer and id, all or none. Raises Refused("context.replay").

        Our own ids stand under the empty issuer; of those that a peer chose only a digest is
        kept, since some make theirs of whom they are about. The transaction stays usable (R9).
        """
        rows = [
            {
                "federation": federation,
                "issuer": _bounded(issuer),
                "message_id": _digest(f"{issuer} {spent}") if issuer else _bounded(spent),
                "until": until,
            }
            # Always in this order, so that two answers to one flow cannot deadlock.
            for issuer, spent in sorted(set(messages))
        ]
        # A conflict takes back what it inserted: an old assertion in a new flow spends nothing.
        with undoing(connection):
            if _SPEND.change(connection, *rows) != len(rows):
                raise Refused("context.replay", "a message that was used before")

    def purge(self, connection: Connection, now: datetime) -> int:
        """Delete replay marks that have run out; how many rows went."""
        statement = sa.delete(SPENT_MESSAGE).where(SPENT_MESSAGE.c.until <= now)
        return connection.execute(statement).rowcount


def _bounded(identifier: str) -> str:
    """An identifier that fits its column: an ID may be of any length, a key may not."""
    if len(identifier) <= LONGEST_ID:
        return identifier
    return _digest(identifier)


def _digest(identifier: str) -> str:
    return f"sha256:{hashlib.sha256(identifier.encode()).hexdigest()}"
