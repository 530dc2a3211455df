"""Every statement on flights, each on a given connection."""

from collections.abc import Collection, Sequence
from datetime import datetime
from uuid import UUID

import sqlalchemy as sa

from broker.audit.flights.model import KEPT, Flight, masked
from broker.audit.flights.tables import FLIGHT
from broker.db import Connection, Instant, several
from broker.db.prepared import Prepared

LISTED = 50


def keep(connection: Connection, flights: Sequence[Flight]) -> None:
    """Write flights down, masked."""
    if flights:
        _KEEP.change(connection, *map(_row, flights))


def under(connection: Connection, federation: str, reference: str) -> tuple[Flight, ...]:
    """Every flight under a reference, oldest first; one login may end several times."""
    asked = {"federation": federation, "reference": reference}
    return tuple(map(_flight, connection.execute(_UNDER, asked).mappings()))


def of_persons(
    connection: Connection, federation: str, persons: Collection[UUID], limit: int = LISTED
) -> tuple[Flight, ...]:
    """The latest flights of these persons, the last one first."""
    if not persons:
        return ()
    asked = {"federation": federation, "persons": several(sorted(persons)), "limit": limit}
    return tuple(map(_flight, connection.execute(_OF, asked).mappings()))


def of_idp(
    connection: Connection, federation: str, idp: str, since: datetime, limit: int = LISTED
) -> tuple[Flight, ...]:
    """The latest flights through an identity provider since an instant, the last one first."""
    asked = {"federation": federation, "idp": idp, "since": since, "limit": limit}
    return tuple(map(_flight, connection.execute(_THROUGH, asked).mappings()))


def purge_flights(connection: Connection, now: datetime) -> int:
    """Delete flights of longer ago than anybody asks for; how many rows went."""
    return connection.execute(_FORGET, {"before": now - KEPT}).rowcount


def _row(flight: Flight) -> dict[str, object]:
    return {
        "id": flight.id,
        "reference": flight.reference,
        "at": flight.at,
        "federation": flight.federation,
        "service": flight.service,
        "idp": flight.idp,
        "code": flight.code,
        "person_id": flight.person,
        "account_id": flight.account,
        "story": masked(flight.story),
    }


def _flight(row: sa.RowMapping) -> Flight:
    return Flight(
        id=row["id"],
        reference=row["reference"],
        at=row["at"],
        federation=row["federation"],
        service=row["service"],
        idp=row["idp"],
        code=row["code"],
        person=row["person_id"],
        account=row["account_id"],
        story=row["story"],
    )


_KEEP = Prepared(sa.insert(FLIGHT))
_UNDER = (
    sa.select(FLIGHT)
    .where(
        FLIGHT.c.reference == sa.bindparam("reference"),
        FLIGHT.c.federation == sa.bindparam("federation"),
    )
    .order_by(FLIGHT.c.at, FLIGHT.c.id)
    .limit(LISTED)
)
_OF = (
    sa.select(FLIGHT)
    .where(
        FLIGHT.c.person_id.in_(sa.bindparam("persons", expanding=True)),
        FLIGHT.c.federation == sa.bindparam("federation"),
    )
    .order_by(FLIGHT.c.at.desc(), FLIGHT.c.id)
    .limit(sa.bindparam("limit"))
)
_THROUGH = (
    sa.select(FLIGHT)
    .where(
        FLIGHT.c.idp == sa.bindparam("idp"),
        FLIGHT.c.federation == sa.bindparam("federation"),
        FLIGHT.c.at >= sa.bindparam("since", type_=Instant),
    )
    .order_by(FLIGHT.c.at.desc(), FLIGHT.c.id)
    .limit(sa.bindparam("limit"))
)
_FORGET = sa.delete(FLIGHT).where(FLIGHT.c.at < sa.bindparam("before", type_=Instant))
