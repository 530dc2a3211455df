"""Every statement on evidence, each on a given connection."""

from collections.abc import Sequence
from datetime import datetime

import sqlalchemy as sa

from broker.audit.evidence.model import ABANDONED, KEPT, Bound, Kept
from broker.audit.evidence.tables import EVIDENCE
from broker.db import Connection, Instant, insert_new


def add(connection: Connection, kept: Kept) -> None:
    """Keep what belongs to the end of a login."""
    connection.execute(_ADD, _row(kept))


def add_requests(connection: Connection, kept: Sequence[Kept]) -> None:
    """Keep requests that are not kept already."""
    insert_new(connection, EVIDENCE, [_row(one) for one in sorted(kept, key=lambda one: one.id)])


def under(connection: Connection, reference: str) -> tuple[Kept, ...]:
    """What is kept under a reference, and the requests that its logins answered."""
    ends = [_kept(row) for row in connection.execute(_UNDER, {"of": reference}).mappings()]
    known = {one.id for one in ends}
    wanted = {one.bound.request for one in ends if one.bound.request} - known
    asked = [_kept(row) for row in connection.execute(_OF, {"ids": sorted(wanted)}).mappings()]
    return tuple(
        sorted((*asked, *ends), key=lambda one: (one.bound.at, one.bound.kind == "login", one.id))
    )


def purge_evidence(connection: Connection, now: datetime) -> int:
    """Delete what is older than 180 days, and requests that no login ended; how many rows went."""
    gone = connection.execute(_FORGET, {"before": now - KEPT}).rowcount
    return gone + connection.execute(_ABANDON, {"before": now - ABANDONED}).rowcount


def _row(kept: Kept) -> dict[str, object]:
    return {
        "id": kept.id,
        "kind": kept.bound.kind,
        "reference": kept.bound.reference,
        "federation": kept.bound.federation,
        "at": kept.bound.at,
        "request": kept.bound.request,
        "key": kept.key,
        "box": kept.box,
    }


def _kept(row: sa.RowMapping) -> Kept:
    bound = Bound(row["kind"], row["reference"], row["federation"], row["at"], row["request"])
    return Kept(row["id"], bound, row["key"], row["box"])


_E, _ENDS = EVIDENCE, EVIDENCE.alias("ends")
_ADD = sa.insert(_E)
_UNDER = sa.select(_E).where(_E.c.reference == sa.bindparam("of"))
_OF = sa.select(_E).where(_E.c.id.in_(sa.bindparam("ids", expanding=True)))
_FORGET = sa.delete(_E).where(_E.c.at < sa.bindparam("before", type_=Instant))
_ABANDON = sa.delete(_E).where(
    _E.c.kind == "request",
    _E.c.at < sa.bindparam("before", type_=Instant),
    ~sa.exists(sa.select(sa.literal(1)).where(_ENDS.c.request == _E.c.id)),
)
