"""Give and end mandates, and name those who use one in its holder's place."""

import uuid
from datetime import datetime

import sqlalchemy as sa

from broker.db import Connection
from broker.organisations.model import Mandate, MandateKind, Substitution
from broker.organisations.store.periods import Values
from broker.organisations.tables import MANDATE, SUBSTITUTE
from broker.periods import Period


def add_mandate(
    connection: Connection,
    account_id: uuid.UUID,
    kind: MandateKind,
    period: Period,
    said: Values,
    *,
    federation: str,
    organisation: uuid.UUID | None,
    service: str | None,
    unit: str | None,
) -> uuid.UUID:
    """A mandate for a while."""
    fresh = uuid.uuid4()
    row = {
        "id": fresh,
        "account_id": account_id,
        "federation": federation,
        "mandate": kind,
        "organisation_id": organisation,
        "service": service,
        "unit_code": unit,
        "since": period.since,
        "until": period.until,
        **said,
    }
    connection.execute(sa.insert(MANDATE), [row])
    return fresh


def lasting_mandate(connection: Connection, mandate_id: uuid.UUID, at: datetime) -> Mandate | None:
    """A mandate that holds at an instant or will, whatever its holder's state; locked."""
    found = connection.execute(_LASTING, {"id": mandate_id, "at": at}).mappings().first()
    return None if found is None else _mandate(found)


def lasting_mandates(
    connection: Connection, account_id: uuid.UUID, at: datetime
) -> tuple[Mandate, ...]:
    """Every mandate of an account that holds at an instant or will."""
    found = connection.execute(_OF_ACCOUNT, {"account": account_id, "at": at})
    return tuple(_mandate(row) for row in found.mappings())


def mandates_in(
    connection: Connection, organisation_id: uuid.UUID, at: datetime
) -> tuple[Mandate, ...]:
    """Every mandate in an organisation that holds at an instant or will."""
    found = connection.execute(_OF_ORGANISATION, {"organisation": organisation_id, "at": at})
    return tuple(_mandate(row) for row in found.mappings())


def mandates_for(
    connection: Connection, federation: str, service: str, at: datetime
) -> tuple[Mandate, ...]:
    """Every mandate for a service that holds at an instant or will."""
    found = connection.execute(
        _FOR_SERVICE, {"federation": federation, "service": service, "at": at}
    )
    return tuple(_mandate(row) for row in found.mappings())


def end_mandate(connection: Connection, mandate_id: uuid.UUID, at: datetime, by: str) -> None:
    """End a mandate before its time; one that has not begun never does."""
    connection.execute(_END, {"of": mandate_id, "at": at, "by": by[:128]})


def add_substitute(
    connection: Connection,
    mandate: Mandate,
    substitute: uuid.UUID,
    period: Period,
    said: Values,
) -> uuid.UUID:
    """That somebody may use a mandate in its holder's place for a while."""
    fresh = uuid.uuid4()
    row = {
        "id": fresh,
        "mandate_id": mandate.id,
        "principal_id": mandate.account,
        "substitute_id": substitute,
        "since": period.since,
        "until": period.until,
        **said,
    }
    connection.execute(sa.insert(SUBSTITUTE), [row])
    return fresh


def substitutes(
    connection: Connection, mandate_id: uuid.UUID, at: datetime
) -> tuple[Substitution, ...]:
    """Who uses a mandate in its holder's place at an instant or will."""
    found = connection.execute(_FOR_MANDATE, {"mandate": mandate_id, "at": at})
    return tuple(_substitution(row) for row in found.mappings())


def substitution(
    connection: Connection, substitution_id: uuid.UUID, at: datetime
) -> Substitution | None:
    """One of them, or None where it has ended."""
    found = connection.execute(_SUBSTITUTION, {"id": substitution_id, "at": at})
    row = found.mappings().first()
    return None if row is None else _substitution(row)


def substituting(
    connection: Connection, account_id: uuid.UUID, at: datetime
) -> tuple[Substitution, ...]:
    """What an account may use in somebody's place at an instant or will."""
    found = connection.execute(_BY_SUBSTITUTE, {"account": account_id, "at": at})
    return tuple(_substitution(row) for row in found.mappings())


def end_substitute(connection: Connection, substitution_id: uuid.UUID, at: datetime) -> None:
    """End it before its time."""
    connection.execute(_END_SUBSTITUTE, {"substitution": substitution_id, "at": at})


def _mandate(row: sa.RowMapping) -> Mandate:
    return Mandate(
        id=row["id"],
        account=row["account_id"],
        kind=row["mandate"],
        federation=row["federation"],
        organisation=row["organisation_id"],
        service=row["service"],
        unit_code=row["unit_code"],
        period=Period(row["since"], row["until"]),
    )


def _substitution(row: sa.RowMapping) -> Substitution:
    return Substitution(
        id=row["id"],
        mandate=row["mandate_id"],
        principal=row["principal_id"],
        substitute=row["substitute_id"],
        period=Period(row["since"], row["until"]),
    )


_M, _S = MANDATE, SUBSTITUTE
_LIVE = sa.and_(_M.c.until > sa.bindparam("at"), _M.c.revoked_at.is_(None))
_LIVE_SUBSTITUTE = sa.and_(_S.c.until > sa.bindparam("at"), _S.c.revoked_at.is_(None))
_LASTING = sa.select(_M).where(_M.c.id == sa.bindparam("id"), _LIVE).with_for_update()
_OF_ACCOUNT = (
    sa.select(_M)
    .where(_M.c.account_id == sa.bindparam("account"), _LIVE)
    .order_by(_M.c.since, _M.c.id)
)
_FOR_SERVICE = (
    sa.select(_M)
    .where(
        _M.c.federation == sa.bindparam("federation"),
        _M.c.service == sa.bindparam("service"),
        _LIVE,
    )
    .order_by(_M.c.since, _M.c.id)
)
_OF_ORGANISATION = (
    sa.select(_M)
    .where(_M.c.organisation_id == sa.bindparam("organisation"), _LIVE)
    .order_by(_M.c.since, _M.c.id)
)
_END = (
    sa.update(_M)
    .where(_M.c.id == sa.bindparam("of"))
    .values(revoked_at=sa.bindparam("at"), revoked_by=sa.bindparam("by"))
)
_FOR_MANDATE = (
    sa.select(_S)
    .where(_S.c.mandate_id == sa.bindparam("mandate"), _LIVE_SUBSTITUTE)
    .order_by(_S.c.since, _S.c.id)
)
_SUBSTITUTION = (
    sa.select(_S).where(_S.c.id == sa.bindparam("id"), _LIVE_SUBSTITUTE).with_for_update()
)
_BY_SUBSTITUTE = (
    sa.select(_S)
    .where(_S.c.substitute_id == sa.bindparam("account"), _LIVE_SUBSTITUTE)
    .order_by(_S.c.since, _S.c.id)
)
_END_SUBSTITUTE = (
    sa.update(_S)
    .where(_S.c.id == sa.bindparam("substitution"))
    .values(revoked_at=sa.bindparam("at"))
)
