"""Make groups, and put people into them and out again."""

import uuid
from datetime import datetime

import sqlalchemy as sa

from broker.db import Connection, insert_new
from broker.organisations.model import Group, Membership
from broker.organisations.store.periods import Values
from broker.organisations.tables import GROUP_MEMBER, USER_GROUP
from broker.periods import Period


def add_group(
    connection: Connection, organisation_id: uuid.UUID, name: str, at: datetime, said: Values
) -> uuid.UUID | None:
    """A new group, or None where the organisation has one of that name."""
    fresh = uuid.uuid4()
    row = {
        "id": fresh,
        "organisation_id": organisation_id,
        "name": name,
        "created_at": at,
        "by_account": said["by_account"],
        "by_label": said["by_label"],
    }
    return fresh if insert_new(connection, USER_GROUP, [row]) else None


def group_named(connection: Connection, organisation_id: uuid.UUID, name: str) -> uuid.UUID | None:
    """The group of that name, or None."""
    said = {"organisation": organisation_id, "name": name}
    return connection.execute(_NAMED, said).scalar_one_or_none()


def rename_group(connection: Connection, group_id: uuid.UUID, name: str) -> None:
    """Give a group another name."""
    connection.execute(_RENAME, {"group": group_id, "called": name})


def add_member(
    connection: Connection, group: Group, account_id: uuid.UUID, period: Period, said: Values
) -> uuid.UUID:
    """That an account is in a group for a while."""
    fresh = uuid.uuid4()
    row = {
        "id": fresh,
        "group_id": group.id,
        "account_id": account_id,
        "organisation_id": group.organisation,
        "since": period.since,
        "until": period.until,
        "by_account": said["by_account"],
        "by_label": said["by_label"],
    }
    connection.execute(sa.insert(GROUP_MEMBER), [row])
    return fresh


def account_memberships(
    connection: Connection, account_id: uuid.UUID, at: datetime
) -> tuple[Membership, ...]:
    """The memberships of an account that hold at an instant or will."""
    found = connection.execute(_OF_ACCOUNT, {"account": account_id, "at": at})
    return tuple(
        Membership(row.id, row.group_id, row.account_id, Period(row.since, row.until))
        for row in found
    )


def end_membership(connection: Connection, membership_id: uuid.UUID, at: datetime) -> None:
    """End a membership before its time; one that has not begun never does."""
    connection.execute(_END, {"membership": membership_id, "at": at})


_NAMED = sa.select(USER_GROUP.c.id).where(
    USER_GROUP.c.organisation_id == sa.bindparam("organisation"),
    USER_GROUP.c.name == sa.bindparam("name"),
)
_RENAME = (
    sa.update(USER_GROUP)
    .where(USER_GROUP.c.id == sa.bindparam("group"))
    .values(name=sa.bindparam("called"))
)
_OF_ACCOUNT = (
    sa.select(GROUP_MEMBER)
    .where(
        GROUP_MEMBER.c.account_id == sa.bindparam("account"),
        GROUP_MEMBER.c.until > sa.bindparam("at"),
        GROUP_MEMBER.c.revoked_at.is_(None),
    )
    .order_by(GROUP_MEMBER.c.since, GROUP_MEMBER.c.id)
)
_END = (
    sa.update(GROUP_MEMBER)
    .where(GROUP_MEMBER.c.id == sa.bindparam("membership"))
    .values(revoked_at=sa.bindparam("at"))
)
