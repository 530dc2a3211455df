"""Register organisations, and record what became of them."""

import uuid
from datetime import datetime

import sqlalchemy as sa

from broker.db import Connection, insert_new
from broker.organisations.store.periods import Succession, Values, amend, succeed
from broker.organisations.tables import ORGANISATION, ORGANISATION_MERGE, ORGANISATION_PERIOD


def add_organisation(
    connection: Connection, federation: str, cvr: str, unit_key: str, at: datetime
) -> uuid.UUID | None:
    """A new organisation, or None where the federation has one with these numbers."""
    fresh = uuid.uuid4()
    row = {
        "id": fresh,
        "federation": federation,
        "cvr": cvr,
        "unit_key": unit_key,
        "created_at": at,
    }
    return fresh if insert_new(connection, ORGANISATION, [row]) else None


def organisation_from(
    connection: Connection, organisation_id: uuid.UUID, at: datetime, values: Values
) -> Succession:
    """What an organisation is from an instant on; plans after it are dropped."""
    key = {"organisation_id": organisation_id}
    return succeed(connection, ORGANISATION_PERIOD, key, at, values)


def organisation_amended(
    connection: Connection, organisation_id: uuid.UUID, at: datetime, values: Values
) -> None:
    """The same for facts that no plan speaks of."""
    amend(connection, ORGANISATION_PERIOD, {"organisation_id": organisation_id}, at, values)


def organisation_merged(
    connection: Connection, old: uuid.UUID, new: uuid.UUID, at: datetime, by: Values
) -> None:
    """That one organisation became another."""
    row = {
        "old_id": old,
        "new_id": new,
        "at": at,
        "by_account": by["by_account"],
        "by_label": by["by_label"],
    }
    connection.execute(sa.insert(ORGANISATION_MERGE), [row])


def merged_into(connection: Connection, old: uuid.UUID) -> uuid.UUID | None:
    """What an organisation became, where it was merged."""
    return connection.execute(_INTO, {"old": old}).scalar_one_or_none()


_INTO = sa.select(ORGANISATION_MERGE.c.new_id).where(
    ORGANISATION_MERGE.c.old_id == sa.bindparam("old")
)
