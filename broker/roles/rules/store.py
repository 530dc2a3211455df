"""Rows of derive rules: each state of each version, for as long as it lasted."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID, uuid4

import sqlalchemy as sa

from broker.db import Connection
from broker.periods import FOREVER, Period
from broker.roles.model import Effect, RuleState
from broker.roles.tables import DERIVE_RULE


@dataclass(frozen=True, slots=True)
class RuleRow:
    """A version of a rule in one of its states."""

    id: UUID
    federation: str
    code: str
    version: int
    role: UUID
    home: str | None  # the document it comes with
    effect: Effect
    state: RuleState
    period: Period
    document: Mapping[str, object]
    by_account: UUID | None  # who proposed it, whatever became of it since
    by_label: str
    approved_by: str | None


def history(connection: Connection, federation: str, code: str) -> tuple[RuleRow, ...]:
    """Every row of a rule, the oldest first."""
    found = connection.execute(_HISTORY, {"federation": federation, "code": code})
    return tuple(_read(row) for row in found)


def histories(connection: Connection, federation: str) -> tuple[tuple[RuleRow, ...], ...]:
    """The same of every rule that a federation has or had, by code."""
    found: dict[str, list[RuleRow]] = {}
    for row in connection.execute(_HISTORIES, {"federation": federation}):
        found.setdefault(row.code, []).append(_read(row))
    return tuple(tuple(rows) for rows in found.values())


def codes(connection: Connection, federation: str) -> tuple[str, ...]:
    """The codes of every rule that a federation has or had."""
    return tuple(connection.execute(_CODES, {"federation": federation}).scalars())


def _read(row: sa.Row[tuple[object, ...]]) -> RuleRow:
    return RuleRow(
        id=row.id,
        federation=row.federation,
        code=row.code,
        version=row.version,
        role=row.role_id,
        home=row.home,
        effect=row.effect,
        state=row.state,
        period=Period(row.since, row.until),
        document=row.document,
        by_account=row.by_account,
        by_label=row.by_label,
        approved_by=row.approved_by_label,
    )


def add(connection: Connection, row: RuleRow) -> None:
    """Add the first row of a version."""
    values = {
        "id": row.id,
        "federation": row.federation,
        "code": row.code,
        "version": row.version,
        "role_id": row.role,
        "home": row.home,
        "effect": row.effect,
        "state": row.state,
        "since": row.period.since,
        "until": row.period.until,
        "document": {**row.document, "state": row.state},
        "by_account": row.by_account,
        "by_label": row.by_label,
    }
    connection.execute(sa.insert(DERIVE_RULE).values(values))


def close(connection: Connection, row: RuleRow, at: datetime) -> None:
    """End a state at an instant; one that began just then never was."""
    here = DERIVE_RULE.c.id == row.id
    if row.period.since >= at:
        connection.execute(sa.delete(DERIVE_RULE).where(here))
    else:
        connection.execute(sa.update(DERIVE_RULE).where(here).values(until=at))


def follow(
    connection: Connection,
    row: RuleRow,
    state: RuleState,
    at: datetime,
    *,
    approved_account: UUID | None = None,
    approved_label: str | None = None,
) -> None:
    """Close a version's state and open its next; who proposed it stays who proposed it."""
    close(connection, row, at)
    values = {
        "id": uuid4(),
        "federation": row.federation,
        "code": row.code,
        "version": row.version,
        "role_id": row.role,
        "home": row.home,
        "effect": row.effect,
        "state": state,
        "since": at,
        "until": FOREVER,
        "document": {**row.document, "state": state},
        "by_account": row.by_account,
        "by_label": row.by_label,
        "approved_by_account": approved_account,
        "approved_by_label": approved_label,
    }
    connection.execute(sa.insert(DERIVE_RULE).values(values))


_OF_FEDERATION = DERIVE_RULE.c.federation == sa.bindparam("federation")
_OLDEST = (DERIVE_RULE.c.since, DERIVE_RULE.c.version)
_HISTORIES: sa.Select[tuple[object, ...]] = (
    sa.select(DERIVE_RULE).where(_OF_FEDERATION).order_by(DERIVE_RULE.c.code, *_OLDEST)
)
_HISTORY: sa.Select[tuple[object, ...]] = (
    sa.select(DERIVE_RULE)
    .where(_OF_FEDERATION, DERIVE_RULE.c.code == sa.bindparam("code"))
    .order_by(*_OLDEST)
)
_CODES = sa.select(DERIVE_RULE.c.code).where(_OF_FEDERATION).distinct().order_by(DERIVE_RULE.c.code)
