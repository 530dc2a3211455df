"""Every statement on emergency links, each on a given connection."""

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

import sqlalchemy as sa

from broker.db import Connection
from broker.portals.emergency.model import Pass
from broker.portals.emergency.tables import EMERGENCY_PASS

_P = EMERGENCY_PASS


def add(connection: Connection, row: Mapping[str, object]) -> None:
    """A link that somebody asked for."""
    connection.execute(sa.insert(_P).values(**row))


def by_number(connection: Connection, number: str) -> Pass | None:
    """The one of a number."""
    return _one(connection, _P.c.number == number)


def by_code(connection: Connection, hashed: str) -> Pass | None:
    """The one that a link is for."""
    return _one(connection, _P.c.code_hash == hashed)


def allow(connection: Connection, number: str, by: str, hashed: str, at: datetime) -> bool:
    """Let it be used; whether it was not allowed before."""
    statement = sa.update(_P).where(_P.c.number == number, _P.c.allowed_at.is_(None))
    values = {"allowed_by": by, "allowed_at": at, "code_hash": hashed}
    return connection.execute(statement.values(**values)).rowcount == 1


def use(connection: Connection, number: str, at: datetime) -> bool:
    """Spend it; whether it was not spent before."""
    statement = sa.update(_P).where(_P.c.number == number, _P.c.used_at.is_(None))
    return connection.execute(statement.values(used_at=at)).rowcount == 1


def _one(connection: Connection, which: sa.ColumnElement[bool]) -> Pass | None:
    row = connection.execute(sa.select(_P).where(which)).mappings().first()
    if row is None:
        return None
    account: UUID = row["account_id"]
    return Pass(
        number=row["number"],
        federation=row["federation"],
        account=account,
        address=row["address"],
        reason=row["reason"],
        asked_by=row["asked_by"],
        asked_at=row["asked_at"],
        allowed_by=row["allowed_by"],
        allowed_at=row["allowed_at"],
        used_at=row["used_at"],
    )
