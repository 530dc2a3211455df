"""Which separation-of-duties rules a grant would make people meet both sides of."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from broker.db import Connection
from broker.periods import Period
from broker.roles.catalogue.snapshot import Catalogue
from broker.roles.conflicts import conflicts
from broker.roles.grants import store
from broker.roles.grants.model import Held
from broker.roles.model import Role, SodRule


@dataclass(frozen=True, slots=True)
class Met:
    """The codes of the rules that would be met, by what that means."""

    blocking: frozenset[str] = frozenset()
    excepted: frozenset[str] = frozenset()
    warned: frozenset[str] = frozenset()


def meetings(
    connection: Connection,
    catalogue: Catalogue,
    role: Role,
    people: Collection[UUID],
    period: Period,
    besides: frozenset[UUID],
) -> Met:
    """What anybody of the people would meet if they had the role during a period.

    Looked at whenever something begins in it: another role, or a rule. An exception that ends
    before the grant does is for login to notice.
    """
    rules = [
        rule
        for rule in catalogue.conflicts
        if rule.period.meets(period) and role.id in rule.a | rule.b
    ]
    if not rules or not people:
        return Met()
    kin = store.kin(connection, people)
    everybody = frozenset[UUID]().union(*kin.values())
    there = store.people(connection, everybody, period.since)
    working = {account for account, facts in there.items() if facts.state != "left"}
    held = store.held(connection, working, period, besides)
    exceptions = store.exceptions_of(connection, everybody, period.since)
    found: dict[str, set[str]] = {"block": set(), "except": set(), "warn": set()}
    for own in set(kin.values()):
        mine = [one for one in held if one.account in own]
        gets = own.intersection(people)
        for at in _beginnings(mine, rules, period):
            roles = {account: _roles(mine, account, at) for account in own}
            roles |= {account: roles[account] | {role.id} for account in gets}
            for met in conflicts(rules, roles, exceptions, at):
                if role.id not in met.roles or not met.accounts & gets:
                    continue
                kind = "block" if met.blocks else "except" if met.excepted else "warn"
                found[kind].add(met.rule.code)
    return Met(*(frozenset(found[kind]) for kind in ("block", "except", "warn")))


def _beginnings(
    held: Collection[Held], rules: Collection[SodRule], period: Period
) -> Iterator[datetime]:
    yield period.since
    begins = {one.period.since for one in held} | {rule.period.since for rule in rules}
    yield from (at for at in begins if period.since < at < period.until)


def _roles(held: Collection[Held], account: UUID, at: datetime) -> frozenset[UUID]:
    return frozenset(one.role for one in held if one.account == account and one.period.covers(at))
