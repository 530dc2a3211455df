"""Groups of an organisation, and who is in them at an instant."""

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

import sqlalchemy as sa

from broker.db import Connection, several
from broker.organisations.model import Group, Membership
from broker.organisations.store.read_mandates import in_force
from broker.organisations.tables import GROUP_MEMBER, USER_GROUP
from broker.periods import Period


def group(connection: Connection, group_id: UUID) -> Group | None:
    """One group, or None."""
    found = connection.execute(_ONE, {"id": group_id}).mappings().first()
    return None if found is None else _group(found)


def groups(connection: Connection, organisation_id: UUID) -> tuple[Group, ...]:
    """Every group of an organisation, by name."""
    found = connection.execute(_ALL, {"organisation": organisation_id})
    return tuple(_group(row) for row in found.mappings())


def number_of_groups(connection: Connection, organisation_id: UUID) -> int:
    """How many groups an organisation has."""
    return connection.execute(_HOW_MANY, {"organisation": organisation_id}).scalar_one()


def some_groups(
    connection: Connection, organisation_id: UUID, *, offset: int, limit: int
) -> tuple[Group, ...]:
    """One page of the groups of an organisation, by name."""
    page = _ALL.offset(offset).limit(limit)
    found = connection.execute(page, {"organisation": organisation_id})
    return tuple(_group(row) for row in found.mappings())


def these_groups(connection: Connection, group_ids: Collection[UUID]) -> tuple[Group, ...]:
    """The groups of these ids, by name."""
    if not group_ids:
        return ()
    found = connection.execute(_THESE, {"groups": several(group_ids)})
    return tuple(_group(row) for row in found.mappings())


def how_many_in(
    connection: Connection, group_ids: Collection[UUID], at: datetime
) -> dict[UUID, int]:
    """How many accounts are in each of these groups at an instant; none where nobody is."""
    if not group_ids:
        return {}
    found = connection.execute(_SIZES, {"groups": several(group_ids), "at": at})
    return {row.group_id: row.many for row in found}


def members(connection: Connection, group_id: UUID, at: datetime) -> frozenset[UUID]:
    """The accounts in a group at an instant, whatever their state is."""
    found = connection.execute(_MEMBERS, {"group": group_id, "at": at})
    return frozenset(found.scalars())


def groups_of(
    connection: Connection, account_ids: Collection[UUID], at: datetime
) -> frozenset[UUID]:
    """The groups that at least one of these accounts is in at an instant."""
    found = connection.execute(_GROUPS_OF, {"accounts": list(account_ids), "at": at})
    return frozenset(found.scalars())


def memberships(connection: Connection, group_id: UUID, at: datetime) -> tuple[Membership, ...]:
    """The memberships of a group that hold at an instant or will, the first to begin first."""
    found = connection.execute(_MEMBERSHIPS, {"group": group_id, "at": at})
    return tuple(
        Membership(row.id, row.group_id, row.account_id, Period(row.since, row.until))
        for row in found
    )


def _group(row: sa.RowMapping) -> Group:
    return Group(row["id"], row["organisation_id"], row["name"])


_G, _M = USER_GROUP, GROUP_MEMBER
_FACTS = sa.select(_G.c.id, _G.c.organisation_id, _G.c.name)
_ONE = _FACTS.where(_G.c.id == sa.bindparam("id"))
_ALL = _FACTS.where(_G.c.organisation_id == sa.bindparam("organisation")).order_by(_G.c.name)
_THESE = _FACTS.where(_G.c.id.in_(sa.bindparam("groups", expanding=True))).order_by(_G.c.name)
_HOW_MANY = sa.select(sa.func.count()).where(
    _G.c.organisation_id == sa.bindparam("organisation", type_=sa.Uuid)
)
_SIZES = (
    sa.select(_M.c.group_id, sa.func.count(_M.c.account_id.distinct()).label("many"))
    .where(_M.c.group_id.in_(sa.bindparam("groups", expanding=True)), in_force(_M))
    .group_by(_M.c.group_id)
)
_MEMBERS = sa.select(_M.c.account_id).where(_M.c.group_id == sa.bindparam("group"), in_force(_M))
_GROUPS_OF = (
    sa.select(_M.c.group_id)
    .where(_M.c.account_id.in_(sa.bindparam("accounts", expanding=True)), in_force(_M))
    .distinct()
)
_MEMBERSHIPS = (
    sa.select(_M)
    .where(
        _M.c.group_id == sa.bindparam("group"),
        _M.c.until > sa.bindparam("at"),
        _M.c.revoked_at.is_(None),
    )
    .order_by(_M.c.since, _M.c.id)
)
