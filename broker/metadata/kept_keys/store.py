"""Rows of kept certificates, in the caller's transaction. Rows end, and stay."""

from datetime import datetime

import sqlalchemy as sa

from broker.db import Connection
from broker.metadata.kept_keys.model import Kept
from broker.metadata.kept_keys.tables import KEPT_KEY
from broker.metadata.tables import ENTITY_VERSION
from broker.saml.keys import Certificate


def kept(connection: Connection, row: int | None = None) -> dict[int, tuple[Kept, ...]]:
    """Every kept certificate by its entity's row, over or not; of one entity, or of all."""
    query = _KEPT if row is None else _KEPT.where(KEPT_KEY.c.entity_row == row)
    found: dict[int, tuple[Kept, ...]] = {}
    for entity, der, until, by, reason in connection.execute(query):
        one = Kept(Certificate(der), until, by, reason)
        found[entity] = (*found.get(entity, ()), one)
    return found


def documents(connection: Connection, row: int) -> list[bytes]:
    """The newest documents of an entity that are or were in force, the newest first.

    One that waits or was refused may hold anybody's key.
    """
    return list(connection.execute(_DOCUMENTS, {"row": row}).scalars())


def keep(connection: Connection, row: int, kept_one: Kept, at: datetime) -> None:
    """Let a certificate count until an instant; what was said of it before ends now."""
    end(connection, row, kept_one.certificate.fingerprint, at)
    values = {
        "entity_row": row,
        "certificate": kept_one.certificate.der,
        "fingerprint": kept_one.certificate.fingerprint,
        "kept_at": at,
        "until": kept_one.until,
        "by": kept_one.by,
        "reason": kept_one.reason,
    }
    connection.execute(sa.insert(KEPT_KEY).values(values))


def end(connection: Connection, row: int, fingerprint: str, at: datetime) -> int:
    """Let a kept certificate count no more from an instant on; how many rows that changed."""
    meant = (KEPT_KEY.c.entity_row == row) & (KEPT_KEY.c.fingerprint == fingerprint)
    ended = sa.update(KEPT_KEY).where(meant, KEPT_KEY.c.until > at).values(until=at)
    return connection.execute(ended).rowcount


_DOCUMENTS = (
    sa.select(ENTITY_VERSION.c.xml)
    .where(
        ENTITY_VERSION.c.entity_row == sa.bindparam("row"),
        ENTITY_VERSION.c.state == "accepted",
        sa.not_(ENTITY_VERSION.c.removal),
    )
    .order_by(ENTITY_VERSION.c.id.desc())
    .limit(20)
)
_KEPT = sa.select(
    KEPT_KEY.c.entity_row,
    KEPT_KEY.c.certificate,
    KEPT_KEY.c.until,
    KEPT_KEY.c.by,
    KEPT_KEY.c.reason,
).order_by(KEPT_KEY.c.id)
