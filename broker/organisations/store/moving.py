"""Carry mandates, substitutes and memberships from one account to another, and say how many."""

import uuid
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from broker.db import Connection
from broker.organisations.model import Group, Mandate
from broker.organisations.store.periods import Values
from broker.organisations.store.read_groups import memberships
from broker.organisations.store.write_groups import (
    account_memberships,
    add_member,
    end_membership,
)
from broker.organisations.store.write_mandates import (
    add_mandate,
    add_substitute,
    end_mandate,
    end_substitute,
    lasting_mandates,
    substitutes,
    substituting,
)
from broker.periods import Period

Accounts = Mapping[uuid.UUID, uuid.UUID]


def move_mandates(
    connection: Connection,
    accounts: Accounts,
    organisation: uuid.UUID,
    at: datetime,
    said: Values,
) -> int:
    """Give the new accounts the mandates of the old, with their substitutes; end the old ones.

    A mandate of an organisation becomes one of `organisation`. One that the new account has
    already is only ended.
    """
    moved = 0
    for old, new in accounts.items():
        had = {_what(one) for one in lasting_mandates(connection, new, at)}
        for mandate in lasting_mandates(connection, old, at):
            there = mandate.organisation and organisation
            carried = replace(mandate, account=new, organisation=there)
            if _what(carried) not in had:
                _carry(connection, mandate, carried, accounts, at, said)
                moved += 1
            end_mandate(connection, mandate.id, at, str(said["by_label"]))
    for old, new in accounts.items():
        for one in substituting(connection, old, at):
            held = _holding(connection, one.principal, one.mandate, at)
            if held is not None and held.account != new:
                add_substitute(connection, held, new, _from(one.period, at), said)
            end_substitute(connection, one.id, at)
    return moved


def move_memberships(
    connection: Connection,
    accounts: Accounts,
    groups: Mapping[uuid.UUID, Group],
    at: datetime,
    said: Values,
    joining: Callable[[Group, uuid.UUID, Period], None],
) -> int:
    """Put the new accounts where the old ones are or will be; end the old memberships.

    `joining` sees each new membership before it is written, and may refuse all of it.
    """
    moved = 0
    for old, new in accounts.items():
        for one in account_memberships(connection, old, at):
            there = groups[one.group]
            had = [m.period for m in memberships(connection, there.id, at) if m.account == new]
            end_membership(connection, one.id, at)
            for period in uncovered(_from(one.period, at), had):
                joining(there, new, period)
                add_member(connection, there, new, period, said)
                moved += 1
    return moved


def uncovered(period: Period, others: Sequence[Period]) -> tuple[Period, ...]:
    """The stretches of a period in which none of the others holds."""
    left, since = [], period.since
    for other in sorted(others):
        if since < min(other.since, period.until):
            left.append(Period(since, min(other.since, period.until)))
        since = max(since, other.until)
    if since < period.until:
        left.append(Period(since, period.until))
    return tuple(left)


def _carry(
    connection: Connection,
    old: Mandate,
    new: Mandate,
    accounts: Accounts,
    at: datetime,
    said: Values,
) -> None:
    made = add_mandate(
        connection,
        new.account,
        new.kind,
        _from(new.period, at),
        said,
        federation=new.federation,
        organisation=new.organisation,
        service=new.service,
        unit=new.unit_code,
    )
    for one in substitutes(connection, old.id, at):
        substitute = accounts.get(one.substitute, one.substitute)
        if substitute != new.account:
            carried = replace(new, id=made)
            add_substitute(connection, carried, substitute, _from(one.period, at), said)
        end_substitute(connection, one.id, at)


def _holding(
    connection: Connection, account_id: uuid.UUID, mandate_id: uuid.UUID, at: datetime
) -> Mandate | None:
    found = lasting_mandates(connection, account_id, at)
    return next((mandate for mandate in found if mandate.id == mandate_id), None)


def _what(mandate: Mandate) -> tuple[object, ...]:
    return (mandate.kind, mandate.organisation, mandate.service, mandate.unit_code)


def _from(period: Period, at: datetime) -> Period:
    return Period(max(period.since, at), period.until)
