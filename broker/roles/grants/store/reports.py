"""What reports read: the query of effective grants, narrowed to what is asked, with names."""

from collections.abc import Collection, Iterator, Sequence
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
    conditions = list(_conditions(asked))

    def where(account: sa.ColumnElement[UUID]) -> Sequence[sa.ColumnElement[bool]]:
        if asked.account is None:
            return conditions
        return [*conditions, account == asked.account]

    return tuple(read(connection, effective(where), at))


def _conditions(asked: Asked) -> Iterator[sa.ColumnElement[bool]]:
    if asked.federation is not None:
        yield ROLE.c.federation == asked.federation
    if asked.organisation is not None:
        yield GRANT.c.organisation_id == asked.organisation
    if asked.service is not None:
        yield ROLE.c.service == asked.service
    if asked.roles is not None:
        yield GRANT.c.role_id.in_(asked.roles)
    if asked.units is not None:
        yield ACCOUNT_PERIOD.c.home_code.in_(asked.units)
    if asked.until is not None:
        yield GRANT.c.until < asked.until
    if asked.unused is not None:
        yield sa.func.coalesce(GRANT.c.used_at, GRANT.c.since) < asked.unused


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
