"""What was so at an instant: organisations, people, mandates and groups."""

from datetime import timedelta
from uuid import UUID, uuid4

import pytest

from broker.db import reading
from broker.errors import Unknown
from broker.organisations import store
from broker.organisations.model import Account
from broker.saml.assurance import Assurance
from tests.factories import NOW
from tests.unit.organisations.world import World

DAY = timedelta(days=1)


def found(world: World, organisation: UUID, text: str = "") -> list[str]:
    with reading(world.engine) as connection:
        people = store.accounts(connection, organisation, NOW, text=text)
    return [person.display_name for person in people]


def test_an_organisation_is_found_by_id_by_number_and_in_the_list(world: World) -> None:
    one = world.organisation("90000004", name="Region Nord")
    other = world.organisation("90000012", name="Praksis Å")
    with reading(world.engine) as connection:
        got = store.organisation(connection, one, NOW)
        assert got
        assert (got.cvr, got.name, got.state) == ("90000004", "Region Nord", "active")
        assert store.organisation_by_cvr(connection, "sundhed", "90000012", "", NOW) == (
            store.organisation(connection, other, NOW)
        )
        assert store.organisation_by_cvr(connection, "sundhed", "90000012", "x", NOW) is None
        assert [o.id for o in store.organisations(connection, "sundhed", NOW)] == [other, one]
        assert store.organisation(connection, one, NOW - 200 * DAY) is None
        assert store.organisation(connection, uuid4(), NOW) is None


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("", ["100% Vikar", "Anna Holm", "Ærø Ørsted"]),
        ("anna", ["Anna Holm"]),
        ("ÆRØ", ["Ærø Ørsted"]),
        ("ørsted", ["Ærø Ørsted"]),
        ("0%", ["100% Vikar"]),
        ("%", ["100% Vikar"]),
        ("_", ["Anna Holm"]),  # of the mail alone
        ("a_h@", ["Anna Holm"]),
        ("!", []),
    ],
)
def test_people_are_searched_by_name_and_mail_in_any_case(
    world: World, text: str, names: list[str]
) -> None:
    home = world.organisation()
    world.account(home, "Anna Holm", email="a_h@eksempel.dk")
    world.account(home, "Ærø Ørsted")
    world.account(home, "100% Vikar")
    world.account(world.organisation(), "Anna Anden")
    assert sorted(found(world, home, text)) == names


def test_people_come_in_pages_that_neither_miss_nor_repeat_anybody(world: World) -> None:
    home = world.organisation()
    made = {world.account(home, name) for name in ("Bo", "Bo", "Bo", "Anna", "Carl")}
    seen: list[Account] = []
    with reading(world.engine) as connection:
        while page := store.accounts(
            connection, home, NOW, limit=2, after=seen[-1] if seen else None
        ):
            seen += page
    assert [one.display_name for one in seen] == ["Anna", "Bo", "Bo", "Bo", "Carl"]
    assert {one.id for one in seen} == made


def test_people_are_filtered_by_unit_and_state(world: World) -> None:
    home = world.organisation()
    here = world.account(home, unit="1", state="suspended")
    world.account(home, unit="2")
    nowhere = world.account(home)
    with reading(world.engine) as connection:
        assert [a.id for a in store.accounts(connection, home, NOW, units=["1", "3"])] == [here]
        assert store.accounts(connection, home, NOW, units=[]) == ()
        active = store.accounts(connection, home, NOW, states=["active"])
        assert {a.id for a in active} >= {nowhere}
        assert here not in {a.id for a in active}


def test_one_human_being_is_followed_through_logins_and_confirmations(world: World) -> None:
    homes = [world.organisation() for _ in range(4)]
    one, two, human = world.person(), world.person(), uuid4()
    chain = {
        world.account(homes[0], person=one),
        world.account(homes[1], person=one, human=human),
        world.account(homes[2], person=two, human=human),
        world.account(homes[3], person=two),
    }
    alone = world.account(homes[0])
    namesake = world.account(homes[1])
    with reading(world.engine) as connection:
        for account in chain:
            assert store.same_human(connection, account) == chain
        assert store.same_human(connection, alone) == {alone}
        assert store.same_human(connection, namesake) == {namesake}


