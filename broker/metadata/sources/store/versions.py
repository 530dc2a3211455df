"""Versions of many entities at a time, what waits for a person, and what was decided."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

import sqlalchemy as sa

from broker.db import Connection, several
from broker.metadata.defaults import Kind
from broker.metadata.tables import ENTITY, ENTITY_VERSION

_AT_ONCE = 500
_V = ENTITY_VERSION.c


@dataclass(frozen=True, slots=True)
class NewEntity:
    """An entity that a source brings for the first time."""

    federation: str
    kind: Kind
    entity_id: str
    code: str
    document: Mapping[str, object]
    source: str


@dataclass(frozen=True, slots=True)
class NewVersion:
    """A document of an entity on its way into the table."""

    row: int
    xml: bytes = field(repr=False)
    sha256: str
    source: str
    location: str
    at: datetime
    by: str
    reason: str
    expires: datetime | None = None
    objections: str | None = None  # it waits, and for these reasons
    removal: bool = False


def add_entities(connection: Connection, new: Sequence[NewEntity], at: datetime) -> list[int]:
    """Register entities behind those that are there; their rows, in the order given."""
    if not new:
        return []
    federation = new[0].federation
    last = sa.select(sa.func.count()).select_from(ENTITY).where(ENTITY.c.federation == federation)
    first = connection.execute(last).scalar_one()
    rows = [
        {
            "federation": entity.federation,
            "kind": entity.kind,
            "entity_id": entity.entity_id,
            "code": entity.code,
            "position": place,
            "settings": entity.document,
            "created_at": at,
            "source_code": entity.source,
        }
        for place, entity in enumerate(new, start=first)
    ]
    connection.execute(sa.insert(ENTITY), rows)  # one statement for all, on both engines
    made = sa.select(ENTITY.c.kind, ENTITY.c.entity_id, ENTITY.c.row).where(
        ENTITY.c.federation == federation, ENTITY.c.position >= first
    )
    found = {(kind, entity_id): row for kind, entity_id, row in connection.execute(made)}
    return [found[entity.kind, entity.entity_id] for entity in new]


def add_versions(connection: Connection, new: Iterable[NewVersion]) -> None:
    """Keep documents: those without objections count at once, the others wait."""
    versions = list(new)
    counts = [v for v in versions if v.objections is None]
    for some in _chunks([v.row for v in counts]):
        replaced = sa.update(ENTITY_VERSION).where(_V.entity_row.in_(several(some)), _V.in_force)
        connection.execute(replaced.values(in_force=False))
    for source in {v.source for v in counts}:
        for some in _chunks([v.row for v in counts if v.source == source]):
            outdated(connection, some, source)
    for waiting in [v for v in versions if v.objections is not None]:
        older = sa.update(ENTITY_VERSION).where(
            _V.entity_row == waiting.row,
            _V.source_code == waiting.source,
            _V.state == "pending",
        )
        connection.execute(older.values(state="replaced"))
    rows = [
        {
            "entity_row": version.row,
            "xml": version.xml,
            "sha256": version.sha256,
            "source": version.location,
            "loaded_at": version.at,
            "loaded_by": version.by,
            "reason": version.reason,
            "in_force": version.objections is None,
            "state": "accepted" if version.objections is None else "pending",
            "expires": version.expires,
            "source_code": version.source,
            "removal": version.removal,
            "objections": version.objections,
        }
        for version in versions
    ]
    if rows:
        connection.execute(sa.insert(ENTITY_VERSION), rows)


def outdated(
    connection: Connection, rows: Collection[int], source: str, before: int | None = None
) -> None:
    """Give up the documents that are to count later: their source has said something else since.

    `before` is the number of the version that counts instead; unless given, it is yet to come.
    """
    dated = sa.update(ENTITY_VERSION).where(
        _V.entity_row.in_(several(list(rows))),
        _V.source_code == source,
        _V.state == "scheduled",
        sa.not_(_V.removal),
    )
    if before is not None:
        dated = dated.where(_V.id < before)
    connection.execute(dated.values(state="replaced", opens=None))


def known(connection: Connection, rows: Collection[int]) -> dict[tuple[int, str], set[str]]:
    """In which states each document of the entities is or was, by row and SHA-256."""
    found: dict[tuple[int, str], set[str]] = {}
    for some in _chunks(list(rows)):
        query = sa.select(_V.entity_row, _V.sha256, _V.state).where(
            _V.entity_row.in_(several(some))
        )
        for row, sha256, state in connection.execute(query):
            found.setdefault((row, sha256), set()).add(state)
    return found


def govern(connection: Connection, rows: Collection[int], source: str) -> None:
    """Let a source keep entities up to date; what it lists again is no longer dropped."""
    for some in _chunks(list(rows)):
        mine = sa.update(ENTITY).where(ENTITY.c.row.in_(several(some)))
        connection.execute(mine.values(source_code=source, dropped_at=None))


def undropped(connection: Connection, rows: Mapping[int, datetime | None]) -> None:
    """Take back the removals that wait: the source lists the entities again. With own ends."""
    for row, expires in rows.items():
        waiting = sa.update(ENTITY_VERSION).where(
            _V.entity_row == row, _V.state == "pending", _V.removal
        )
        connection.execute(waiting.values(state="replaced"))
        current = sa.update(ENTITY_VERSION).where(_V.entity_row == row, _V.in_force)
        connection.execute(current.values(expires=expires))


def dropped(connection: Connection, row: int, at: datetime, expires: datetime | None) -> None:
    """Keep that a source ceased to list an entity, whose document counts until its end at most."""
    connection.execute(sa.update(ENTITY).where(ENTITY.c.row == row).values(dropped_at=at))
    if expires is not None:
        current = sa.update(ENTITY_VERSION).where(_V.entity_row == row, _V.in_force)
        connection.execute(current.values(expires=expires))


def decide(
    connection: Connection,
    version: int,
    *,
    state: str,
    at: datetime,
    by: str,
    decision: str,
    opens: datetime | None = None,
) -> None:
    """Keep what a person said to a version that waits."""
    values = {
        "state": state,
        "in_force": False,
        "opens": opens,
        "decided_at": at,
        "decided_by": by,
        "decision": decision,
    }
    connection.execute(sa.update(ENTITY_VERSION).where(_V.id == version).values(values))


def put_in_force(connection: Connection, row: int, version: int | None) -> None:
    """Let a version count from now on, or none of the entity's."""
    mine = sa.update(ENTITY_VERSION).where(_V.entity_row == row, _V.in_force)
    connection.execute(mine.values(in_force=False))
    if version is not None:
        this = sa.update(ENTITY_VERSION).where(_V.id == version)
        connection.execute(this.values(in_force=True))


def released(connection: Connection, row: int, *, keep: bool) -> None:
    """Let go of an entity's source; with `keep` its document counts until somebody says else."""
    mine = sa.update(ENTITY).where(ENTITY.c.row == row)
    connection.execute(mine.values(source_code=None, dropped_at=None))
    if keep:
        current = sa.update(ENTITY_VERSION).where(_V.entity_row == row, _V.in_force)
        connection.execute(current.values(expires=None, source_code=None))


def waiting(connection: Connection, federation: str | None = None) -> list[tuple[int, str, str]]:
    """What waits for a person: row, code and SHA-256 of each, the oldest first."""
    query = (
        sa.select(ENTITY.c.row, ENTITY.c.code, _V.sha256)
        .select_from(ENTITY.join(ENTITY_VERSION, _V.entity_row == ENTITY.c.row))
        .where(_V.state == "pending")
        .order_by(_V.id)
    )
    if federation is not None:
        query = query.where(ENTITY.c.federation == federation)
    return [(row, code, sha256) for row, code, sha256 in connection.execute(query)]


def _chunks(rows: list[int]) -> Iterable[list[int]]:
    return (rows[start : start + _AT_ONCE] for start in range(0, len(rows), _AT_ONCE))
