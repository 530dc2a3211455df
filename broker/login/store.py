"""Every message id seen once, sessions, and counters by the minute."""

import hashlib
import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite

from broker.db import METADATA, Connection, Instant, insert_new
from broker.errors import Refused
from broker.login.counts import CountRow
from broker.saml.assurance import Assurance

LONGEST_ID = 256  # characters of an issuer or a message id that are kept as they are

SPENT_MESSAGE = sa.Table(
    "spent_message",
    METADATA,
    sa.Column("federation", sa.String(64), primary_key=True),
    sa.Column("issuer", sa.String(256), primary_key=True),
    sa.Column("message_id", sa.String(256), primary_key=True),
    sa.Column("until", Instant, nullable=False, index=True),
)

LOGIN_SESSION = sa.Table(
    "login_session",
    METADATA,
    sa.Column("id", sa.Uuid, primary_key=True),
    sa.Column("federation", sa.String(64), nullable=False),
    sa.Column("person_id", sa.ForeignKey("person.id"), nullable=False, index=True),
    sa.Column("idp", sa.ForeignKey("entity.row"), nullable=False),
    sa.Column("assurance", sa.String(16), nullable=False),
    sa.Column("started_at", Instant, nullable=False),
    sa.Column("ends_at", Instant, nullable=False, index=True),
    sa.Column("upstream_session_index", sa.String(256), nullable=True),
    sa.Column("reference", sa.String(32), nullable=False),
)

SESSION_PARTICIPANT = sa.Table(
    "session_participant",
    METADATA,
    sa.Column("session_id", sa.ForeignKey("login_session.id"), primary_key=True),
    sa.Column("service", sa.ForeignKey("entity.row"), primary_key=True),
    sa.Column("name_id", sa.Uuid, nullable=False),
    sa.Column("session_index", sa.String(64), nullable=False, unique=True),
    sa.Column("created_at", Instant, nullable=False),
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


@dataclass(frozen=True, slots=True)
class SessionRecord:
    """One finished login: who, from which IdP, at which service, until when."""

    federation: str
    person: uuid.UUID
    idp: int
    assurance: Assurance
    started_at: datetime
    ends_at: datetime
    upstream_session_index: str | None
    reference: str
    service: int
    name_id: uuid.UUID
    session_index: str


class LoginStore:
    """Replay marks, sessions and counters, in the caller's transaction."""

    def spend(
        self,
        connection: Connection,
        *,
        federation: str,
        issuer: str,
        assertion_id: str,
        request_ids: Sequence[str],
        until: datetime,
    ) -> None:
        """Use up an assertion and every request of its flow. Raises Refused("context.replay").

        Our own request ids stand under the empty issuer. The transaction stays usable (R9).
        """
        ids = {(issuer, assertion_id), *(("", request_id) for request_id in request_ids)}
        rows = [
            {
                "federation": federation,
                "issuer": _bounded(by),
                "message_id": _bounded(spent),
                "until": until,
            }
            # Always in this order, so that two answers to one flow cannot deadlock.
            for by, spent in sorted(ids)
        ]
        # A conflict takes back what it inserted: an old assertion in a new flow spends nothing.
        with connection.begin_nested():
            if insert_new(connection, SPENT_MESSAGE, rows) != len(rows):
                raise Refused("context.replay", "an assertion or a request that was used before")

    def record_session(self, connection: Connection, record: SessionRecord) -> None:
        """Keep the session and the service's part in it."""
        session = uuid.uuid4()
        connection.execute(
            _ADD_SESSION,
            {
                "id": session,
                "federation": record.federation,
                "person_id": record.person,
                "idp": record.idp,
                "assurance": record.assurance.word,
                "started_at": record.started_at,
                "ends_at": record.ends_at,
                "upstream_session_index": (record.upstream_session_index or "")[:256] or None,
                "reference": record.reference,
            },
        )
        connection.execute(
            _ADD_PARTICIPANT,
            {
                "session_id": session,
                "service": record.service,
                "name_id": record.name_id,
                "session_index": record.session_index,
                "created_at": record.started_at,
            },
        )

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
        """Delete replay marks and sessions that have run out; how many rows went."""
        ended = sa.select(LOGIN_SESSION.c.id).where(LOGIN_SESSION.c.ends_at <= now)
        gone = 0
        for statement in (
            sa.delete(SPENT_MESSAGE).where(SPENT_MESSAGE.c.until <= now),
            sa.delete(SESSION_PARTICIPANT).where(SESSION_PARTICIPANT.c.session_id.in_(ended)),
            sa.delete(LOGIN_SESSION).where(LOGIN_SESSION.c.ends_at <= now),
        ):
            gone += connection.execute(statement).rowcount
        return gone


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


_ADD_SESSION = sa.insert(LOGIN_SESSION)
_ADD_PARTICIPANT = sa.insert(SESSION_PARTICIPANT)
_COUNTS = {
    "postgresql": _counting(postgresql.insert(FLOW_COUNT)),
    "sqlite": _counting(sqlite.insert(FLOW_COUNT)),
}
