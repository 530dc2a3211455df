"""The chains and their seals, read and written; nothing here decides anything."""

from collections.abc import Generator
from datetime import datetime
from typing import NamedTuple

import sqlalchemy as sa

from broker.audit.chained import BLOCK, Record
from broker.audit.proof.model import Head, Seal, Signed
from broker.audit.store import AUDIT, AUDIT_SEAL, AUDIT_TAG
from broker.db import Connection, Instant


class Open(NamedTuple):
    """A block without a seal: its first and last record, and whether another follows it."""

    writer: str
    block: int
    first: int
    last: int
    oldest: datetime
    followed: bool


def writers(connection: Connection) -> tuple[str, ...]:
    """The names of all chains that have a record or had one."""
    names = sa.union(sa.select(AUDIT.c.writer), sa.select(AUDIT_SEAL.c.writer)).subquery()
    return tuple(connection.execute(sa.select(names.c.writer).order_by(names.c.writer)).scalars())


def records(
    connection: Connection, writer: str, since: int = 0, until: int | None = None
) -> Generator[Record]:
    """A chain from a number on, up to and with another, a block at a time."""
    asked = sa.select(*(AUDIT.c[name] for name in Record._fields)).where(
        AUDIT.c.writer == writer, AUDIT.c.seq >= since
    )
    if until is not None:
        asked = asked.where(AUDIT.c.seq <= until)
    ordered = asked.order_by(AUDIT.c.seq).execution_options(yield_per=BLOCK)
    with connection.execute(ordered) as found:
        for row in found:
            yield Record._make(row)


def seals(connection: Connection, writer: str) -> tuple[Seal, ...]:
    """Every seal of a chain, the oldest first."""
    return tuple(_seal(row) for row in connection.execute(_SEALS, {"of": writer}).mappings())


def heads(connection: Connection) -> dict[str, Head]:
    """The last record of every chain; of one whose records are all removed, what was the last."""
    found: dict[str, Head] = {}
    for writer in writers(connection):
        asked = {"of": writer}
        last = connection.execute(_LAST, asked).first() or connection.execute(_SEALED, asked).one()
        found[writer] = Head(*last)
    return found


def unsealed(connection: Connection, writer: str) -> tuple[Open, ...]:
    """Blocks of a chain that have no seal, the oldest first."""
    rows = connection.execute(_UNSEALED, {"of": writer}).all()
    newest = max((row.block for row in rows), default=0)
    return tuple(
        Open(writer, row.block, row.first, row.last, row.oldest, row.block < newest) for row in rows
    )


def add_seal(connection: Connection, seal: Seal) -> None:
    """Keep a seal."""
    row = {
        "writer": seal.writer,
        "block": seal.block,
        "first": seal.first,
        "last": seal.last,
        "prev_hash": seal.prev_hash,
        "hash": seal.hash,
        "newest": seal.newest,
        "at": seal.at,
        "key": seal.signed.key,
        "signature": seal.signed.signature,
    }
    connection.execute(sa.insert(AUDIT_SEAL), row)


def remove(connection: Connection, seal: Seal) -> int:
    """Leave the tombstone in a seal, and delete the records of its block; how many went.

    The database lets no record go that has no tombstone.
    """
    if seal.removed is None:
        raise ValueError("a block goes with a signed tombstone or not at all")
    here = (AUDIT_SEAL.c.writer == seal.writer, AUDIT_SEAL.c.block == seal.block)
    tombstone = {
        "removed_at": seal.removed_at,
        "removed_key": seal.removed.key,
        "removed_signature": seal.removed.signature,
    }
    connection.execute(sa.update(AUDIT_SEAL).where(*here).values(tombstone))
    for table in (AUDIT_TAG, AUDIT):
        within = table.c.seq.between(seal.first, seal.last)
        gone = connection.execute(sa.delete(table).where(table.c.writer == seal.writer, within))
    return gone.rowcount


def spans(
    connection: Connection, since: datetime, until: datetime
) -> tuple[tuple[str, int, int], ...]:
    """Of each chain the first and the last number that was written in a time."""
    rows = connection.execute(_SPANS, {"since": since, "until": until})
    return tuple((row.writer, row.first, row.last) for row in rows)


def _seal(row: sa.RowMapping) -> Seal:
    removed = None
    if row["removed_at"] is not None:
        removed = Signed(row["removed_key"] or "", row["removed_signature"] or "")
    return Seal(
        writer=row["writer"],
        block=row["block"],
        first=row["first"],
        last=row["last"],
        prev_hash=row["prev_hash"],
        hash=row["hash"],
        newest=row["newest"],
        at=row["at"],
        signed=Signed(row["key"], row["signature"]),
        removed_at=row["removed_at"],
        removed=removed,
    )


_A, _S = AUDIT, AUDIT_SEAL
_SEALS = sa.select(_S).where(_S.c.writer == sa.bindparam("of")).order_by(_S.c.block)
_LAST = (
    sa.select(_A.c.seq, _A.c.hash)
    .where(_A.c.writer == sa.bindparam("of"))
    .order_by(_A.c.seq.desc())
    .limit(1)
)
_SEALED = (
    sa.select(_S.c.last, _S.c.hash)
    .where(_S.c.writer == sa.bindparam("of"))
    .order_by(_S.c.block.desc())
    .limit(1)
)
_UNSEALED = (
    sa.select(
        _A.c.block,
        sa.func.min(_A.c.seq).label("first"),
        sa.func.max(_A.c.seq).label("last"),
        sa.func.min(_A.c.at, type_=Instant).label("oldest"),
    )
    .where(
        _A.c.writer == sa.bindparam("of"),
        _A.c.seq
        > sa.func.coalesce(
            sa.select(sa.func.max(_S.c.last))
            .where(_S.c.writer == sa.bindparam("of"))
            .scalar_subquery(),
            -1,
        ),
    )
    .group_by(_A.c.block)
    .order_by(_A.c.block)
)
_SPANS = (
    sa.select(
        _A.c.writer, sa.func.min(_A.c.seq).label("first"), sa.func.max(_A.c.seq).label("last")
    )
    .where(
        _A.c.at >= sa.bindparam("since", type_=Instant),
        _A.c.at < sa.bindparam("until", type_=Instant),
    )
    .group_by(_A.c.writer)
    .order_by(_A.c.writer)
)
