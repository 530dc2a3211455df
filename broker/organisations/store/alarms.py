"""Organisations that nobody administers, or only one person: read from the clock, never set."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import sqlalchemy as sa

from broker.db import Connection
from broker.db.planning import plan_for_values
from broker.organisations.store.read_mandates import in_force
from broker.organisations.tables import (
    ACCOUNT,
    ACCOUNT_PERIOD,
    MANDATE,
    ORGANISATION,
    ORGANISATION_PERIOD,
)

# Those who can do all that an organisation's people need; one limited to a unit cannot.
ADMINISTRATORS = ("org_chief", "org_admin")


@dataclass(frozen=True, slots=True)
class Unadministered:
    """An active organisation without an administrator, and since when."""

    organisation: UUID
    since: datetime


def administrators(connection: Connection, organisation_id: UUID, at: datetime) -> int:
    """How many people administer an organisation at an instant; one person counts once."""
    said = {"organisation": organisation_id, "at": at}
    return connection.execute(_COUNT, said).scalar_one()


def one_administrator(
    connection: Connection, at: datetime, federation: str | None = None
) -> tuple[UUID, ...]:
    """The active organisations that one person alone administers at an instant."""
    return tuple(one for one, number in _with(connection, at, federation, 1) if number)


def without_administrator(
    connection: Connection, at: datetime, federation: str | None = None
) -> tuple[Unadministered, ...]:
    """The active organisations that nobody administers at an instant, the longest first."""
    return _left(connection, at, [one for one, _none in _with(connection, at, federation, 0)])


def understaffed(
    connection: Connection, at: datetime, federation: str
) -> tuple[tuple[Unadministered, ...], tuple[UUID, ...]]:
    """Both at once, since administrators are counted for every organisation: nobody, and one."""
    found = _with(connection, at, federation, 1)
    nobody = _left(connection, at, [one for one, number in found if not number])
    return nobody, tuple(one for one, number in found if number)


def number_without_administrator(connection: Connection, at: datetime, federation: str) -> int:
    """How many active organisations of a federation nobody administers at an instant."""
    return len(_with(connection, at, federation, 0))


def operators(connection: Connection, federation: str, at: datetime) -> bool:
    """Whether a federation has an operator at an instant, whether or not they have signed in."""
    return connection.execute(_OPERATORS, {"path": federation, "at": at}).first() is not None


def _with(
    connection: Connection, at: datetime, federation: str | None, most: int
) -> tuple[tuple[UUID, int], ...]:
    """The active organisations of so few administrators, by name, and how many each has."""
    plan_for_values(connection)
    statement = _ORGANISATIONS
    if federation is not None:
        statement = statement.where(_O.c.federation == federation)
    rows = connection.execute(statement, {"at": at, "most": most})
    return tuple((row.id, row.number) for row in rows)


def _left(
    connection: Connection, at: datetime, those: Sequence[UUID]
) -> tuple[Unadministered, ...]:
    found = (Unadministered(one, _since(connection, one, at)) for one in those)
    return tuple(sorted(found, key=lambda one: (one.since, one.organisation)))


def _since(connection: Connection, organisation_id: UUID, at: datetime) -> datetime:
    """When the last administrator ended, or the organisation became active after that."""
    said = {"organisation": organisation_id, "at": at}
    ends: list[datetime] = [
        min(row.until, row.ends, row.revoked_at or row.until)
        for row in connection.execute(_HELD, said)
        if max(row.since, row.begins) < min(row.until, row.ends, row.revoked_at or row.until)
    ]
    states = [(row.since, row.state) for row in connection.execute(_STATES, said)]
    active = _active_since(states)
    return max([active, *(end for end in ends if end <= at)])


def _active_since(states: Sequence[tuple[datetime, str]]) -> datetime:
    """The beginning of the stretch of active periods that reaches to the last of these."""
    begins = states[-1][0]
    for since, state in reversed(states):
        if state != "active":
            break
        begins = since
    return begins


_A, _P, _M, _O, _Q = ACCOUNT, ACCOUNT_PERIOD, MANDATE, ORGANISATION, ORGANISATION_PERIOD
_ADMINISTERS = sa.and_(_M.c.mandate.in_(ADMINISTRATORS), _M.c.unit_code.is_(None))
_HUMAN = sa.func.coalesce(_A.c.human_id, _A.c.person_id, _A.c.id)
_ACTIVE = sa.and_(
    _P.c.account_id == _A.c.id,
    _P.c.since <= sa.bindparam("at"),
    _P.c.until > sa.bindparam("at"),
    _P.c.state == "active",
)
_NUMBER = (
    sa.select(sa.func.count(_HUMAN.distinct()))
    .select_from(_M)
    .join(_A, _A.c.id == _M.c.account_id)
    .join(_P, _ACTIVE)
    .where(_ADMINISTERS, in_force(_M))
)
_COUNT = _NUMBER.where(_M.c.organisation_id == sa.bindparam("organisation"))
_OF_EACH = _NUMBER.where(_M.c.organisation_id == _O.c.id).correlate(_O).scalar_subquery()
_ORGANISATIONS = (
    sa.select(_O.c.id, _OF_EACH.label("number"))
    .join(_Q, _Q.c.organisation_id == _O.c.id)
    .where(
        _Q.c.since <= sa.bindparam("at"),
        _Q.c.until > sa.bindparam("at"),
        _Q.c.state == "active",
        sa.bindparam("most") >= _OF_EACH,
    )
    .order_by(_Q.c.name, _O.c.id)
)
_HELD = (
    sa.select(
        _M.c.since,
        _M.c.until,
        _M.c.revoked_at,
        _P.c.since.label("begins"),
        _P.c.until.label("ends"),
    )
    .join(_P, _P.c.account_id == _M.c.account_id)
    .where(
        _M.c.organisation_id == sa.bindparam("organisation"),
        _ADMINISTERS,
        _P.c.state == "active",
        _P.c.since <= sa.bindparam("at"),
        _M.c.since <= sa.bindparam("at"),
    )
)
_STATES = (
    sa.select(_Q.c.since, _Q.c.state)
    .where(_Q.c.organisation_id == sa.bindparam("organisation"), _Q.c.since <= sa.bindparam("at"))
    .order_by(_Q.c.since)
)
_OPERATORS = (
    sa.select(MANDATE.c.id)
    .where(
        MANDATE.c.mandate == "operator",
        MANDATE.c.federation == sa.bindparam("path"),
        in_force(MANDATE),
    )
    .limit(1)
)
