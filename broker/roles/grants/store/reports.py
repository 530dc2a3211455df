"""What reports read: the query of effective grants, narrowed to what is asked, with names."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import sqlalchemy as sa

from broker.db import Connection, Instant
from broker.organisations.tables import ACCOUNT_PERIOD, ORGANISATION, ORGANISATION_PERIOD
from broker.roles.grants.facts import EffectiveGrant
from broker.roles.grants.store.effective import AT, effective, holds, read
from broker.roles.grants.tables import GRANT
from broker.roles.tables import ROLE


@dataclass(frozen=True, slots=True)
class Asked:
    """Which effective grants: everything that is not said is any."""

    federation: str | None = None
    organisation: UUID | None = None
    service: str | None = None
    roles: Collection[UUID] | None = None
    account: UUID | None = None
    units: Collection[str] | None = None  # home units of the holders
    until: datetime | None = None  # ends before
    unused: datetime | None = None  # neither given nor used since


@dataclass(frozen=True, slots=True)
class Person:
    """Who an account is, for a report."""

    name: str
    home: str | None


@dataclass(frozen=True, slots=True)
class Place:
    """Which organisation an id is, for a report."""

    federation: str
    cvr: str
    name: str


def access(connection: Connection, asked: Asked, at: datetime) -> tuple[EffectiveGrant, ...]:
    """The effective grants at an instant that are asked for, in one query."""
    said: dict[str, object] = {
        "organisation": asked.organisation,
        "roles": None if asked.roles is None else list(asked.roles),
        "ends": asked.until,
        "unused": asked.unused,
        "federation": asked.federation,
        "service": asked.service,
        "units": None if asked.units is None else list(asked.units),
        "account": asked.account,
    }
    binds = {name: value for name, value in said.items() if value is not None}
    inside = [condition for name, condition in _OF_GRANT.items() if name in binds]
    also = [condition for name, condition in _BESIDE.items() if name in binds]

    def where(account: sa.ColumnElement[UUID]) -> Sequence[sa.ColumnElement[bool]]:
        if asked.account is None:
            return inside
        return [*inside, account == sa.bindparam("account", type_=sa.Uuid)]

    return tuple(read(connection, effective(where, *also), at, binds))


def persons(connection: Connection, accounts: Collection[UUID], at: datetime) -> dict[UUID, Person]:
    """Who some accounts are at an instant."""
    found: dict[UUID, Person] = {}
    listed = list(accounts)
    for start in range(0, len(listed), _CHUNK):
        asked = {"ids": listed[start : start + _CHUNK], "at": at}
        for row in connection.execute(_PERSONS, asked):
            found[row.account_id] = Person(row.display_name, row.home_code)
    return found


def places(
    connection: Connection, organisations: Collection[UUID], at: datetime
) -> dict[UUID, Place]:
    """Which organisations some ids are, as they are called at an instant."""
    found: dict[UUID, Place] = {}
    listed = list(organisations)
    for start in range(0, len(listed), _CHUNK):
        asked = {"ids": listed[start : start + _CHUNK], "at": at}
        for row in connection.execute(_PLACES, asked):
            found[row.id] = Place(row.federation, row.cvr, row.name)
    return found


_CHUNK = 500
_OF_GRANT: Mapping[str, sa.ColumnElement[bool]] = {
    "organisation": GRANT.c.organisation_id == sa.bindparam("organisation", type_=sa.Uuid),
    "roles": GRANT.c.role_id.in_(sa.bindparam("roles", expanding=True)),
    "ends": GRANT.c.until < sa.bindparam("ends", type_=Instant),
    "unused": sa.func.coalesce(GRANT.c.used_at, GRANT.c.since)
    < sa.bindparam("unused", type_=Instant),
}
_BESIDE: Mapping[str, sa.ColumnElement[bool]] = {
    "federation": ROLE.c.federation == sa.bindparam("federation"),
    "service": ROLE.c.service == sa.bindparam("service"),
    "units": ACCOUNT_PERIOD.c.home_code.in_(sa.bindparam("units", expanding=True)),
}
_PERSONS = sa.select(
    ACCOUNT_PERIOD.c.account_id, ACCOUNT_PERIOD.c.display_name, ACCOUNT_PERIOD.c.home_code
).where(ACCOUNT_PERIOD.c.account_id.in_(sa.bindparam("ids", expanding=True)), holds(ACCOUNT_PERIOD))
_PLACES = (
    sa.select(
        ORGANISATION.c.id, ORGANISATION.c.federation, ORGANISATION.c.cvr, ORGANISATION_PERIOD.c.name
    )
    .join(ORGANISATION_PERIOD, ORGANISATION_PERIOD.c.organisation_id == ORGANISATION.c.id)
    .where(
        ORGANISATION.c.id.in_(sa.bindparam("ids", expanding=True)),
        ORGANISATION_PERIOD.c.since <= AT,
        ORGANISATION_PERIOD.c.until > AT,
    )
)
