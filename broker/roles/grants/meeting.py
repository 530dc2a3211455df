"""Which separation-of-duties rules people would meet both sides of, if they had more roles."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from broker.db import Connection
from broker.periods import Period
from broker.roles.catalogue.snapshot import Catalogue
from broker.roles.conflicts import conflicts
from broker.roles.grants import store
from broker.roles.grants.model import Held
from broker.roles.model import SodRule


@dataclass(frozen=True, slots=True)
class Met:
    """The codes of the rules that would be met, by what that means."""

    blocking: frozenset[str] = frozenset()
    excepted: frozenset[str] = frozenset()
    warned: frozenset[str] = frozenset()


def meetings(
    connection: Connection,
    catalogue: Catalogue,
    gains: Mapping[UUID, Period],
    people: Collection[UUID],
    besides: frozenset[UUID] = frozenset(),
) -> Met:
    """What anybody of the people would meet if each of them had further roles for some time.

    Looked at whenever something begins meanwhile: another role, or a rule. An exception that
    ends before the roles do is for login to notice. `besides` are grants to leave out.
    """
    if not gains or not people:
        return Met()
    begins = min(period.since for period in gains.values())
    whole = Period(begins, max(period.until for period in gains.values()))
    rules = [
        rule
        for rule in catalogue.conflicts
        if rule.period.meets(whole) and not gains.keys().isdisjoint(rule.a | rule.b)
    ]
    if not rules:
        return Met()
    kin = store.kin(connection, people)
    everybody = frozenset[UUID]().union(*kin.values())
    there = store.people(connection, everybody, begins)
    working = {account for account, facts in there.items() if facts.state != "left"}
    held = [
        *store.held(connection, working, whole, besides),
        *(Held(one, role, period) for one in people for role, period in gains.items()),
    ]
    exceptions = store.exceptions_of(connection, everybody, begins)
    found: dict[str, set[str]] = {"block": set(), "except": set(), "warn": set()}
    for own in set(kin.values()):
        mine = [one for one in held if one.account in own]
        for at in _beginnings(mine, rules, whole):
            roles = {account: _roles(mine, account, at) for account in own}
            new = {role for role, period in gains.items() if period.covers(at)}
            for met in conflicts(rules, roles, exceptions, at):
                if met.roles & new and met.accounts.intersection(people):
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
