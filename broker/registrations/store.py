"""Rows of what is saved and asked for, in the caller's transaction."""

import json
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from uuid import UUID

import sqlalchemy as sa

from broker.db import Connection
from broker.registrations.model import OPEN, Change, Content, Draft
from broker.registrations.tables import SERVICE_CHANGE, SERVICE_DRAFT


def draft(connection: Connection, federation: str, code: str) -> Draft | None:
    """What is saved of a service, or None."""
    table = SERVICE_DRAFT
    query = sa.select(table).where(table.c.federation == federation, table.c.code == code)
    row = connection.execute(query).mappings().one_or_none()
    return None if row is None else _draft(row)


def drafts(connection: Connection, federation: str, codes: tuple[str, ...]) -> tuple[Draft, ...]:
    """What is saved of several services, by code."""
    table = SERVICE_DRAFT
    here = sa.and_(table.c.federation == federation, table.c.code.in_(codes))
    query = sa.select(table).where(here).order_by(table.c.code)
    return tuple(_draft(row) for row in connection.execute(query).mappings())


def add_draft(connection: Connection, made: Draft) -> None:
    """Keep what is saved of a service for the first time."""
    values = {
        "id": made.id,
        "federation": made.federation,
        "code": made.code,
        "test": made.test,
        **_content(made.content),
        "created_at": made.created_at,
        "changed_at": made.changed_at,
        "changed_by": made.changed_by,
    }
    connection.execute(sa.insert(SERVICE_DRAFT).values(values))


def save_draft(
    connection: Connection, found: Draft, content: Content, at: datetime, by: str
) -> bool:
    """Keep new content in place of what `found` says; False where somebody else was faster."""
    table = SERVICE_DRAFT
    this = sa.and_(table.c.id == found.id, table.c.changed_at == found.changed_at)
    values = {**_content(content), "changed_at": at, "changed_by": by}
    return connection.execute(sa.update(table).where(this).values(values)).rowcount == 1


def change(connection: Connection, id_: UUID) -> Change | None:
    """One change by its id, or None."""
    query = sa.select(SERVICE_CHANGE).where(SERVICE_CHANGE.c.id == id_)
    row = connection.execute(query).mappings().one_or_none()
    return None if row is None else _change(row)


def changes(connection: Connection, federation: str, code: str) -> tuple[Change, ...]:
    """Everything that was ever asked for, the newest first."""
    table = SERVICE_CHANGE
    query = (
        sa.select(table)
        .where(table.c.federation == federation, table.c.code == code)
        .order_by(table.c.asked_at.desc())
    )
    return tuple(_change(row) for row in connection.execute(query).mappings())


def waiting(connection: Connection, federation: str) -> tuple[Change, ...]:
    """What waits for somebody in a federation, the oldest first."""
    table = SERVICE_CHANGE
    query = (
        sa.select(table)
        .where(table.c.federation == federation, table.c.state == "waiting")
        .order_by(table.c.asked_at)
    )
    return tuple(_change(row) for row in connection.execute(query).mappings())


def due(connection: Connection, now: datetime) -> tuple[Change, ...]:
    """What was approved and is to be carried out by now, the earliest first."""
    table = SERVICE_CHANGE
    query = (
        sa.select(table)
        .where(table.c.state == "approved", table.c.opens <= now)
        .order_by(table.c.opens, table.c.asked_at)
    )
    return tuple(_change(row) for row in connection.execute(query).mappings())


def open_change(connection: Connection, federation: str, code: str) -> Change | None:
    """What is asked for and not finished yet; there is one at a time."""
    found = changes(connection, federation, code)
    return next((one for one in found if one.state in OPEN), None)


def add_change(connection: Connection, made: Change) -> None:
    """Keep what is asked for."""
    values = {
        **{
            name: getattr(made, name)
            for name in (
                "id",
                "federation",
                "code",
                "kind",
                "wanted_at",
                "reason",
                "by_account",
                "by_label",
                "asked_at",
                "state",
                "decided_by",
                "decided_at",
                "decision",
                "opens",
                "case_no",
            )
        },
        **_content(made.content),
    }
    connection.execute(sa.insert(SERVICE_CHANGE).values(values))


def decide_change(connection: Connection, found: Change, decided: Change) -> bool:
    """Keep what became of a change; False where somebody else was faster."""
    table = SERVICE_CHANGE
    this = sa.and_(table.c.id == found.id, table.c.state == found.state)
    values = {
        "state": decided.state,
        "decided_by": decided.decided_by,
        "decided_at": decided.decided_at,
        "decision": decided.decision,
        "opens": decided.opens,
    }
    return connection.execute(sa.update(table).where(this).values(values)).rowcount == 1


def _content(content: Content) -> dict[str, object]:
    # As JSON has it: what is kept compares equal to what is read back.
    return {
        "document": json.loads(json.dumps(content.document, default=str)),
        "xml": content.xml,
        "about": json.loads(json.dumps(content.about, default=str)),
    }


def _read(row: sa.RowMapping) -> Content:
    return Content(_table(row["document"]), row["xml"], _table(row["about"]))


def _table(value: object) -> Mapping[str, object]:
    return value if isinstance(value, Mapping) else {}


def _draft(row: sa.RowMapping) -> Draft:
    return Draft(
        id=row["id"],
        federation=row["federation"],
        test=row["test"],
        code=row["code"],
        content=_read(row),
        created_at=row["created_at"],
        changed_at=row["changed_at"],
        changed_by=row["changed_by"],
    )


def _change(row: sa.RowMapping) -> Change:
    made = Change(
        id=row["id"],
        federation=row["federation"],
        code=row["code"],
        kind=row["kind"],
        content=_read(row),
        wanted_at=row["wanted_at"],
        reason=row["reason"],
        by_account=row["by_account"],
        by_label=row["by_label"],
        asked_at=row["asked_at"],
        state=row["state"],
    )
    return replace(
        made,
        decided_by=row["decided_by"],
        decided_at=row["decided_at"],
        decision=row["decision"],
        opens=row["opens"],
        case_no=row["case_no"],
    )
