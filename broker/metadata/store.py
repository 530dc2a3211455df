"""Rows of federations, entities and their documents; every version kept.

Each change bumps the registry's revision in its own transaction; so every node learns of it.
"""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

import sqlalchemy as sa

from broker.db import Connection, Engine, glance
from broker.errors import Unavailable
from broker.metadata.defaults import Kind
from broker.metadata.kept_keys.model import Kept
from broker.metadata.kept_keys.store import kept
from broker.metadata.tables import (
    ENTITY,
    ENTITY_VERSION,
    FEDERATION,
    METADATA_SOURCE,
    REGISTRY_REVISION,
)


@dataclass(frozen=True, slots=True)
class EntityRecord:
    """One registered entity: what is decided about it, and its document in force, if any."""

    row: int
    federation: str
    kind: Kind
    entity_id: str | None
    code: str
    position: int
    document: Mapping[str, object]
    xml: bytes | None = field(repr=False)
    sha256: str | None
    source: str | None
    loaded_at: datetime | None
    kept: tuple[Kept, ...] = ()  # certificates that its metadata dropped and that still count
    version: int | None = None
    expires: datetime | None = None  # when what a key vouched for stops counting, R27
    source_code: str | None = None  # the registered source that keeps it up to date
    dropped_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class VersionRecord:
    """One document that was loaded once: when, by whom, from where, and why."""

    sha256: str
    source: str
    loaded_at: datetime
    loaded_by: str
    reason: str
    in_force: bool
    id: int = 0
    state: str = "accepted"
    opens: datetime | None = None
    removal: bool = False
    source_code: str | None = None
    objections: str | None = None
    decided_at: datetime | None = None
    decided_by: str | None = None
    decision: str | None = None


@dataclass(frozen=True, slots=True)
class Loaded:
    """A document to put in force, with what the audit trail should say of it."""

    xml: bytes = field(repr=False)
    source: str
    at: datetime
    by: str
    reason: str

    @property
    def sha256(self) -> str:
        """What identifies these bytes."""
        return hashlib.sha256(self.xml).hexdigest()


def check_ready(engine: Engine) -> None:
    """Refuse a database that is not there or not made yet.

    Raises Unavailable("database.unreachable" | "database.not_made"). Makes nothing.
    """
    file = engine.url.database if engine.dialect.name == "sqlite" else None
    if file and file != ":memory:" and not Path(file).exists():
        raise Unavailable("database.not_made", f"{file} is not there")
    try:
        made = sa.inspect(engine).has_table(REGISTRY_REVISION.name)
    except sa.exc.SQLAlchemyError as error:
        raise Unavailable("database.unreachable", type(error).__name__) from error
    if not made:
        raise Unavailable("database.not_made", "the database has no tables yet")


def revision(connection: Connection) -> int:
    """How many times the registry has changed."""
    return connection.execute(_REVISION).scalar_one_or_none() or 0


def revision_now(engine: Engine) -> int:
    """The same outside of any transaction, as every request asks for it."""
    return int((glance(engine, "SELECT revision FROM registry_revision WHERE id = 1") or (0,))[0])


def bump(connection: Connection) -> None:
    """Tell every node that the registry changed, once this transaction commits."""
    if connection.execute(_BUMP).rowcount == 0:
        connection.execute(sa.insert(REGISTRY_REVISION).values(id=1, revision=1))


def federation_documents(connection: Connection) -> list[tuple[str, Mapping[str, object]]]:
    """Every federation's path and document, in their order."""
    return [(path, _document(text)) for path, text in connection.execute(_FEDERATIONS)]


def put_federation(connection: Connection, path: str, document: Mapping[str, object]) -> bool:
    """Register a federation or replace what is decided about it; False where nothing changed."""
    known = dict(federation_documents(connection))
    if path not in known:
        values = {"path": path, "position": len(known), "document": document}
        connection.execute(sa.insert(FEDERATION).values(values))
    elif known[path] == document:
        return False
    else:
        changed = sa.update(FEDERATION).where(FEDERATION.c.path == path)
        connection.execute(changed.values(document=document))
    return True


def entities(connection: Connection, federation: str | None = None) -> list[EntityRecord]:
    """Every registered entity of one federation, or of all, in order of registration."""
    query = _ENTITIES if federation is None else _ENTITIES.where(ENTITY.c.federation == federation)
    beside = kept(connection)
    rows = connection.execute(query).mappings()
    return [_record(row, row["xml"], beside.get(row["row"], ())) for row in rows]


def entity(connection: Connection, federation: str, kind: Kind, code: str) -> EntityRecord | None:
    """One registered entity by its code, or None."""
    here = (ENTITY.c.federation == federation, ENTITY.c.kind == kind, ENTITY.c.code == code)
    row = connection.execute(_ENTITIES.where(*here)).mappings().one_or_none()
    return None if row is None else _record(row, row["xml"], ())


def members(connection: Connection, federation: str | None = None) -> list[EntityRecord]:
    """The same without their documents' bytes, which `documents` reads when they are needed."""
    query = _MEMBERS if federation is None else _MEMBERS.where(ENTITY.c.federation == federation)
    beside = kept(connection)
    rows = connection.execute(query).mappings()
    return [_record(row, None, beside.get(row["row"], ())) for row in rows]


