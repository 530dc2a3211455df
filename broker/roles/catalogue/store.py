"""Rows of the catalogue. What changes is closed and followed, never rewritten.

Each change bumps the catalogue's revision in its own transaction, which is how every node
learns of it.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID, uuid4

import sqlalchemy as sa

from broker.db import Connection
from broker.db.prepared import Prepared
from broker.periods import FOREVER, Period
from broker.roles.tables import (
    APPROVAL_POLICY,
    CATALOGUE_REVISION,
    DELIMITATION_TYPE,
    DERIVE_RULE,
    ROLE,
    ROLE_VERSION,
    SERVICE,
    SERVICE_PERIOD,
    SOD_RULE,
    SOD_SIDE,
)

Table = sa.Table
Values = Mapping[str, object]


@dataclass(frozen=True, slots=True)
class Revision:
    """How many times the catalogue changed, and what no other revision has."""

    number: int = 0
    stamp: UUID | None = None


@dataclass(frozen=True, slots=True)
class RoleRow:
    """A role by its names, and the document that it belongs to."""

    id: UUID
    service: str | None
    code: str
    urn: str
    home: str | None


@dataclass(frozen=True, slots=True)
class Row:
    """One dated row of any of the tables, with its document."""

    id: UUID
    period: Period
    columns: Values
    document: Mapping[str, object]


def revision(connection: Connection) -> Revision:
    """The revision of the catalogue, in one statement."""
    found = _REVISION.first(connection, {})
    return Revision() if found is None else Revision(found.revision, found.stamp)


def bump(connection: Connection) -> None:
    """Tell every node that the catalogue changed, once this transaction commits."""
    stamp = uuid4()
    if connection.execute(_BUMP, {"new_stamp": stamp}).rowcount == 0:
        values = {"id": 1, "revision": 1, "stamp": stamp}
        connection.execute(sa.insert(CATALOGUE_REVISION).values(values))


# --- delimitation types ----------------------------------------------------------------------


def types(connection: Connection) -> dict[str, Mapping[str, object]]:
    """The document of every delimitation type by its id."""
    return {id_: _document(text) for id_, text in connection.execute(_TYPES)}


def put_type(connection: Connection, id_: str, urn: str, document: Values) -> None:
    """Add a delimitation type, or replace its words."""
    values = {"urn": urn, "document": document}
    here = DELIMITATION_TYPE.c.id == id_
    if connection.execute(sa.update(DELIMITATION_TYPE).where(here).values(values)).rowcount == 0:
        connection.execute(sa.insert(DELIMITATION_TYPE).values(id=id_, **values))


# --- services and roles by name --------------------------------------------------------------


def add_service(connection: Connection, federation: str, code: str, at: datetime) -> bool:
    """Make the row that a service's roles and periods hang on; False where it was there."""
    here = sa.and_(SERVICE.c.federation == federation, SERVICE.c.code == code)
    if connection.scalar(sa.select(sa.func.count()).select_from(SERVICE).where(here)):
        return False
    values = {"federation": federation, "code": code, "created_at": at}
    connection.execute(sa.insert(SERVICE).values(values))
    return True


def roles(connection: Connection, federation: str) -> list[RoleRow]:
    """Every role of a federation by its names."""
    query = _ROLE_NAMES.where(ROLE.c.federation == federation)
    return [RoleRow(*row) for row in connection.execute(query)]


def add_role(
    connection: Connection,
    *,
    federation: str,
    service: str | None,
    code: str,
    urn: str,
    home: str,
    at: datetime,
) -> RoleRow:
    """Make the row that a role's versions hang on."""
    made = RoleRow(uuid4(), service, code, urn, home)
    values = {
        "id": made.id,
        "federation": federation,
        "service": service,
        "code": code,
        "urn": urn,
        "home": home,
        "created_at": at,
    }
    connection.execute(sa.insert(ROLE).values(values))
    return made


# --- dated rows ------------------------------------------------------------------------------


def newest_period(connection: Connection, federation: str, service: str) -> Row | None:
    """The newest period of a service."""
    return newest(connection, SERVICE_PERIOD, federation, service)


def newest_version(connection: Connection, role: UUID) -> Row | None:
    """The newest version of a role."""
    return _newest(connection, ROLE_VERSION, ROLE_VERSION.c.role_id == role)


def newest_versions(connection: Connection, federation: str) -> dict[UUID, Row]:
    """The newest version of every role of a federation, by the role: asked once for all."""
    query = _NEWEST_VERSIONS.where(ROLE.c.federation == federation)
    return {row["role_id"]: _row(row) for row in connection.execute(query).mappings()}


def newest(connection: Connection, table: sa.Table, federation: str, code: str) -> Row | None:
    """The newest row of a service, a rule or a policy by its code."""
    return _newest(connection, table, table.c.federation == federation, table.c.code == code)


def of_home(connection: Connection, table: sa.Table, federation: str, home: str) -> list[str]:
    """The codes of the rules or policies that ever came from a document."""
    here = (table.c.federation == federation, table.c.home == home)
    return sorted(connection.scalars(sa.select(table.c.code).where(*here).distinct()))


