"""The audit trail: rows that are only ever added, in one hash chain for each writer. R12.

A writer is a name that one transaction holds until it ends. Nodes and threads take one that
is free, so they don't queue on each other, and a transaction that is rolled back takes its
row and its place in the chain with it. Every thousand rows are a block, the unit that will
be sealed, exported and one day removed.
"""

import hashlib
import json
import secrets
from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import UTC, datetime

import sqlalchemy as sa

from broker.audit.events import Event, fields_of
from broker.audit.masking import cleaned
from broker.audit.tracing import EVERYTHING, tags_of
from broker.db import METADATA, Connection, Instant
from broker.db.prepared import Prepared

BLOCK = 1000  # rows
WRITERS = 16  # transactions at a time that append without waiting, in all of the installation
GENESIS = "0" * 64  # the hash before the first row

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


class AuditStore:
    """Appends events to the trail; there is no way here to change or remove one."""

    heard: Hearer | None = None

    def __init__(self, heard: Hearer | None = None) -> None:
        self.heard = heard

    def append(self, connection: Connection, event: Event, *, at: datetime, reference: str) -> None:
        """Add one event to the chain of a free writer, in the caller's transaction.

        Whatever is raised here must end the transaction: what is not recorded must not happen.
        """
        writer = _writer(connection)
        last = _LAST.first(connection, {"of": writer})
        seq, previous = (last.seq + 1, last.hash) if last else (0, GENESIS)
        fields = fields_of(event)
        row: dict[str, object] = {
            "writer": writer,
            "seq": seq,
            "block": seq // BLOCK,
            "at": at,
            "reference": cleaned(reference),
            "event": event.NAME,
            "fields": _canonical(fields),
            "prev_hash": previous,
        }
        _APPEND.change(connection, {**row, "hash": _digest(row)})
        if found := tags_of(event.NAME, fields):
            here = {"organisation_id": found.organisation, "at": at, "writer": writer, "seq": seq}
            _TAG.change(connection, *({**here, "tag": tag} for tag in found.tags))
        if self.heard is not None:
            self.heard(connection, event, at)


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


def first_fault(connection: Connection, writer: str) -> int | None:
    """Where a chain is first not as it was written: a row changed, removed or moved.

    None where all of it follows. Rows missing at the end show only against an exported head.
    """
    seq, previous = 0, GENESIS
    for found in connection.execute(_CHAIN, {"of": writer}).yield_per(BLOCK).mappings():
        row: dict[str, object] = dict(found)
        digest = row.pop("hash")
        follows = row["seq"] == seq and row["prev_hash"] == previous
        if not follows or row["block"] != seq // BLOCK or digest != _digest(row):
            return seq
        seq, previous = seq + 1, found["hash"]
    return None


def _writer(connection: Connection) -> str:
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


def _digest(row: dict[str, object]) -> str:
    """SHA-256 over the hash before and everything else that the row says, as canonical JSON."""
    at = row["at"]
    if not isinstance(at, datetime) or at.tzinfo is None:
        raise ValueError("a naive datetime has no place in the audit trail")
    said = {name: value for name, value in row.items() if name != "prev_hash"}
    said["at"] = at.astimezone(UTC).isoformat(timespec="microseconds")
    return hashlib.sha256(f"{row['prev_hash']}{_canonical(said)}".encode()).hexdigest()


def _canonical(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


_NUMBER = sa.func.generate_series(0, WRITERS - 1).column_valued("number")
_FREE = sa.select(_NUMBER).where(sa.func.pg_try_advisory_xact_lock(_LOCKS, _NUMBER)).limit(1)
_WAIT = sa.select(sa.func.pg_advisory_xact_lock(_LOCKS, sa.bindparam("number", type_=sa.Integer)))
_LAST = Prepared(
    sa.select(AUDIT.c.seq, AUDIT.c.hash)
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
_CHAIN = sa.select(AUDIT).where(AUDIT.c.writer == sa.bindparam("of")).order_by(AUDIT.c.seq)
