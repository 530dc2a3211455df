"""What everybody in an organisation holds themselves, as a list of all of it needs it: no more."""

from collections.abc import Iterator
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

import sqlalchemy as sa

from broker.db import Connection, Instant
from broker.roles.grants.facts import Scope
from broker.roles.grants.tables import GRANT, GRANT_SCOPE


class Held(NamedTuple):
    """A grant to a person that runs or will; a row as it is read, since there are so many."""

    id: UUID
    account: UUID
    role: UUID
    since: datetime
    until: datetime
    reason: str
    case_no: str | None


def held_in(connection: Connection, organisation: UUID, at: datetime) -> Iterator[Held]:
    """The grants that people of an organisation hold themselves, the first to begin first."""
    for row in _streamed(connection, _HELD, organisation, at):
        yield Held._make(row)


def scopes_held_in(
    connection: Connection, organisation: UUID, at: datetime
) -> dict[UUID, tuple[Scope, ...]]:
    """What narrows those of them that are narrowed."""
    found: dict[UUID, tuple[Scope, ...]] = {}
    known: dict[object, tuple[Scope, ...]] = {}
    for row in _streamed(connection, _SCOPES, organisation, at):
        said = tuple(row)[1:]
        scope = known.get(said)
        if scope is None:
            made = Scope(row.type_id, row.mode, row.value, row.with_descendants)
            scope = known[said] = (made,)
        before = found.get(row.grant_id)
        found[row.grant_id] = scope if before is None else before + scope
    return found


def _streamed(
    connection: Connection, query: sa.Select[tuple[object, ...]], organisation: UUID, at: datetime
) -> Iterator[sa.Row[tuple[object, ...]]]:
    """Row by row: a million at a time would keep the garbage collector busier than the server."""
    asked = {"organisation": organisation, "at": at}
    result = connection.execute(query, asked, execution_options={"yield_per": _CHUNK})
    for part in result.partitions():
        yield from part


_CHUNK = 2000
_G, _S = GRANT, GRANT_SCOPE
_THERE = (
    _G.c.organisation_id == sa.bindparam("organisation", type_=sa.Uuid),
    _G.c.account_id.is_not(None),
    _G.c.revoked_at.is_(None),
    _G.c.until > sa.bindparam("at", type_=Instant),
)
_HELD = (
    sa.select(
        *(_G.c.id, _G.c.account_id, _G.c.role_id, _G.c.since, _G.c.until, _G.c.reason),
        _G.c.case_no,
    )
    .where(*_THERE)
    .order_by(_G.c.since, _G.c.granted_at, _G.c.id)
)
_SCOPES = (
    sa.select(_S.c.grant_id, _S.c.type_id, _S.c.mode, _S.c.value, _S.c.with_descendants)
    .join(_G, _G.c.id == _S.c.grant_id)
    .where(*_THERE)
)
