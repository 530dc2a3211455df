"""Who loses what when an entitlement ends or gets another ceiling."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from broker.db import Connection
from broker.periods import Period
from broker.roles.grants import store
from broker.roles.grants.codebook import CodeBook
from broker.roles.grants.facts import Ceiling, Scope
from broker.roles.grants.model import EntitlementRecord, Grant
from broker.roles.grants.scopes import beyond, resolved
from broker.roles.model import DelimitationType


@dataclass(frozen=True, slots=True)
class Loss:
    """What somebody can't do any more: some scopes of a grant, or all of it."""

    grant: UUID
    account: UUID
    scopes: tuple[Scope, ...]  # those that fall away, as they were granted
    entirely: bool


def losses(
    connection: Connection,
    types: Mapping[str, DelimitationType],
    known: EntitlementRecord,
    ceiling: Sequence[Ceiling] | None,
    cvr: str,
    at: datetime,
) -> tuple[Loss, ...]:
    """Everybody whom a grant under the entitlement would give less from an instant on.

    No ceiling at all is no entitlement. What lay outside the old ceiling already is not lost.
    """
    rest = Period(at, known.period.until)
    living = [
        grant
        for grant in store.grants_under(connection, known.organisation, known.role)
        if grant.revoked_at is None and grant.period.meets(rest)
    ]
    holders = {grant.id: _holders(connection, grant, rest) for grant in living}
    everybody = frozenset[UUID]().union(*map(frozenset, holders.values()))
    there = store.people(connection, everybody, at)
    homes = {account: facts.home for account, facts in there.items() if facts.state != "left"}
    codes = CodeBook(connection, at)
    codes.learn(types, [*known.ceiling, *(ceiling or ())], _values(living, homes))
    found = []
    for grant in living:
        for account in holders[grant.id]:
            if account not in homes:
                continue
            had = _within(grant, known.ceiling, homes[account], cvr, types, codes)
            has = frozenset[Scope | None]()
            if ceiling is not None:
                has = _within(grant, ceiling, homes[account], cvr, types, codes)
            lost = had - has
            if lost:
                scopes = tuple(sorted(scope for scope in lost if scope is not None))
                found.append(Loss(grant.id, account, scopes, lost == had))
    return tuple(found)


def _holders(connection: Connection, grant: Grant, rest: Period) -> tuple[UUID, ...]:
    if grant.account is not None:
        return (grant.account,)
    if grant.group is None:
        return ()
    return store.members_during(connection, grant.group, rest)


def _values(grants: Sequence[Grant], homes: Mapping[UUID, str | None]) -> frozenset[str]:
    granted = {scope.value for grant in grants for scope in grant.scopes if scope.value}
    return frozenset(granted | {home for home in homes.values() if home})


def _within(
    grant: Grant,
    ceiling: Sequence[Ceiling],
    home: str | None,
    cvr: str,
    types: Mapping[str, DelimitationType],
    codes: CodeBook,
) -> frozenset[Scope | None]:
    """The scopes of a grant that have an effect under a ceiling; None stands for having none.

    A type of which nothing is left takes the others with it, for they hold together.
    """
    left: set[Scope | None] = set()
    for scope in grant.scopes:
        concrete = resolved(scope, home, cvr)
        limits = [limit for limit in ceiling if limit.type == scope.type]
        if concrete is not None and not any(beyond((concrete,), limits, types, codes)):
            left.add(scope)
    needed = {scope.type for scope in grant.scopes} | {limit.type for limit in ceiling}
    if any(all(one is None or one.type != each for one in left) for each in needed):
        return frozenset()
    return frozenset(left or {None})
