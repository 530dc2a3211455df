"""Rows of test logins, in the caller's transaction."""

from datetime import datetime
from uuid import UUID

import sqlalchemy as sa

from broker.db import Connection
from broker.trials.model import SENT, Choices, Trial
from broker.trials.tables import TRIAL_LOGIN

KEPT = 20  # test logins of one person at one service


def add(connection: Connection, made: Trial) -> None:
    """Keep what was chosen, and let the oldest of this person's go."""
    table = TRIAL_LOGIN
    values = {
        "id": made.id,
        "federation": made.federation,
        "service": made.service,
        "account_id": made.account,
        "choices": made.choices.document(),
        "armed_at": made.armed_at,
        "ends_at": made.ends_at,
    }
    connection.execute(sa.insert(table).values(values))
    old = [one.id for one in of_account(connection, made.account, made.service)[KEPT:]]
    if old:
        connection.execute(sa.delete(table).where(table.c.id.in_(old)))


def find(connection: Connection, id_: UUID) -> Trial | None:
    """One by its id, or None."""
    query = sa.select(TRIAL_LOGIN).where(TRIAL_LOGIN.c.id == id_)
    row = connection.execute(query).mappings().one_or_none()
    return None if row is None else _trial(row)


def of_account(connection: Connection, account: UUID, service: str) -> tuple[Trial, ...]:
    """The test logins of one person at one service, the newest first."""
    table = TRIAL_LOGIN
    query = (
        sa.select(table)
        .where(table.c.account_id == account, table.c.service == service)
        .order_by(table.c.armed_at.desc())
    )
    return tuple(_trial(row) for row in connection.execute(query).mappings())


def came_through(connection: Connection, federation: str, service: str, content: str) -> bool:
    """Whether anybody's login without a fault came through at a service of that fingerprint."""
    table = TRIAL_LOGIN
    query = sa.select(table).where(
        table.c.federation == federation, table.c.service == service, table.c.outcome == SENT
    )
    found = map(_trial, connection.execute(query).mappings())
    return any(one.came_through and one.choices.content == content for one in found)


def happened(
    connection: Connection, id_: UUID, outcome: str, at: datetime, sealed: bytes | None
) -> None:
    """Keep what came of it; the newest time counts."""
    here = TRIAL_LOGIN.c.id == id_
    values = {"outcome": outcome[:64], "happened_at": at, "sent": sealed}
    connection.execute(sa.update(TRIAL_LOGIN).where(here).values(values))


def _trial(row: sa.RowMapping) -> Trial:
    return Trial(
        id=row["id"],
        federation=row["federation"],
        service=row["service"],
        account=row["account_id"],
        choices=Choices.read(row["choices"]),
        armed_at=row["armed_at"],
        ends_at=row["ends_at"],
        outcome=row["outcome"],
        happened_at=row["happened_at"],
        sealed=row["sent"],
    )
