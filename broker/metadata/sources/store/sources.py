"""Rows of sources, and of the documents that they gave us."""

from datetime import datetime

import sqlalchemy as sa

from broker.db import Connection, insert_new
from broker.metadata.sources.model import Policy, Source
from broker.metadata.tables import ENTITY, METADATA_DOCUMENT, METADATA_SOURCE

_S = METADATA_SOURCE.c


def every(connection: Connection, federation: str | None = None) -> list[Source]:
    """Every source, by code; of one federation or of all."""
    query = sa.select(METADATA_SOURCE).order_by(_S.code)
    if federation is not None:
        query = query.where(_S.federation == federation)
    return [_source(row) for row in connection.execute(query).mappings()]


def one(connection: Connection, code: str, *, lock: bool = False) -> Source | None:
    """The source of that code; `lock` keeps others from refreshing it until the end."""
    query = sa.select(METADATA_SOURCE).where(_S.code == code)
    row = connection.execute(query.with_for_update() if lock else query).mappings().first()
    return None if row is None else _source(row)


def add(connection: Connection, source: Source) -> None:
    """Register a source."""
    values = {
        "code": source.code,
        "federation": source.federation,
        "kind": source.kind,
        "location": source.location,
        "many": source.many,
        "policy": source.policy.text(),
        "certificates": source.certificates,
        "minutes": source.minutes,
        "created_at": source.created_at,
        "created_by": source.created_by,
        "reason": source.reason,
    }
    connection.execute(sa.insert(METADATA_SOURCE).values(values))


def remove(connection: Connection, code: str) -> None:
    """Forget a source; its entities stay as they are and belong to nobody."""
    mine = sa.update(ENTITY).where(ENTITY.c.source_code == code)
    connection.execute(mine.values(source_code=None, dropped_at=None))
    connection.execute(sa.delete(METADATA_SOURCE).where(_S.code == code))


def failed(connection: Connection, code: str, reason: str, now: datetime) -> None:
    """Keep that a refresh gave nothing."""
    values = {"checked_at": now, "failures": _S.failures + 1, "failure": reason}
    connection.execute(sa.update(METADATA_SOURCE).where(_S.code == code).values(values))


def heard(connection: Connection, code: str, now: datetime) -> None:
    """Keep that the source answered and had nothing new."""
    values = {"checked_at": now, "loaded_at": now, "failures": 0, "failure": None}
    connection.execute(sa.update(METADATA_SOURCE).where(_S.code == code).values(values))


def loaded(
    connection: Connection,
    source: Source,
    *,
    now: datetime,
    sha256: str,
    digest: str,
    entities: int,
    published: datetime | None,
    valid_until: datetime | None,
    etag: str | None,
    last_modified: str | None,
) -> None:
    """Keep that a document counts from now on, and that it was ever seen."""
    values = {
        "checked_at": now,
        "loaded_at": now,
        "failures": 0,
        "failure": None,
        "sha256": sha256,
        "etag": etag,
        "last_modified": last_modified,
        "entities": entities,
        "published_at": published,
        "valid_until": valid_until,
    }
    connection.execute(sa.update(METADATA_SOURCE).where(_S.code == source.code).values(values))
    seen = {
        "source_code": source.code,
        "sha256": sha256,
        "seen_at": now,
        "published_at": published,
        "valid_until": valid_until,
        "entities": entities,
        "digest": digest,
    }
    insert_new(connection, METADATA_DOCUMENT, [seen])


def was_seen(connection: Connection, code: str, sha256: str) -> bool:
    """Whether a document of the source ever counted."""
    found = sa.select(METADATA_DOCUMENT.c.id).where(
        METADATA_DOCUMENT.c.source_code == code, METADATA_DOCUMENT.c.sha256 == sha256
    )
    return connection.execute(found).first() is not None


def _source(row: sa.RowMapping) -> Source:
    return Source(**{**row, "policy": Policy.read(row["policy"])})