def follow(
    connection: Connection, table: sa.Table, before: Row | None, at: datetime, values: Values
) -> UUID:
    """Let a row follow the newest one from an instant on, and end that one there; its id.

    One that begins at that instant or later never held: it is written over. `values` may say
    themselves from when and until when the row holds.
    """
    made = {"since": at, "until": FOREVER, **values}
    if before is not None and before.period.since >= at:
        made["since"] = values.get("since", before.period.since)
        connection.execute(sa.update(table).where(table.c.id == before.id).values(made))
        return before.id
    if before is not None and before.period.until > at:
        connection.execute(sa.update(table).where(table.c.id == before.id).values(until=at))
    row = uuid4()
    connection.execute(sa.insert(table).values({"id": row, **made}))
    return row


def end(connection: Connection, table: sa.Table, before: Row, at: datetime) -> bool:
    """End a row at an instant, or take it away where it never held; False if it had ended."""
    if before.period.until <= at:
        return False
    here = table.c.id == before.id
    if before.period.since >= at:
        if table is SOD_RULE:
            connection.execute(sa.delete(SOD_SIDE).where(SOD_SIDE.c.rule_id == before.id))
        connection.execute(sa.delete(table).where(here))
    else:
        connection.execute(sa.update(table).where(here).values(until=at))
    return True


def put_sides(connection: Connection, rule: UUID, a: Sequence[UUID], b: Sequence[UUID]) -> None:
    """The roles on the two sides of a separation-of-duties rule."""
    connection.execute(sa.delete(SOD_SIDE).where(SOD_SIDE.c.rule_id == rule))
    rows = [
        {"rule_id": rule, "side": side, "role_id": role}
        for side, members in (("A", a), ("B", b))
        for role in members
    ]
    connection.execute(sa.insert(SOD_SIDE), rows)


# --- everything ------------------------------------------------------------------------------


def all_roles(connection: Connection) -> list[tuple[str, RoleRow]]:
    """Every role of every federation, with the federation's path."""
    return [(row.federation, RoleRow(*row[1:])) for row in connection.execute(_ALL_ROLES)]


def all_rows(connection: Connection, table: sa.Table) -> list[Row]:
    """Every dated row of a table, the oldest first."""
    return [_row(row) for row in connection.execute(_EVERYTHING[table.name]).mappings()]


def all_sides(connection: Connection) -> dict[tuple[UUID, str], set[UUID]]:
    """The roles of each separation-of-duties rule, by rule and side."""
    found: dict[tuple[UUID, str], set[UUID]] = {}
    for rule_id, side, role in connection.execute(_SIDES):
        found.setdefault((rule_id, side), set()).add(role)
    return found


def _newest(connection: Connection, table: sa.Table, *of: sa.ColumnElement[bool]) -> Row | None:
    query = _select(table).where(*of).order_by(table.c.since.desc()).limit(1)
    found = connection.execute(query).mappings().one_or_none()
    return None if found is None else _row(found)


def _select(table: sa.Table) -> sa.Select[tuple[object, ...]]:
    columns = [column for column in table.c if column.name != "document"]
    return sa.select(*columns, sa.cast(table.c.document, sa.Text).label("document"))


def _row(row: sa.RowMapping) -> Row:
    period = Period(row["since"], row["until"])
    columns = {key: row[key] for key in row if key not in ("id", "since", "until", "document")}
    return Row(row["id"], period, columns, _document(row["document"]))


def _document(text: str) -> Mapping[str, object]:
    """A kept document; one that is no JSON object reads as empty, which every reader refuses."""
    try:
        value = json.loads(text)
    except ValueError:
        return {}
    return value if isinstance(value, dict) else {}


_REVISION = Prepared(
    sa.select(CATALOGUE_REVISION.c.revision, CATALOGUE_REVISION.c.stamp).where(
        CATALOGUE_REVISION.c.id == 1
    )
)
_BUMP = (
    sa.update(CATALOGUE_REVISION)
    .where(CATALOGUE_REVISION.c.id == 1)
    .values(revision=CATALOGUE_REVISION.c.revision + 1, stamp=sa.bindparam("new_stamp"))
)
_TYPES = sa.select(DELIMITATION_TYPE.c.id, sa.cast(DELIMITATION_TYPE.c.document, sa.Text)).order_by(
    DELIMITATION_TYPE.c.id
)
_ROLE_NAMES = sa.select(ROLE.c.id, ROLE.c.service, ROLE.c.code, ROLE.c.urn, ROLE.c.home)
_ALL_ROLES = sa.select(
    ROLE.c.federation, ROLE.c.id, ROLE.c.service, ROLE.c.code, ROLE.c.urn, ROLE.c.home
).order_by(ROLE.c.federation, ROLE.c.service, ROLE.c.code)
_EVERYTHING = {
    table.name: _select(table).order_by(table.c.since)
    for table in (SERVICE_PERIOD, ROLE_VERSION, DERIVE_RULE, SOD_RULE, APPROVAL_POLICY)
}
_SIDES = sa.select(SOD_SIDE.c.rule_id, SOD_SIDE.c.side, SOD_SIDE.c.role_id)
# The newest of a role comes last, and so is the one that stays in a dict.
_NEWEST_VERSIONS = (
    _select(ROLE_VERSION)
    .join(ROLE, ROLE.c.id == ROLE_VERSION.c.role_id)
    .order_by(ROLE_VERSION.c.since)
)
