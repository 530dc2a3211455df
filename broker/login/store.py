"""Every message id seen once, and counters by the minute."""

import hashlib
from collections.abc import Iterable, Sequence
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite

from broker.db import METADATA, Connection, Instant, insert_new
from broker.errors import Refused
from broker.login.counts import CountRow

LONGEST_ID = 256  # characters of an issuer or a message id that are kept as they are

SPENT_MESSAGE = sa.Table(
    "spent_message",
    METADATA,
    sa.Column("federation", sa.String(64), primary_key=True),
    sa.Column("issuer", sa.String(256), primary_key=True),
    sa.Column("message_id", sa.String(256), primary_key=True),
    sa.Column("until", Instant, nullable=False, index=True),
)

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
)


class LoginStore:
    """Replay marks and counters, in the caller's transaction."""

    def spend(
        self,
        connection: Connection,
        federation: str,
        messages: Sequence[tuple[str, str]],
        until: datetime,
    ) -> None:
        """Use up messages by issuer and id, all or none. Raises Refused("context.replay").

        Our own ids stand under the empty issuer. The transaction stays usable (R9).
        """
        rows = [
            {
                "federation": federation,
                "issuer": _bounded(issuer),
                "message_id": _bounded(spent),
                "until": until,
            }
            # Always in this order, so that two answers to one flow cannot deadlock.
            for issuer, spent in sorted(set(messages))
        ]
        # A conflict takes back what it inserted: an old assertion in a new flow spends nothing.
        with connection.begin_nested():
            if insert_new(connection, SPENT_MESSAGE, rows) != len(rows):
                raise Refused("context.replay", "a message that was used before")

    def count(self, connection: Connection, rows: Iterable[CountRow]) -> None:
        """Add finished minutes to what other nodes counted of them."""
        statement = _COUNTS[connection.dialect.name]
        for row in rows:
            values = {
                "minute": row.minute,
                "federation": row.federation,
                "service": row.service,
                "idp": row.idp,
                "started": row.started,
                "returned": row.returned,
                "refused": row.refused,
            }
            connection.execute(statement, values)

    def purge(self, connection: Connection, now: datetime) -> int:
        """Delete replay marks that have run out; how many rows went."""
        statement = sa.delete(SPENT_MESSAGE).where(SPENT_MESSAGE.c.until <= now)
        return connection.execute(statement).rowcount


def _bounded(identifier: str) -> str:
    """An identifier that fits its column: an ID may be of any length, a key may not."""
    if len(identifier) <= LONGEST_ID:
        return identifier
    return f"sha256:{hashlib.sha256(identifier.encode()).hexdigest()}"


def _counting(
    insert: postgresql.Insert | sqlite.Insert,
) -> postgresql.Insert | sqlite.Insert:
    columns = ("started", "returned", "refused")
    added = {name: FLOW_COUNT.c[name] + insert.excluded[name] for name in columns}
    return insert.on_conflict_do_update(index_elements=list(FLOW_COUNT.primary_key), set_=added)


_COUNTS = {
    "postgresql": _counting(postgresql.insert(FLOW_COUNT)),
    "sqlite": _counting(sqlite.insert(FLOW_COUNT)),
}
