"""People of an organisation and what they have: found, counted and cut into pages in SQL."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import sqlalchemy as sa

from broker.db import Connection, Instant
from broker.db.planning import plan_for_values
from broker.organisations.model import Account
from broker.organisations.store.read_accounts import EVERY_STATE, FACTS, account_of
from broker.organisations.store.read_mandates import in_force
from broker.organisations.tables import (
    ACCOUNT,
    ACCOUNT_ACTIVITY,
    ACCOUNT_PERIOD,
    GROUP_MEMBER,
    ORGANISATION_PERIOD,
)
from broker.roles.grants.facts import EffectiveGrant
from broker.roles.grants.store.effective import effective, holds, read
from broker.roles.grants.tables import GRANT
from broker.roles.model import ISSUING, OPEN
from broker.roles.tables import ENTITLEMENT, ROLE, ROLE_VERSION, SERVICE_PERIOD


@dataclass(frozen=True, slots=True)
class Search:
    """Which people of an organisation; what is not said is any."""

    organisation: UUID
    text: str = ""
    units: Collection[str] | None = None
    role: UUID | None = None
    states: Collection[str] = EVERY_STATE
    silent: datetime | None = None  # active, and not logged in since


@dataclass(frozen=True, slots=True)
class Found:
    """Somebody on the list."""

    account: Account
    last_login: datetime | None


def people(
    connection: Connection, search: Search, at: datetime, *, offset: int, limit: int
) -> tuple[tuple[Found, ...], int]:
    """One page of the people who are searched for, by name, and how many there are in all.

    Of the silent no more than MOST are counted.
    """
    plan_for_values(connection)
    wanted, said = _asked(search)
    said |= {"at": at}
    page = wanted.order_by(_P.c.display_name, _P.c.account_id).offset(offset).limit(limit)
    if search.role is not None:  # who has it is found once for both
        both = page.add_columns(sa.func.count().over().label("total"))
        rows_of = connection.execute(both, said).all()
        ids = [row.account_id for row in rows_of]
        total = rows_of[0].total if rows_of else 0
    else:
        ids, total = list(connection.execute(page, said).scalars()), 0
    if search.role is None or (offset and not ids):
        total = connection.execute(_counted(wanted, search), said).scalar_one()
    if not ids:
        return (), total
    rows = connection.execute(_THESE, {"ids": ids, "at": at}).mappings()
    return tuple(Found(account_of(row), row["last_login_at"]) for row in rows), total


def number(connection: Connection, search: Search, at: datetime) -> int:
    """How many people are searched for; of the silent no more than MOST are counted."""
    plan_for_values(connection)
    wanted, said = _asked(search)
    return connection.execute(_counted(wanted, search), said | {"at": at}).scalar_one()


def last_login(connection: Connection, account: UUID) -> datetime | None:
    """When somebody was last seen at a login; None for never."""
    return connection.execute(_LAST, {"id": account}).scalar_one_or_none()


@dataclass(frozen=True, slots=True)
class Access:
    """Which roles of people of an organisation; what is not said is any."""

    organisation: UUID
    service: str | None = None
    role: UUID | None = None
    units: Collection[str] | None = None


def access(
    connection: Connection, asked: Access, at: datetime, *, offset: int, limit: int
) -> tuple[tuple[EffectiveGrant, ...], int]:
    """One page of who has what at an instant, by name, and how many there are, up to MOST.

    Roles that count for the organisation are found first, since they are few; then the page is
    cut by name, and what stands on it is read by the query of effective grants. Where there
    are more than MOST the people come first, as many as the page takes: sorting all that they
    have would take the longest just where it fills a page the soonest.
    """
    plan_for_values(connection)
    keys = _keys(asked)
    some = keys.limit(MOST + 1).cte("some").prefix_with("MATERIALIZED", dialect="postgresql")
    number = sa.select(sa.func.count()).select_from(some)
    both = sa.select(some, number.scalar_subquery().label("total"))
    found = _cut(connection, both, at, offset, limit)
    total = found[0].total if found else connection.execute(number, {"at": at}).scalar_one()
    if offset >= min(total, MOST):
        return (), min(total, MOST)
    if total > MOST:
        total, found, people_first = MOST, [], _PER_ROW * (offset + limit)
        while len(found) < limit and people_first < _EVERYBODY:
            found = _cut(connection, _keys(asked, people_first), at, offset, limit)
            people_first *= _PER_ROW
    wanted = [(row.account_id, row.id) for row in found]
    ids, people = [grant for _, grant in wanted], [account for account, _ in wanted]

    def where(account: sa.ColumnElement[UUID]) -> Iterable[sa.ColumnElement[bool]]:
        return (GRANT.c.id.in_(ids), account.in_(people))

    by_key = {(one.account, one.id): one for one in read(connection, effective(where), at)}
    return tuple(by_key[key] for key in wanted if key in by_key), total


def _cut(
    connection: Connection, keys: sa.Select[tuple[object, ...]], at: datetime, *page: int
) -> list[sa.Row[tuple[object, ...]]]:
    """The rows of a page, by name."""
    names = keys.selected_columns
    cut = keys.order_by(names.display_name, names.account_id, names.id)
    return list(connection.execute(cut.offset(page[0]).limit(page[1]), {"at": at}))


def _keys(asked: Access, first: int | None = None) -> sa.Select[tuple[object, ...]]:
    """Name, account and grant of each role that somebody has, of the first people by name.

    Takes `at`.
    """
    there = [] if asked.units is None else [_P.c.home_code.in_(list(asked.units))]
    here = (
        sa.select(_P.c.account_id, _P.c.display_name)
        .where(_P.c.organisation_id == asked.organisation)
        .where(holds(_P), _P.c.state == "active", *there)
    )
    if first is not None:
        here = here.order_by(_P.c.display_name, _P.c.account_id).limit(first)
    who = here.cte("who") if first is not None else here.subquery("who")
    given = (
        GRANT.c.organisation_id == asked.organisation,
        GRANT.c.role_id.in_(_counting(asked)),
        holds(GRANT),
    )
    keys = sa.union_all(
        sa.select(who, GRANT.c.id)
        .join(GRANT, GRANT.c.account_id == who.c.account_id)
        .where(*given),
        sa.select(who, GRANT.c.id)
        .join(GROUP_MEMBER, GROUP_MEMBER.c.account_id == who.c.account_id)
        .join(GRANT, GRANT.c.group_id == GROUP_MEMBER.c.group_id)
        .where(holds(GROUP_MEMBER), *given),
    ).subquery()
    return sa.select(keys)


def _counting(asked: Access) -> sa.Select[tuple[UUID]]:
    """The roles that count for the organisation then: entitled to, issued, of an open service."""
    wanted = [ENTITLEMENT.c.organisation_id == asked.organisation]
    if asked.role is not None:
        wanted.append(ROLE.c.id == asked.role)
    if asked.service is not None:
        wanted.append(ROLE.c.service == asked.service)
    of_service = sa.and_(
        SERVICE_PERIOD.c.federation == ROLE.c.federation,
        SERVICE_PERIOD.c.code == ROLE.c.service,
        holds(SERVICE_PERIOD),
    )
    home = sa.and_(_Q.c.organisation_id == ENTITLEMENT.c.organisation_id, holds(_Q))
    return (
        sa.select(ENTITLEMENT.c.role_id)
        .join(ROLE, ROLE.c.id == ENTITLEMENT.c.role_id)
        .join(ROLE_VERSION, ROLE_VERSION.c.role_id == ROLE.c.id)
        .join(_Q, home)
        .outerjoin(SERVICE_PERIOD, of_service)
        .where(
            *wanted,
            holds(ENTITLEMENT),
            holds(ROLE_VERSION),
            ROLE_VERSION.c.state.in_(sorted(ISSUING)),
            _Q.c.state == "active",
            sa.or_(ROLE.c.service.is_(None), SERVICE_PERIOD.c.state.in_(sorted(OPEN))),
        )
    )


def _counted(wanted: sa.Select[UUID], search: Search) -> sa.Select[int]:
    some = wanted if search.silent is None else wanted.limit(MOST)
    return sa.select(sa.func.count()).select_from(some.subquery())


def _asked(search: Search) -> tuple[sa.Select[UUID], dict[str, object]]:
    """The accounts that are searched for, as far as possible from an index of periods alone."""
    said: dict[str, object] = {
        "organisation": search.organisation,
        "states": list(search.states),
    }
    wanted: list[sa.ColumnElement[bool]] = [
        _P.c.organisation_id == sa.bindparam("organisation", type_=sa.Uuid),
        holds(_P),
        _P.c.state.in_(sa.bindparam("states", expanding=True)),
    ]
    for n, word in enumerate(search.text.casefold().split()[:5]):
        escaped = "".join(f"!{letter}" if letter in "!%_" else letter for letter in word)
        said[f"word{n}"] = f"%{escaped}%"
        wanted.append(_P.c.search.like(sa.bindparam(f"word{n}"), escape="!"))
    if search.units is not None:
        said["units"] = list(search.units)
        wanted.append(_P.c.home_code.in_(sa.bindparam("units", expanding=True)))
    if search.role is not None:
        said["role"] = search.role
        wanted.append(_P.c.account_id.in_(sa.select(_HOLDERS.c.account_id)))
    found = sa.select(_P.c.account_id).where(*wanted)
    if search.silent is None:
        return found, said
    said["before"] = search.silent
    return (
        found.join(_A, _A.c.id == _P.c.account_id)
        .outerjoin(_V, _V.c.account_id == _P.c.account_id)
        .where(
            sa.func.coalesce(_V.c.last_login_at, _A.c.created_at) < _BEFORE,
            _P.c.state == "active",
        )
    ), said


MOST = 5_000  # of what is dear to count; whoever finds more narrows the search
_PER_ROW = 4  # people looked at for each row, and how many times as many where they have few
_EVERYBODY = 10_000_000
_A, _P, _Q, _V = ACCOUNT, ACCOUNT_PERIOD, ORGANISATION_PERIOD, ACCOUNT_ACTIVITY
_BEFORE = sa.bindparam("before", type_=Instant)
_THESE: sa.Select[tuple[object, ...]] = (
    FACTS.add_columns(_V.c.last_login_at)
    .outerjoin(_V, _V.c.account_id == _A.c.id)
    .where(_A.c.id.in_(sa.bindparam("ids", expanding=True)))
    .order_by(_P.c.display_name, _A.c.id)
)
_OF_ROLE = GRANT.c.role_id == sa.bindparam("role", type_=sa.Uuid)
_OF_ORGANISATION = GRANT.c.organisation_id == sa.bindparam("organisation", type_=sa.Uuid)
# Found once, and not once for each person of a unit where the unit is small.
_HOLDERS = (
    sa.union_all(
        sa.select(GRANT.c.account_id).where(
            _OF_ORGANISATION, _OF_ROLE, GRANT.c.account_id.is_not(None), in_force(GRANT)
        ),
        sa.select(GROUP_MEMBER.c.account_id)
        .join(GRANT, GRANT.c.group_id == GROUP_MEMBER.c.group_id)
        .where(_OF_ORGANISATION, _OF_ROLE, in_force(GRANT), in_force(GROUP_MEMBER)),
    )
    .cte("holders")
    .prefix_with("MATERIALIZED", dialect="postgresql")
)
_LAST = sa.select(_V.c.last_login_at).where(_V.c.account_id == sa.bindparam("id", type_=sa.Uuid))