def add_entity(
    connection: Connection,
    *,
    federation: str,
    kind: Kind,
    entity_id: str | None,
    code: str,
    document: Mapping[str, object],
    at: datetime,
) -> int:
    """Register an entity, behind those of its federation; its row."""
    last = sa.select(sa.func.count()).select_from(ENTITY).where(ENTITY.c.federation == federation)
    values = {
        "federation": federation,
        "kind": kind,
        "entity_id": entity_id,
        "code": code,
        "position": connection.execute(last).scalar_one(),
        "settings": document,
        "created_at": at,
    }
    key = connection.execute(sa.insert(ENTITY).values(values)).inserted_primary_key
    return int(key[0]) if key else 0


def change_entity(
    connection: Connection,
    row: int,
    *,
    entity_id: str | None,
    code: str,
    document: Mapping[str, object],
) -> None:
    """Replace what is decided about an entity."""
    values = {"entity_id": entity_id, "code": code, "settings": document}
    connection.execute(sa.update(ENTITY).where(ENTITY.c.row == row).values(values))


def versions(connection: Connection, row: int) -> list[VersionRecord]:
    """Every document an entity ever had, the newest first."""
    return [VersionRecord(*found) for found in connection.execute(_VERSIONS, {"row": row})]


def _record(row: sa.RowMapping, xml: bytes | None, kept: tuple[Kept, ...]) -> EntityRecord:
    expires = row["expires"]
    if row["feed_until"] and row["dropped_at"] is None:
        expires = min(row["feed_until"], expires or row["feed_until"])
    return EntityRecord(
        row=row["row"],
        federation=row["federation"],
        kind=row["kind"],
        entity_id=row["entity_id"],
        code=row["code"],
        position=row["position"],
        document=_document(row["document"]),
        xml=xml,
        sha256=row["sha256"],
        source=row["source"],
        kept=kept,
        loaded_at=row["loaded_at"],
        version=row["version"],
        expires=expires,
        source_code=row["source_code"],
        dropped_at=row["dropped_at"],
    )


def _document(text: str) -> Mapping[str, object]:
    """A kept document; one that is no JSON object reads as empty, which every reader refuses."""
    try:
        value = json.loads(text)
    except ValueError:
        return {}
    return value if isinstance(value, dict) else {}


_REVISION = sa.select(REGISTRY_REVISION.c.revision).where(REGISTRY_REVISION.c.id == 1)
_BUMP = (
    sa.update(REGISTRY_REVISION)
    .where(REGISTRY_REVISION.c.id == 1)
    .values(revision=REGISTRY_REVISION.c.revision + 1)
)
_FEDERATIONS = sa.select(FEDERATION.c.path, sa.cast(FEDERATION.c.document, sa.Text)).order_by(
    FEDERATION.c.position, FEDERATION.c.path
)
_MEMBERS = (
    sa.select(
        ENTITY.c.row,
        ENTITY.c.federation,
        ENTITY.c.kind,
        ENTITY.c.entity_id,
        ENTITY.c.code,
        ENTITY.c.position,
        ENTITY.c.source_code,
        ENTITY.c.dropped_at,
        sa.cast(ENTITY.c.settings, sa.Text).label("document"),
        ENTITY_VERSION.c.id.label("version"),
        ENTITY_VERSION.c.sha256,
        ENTITY_VERSION.c.source,
        ENTITY_VERSION.c.loaded_at,
        ENTITY_VERSION.c.expires,
        METADATA_SOURCE.c.valid_until.label("feed_until"),
    )
    .select_from(
        ENTITY.outerjoin(
            ENTITY_VERSION,
            sa.and_(ENTITY_VERSION.c.entity_row == ENTITY.c.row, ENTITY_VERSION.c.in_force),
        ).outerjoin(
            METADATA_SOURCE,
            sa.and_(
                METADATA_SOURCE.c.code == ENTITY_VERSION.c.source_code,
                METADATA_SOURCE.c.certificates != "",
            ),
        )
    )
    .order_by(ENTITY.c.position, ENTITY.c.row)
)
_ENTITIES = _MEMBERS.add_columns(ENTITY_VERSION.c.xml)
_VERSIONS = (
    sa.select(
        ENTITY_VERSION.c.sha256,
        ENTITY_VERSION.c.source,
        ENTITY_VERSION.c.loaded_at,
        ENTITY_VERSION.c.loaded_by,
        ENTITY_VERSION.c.reason,
        ENTITY_VERSION.c.in_force,
        ENTITY_VERSION.c.id,
        ENTITY_VERSION.c.state,
        ENTITY_VERSION.c.opens,
        ENTITY_VERSION.c.removal,
        ENTITY_VERSION.c.source_code,
        ENTITY_VERSION.c.objections,
        ENTITY_VERSION.c.decided_at,
        ENTITY_VERSION.c.decided_by,
        ENTITY_VERSION.c.decision,
    )
    .where(ENTITY_VERSION.c.entity_row == sa.bindparam("row"))
    .order_by(ENTITY_VERSION.c.id.desc())
)
