"""Groups: who joins when, and that nobody joins one himself, under whatever identity."""

from collections.abc import Callable
from datetime import timedelta
from uuid import UUID, uuid4

import pytest

from broker.db import reading
from broker.errors import BrokerError
from broker.organisations import store
from tests.factories import NOW
from tests.unit.organisations.office import CONSOLE, Office, deed

DAY = timedelta(days=1)


@pytest.fixture
def home(office: Office) -> UUID:
    return office.world.organisation()


@pytest.fixture
def boss(office: Office, home: UUID) -> UUID:
    made = office.world.account(home, "Boss")
    office.world.mandate(made, "org_admin", organisation=home)
    return made


def within(office: Office, group: UUID, *days: int) -> list[frozenset[UUID]]:
    with reading(office.engine) as connection:
        return [store.members(connection, group, NOW + day * DAY) for day in days]


def test_a_group_is_made_renamed_joined_and_left(office: Office, home: UUID, boss: UUID) -> None:
    who, one = office.as_(boss), office.world.account(home)
    group = office.groups.create(who, home, "Vagt", deed())
    office.groups.rename(who, group, "Aftenvagt", deed())
    office.groups.join(who, group, one, deed(), since=NOW + DAY, until=NOW + 3 * DAY)
    office.groups.join(who, group, one, deed(), since=NOW + 3 * DAY)
    assert within(office, group, 0, 1, 2, 3, 99) == [set(), {one}, {one}, {one}, {one}]
    office.groups.leave(who, group, one, deed(NOW + 2 * DAY))
    assert within(office, group, 0, 1, 2, 3, 99) == [set(), {one}, set(), set(), set()]
    with reading(office.engine) as connection:
        assert [g.name for g in store.groups(connection, home)] == ["Aftenvagt"]
    assert office.told() == ["group.changed"] * 2 + ["group.member_changed"] * 4
    assert office.guard.seen == [(group, one)] * 2


def test_nobody_joins_himself_under_another_identity_either(
    office: Office, home: UUID, boss: UUID
) -> None:
    there = office.world.organisation()
    human, person = uuid4(), office.world.person()
    group = office.world.group(home, "Vagt")
    second = office.world.account(home, person=person, human=human)
    first = office.world.account(there, human=human)
    office.world.mandate(first, "org_admin", organisation=home)
    for account in (first, second):
        who = office.as_(first)
        with pytest.raises(BrokerError) as refused:
            office.groups.join(who, group, account, deed())
        assert refused.value.code in ("permission.oneself", "group.elsewhere")
    with pytest.raises(BrokerError, match=r"permission\.oneself"):
        office.groups.join(office.as_(boss), group, boss, deed())
    assert within(office, group, 0) == [set()]


def test_what_watches_over_the_roles_of_a_group_can_keep_somebody_out(
    office: Office, home: UUID, boss: UUID
) -> None:
    group, one = office.world.group(home, "Vagt"), office.world.account(home)
    office.guard.closed.add(group)
    before = office.rows()
    with pytest.raises(BrokerError, match=r"conflict\.group"):
        office.groups.join(office.as_(boss), group, one, deed())
    assert office.rows() == before


REFUSED: list[tuple[str, Callable[[Office, UUID, UUID, UUID], object]]] = [
    (
        "group.exists",
        lambda o, b, *_: o.groups.create(o.as_(b), o.account(b).organisation, "Vagt", deed()),
    ),
    ("group.unknown", lambda o, b, _, a: o.groups.join(o.as_(b), uuid4(), a, deed())),
    ("group.not_in", lambda o, b, g, a: o.groups.leave(o.as_(b), g, a, deed())),
    (
        "group.already",
        lambda o, b, g, a: [o.groups.join(o.as_(b), g, a, deed()) for _ in range(2)],
    ),
    (
        "group.elsewhere",
        lambda o, b, g, _: o.groups.join(
            o.as_(b), g, o.world.account(o.world.organisation()), deed()
        ),
    ),
    (
        "person.state",
        lambda o, b, g, a: o.groups.join(
            o.as_(b), g, o.world.account(o.account(a).organisation, state="left"), deed()
        ),
    ),
    ("permission.mandate", lambda o, _, g, a: o.groups.join(CONSOLE, g, a, deed())),
    ("permission.mandate", lambda o, _, g, a: o.groups.rename(o.as_(a), g, "Nyt", deed())),
    ("input.empty", lambda o, b, g, _: o.groups.rename(o.as_(b), g, " ", deed())),
]


@pytest.mark.parametrize(
    ("code", "change"), REFUSED, ids=[f"{n}-{code}" for n, (code, _) in enumerate(REFUSED)]
)
def test_a_refusal_has_its_code(
    office: Office,
    home: UUID,
    boss: UUID,
    code: str,
    change: Callable[[Office, UUID, UUID, UUID], object],
) -> None:
    group, one = office.world.group(home, "Vagt"), office.world.account(home)
    with pytest.raises(BrokerError) as refused:
        change(office, boss, group, one)
    assert refused.value.code == code
