"""The bytes of versions, and the versions that count from an instant on."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from broker.db import Connection, several
from broker.metadata.store import Loaded
from broker.metadata.tables import ENTITY_VERSION

_AT_ONCE = 500


@dataclass(frozen=True, slots=True)
class Scheduled:
    """A document, or the removal of one, that counts from an instant on."""

    row: int
    version: int
    opens: datetime
    expires: datetime | None
    removal: bool
    sha256: str
    source: str


def documents(connection: Connection, versions: Collection[int]) -> dict[int, bytes]:
    """The bytes of versions, by their numbers."""
    found: dict[int, bytes] = {}
    wanted = list(versions)
    for start in range(0, len(wanted), _AT_ONCE):
        asked = {"ids": several(wanted[start : start + _AT_ONCE])}
        found.update({row.id: row.xml for row in connection.execute(_DOCUMENTS, asked)})
    return found


def scheduled(connection: Connection) -> list[Scheduled]:
    """What counts from an instant on, the earliest first."""
    return [Scheduled(*row) for row in connection.execute(_SCHEDULED)]


def put_in_force(
    connection: Connection, row: int, loaded: Loaded, opens: datetime | None = None
) -> None:
    """Keep a document and let it count from now on; those before it are kept and count no more.

    With `opens` it counts from that instant on, by the clock of each request, and until then
    what is in force stays so.
    """
    if opens is None:
        of_entity = ENTITY_VERSION.c.entity_row == row
        connection.execute(sa.update(ENTITY_VERSION).where(of_entity).values(in_force=False))
    values = {
        "entity_row": row,
        "xml": loaded.xml,
        "sha256": loaded.sha256,
        "source": loaded.source,
        "loaded_at": loaded.at,
        "loaded_by": loaded.by,
        "reason": loaded.reason,
        "in_force": opens is None,
        "state": "accepted" if opens is None else "scheduled",
        "opens": opens,
    }
    connection.execute(sa.insert(ENTITY_VERSION).values(values))


def settle(connection: Connection, now: datetime) -> None:
    """Write down as in force what came into force by the clock; whoever writes next does it."""
    for change in scheduled(connection):
        if change.opens <= now:
            of_entity = ENTITY_VERSION.c.entity_row == change.row
            connection.execute(sa.update(ENTITY_VERSION).where(of_entity).values(in_force=False))
            values = {"state": "accepted", "in_force": not change.removal}
            this = sa.update(ENTITY_VERSION).where(ENTITY_VERSION.c.id == change.version)
            connection.execute(this.values(values))


_DOCUMENTS = sa.select(ENTITY_VERSION.c.id, ENTITY_VERSION.c.xml).where(
    ENTITY_VERSION.c.id.in_(sa.bindparam("ids", expanding=True))
)
_SCHEDULED = (
    sa.select(
        ENTITY_VERSION.c.entity_row,
        ENTITY_VERSION.c.id,
        ENTITY_VERSION.c.opens,
        ENTITY_VERSION.c.expires,
        ENTITY_VERSION.c.removal,
        ENTITY_VERSION.c.sha256,
        ENTITY_VERSION.c.source,
    )
    .where(ENTITY_VERSION.c.state == "scheduled")
    .order_by(ENTITY_VERSION.c.opens, ENTITY_VERSION.c.id)
)
