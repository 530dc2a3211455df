"""Filing, reading and saving requests."""

from uuid import UUID

import sqlalchemy as sa

from broker.db import Connection, insert_new
from broker.roles.grants.tables import DECISION, REQUEST
from broker.roles.requests.model import OPEN, Request
from broker.roles.requests.store.rows import (
    decision_row,
    decisions_of,
    fixed,
    moving,
    request_of,
)


def add(connection: Connection, request: Request) -> bool:
    """File a request; False where its number is taken, and nothing was done."""
    values = {"id": request.id, "cart_id": request.cart, "number": request.number}
    return insert_new(connection, REQUEST, [values | fixed(request) | moving(request)]) == 1


def save(connection: Connection, before: Request, after: Request) -> None:
    """Write how a request is now, and the decisions that came on top."""
    changed = sa.update(REQUEST).where(REQUEST.c.id == after.id)
    connection.execute(changed.values(moving(after)))
    fresh = [
        decision_row(after, n, decision)
        for n, decision in enumerate(after.decisions)
        if n >= len(before.decisions)
    ]
    if fresh:
        connection.execute(sa.insert(DECISION), fresh)


def request(connection: Connection, request_id: UUID, *, lock: bool = False) -> Request | None:
    """One request with its decisions. Locked, nobody else decides it until this ends."""
    query = _ONE.with_for_update() if lock else _ONE
    row = connection.execute(query, {"id": request_id}).mappings().first()
    if row is None:
        return None
    return request_of(row, decisions_of(connection, [row["id"]]))


def by_number(connection: Connection, number: str) -> Request | None:
    """The request that goes by a number, however it was typed."""
    found = connection.execute(_BY_NUMBER, {"number": number.strip().upper()}).scalar_one_or_none()
    return None if found is None else request(connection, found)


def same_open(
    connection: Connection, *, subject: UUID, role: UUID, grant: UUID | None, action: str
) -> tuple[Request, ...]:
    """Open requests for the same, whoever sent them."""
    asked = {"subject": subject, "role": role, "action": action}
    rows = connection.execute(_SAME, asked).mappings().all()
    of = decisions_of(connection, [row["id"] for row in rows])
    return tuple(request_of(row, of) for row in rows if row["grant_id"] == grant)


_REQUESTS: sa.Select[tuple[object, ...]] = sa.select(REQUEST)
_ONE = _REQUESTS.where(REQUEST.c.id == sa.bindparam("id"))
_BY_NUMBER = sa.select(REQUEST.c.id).where(REQUEST.c.number == sa.bindparam("number"))
_SAME = _REQUESTS.where(
    REQUEST.c.subject_id == sa.bindparam("subject"),
    REQUEST.c.role_id == sa.bindparam("role"),
    REQUEST.c.action == sa.bindparam("action"),
    REQUEST.c.state.in_(sorted(OPEN)),
)
