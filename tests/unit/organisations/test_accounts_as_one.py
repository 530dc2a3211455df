"""Accounts of one human being: none of them is a way round what the others are not allowed."""

from dataclasses import replace
from uuid import UUID, uuid4

import pytest

from broker.errors import Refused
from broker.organisations import store
from broker.organisations.merging import MergePlan
from tests.factories import NOW
from tests.unit.organisations.office import CONSOLE, Office, deed


@pytest.fixture
def home(office: Office) -> UUID:
    """An organisation."""
    return office.world.organisation()


def test_whoever_is_suspended_stands_so_for_every_login_of_theirs(
    office: Office, home: UUID
) -> None:
    human, elsewhere = uuid4(), office.world.organisation()
    office.world.account(home, state="suspended", person=office.world.person(), human=human)
    person = office.world.person()
    office.world.account(elsewhere, person=person, human=human)
    cvr = office.ask(lambda c: store.organisation(c, home, NOW))
    said = [cvr.cvr]  # type: ignore[attr-defined]  # an organisation
    assert office.ask(lambda c: store.acting_for(c, person, "sundhed", said, NOW)) == ()
    found = office.ask(lambda c: store.standing(c, person, "sundhed", said, NOW))
    assert found is not None
    assert found.state == "suspended"  # type: ignore[attr-defined]  # an account


@pytest.mark.parametrize("states", [("suspended", "active"), ("active", "suspended")])
def test_a_suspension_is_not_merged_away(
    office: Office, home: UUID, states: tuple[str, str]
) -> None:
    gone, kept = (office.world.account(home, state=one) for one in states)  # type: ignore[arg-type]  # states
    with pytest.raises(Refused) as refused:
        office.people.merge(CONSOLE, kept, gone, deed())
    assert refused.value.code == "person.suspended"
    both = office.world.account(home, state="suspended")
    suspended = gone if states[0] == "suspended" else kept
    office.people.merge(CONSOLE, both, suspended, deed())


def test_a_suspension_is_not_merged_away_with_its_organisation(office: Office) -> None:
    old, new = office.world.organisation(), office.world.organisation()
    one = office.world.account(old, state="suspended")
    other = office.world.account(new)
    plan = MergePlan(old, new, {one: other})
    with pytest.raises(Refused) as refused:
        office.organisations.merge(CONSOLE, plan, deed())
    assert refused.value.code == "merge.suspended"
    moved = office.organisations.merge(CONSOLE, replace(plan, same={}), deed())
    assert moved.moved == (one,)


def test_two_become_one_though_both_once_worked_elsewhere(office: Office, home: UUID) -> None:
    elsewhere = office.world.organisation()
    first, second = office.world.person(), office.world.person()
    kept = office.world.account(home, person=first)
    gone = office.world.account(home, person=second)
    office.world.account(elsewhere, person=first)
    left = office.world.account(elsewhere, person=second, state="left")
    office.people.merge(CONSOLE, kept, gone, deed())
    assert office.account(gone).state == "left"
    with_them = office.ask(lambda c: store.same_human(c, kept))
    assert left in with_them  # type: ignore[operator]  # ids
