"""Rows that each hold for a period: a change closes one and opens the next.

What has begun is never rewritten but for its end. What was planned and has not begun was
only a plan, so a change that comes before it may drop it.
"""

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cache

import sqlalchemy as sa

from broker.db import Connection
from broker.periods import FOREVER, Period

Values = Mapping[str, object]


@dataclass(frozen=True, slots=True)
class Succession:
    """The row that holds now, the one it follows, and the plans that were dropped for it."""

    id: uuid.UUID
    before: uuid.UUID | None
    dropped: tuple[Period, ...] = ()


def succeed(
    connection: Connection,
    table: sa.Table,
    key: Values,
    at: datetime,
    values: Values,
    *,
    until: datetime = FOREVER,
) -> Succession:
    """Close the row of this key that holds at an instant, and open the next from there on.

    The new row says what the old one did wherever `values` says nothing; the first of a key
    takes them all. Rows that would begin at the instant or later are dropped: deleted, or
    revoked in a table that has `revoked_at`. Rows that are revoked already do not count.
    The caller holds a lock that everybody takes who changes this key.
    """
    rows = _rows(connection, table, key, at)
    held = next((row for row in rows if row.period.since <= at), None)
    planned = [row for row in rows if row.period.since >= at]
    _drop(connection, table, planned, at, values)
    before = _close(connection, table, held, at)
    fresh = _open(connection, table, {**_said(held), **key, **values}, Period(at, until))
    dropped = tuple(row.period for row in planned if row.period.since > at)
    return Succession(fresh, before, dropped)


def amend(
    connection: Connection,
    table: sa.Table,
    key: Values,
    at: datetime,
    values: Values,
    *,
    only: Values | None = None,
) -> Succession:
    """Change what holds from an instant on, and leave every planned change in its place.

    For facts that a plan does not speak of: a name that is put right must not undo that
    somebody leaves next month. `only` narrows it to rows that say so now. Raises LookupError
    where no such row of the key holds then.
    """
    meant = (only or {}).items()
    rows = [row for row in _rows(connection, table, key, at) if meant <= row.said.items()]
    held = next((row for row in rows if row.period.since <= at), None)
    if held is None:
        raise LookupError(f"nothing in {table.name} holds at that instant")
    unbegun = [row.id for row in rows if row.period.since >= at]
    if unbegun:
        connection.execute(sa.update(table).where(table.c.id.in_(unbegun)).values(dict(values)))
    before = _close(connection, table, held, at)
    if before is None:
        return Succession(held.id, None)
    period = Period(at, held.period.until)
    return Succession(_open(connection, table, {**_said(held), **key, **values}, period), before)


@dataclass(frozen=True, slots=True)
class _Row:
    id: uuid.UUID
    period: Period
    said: Values  # every other column that the next row takes over


_OWN = frozenset({"id", "since", "until", "revoked_at", "revoked_by", "revoke_reason"})


def _rows(connection: Connection, table: sa.Table, key: Values, at: datetime) -> list[_Row]:
    """What holds at the instant or begins later, oldest first, locked until the end."""
    found = connection.execute(_current(table, tuple(sorted(key))), {**key, "at": at})
    return [
        _Row(
            id=row["id"],
            period=Period(row["since"], row["until"]),
            said={name: value for name, value in row.items() if name not in _OWN},
        )
        for row in found.mappings()
    ]


def _said(row: _Row | None) -> Values:
    return {} if row is None else row.said


def _drop(
    connection: Connection, table: sa.Table, planned: list[_Row], at: datetime, values: Values
) -> None:
    """Take plans away; where other rows may point at one, it stays and is revoked."""
    if not planned:
        return
    of = table.c.id.in_([row.id for row in planned])
    if "revoked_at" not in table.c:
        connection.execute(sa.delete(table).where(of))
        return
    said: dict[str, object] = {"revoked_at": at}
    if "revoked_by" in table.c:
        said["revoked_by"] = values.get("by_label")
    connection.execute(sa.update(table).where(of).values(said))


def _close(
    connection: Connection, table: sa.Table, held: _Row | None, at: datetime
) -> uuid.UUID | None:
    if held is None or held.period.since == at:
        return None
    connection.execute(sa.update(table).where(table.c.id == held.id).values(until=at))
    return held.id


def _open(connection: Connection, table: sa.Table, said: Values, period: Period) -> uuid.UUID:
    fresh = uuid.uuid4()
    row = {**said, "id": fresh, "since": period.since, "until": period.until}
    connection.execute(sa.insert(table), [row])
    return fresh


@cache
def _current(table: sa.Table, key: tuple[str, ...]) -> sa.Select[tuple[object, ...]]:
    holds = [table.c[name] == sa.bindparam(name) for name in key]
    if "revoked_at" in table.c:
        holds.append(table.c.revoked_at.is_(None))
    later = table.c.until > sa.bindparam("at")
    return sa.select(table).where(*holds, later).order_by(table.c.since).with_for_update()
