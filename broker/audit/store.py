"""The audit trail: rows that are only ever added, in one hash chain for each writer. R12.

A writer is a name that one transaction holds until it ends. Nodes and threads take one that
is free, so they don't queue on each other, and a transaction that is rolled back takes its
row and its place in the chain with it. A thousand rows are a block, or fewer where it was sealed
before: the unit that is sealed, and one day removed. See `broker.audit.proof`.
"""

import json
import secrets
from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import sqlalchemy as sa

from broker.audit.chained import BLOCK, Place, linked
from broker.audit.events import Event, fields_of
from broker.audit.masking import cleaned
from broker.audit.tracing import EVERYTHING, tags_of
from broker.db import METADATA, Connection, Instant
from broker.db.prepared import Prepared
from broker.errors import Unavailable

WRITERS = 16  # transactions at a time that append without waiting, in all of the installation

AUDIT = sa.Table(
    "audit",
    METADATA,
    sa.Column("writer", sa.String(24), primary_key=True),
    sa.Column("seq", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("block", sa.Integer, nullable=False),
    sa.Column("at", Instant, nullable=False, index=True),
    sa.Column("reference", sa.String(32), nullable=False, index=True),
    sa.Column("event", sa.String(40), nullable=False),
    sa.Column("fields", sa.Text, nullable=False),
    sa.Column("prev_hash", sa.String(64), nullable=False),
    sa.Column("hash", sa.String(64), nullable=False),
    sa.Column("subject", sa.Uuid),  # whom it is about, where that is one person or account
    sa.Index("ix_audit_subject", "subject", "at"),
)

# A signature over each block that is full or was closed; with `removed_at`, of what was removed.
AUDIT_SEAL = sa.Table(
    "audit_seal",
    METADATA,
    sa.Column("writer", sa.String(24), primary_key=True),
    sa.Column("block", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("first", sa.Integer, nullable=False),
    sa.Column("last", sa.Integer, nullable=False),
    sa.Column("prev_hash", sa.String(64), nullable=False),
    sa.Column("hash", sa.String(64), nullable=False),
    sa.Column("newest", Instant, nullable=False),
    sa.Column("at", Instant, nullable=False),
    sa.Column("key", sa.String(16), nullable=False),
    sa.Column("signature", sa.String(88), nullable=False),
    sa.Column("removed_at", Instant),
    sa.Column("removed_key", sa.String(16)),
    sa.Column("removed_signature", sa.String(88)),
)

# What the trail of one organisation is searched by; see `broker.audit.tracing`. Beside the chain.
AUDIT_TAG = sa.Table(
    "audit_tag",
    METADATA,
    sa.Column("organisation_id", sa.String(36), primary_key=True),
    sa.Column("tag", sa.String(200), primary_key=True),
    sa.Column("at", Instant, primary_key=True),
    sa.Column("writer", sa.String(24), primary_key=True),
    sa.Column("seq", sa.Integer, primary_key=True, autoincrement=False),
)

Hearer = Callable[[Connection, Event, datetime], None]
"""Whoever acts on an event within its transaction; what it raises undoes what happened."""

_HELD = "broker.audit.writer"
_LOCKS = 1_634_624_884  # the family of advisory locks that are writers


def next_place(connection: Connection, writer: str) -> Place:
    """Where a writer's next row goes: in a block of its own after a full or a sealed one."""
    last = _LAST.first(connection, {"of": writer})
    if not last:
        return Place(writer)
    begins = (last.seq + 1) % BLOCK == 0 or last.sealed is not None
    return Place(writer, last.seq + 1, last.block + begins, last.hash)


class AuditStore:
    """Appends events to the trail; there is no way here to change or remove one."""

    heard: Hearer | None = None

    def __init__(self, heard: Hearer | None = None) -> None:
        self.heard = heard

    def append(
        self,
        connection: Connection,
        event: Event,
        *,
        at: datetime,
        reference: str,
        subject: UUID | None = None,
    ) -> None:
        """Add one event to the chain of a free writer, in the caller's transaction.

        `subject` is whom it is about, where the event does not say. Whatever is raised here must
        end the transaction: what is not recorded must not happen. Raises TrailClosed.
        """
        try:
            self._append(connection, event, at, reference, subject or _subject(event))
        except sa.exc.SQLAlchemyError as error:
            raise TrailClosed(f"not recorded: {type(error).__name__}") from error
        if self.heard is not None:
            self.heard(connection, event, at)

    def _append(
        self,
        connection: Connection,
        event: Event,
        at: datetime,
        reference: str,
        subject: UUID | None,
    ) -> None:
        place, fields = next_place(connection, take_writer(connection)), fields_of(event)
        row = linked(place, event.NAME, fields, at, cleaned(reference), subject)
        _APPEND.change(connection, row)
        if found := tags_of(event.NAME, fields):
            here = {"organisation_id": found.organisation, "at": at}
            here |= {"writer": place.writer, "seq": place.seq}
            _TAG.change(connection, *({**here, "tag": tag} for tag in found.tags))


class TrailClosed(Unavailable):
    """Nothing can be recorded, so nothing may happen."""

    def __init__(self, detail: str) -> None:
        super().__init__("audit.unavailable", detail)


@dataclass(frozen=True, slots=True)
class Entry:
    """One event of the trail, as it was written."""

    at: datetime
    reference: str
    event: str
    fields: dict[str, object]


@dataclass(frozen=True, slots=True)
class Search:
    """Which events of an organisation: from and until, and for each criterion any of its tags."""

    organisation: str
    since: datetime
    until: datetime
    criteria: tuple[Collection[str], ...] = ()


def entries(
    connection: Connection, asked: Search, *, offset: int = 0, limit: int = 50
) -> tuple[Entry, ...]:
    """The events that are asked for, the newest first."""
    tag = AUDIT_TAG.alias()
    here = _matching(asked, tag)
    page = (
        sa.select(tag.c.writer, tag.c.seq)
        .where(*here)
        .order_by(tag.c.at.desc(), tag.c.writer, tag.c.seq.desc())
        .offset(offset)
        .limit(limit)
        .subquery()
    )
    joined = sa.and_(AUDIT.c.writer == page.c.writer, AUDIT.c.seq == page.c.seq)
    found = connection.execute(
        sa.select(AUDIT)
        .join(page, joined)
        .order_by(AUDIT.c.at.desc(), AUDIT.c.writer, AUDIT.c.seq.desc())
    )
    return tuple(Entry(row.at, row.reference, row.event, json.loads(row.fields)) for row in found)


def count_entries(connection: Connection, asked: Search, most: int) -> int:
    """How many there are, counted no further than `most`."""
    tag = AUDIT_TAG.alias()
    some = sa.select(sa.literal(1)).where(*_matching(asked, tag)).limit(most).subquery()
    return connection.execute(sa.select(sa.func.count()).select_from(some)).scalar_one()


def _matching(asked: Search, tag: sa.FromClause) -> list[sa.ColumnElement[bool]]:
    """The rows of the first criterion, of which the others must hold too."""
    first, *others = asked.criteria or ((EVERYTHING,),)
    here = [
        tag.c.organisation_id == asked.organisation,
        tag.c.tag.in_(first),
        tag.c.at >= asked.since,
        tag.c.at < asked.until,
    ]
    for wanted in others:
        also = AUDIT_TAG.alias()
        same = (also.c.organisation_id == tag.c.organisation_id, also.c.at == tag.c.at)
        which = (also.c.writer == tag.c.writer, also.c.seq == tag.c.seq, also.c.tag.in_(wanted))
        here.append(sa.exists(sa.select(sa.literal(1)).where(*same, *which)))
    return here


def told_under(connection: Connection, reference: str) -> tuple[tuple[str, dict[str, object]], ...]:
    """Every event under one reference, oldest first: its name, and its fields."""
    found = connection.execute(_UNDER, {"of": reference})
    return tuple((row.event, json.loads(row.fields)) for row in found)


def writers(connection: Connection) -> tuple[str, ...]:
    """The names of all chains that have a row."""
    return tuple(connection.execute(_WRITERS).scalars())


def take_writer(connection: Connection) -> str:
    """The writer that this transaction holds; SQLite lets one transaction write at a time.

    On PostgreSQL a writer is an advisory lock, which the server lets go of when the
    transaction ends, however it ends. Nobody waits for one while holding another.
    """
    if connection.dialect.name != "postgresql":
        return "w00"
    held = connection.info.get(_HELD)
    if held and held[0] is connection.get_transaction():
        return str(held[1])
    free = connection.execute(_FREE).scalar_one_or_none()
    if free is None:
        free = secrets.randbelow(WRITERS)
        connection.execute(_WAIT, {"number": free})
    name = f"w{free:02}"
    connection.info[_HELD] = (connection.get_transaction(), name)
    return name


def hold_writer(connection: Connection, writer: str) -> None:
    """Let nobody append to a chain until this transaction ends."""
    if connection.dialect.name == "postgresql":
        connection.execute(_WAIT, {"number": int(writer[1:])})


def _subject(event: Event) -> UUID | None:
    """Whom an event says that it is about, where that is an id of ours."""
    said = getattr(event, "subject", None)
    try:
        return UUID(said) if isinstance(said, str) else None
    except ValueError:
        return None


_NUMBER = sa.func.generate_series(0, WRITERS - 1).column_valued("number")
_FREE = sa.select(_NUMBER).where(sa.func.pg_try_advisory_xact_lock(_LOCKS, _NUMBER)).limit(1)
_WAIT = sa.select(sa.func.pg_advisory_xact_lock(_LOCKS, sa.bindparam("number", type_=sa.Integer)))
_SEALED = (
    sa.select(AUDIT_SEAL.c.block)
    .where(AUDIT_SEAL.c.writer == AUDIT.c.writer, AUDIT_SEAL.c.block == AUDIT.c.block)
    .correlate(AUDIT)
    .scalar_subquery()
)
_LAST = Prepared(
    sa.select(AUDIT.c.seq, AUDIT.c.block, AUDIT.c.hash, _SEALED.label("sealed"))
    .where(AUDIT.c.writer == sa.bindparam("of"))
    .order_by(AUDIT.c.seq.desc())
    .limit(1)
)
_UNDER = (
    sa.select(AUDIT.c.event, AUDIT.c.fields)
    .where(AUDIT.c.reference == sa.bindparam("of"))
    .order_by(AUDIT.c.at, AUDIT.c.seq)
)
_APPEND = Prepared(sa.insert(AUDIT))
_TAG = Prepared(sa.insert(AUDIT_TAG))
_WRITERS = sa.select(AUDIT.c.writer).distinct().order_by(AUDIT.c.writer)