def test_a_person_acts_for_active_accounts_among_the_numbers_vouched_for(world: World) -> None:
    person, other, human = world.person(), world.person(), uuid4()
    cvrs = ["90000004", "90000012", "90000020", "90000039"]
    homes = [world.organisation(cvr) for cvr in cvrs]
    own = world.account(homes[0], person=person, human=human)
    confirmed = world.account(homes[1], person=other, human=human)
    world.account(homes[2], person=person, state="suspended")
    closed = world.organisation("90000047", state="suspended")
    world.account(closed, person=person)
    world.account(homes[3], "Anna Holm")  # a stranger with the same name
    with reading(world.engine) as connection:

        def acting(among: list[str] | None, at: timedelta = 0 * DAY) -> list[UUID]:
            people = store.acting_for(connection, person, "sundhed", among, NOW + at)
            return [one.id for one in people]

        assert acting(None) == [own, confirmed]
        assert acting(["90000004"]) == [own]
        assert acting(["90000012"]) == [confirmed]
        assert acting([]) == []
        assert acting(None, -200 * DAY) == []
        assert store.acting_for(connection, person, "borger", None, NOW) == ()
        assert store.acting_for(connection, uuid4(), "sundhed", None, NOW) == ()


def test_an_actor_has_its_own_mandates_and_those_it_is_a_substitute_for(world: World) -> None:
    home = world.organisation()
    chief, deputy = world.account(home), world.account(home, "Bo")
    mandate = world.mandate(chief, "org_chief", organisation=home)
    reader = world.mandate(deputy, "org_reader", organisation=home)
    world.mandate(deputy, "org_admin", organisation=home, until=NOW)
    world.substitute(mandate, chief, deputy, until=NOW + 5 * DAY)
    with reading(world.engine) as connection:
        who = store.actor(connection, deputy, NOW, Assurance.HIGH)
        assert [(m.id, m.kind, m.on_behalf_of) for m in who.mandates] == [
            (reader, "org_reader", None),
            (mandate, "org_chief", chief),
        ]
        assert who.mandates[1].account == deputy
        assert who.mandates[1].period.until == NOW + 5 * DAY
        assert (who.federation, who.organisation) == ("sundhed", home)
        assert who.by == str(deputy)
        later = store.mandates(connection, deputy, NOW + 5 * DAY)
        assert [m.kind for m in later] == ["org_reader"]
        with pytest.raises(Unknown, match=r"account\.unknown"):
            store.actor(connection, uuid4(), NOW, Assurance.HIGH)


@pytest.mark.parametrize("state", ["pending", "suspended", "left"])
def test_whoever_is_not_active_administers_nothing_nor_does_a_substitute(
    world: World, state: str
) -> None:
    home = world.organisation()
    gone = world.account(home, state=state)  # type: ignore[arg-type]  # a word of the table
    deputy = world.account(home)
    mandate = world.mandate(gone, "org_admin", organisation=home)
    world.substitute(mandate, gone, deputy, until=NOW + DAY)
    with reading(world.engine) as connection:
        assert store.mandates(connection, gone, NOW) == ()
        assert store.mandates(connection, deputy, NOW) == ()


def test_a_suspended_organisation_administers_nothing(world: World) -> None:
    home = world.organisation(state="suspended")
    chief = world.account(home)
    world.mandate(chief, "org_chief", organisation=home)
    with reading(world.engine) as connection:
        assert store.mandates(connection, chief, NOW) == ()


def test_groups_tell_who_was_in_them_when(world: World) -> None:
    home = world.organisation()
    one, two = world.account(home), world.account(home, "Bo")
    first, second = world.group(home, "Vagt", one, two), world.group(home, "Aften", two)
    with reading(world.engine) as connection:
        assert store.members(connection, first, NOW) == {one, two}
        assert store.members(connection, first, NOW - 200 * DAY) == frozenset()
        assert store.groups_of(connection, [one], NOW) == {first}
        assert store.groups_of(connection, [one, two], NOW) == {first, second}
        assert [g.name for g in store.groups(connection, home)] == ["Aften", "Vagt"]
        assert [m.account for m in store.memberships(connection, second, NOW)] == [two]
