"""Rows of mapping versions and of what trying them showed, in the caller's transaction."""

import json
import logging
from collections.abc import Mapping, Sequence
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite

from broker.db import Connection
from broker.metadata.mappings.model import DifferenceCount, MappingVersion, State
from broker.metadata.mappings.tables import MAPPING_DIFFERENCE, MAPPING_VERSION
from broker.metadata.tables import FEDERATION

_LOG = logging.getLogger(__name__)
# A document that is no JSON object reads as one that nobody understands, never as an empty one,
# which would mean the plain default.
UNREADABLE: Mapping[str, object] = {"unreadable": True}


def take_turns(connection: Connection, federation: str) -> None:
    """Let whoever changes mappings of a federation wait for whoever does so already."""
    connection.execute(_TURN, {"federation": federation})


def versions(connection: Connection, federation: str, service: str) -> tuple[MappingVersion, ...]:
    """Every version that a service ever had, oldest first."""
    given = {"federation": federation, "service": service}
    return tuple(_version(row) for row in connection.execute(_OF_SERVICE, given).mappings())


def all_versions(connection: Connection) -> tuple[MappingVersion, ...]:
    """Every version of every service."""
    return tuple(_version(row) for row in connection.execute(_ALL).mappings())


def serving(connection: Connection) -> dict[tuple[str, str], tuple[MappingVersion, ...]]:
    """The versions that logins may need, by federation and service: in force, or in shadow."""
    found: dict[tuple[str, str], tuple[MappingVersion, ...]] = {}
    for row in connection.execute(_SERVING).mappings():
        made = _version(row)
        key = (made.federation, made.service)
        found[key] = (*found.get(key, ()), made)
    return found


def counted_at(
    connection: Connection, federation: str, service: str, at: datetime
) -> MappingVersion | None:
    """The version that counted, counts or will count at an instant, or None for the default."""
    given = {"federation": federation, "service": service, "at": at}
    row = connection.execute(_COUNTED_AT, given).mappings().one_or_none()
    return None if row is None else _version(row)


def add(connection: Connection, made: MappingVersion) -> None:
    """Keep a new version."""
    values: dict[str, object] = {
        column.name: getattr(made, column.name) for column in MAPPING_VERSION.c
    }
    connection.execute(_ADD, values)


def change(
    connection: Connection,
    found: MappingVersion,
    *,
    state: State,
    since: datetime,
    until: datetime,
    approved_by: str | None,
) -> None:
    """Let a version be something else, or for another period."""
    given = {"of_federation": found.federation, "of_service": found.service}
    given_too = {"of_version": found.version, "approved_by": approved_by}
    period = {"state": state, "since": since, "until": until}
    connection.execute(_CHANGE, {**given, **given_too, **period})


def count(connection: Connection, rows: Sequence[DifferenceCount]) -> bool:
    """Add to what was counted; False where it failed, which leaves the transaction as it was.

    Give rows in an order that everybody keeps, so that two logins cannot deadlock.
    """
    statement = _COUNT[connection.dialect.name]
    values = [{column: getattr(row, column) for column in _COUNTED} for row in rows]
    try:
        with connection.begin_nested():
            for one in values:
                connection.execute(statement, one)
    except sa.exc.SQLAlchemyError as error:
        _LOG.error("differences are not counted: %s", type(error).__name__)
        return False
    return True


def counted(connection: Connection, found: MappingVersion, against: int) -> list[DifferenceCount]:
    """What trying a version against another showed, day by day."""
    given = {
        "federation": found.federation,
        "service": found.service,
        "version": found.version,
        "against": against,
    }
    return [DifferenceCount(**row) for row in connection.execute(_COUNTS_OF, given).mappings()]


def _version(row: sa.RowMapping) -> MappingVersion:
    return MappingVersion(**{**row, "document": _document(row["document"])})


def _document(text: str) -> Mapping[str, object]:
    try:
        value = json.loads(text)
    except ValueError:
        return UNREADABLE
    return value if isinstance(value, dict) else UNREADABLE


def _counting(
    insert: postgresql.Insert | sqlite.Insert,
) -> postgresql.Insert | sqlite.Insert:
    more = {"logins": MAPPING_DIFFERENCE.c.logins + insert.excluded.logins}
    key = list(MAPPING_DIFFERENCE.primary_key)
    return insert.on_conflict_do_update(index_elements=key, set_=more)


_COUNTED = tuple(column.name for column in MAPPING_DIFFERENCE.c)
_HERE = sa.and_(
    MAPPING_VERSION.c.federation == sa.bindparam("federation"),
    MAPPING_VERSION.c.service == sa.bindparam("service"),
)
_IN_ORDER = (MAPPING_VERSION.c.federation, MAPPING_VERSION.c.service, MAPPING_VERSION.c.version)
_ALL = sa.select(
    *(column for column in MAPPING_VERSION.c if column.name != "document"),
    sa.cast(MAPPING_VERSION.c.document, sa.Text).label("document"),
).order_by(*_IN_ORDER)
_OF_SERVICE = _ALL.where(_HERE)
_SERVING = _ALL.where(MAPPING_VERSION.c.state.in_(("in_force", "shadow")))
_COUNTED_AT = _OF_SERVICE.where(
    MAPPING_VERSION.c.state == "in_force",
    MAPPING_VERSION.c.since <= sa.bindparam("at"),
    MAPPING_VERSION.c.until > sa.bindparam("at"),
)
_TURN = (
    sa.select(FEDERATION.c.path)
    .where(FEDERATION.c.path == sa.bindparam("federation"))
    .with_for_update()
)
_ADD = sa.insert(MAPPING_VERSION)
_CHANGE = (
    sa.update(MAPPING_VERSION)
    .where(
        MAPPING_VERSION.c.federation == sa.bindparam("of_federation"),
        MAPPING_VERSION.c.service == sa.bindparam("of_service"),
        MAPPING_VERSION.c.version == sa.bindparam("of_version"),
    )
    .values(
        state=sa.bindparam("state"),
        since=sa.bindparam("since"),
        until=sa.bindparam("until"),
        approved_by=sa.bindparam("approved_by"),
    )
)
_COUNT = {
    "postgresql": _counting(postgresql.insert(MAPPING_DIFFERENCE)),
    "sqlite": _counting(sqlite.insert(MAPPING_DIFFERENCE)),
}
_COUNTS_OF = (
    sa.select(MAPPING_DIFFERENCE)
    .where(
        MAPPING_DIFFERENCE.c.federation == sa.bindparam("federation"),
        MAPPING_DIFFERENCE.c.service == sa.bindparam("service"),
        MAPPING_DIFFERENCE.c.version == sa.bindparam("version"),
        MAPPING_DIFFERENCE.c.against == sa.bindparam("against"),
    )
    .order_by(MAPPING_DIFFERENCE.c.day, MAPPING_DIFFERENCE.c.attribute)
)
