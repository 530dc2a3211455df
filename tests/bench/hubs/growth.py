"""What fills a database before its worker starts: entities by the thousand, and a long trail."""

import sqlalchemy as sa

from broker.audit.chained import BLOCK
from broker.audit.store import AUDIT
from broker.db import Engine, writing
from broker.metadata.tables import ENTITY, ENTITY_VERSION
from tests.bench.hubs.running import Fill
from tests.factories import NOW

_CHUNK = 1000


def entities(number: int) -> Fill:
    """As many members of the federation as that, every other one an identity provider.

    Copies of those that log in, under names of their own; nobody asks for them.
    """

    def fill(engine: Engine) -> None:
        with writing(engine) as connection:
            here = list(connection.execute(sa.select(ENTITY)).mappings())
            latest = sa.select(ENTITY_VERSION).where(ENTITY_VERSION.c.in_force)
            versions = {row.entity_row: dict(row._mapping) for row in connection.execute(latest)}  # noqa: SLF001  # SQLAlchemy's way to a dict
            first = max(row["row"] for row in here) + 1
            rows, kept = [], []
            for n in range(number - len(here)):
                like = here[n % len(here)]
                named = {"entity_id": f"https://{n}.many.example.dk", "code": f"many-{n}"}
                rows.append({**like, **named, "row": first + n, "position": first + n})
                version = {k: v for k, v in versions[like["row"]].items() if k != "id"}
                kept.append({**version, "entity_row": first + n})
            for start in range(0, len(rows), _CHUNK):
                connection.execute(sa.insert(ENTITY), rows[start : start + _CHUNK])
                connection.execute(sa.insert(ENTITY_VERSION), kept[start : start + _CHUNK])

    return fill


def trail(number: int) -> Fill:
    """A trail of so many rows; no login reads their hashes, which hold nothing together."""

    def fill(engine: Engine) -> None:
        with writing(engine) as connection:
            last = connection.scalar(sa.select(sa.func.max(AUDIT.c.seq)).where(_FIRST)) or 0
            for start in range(last + 1, last + 1 + number, _CHUNK * 10):
                numbers = range(start, min(start + _CHUNK * 10, last + 1 + number))
                connection.execute(sa.insert(AUDIT), [_row(n) for n in numbers])

    return fill


def _row(n: int) -> dict[str, object]:
    return {
        "writer": "w00",
        "seq": n,
        "block": n // BLOCK,
        "at": NOW,
        "reference": f"{n:012}",
        "event": "login.completed",
        "fields": '{"assurance":"Substantial","federation":"sundhed","idp":"alpha"}',
        "prev_hash": f"{n:064}",
        "hash": f"{n + 1:064}",
    }


_FIRST = AUDIT.c.writer == "w00"
