"""Two organisations become one: people, mandates, groups and grants go along, history stays."""

from datetime import timedelta
from uuid import UUID

import pytest

from broker.db import reading
from broker.errors import BrokerError
from broker.organisations import store
from broker.organisations.merging import MergePlan
from broker.organisations.store.moving import uncovered
from broker.organisations.store.write_organisations import merged_into
from broker.periods import FOREVER, Period
from tests.factories import NOW
from tests.unit.organisations.office import CONSOLE, Office, deed

DAY = timedelta(days=1)


@pytest.fixture
def old(office: Office) -> UUID:
    return office.world.organisation("90000004", name="Old")


@pytest.fixture
def new(office: Office) -> UUID:
    return office.world.organisation("90000012", name="New")


def names(office: Office, organisation: UUID, days: int) -> dict[str, str]:
    with reading(office.engine) as connection:
        found = store.accounts(connection, organisation, NOW + days * DAY)
    return {one.display_name: one.state for one in found}


def test_everything_moves_in_one_transaction_and_the_old_stays_as_history(
    office: Office, old: UUID, new: UUID
) -> None:
    person = office.world.person()
    anna = office.world.account(old, "Anna", person=person)
    bo = office.world.account(old, "Bo", state="suspended")
    office.world.account(old, "Gone", state="left")
    paired = office.world.account(old, "Carl")
    carl = office.world.account(new, "Carl")
    office.people.leave(CONSOLE, anna, deed(), since=NOW + 9 * DAY)
    admin = office.world.mandate(anna, "org_admin", organisation=old)
    office.world.mandate(paired, "org_reader", organisation=old)
    office.world.mandate(carl, "org_reader", organisation=new)
    office.world.substitute(admin, anna, paired, until=NOW + 5 * DAY)
    vagt = office.world.group(old, "Vagt", anna, bo)
    office.world.group(new, "Vagt")
    plan = MergePlan(old, new, {paired: carl})
    at = NOW + DAY
    shown = office.organisations.preview_merge(CONSOLE, plan, at)
    assert shown.joined == {paired: carl}
    assert set(shown.moved) == {anna, bo}
    assert shown.groups == {"Vagt": "Vagt (90000004)"}
    assert (shown.mandates, shown.grants, shown.namesakes) == (2, 7, ())

    done = office.organisations.merge(CONSOLE, plan, deed(at))

    (moved,) = office.grants.moves
    assert set(moved.accounts) == {anna, bo, paired}
    assert moved.accounts[paired] == carl
    assert names(office, new, 1) == {"Anna": "active", "Bo": "suspended", "Carl": "active"}
    assert names(office, new, 9) == {"Anna": "left", "Bo": "suspended", "Carl": "active"}
    assert names(office, old, 0) == {
        "Anna": "active",
        "Bo": "suspended",
        "Carl": "active",
        "Gone": "left",
    }
    assert set(names(office, old, 1).values()) == {"left"}
    with reading(office.engine) as connection:
        closed = store.organisation(connection, old, at)
        assert closed
        assert closed.state == "closed"
        assert merged_into(connection, old) == new
        there = moved.groups[vagt]
        assert store.members(connection, there, at) == {
            moved.accounts[anna],
            moved.accounts[bo],
        }
        assert store.members(connection, vagt, NOW) == {anna, bo}
        assert store.members(connection, vagt, at) == frozenset()
        acting = store.acting_for(connection, person, "sundhed", None, at)
        assert [one.id for one in acting] == [moved.accounts[anna]]
        assert store.same_human(connection, bo) == {bo, moved.accounts[bo]}
    new_anna = office.as_(moved.accounts[anna], at)
    assert [(m.kind, m.organisation) for m in new_anna.mandates] == [("org_admin", new)]
    held = {(m.kind, m.on_behalf_of) for m in office.as_(carl, at).mandates}
    assert held == {("org_reader", None), ("org_admin", moved.accounts[anna])}
    assert office.as_(anna, at).mandates == ()
    assert [m.kind for m in office.as_(anna, NOW).mandates] == ["org_admin"]
    assert (done.mandates, done.grants) == (1, 7)
    assert "organisation.merged" in office.told()


def test_people_of_one_login_or_one_name_are_found(office: Office, old: UUID, new: UUID) -> None:
    person = office.world.person()
    one = office.world.account(old, "Anna", person=person)
    same = office.world.account(new, "Anna H", person=person)
    namesake = office.world.account(old, "Bo")
    other = office.world.account(new, "BO")
    shown = office.organisations.preview_merge(CONSOLE, MergePlan(old, new), NOW)
    assert shown.joined == {one: same}
    assert shown.namesakes == ((namesake, other),)


def test_grants_that_cannot_move_undo_everything(office: Office, old: UUID, new: UUID) -> None:
    office.world.account(old)
    office.grants.refuses = True
    before = office.rows()
    with pytest.raises(BrokerError, match=r"grant\.conflict"):
        office.organisations.merge(CONSOLE, MergePlan(old, new), deed())
    assert office.rows() == before


def test_a_plan_that_does_not_hold_is_refused(office: Office, old: UUID, new: UUID) -> None:
    one, two = office.world.account(old), office.world.account(old)
    target = office.world.account(new)
    gone = office.world.account(new, state="left")
    closed = office.world.organisation(state="closed")
    office.world.federation("borger")
    foreign = office.world.organisation(federation="borger")
    chief = office.world.account(new)
    office.world.mandate(chief, "org_chief", organisation=new)
    for plan, code in (
        (MergePlan(old, old), "merge.itself"),
        (MergePlan(old, foreign), "merge.federation"),
        (MergePlan(old, closed), "organisation.closed"),
        (MergePlan(old, new, {one: target, two: target}), "merge.mapping"),
        (MergePlan(old, new, {one: gone}), "merge.mapping"),
        (MergePlan(old, new, {target: one}), "merge.mapping"),
    ):
        with pytest.raises(BrokerError) as refused:
            office.organisations.merge(CONSOLE, plan, deed())
        assert refused.value.code == code
        with pytest.raises(BrokerError) as refused:
            office.organisations.preview_merge(CONSOLE, plan, NOW)
        assert refused.value.code == code
    with pytest.raises(BrokerError, match=r"permission\.mandate"):
        office.organisations.merge(office.as_(chief), MergePlan(old, new), deed())


@pytest.mark.parametrize(
    ("others", "left"),
    [
        ([], [(0, 10)]),
        ([(0, 10)], []),
        ([(2, 4)], [(0, 2), (4, 10)]),
        ([(6, 99), (-5, 1)], [(1, 6)]),
        ([(20, 30)], [(0, 10)]),
        ([(-5, 0)], [(0, 10)]),
    ],
)
def test_only_what_is_not_covered_already_moves(
    others: list[tuple[int, int]], left: list[tuple[int, int]]
) -> None:
    def period(since: int, until: int) -> Period:
        return Period(NOW + since * DAY, NOW + until * DAY)

    assert uncovered(period(0, 10), [period(*one) for one in others]) == tuple(
        period(*one) for one in left
    )
    assert uncovered(Period(NOW), []) == (Period(NOW, FOREVER),)
