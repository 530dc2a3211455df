"""Which organisations there are, and what they were at an instant."""

from datetime import datetime
from uuid import UUID

import sqlalchemy as sa

from broker.db import Connection
from broker.db.prepared import Prepared
from broker.metadata.tables import FEDERATION
from broker.organisations.model import Organisation
from broker.organisations.tables import ORGANISATION, ORGANISATION_PERIOD
from broker.periods import Period


def organisation(
    connection: Connection, organisation_id: UUID, at: datetime
) -> Organisation | None:
    """One organisation as it was at an instant, or None before it was registered."""
    found = _ONE.first(connection, {"id": organisation_id, "at": at})
    return None if found is None else _organisation(found._asdict())


def organisations(
    connection: Connection, federation: str, at: datetime
) -> tuple[Organisation, ...]:
    """Every organisation of a federation at an instant, by name."""
    found = connection.execute(_ALL, {"federation": federation, "at": at})
    return tuple(_organisation(row) for row in found.mappings())


def organisation_by_cvr(
    connection: Connection, federation: str, cvr: str, unit_key: str, at: datetime
) -> Organisation | None:
    """The organisation of a CVR number; `unit_key` is empty unless the number has several."""
    said = {"federation": federation, "cvr": cvr, "unit_key": unit_key, "at": at}
    found = _BY_CVR.first(connection, said)
    return None if found is None else _organisation(found._asdict())


def organisations_of_cvr(
    connection: Connection, federation: str, cvr: str, at: datetime
) -> tuple[Organisation, ...]:
    """The organisations of a CVR number: one, or several that their unit keys tell apart."""
    said = {"federation": federation, "cvr": cvr, "at": at}
    found = connection.execute(_OF_CVR, said).mappings()
    return tuple(_organisation(row) for row in found)


def organisation_history(
    connection: Connection, organisation_id: UUID
) -> tuple[sa.RowMapping, ...]:
    """Every period of an organisation, oldest first, planned ones too."""
    return tuple(connection.execute(_HISTORY, {"id": organisation_id}).mappings())


def reason_of_state(connection: Connection, organisation_id: UUID, at: datetime) -> str | None:
    """Why an organisation is in the state that it is in at an instant: for people to read."""
    told = None
    for row in reversed(organisation_history(connection, organisation_id)):
        if row["since"] > at:
            continue
        if told is not None and row["state"] != told["state"]:
            break
        told = row
    return None if told is None else str(told["reason"])


def federation_known(connection: Connection, path: str) -> bool:
    """Whether there is a federation of that path."""
    return connection.execute(_FEDERATION, {"path": path}).first() is not None


def lock_organisation(connection: Connection, organisation_id: UUID) -> bool:
    """Let nobody else change the organisation until this transaction ends; whether it is there.

    Take it before any account of the organisation. SQLite has one writer anyway.
    """
    return connection.execute(_LOCK, {"id": organisation_id}).first() is not None


def _organisation(row: sa.RowMapping) -> Organisation:
    return Organisation(
        id=row["id"],
        federation=row["federation"],
        cvr=row["cvr"],
        unit_key=row["unit_key"],
        name=row["name"],
        kind=row["kind"],
        state=row["state"],
        period=Period(row["since"], row["until"]),
    )


_O, _P = ORGANISATION, ORGANISATION_PERIOD
_HELD = sa.and_(
    _P.c.organisation_id == _O.c.id,
    _P.c.since <= sa.bindparam("at"),
    _P.c.until > sa.bindparam("at"),
)
_FACTS = sa.select(
    _O.c.id,
    _O.c.federation,
    _O.c.cvr,
    _O.c.unit_key,
    _P.c.name,
    _P.c.kind,
    _P.c.state,
    _P.c.since,
    _P.c.until,
).join(_P, _HELD)
_ONE = Prepared(_FACTS.where(_O.c.id == sa.bindparam("id")))
_ALL = _FACTS.where(_O.c.federation == sa.bindparam("federation")).order_by(_P.c.name, _O.c.id)
_BY_CVR = Prepared(
    _FACTS.where(
        _O.c.federation == sa.bindparam("federation"),
        _O.c.cvr == sa.bindparam("cvr"),
        _O.c.unit_key == sa.bindparam("unit_key"),
    )
)
_OF_CVR = _FACTS.where(
    _O.c.federation == sa.bindparam("federation"), _O.c.cvr == sa.bindparam("cvr")
).order_by(_P.c.name, _O.c.id)
_HISTORY = sa.select(_P).where(_P.c.organisation_id == sa.bindparam("id")).order_by(_P.c.since)
_FEDERATION = sa.select(FEDERATION.c.path).where(FEDERATION.c.path == sa.bindparam("path"))
_LOCK = sa.select(_O.c.id).where(_O.c.id == sa.bindparam("id")).with_for_update(key_share=True)
