"""The people behind a holder: states, home units and memberships, in one statement each."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import sqlalchemy as sa

from broker.db import Connection, Instant
from broker.organisations.tables import ACCOUNT, ACCOUNT_PERIOD, GROUP_MEMBER
from broker.periods import Period

_CHUNK = 500


@dataclass(frozen=True, slots=True)
class Facts:
    """What counts of an account where a role is granted to it."""

    account: UUID
    organisation: UUID
    state: str
    home: str | None


def people(connection: Connection, accounts: Collection[UUID], at: datetime) -> dict[UUID, Facts]:
    """Several accounts as they are at an instant; those that are not there then are missing."""
    found: dict[UUID, Facts] = {}
    listed = list(accounts)
    for start in range(0, len(listed), _CHUNK):
        asked = {"ids": listed[start : start + _CHUNK], "at": at}
        for row in connection.execute(_PEOPLE, asked):
            found[row.id] = Facts(row.id, row.organisation_id, row.state, row.home_code)
    return found


def members_during(connection: Connection, group: UUID, period: Period) -> tuple[UUID, ...]:
    """Everybody who is in a group at some time of a period, as it is planned now."""
    asked = {"group": group, "since": period.since, "until": period.until}
    return tuple(connection.execute(_MEMBERS, asked).scalars())


def kin(connection: Connection, accounts: Collection[UUID]) -> dict[UUID, frozenset[UUID]]:
    """For each of several accounts, every account of the same human being, itself included.

    Those that one login finds and those that somebody confirmed, however many steps away.
    """
    known: dict[UUID, tuple[UUID | None, UUID | None]] = {}
    fresh = {row.id: (row.person_id, row.human_id) for row in _chunks(connection, _SELF, accounts)}
    while fresh:
        known |= fresh
        people = {person for person, _ in fresh.values() if person is not None}
        humans = {human for _, human in fresh.values() if human is not None}
        found = [
            *_chunks(connection, _OF_PERSON, people),
            *_chunks(connection, _OF_HUMAN, humans),
        ]
        fresh = {row.id: (row.person_id, row.human_id) for row in found if row.id not in known}
    groups = joined(known)
    return {account: groups.get(account, frozenset({account})) for account in accounts}


def _chunks(
    connection: Connection, query: sa.Select[tuple[object, ...]], ids: Collection[UUID]
) -> Iterator[sa.Row[tuple[object, ...]]]:
    listed = list(ids)
    for start in range(0, len(listed), _CHUNK):
        yield from connection.execute(query, {"ids": listed[start : start + _CHUNK]})


def joined(
    known: Mapping[UUID, tuple[UUID | None, UUID | None]],
) -> dict[UUID, frozenset[UUID]]:
    """Accounts that share a person or a human being, directly or through others."""
    of: dict[UUID, set[UUID]] = {account: {account} for account in known}
    first: dict[tuple[int, UUID], UUID] = {}
    for account, keys in known.items():
        for kind, key in enumerate(keys):
            if key is None:
                continue
            other = first.setdefault((kind, key), account)
            if of[other] is not of[account]:
                of[other] |= of[account]
                for each in of[account]:
                    of[each] = of[other]
    return {account: frozenset(group) for account, group in of.items()}


_AT = sa.bindparam("at", type_=Instant)
_KEYS: sa.Select[tuple[object, ...]] = sa.select(
    ACCOUNT.c.id, ACCOUNT.c.person_id, ACCOUNT.c.human_id
)
_IDS: sa.BindParameter[UUID] = sa.bindparam("ids", expanding=True)
_SELF = _KEYS.where(ACCOUNT.c.id.in_(_IDS))
_OF_PERSON = _KEYS.where(ACCOUNT.c.person_id.in_(_IDS))
_OF_HUMAN = _KEYS.where(ACCOUNT.c.human_id.in_(_IDS))
_PEOPLE = (
    sa.select(
        ACCOUNT.c.id, ACCOUNT.c.organisation_id, ACCOUNT_PERIOD.c.state, ACCOUNT_PERIOD.c.home_code
    )
    .join(ACCOUNT_PERIOD, ACCOUNT_PERIOD.c.account_id == ACCOUNT.c.id)
    .where(
        ACCOUNT.c.id.in_(sa.bindparam("ids", expanding=True)),
        ACCOUNT_PERIOD.c.since <= _AT,
        ACCOUNT_PERIOD.c.until > _AT,
    )
)
_MEMBERS = (
    sa.select(GROUP_MEMBER.c.account_id)
    .where(
        GROUP_MEMBER.c.group_id == sa.bindparam("group", type_=sa.Uuid),
        GROUP_MEMBER.c.revoked_at.is_(None),
        GROUP_MEMBER.c.since < sa.bindparam("until", type_=Instant),
        GROUP_MEMBER.c.until > sa.bindparam("since", type_=Instant),
    )
    .distinct()
    .order_by(GROUP_MEMBER.c.account_id)
)
