"""What reports read: the query of effective grants, narrowed to what is asked, with names."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import sqlalchemy as sa

from broker.db import Connection
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
    binds: dict[str, object] = {}
    inside: list[sa.ColumnElement[bool]] = []
    also: list[sa.ColumnElement[bool]] = []

    def narrow(condition: sa.ColumnElement[bool], **more: object) -> None:
        inside.append(condition)
        binds.update(more)

    def beside(condition: sa.ColumnElement[bool], **more: object) -> None:
        also.append(condition)
        binds.update(more)

    if asked.federation is not None:
        beside(ROLE.c.federation == sa.bindparam("federation"), federation=asked.federation)
    if asked.organisation is not None:
        here = GRANT.c.organisation_id == sa.bindparam("organisation", type_=sa.Uuid)
        narrow(here, organisation=asked.organisation)
    if asked.service is not None:
        beside(ROLE.c.service == sa.bindparam("service"), service=asked.service)
    if asked.roles is not None:
        some = GRANT.c.role_id.in_(sa.bindparam("roles", expanding=True))
        narrow(some, roles=list(asked.roles))
    if asked.units is not None:
        homes = ACCOUNT_PERIOD.c.home_code.in_(sa.bindparam("units", expanding=True))
        beside(homes, units=list(asked.units))
    if asked.until is not None:
        narrow(GRANT.c.until < sa.bindparam("ends", type_=GRANT.c.until.type), ends=asked.until)
    if asked.unused is not None:
        last = sa.func.coalesce(GRANT.c.used_at, GRANT.c.since)
        narrow(last < sa.bindparam("unused", type_=GRANT.c.since.type), unused=asked.unused)

    def where(account: sa.ColumnElement[UUID]) -> Sequence[sa.ColumnElement[bool]]:
        if asked.account is None:
            return inside
        return [*inside, account == sa.bindparam("account", type_=sa.Uuid)]

    if asked.account is not None:
        binds["account"] = asked.account
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
