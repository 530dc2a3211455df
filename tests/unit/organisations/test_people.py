"""People in an organisation: added, changed, moved, gone, back, and two accounts made one."""

from collections.abc import Callable
from datetime import timedelta
from uuid import UUID, uuid4

import pytest
import sqlalchemy as sa

from broker.db import reading, writing
from broker.errors import BrokerError
from broker.identities.keys import professional_uuid
from broker.organisations import store
from broker.organisations.people import NewPerson
from broker.organisations.store.write_accounts import account_amended, account_from
from broker.organisations.tables import ACCOUNT, ACCOUNT_PERIOD
from tests.factories import NOW
from tests.unit.organisations.office import CONSOLE, Office, deed, uuid_said

DAY = timedelta(days=1)
ANNA = "9f3b2d1c-0000-4000-8000-00000000000a"
BO = "9f3b2d1c-0000-4000-8000-00000000000b"
CVR = "90000004"


@pytest.fixture
def home(office: Office) -> UUID:
    return office.world.organisation(CVR)


@pytest.fixture
def chief(office: Office, home: UUID) -> UUID:
    made = office.world.account(home, "Chief")
    office.world.mandate(made, "org_chief", organisation=home)
    return made


def states(office: Office, account: UUID, *days: int) -> list[str]:
    return [office.account(account, NOW + day * DAY).state for day in days]


def test_somebody_added_with_an_identity_begins_with_the_first_login(
    office: Office, home: UUID, chief: UUID
) -> None:
    person = NewPerson("Anna Holm", "anna@eksempel.dk", "12", uuid_said(ANNA.upper(), CVR))
    made = office.people.add(office.as_(chief), home, person, deed())
    assert made.code is None
    account = office.account(made.account)
    assert (account.state, account.display_name, account.home_code) == (
        "pending",
        "Anna Holm",
        "12",
    )
    _, acting = office.login(professional_uuid(CVR, f"urn:uuid:{ANNA}"), cvr=CVR)
    assert acting == [made.account]
    assert office.account(made.account).state == "active"
    assert office.told() == ["account.changed", "identity.changed"]
    assert office.told("LOGIN") == ["account.changed"]


def test_a_first_login_leaves_a_planned_end_in_its_place(
    office: Office, home: UUID, chief: UUID
) -> None:
    person = NewPerson("Anna Holm", identity=uuid_said(ANNA, CVR))
    made = office.people.add(office.as_(chief), home, person, deed())
    office.people.leave(CONSOLE, made.account, deed(), since=NOW + 9 * DAY)
    office.people.change(office.as_(chief), made.account, deed(), display_name="A", since=NOW + DAY)
    office.login(professional_uuid(CVR, ANNA), cvr=CVR)
    assert states(office, made.account, 0, 1, 8, 9) == ["active", "active", "active", "left"]


def test_name_mail_and_unit_change_with_their_history(
    office: Office, home: UUID, chief: UUID
) -> None:
    who = office.as_(chief)
    one = office.world.account(home, "Anna Holm", email="a@eksempel.dk", unit="1")
    office.people.change(who, one, deed(), display_name="Anna Holm Ø", since=NOW + DAY)
    office.people.move(who, one, "22", deed(), since=NOW + 2 * DAY)
    office.people.change(who, one, deed(NOW + 3 * DAY), email="")
    told = [
        (then.display_name, then.email, then.home_code)
        for then in (office.account(one, NOW + day * DAY) for day in range(4))
    ]
    assert told == [
        ("Anna Holm", "a@eksempel.dk", "1"),
        ("Anna Holm Ø", "a@eksempel.dk", "1"),
        ("Anna Holm Ø", "a@eksempel.dk", "22"),
        ("Anna Holm Ø", None, "22"),
    ]
    with reading(office.engine) as connection:
        found = store.accounts(connection, home, NOW + 3 * DAY, text="holm ø")
    assert [account.id for account in found] == [one]


def test_leaving_counts_at_once_and_can_be_undone_for_thirty_days(
    office: Office, home: UUID, chief: UUID
) -> None:
    who = office.as_(chief)
    one = office.world.account(home, state="suspended")
    office.people.leave(who, one, deed())
    assert states(office, one, -1, 0) == ["suspended", "left"]
    with pytest.raises(BrokerError, match=r"person\.left_long_ago"):
        office.people.undo_leave(who, one, deed(NOW + 30 * DAY))
    office.people.undo_leave(who, one, deed(NOW + 30 * DAY - timedelta(seconds=1)))
    assert states(office, one, 30) == ["suspended"]
    with pytest.raises(BrokerError, match=r"person\.not_leaving"):
        office.people.undo_leave(who, one, deed(NOW + 31 * DAY))


def test_a_plan_to_leave_can_be_dropped(office: Office, home: UUID, chief: UUID) -> None:
    one = office.world.account(home)
    office.people.leave(office.as_(chief), one, deed(), since=NOW + 5 * DAY)
    done = office.people.undo_leave(office.as_(chief), one, deed(NOW + DAY))
    assert [period.since for period in done.dropped] == [NOW + 5 * DAY]
    assert states(office, one, 0, 5) == ["active", "active"]


def test_somebody_is_suspended_and_returns(office: Office, home: UUID, chief: UUID) -> None:
    one = office.world.account(home)
    office.people.suspend(office.as_(chief), one, deed(), since=NOW + DAY)
    office.people.resume(office.as_(chief), one, deed(), since=NOW + 3 * DAY)
    assert states(office, one, 0, 1, 2, 3) == ["active", "suspended", "suspended", "active"]


def test_whoever_leaves_administers_nothing_until_that_is_undone(
    office: Office, home: UUID, chief: UUID
) -> None:
    one = office.world.account(home)
    office.world.mandate(one, "org_admin", organisation=home)
    done = office.people.leave(office.as_(chief), one, deed())
    assert done.warnings == ("only one person administers the organisation now; name another",)
    assert office.as_(one).mandates == ()
    assert "organisation.administrators_missing" in office.told()
    office.people.undo_leave(office.as_(chief), one, deed(NOW + DAY))
    assert [m.kind for m in office.as_(one, NOW + DAY).mandates] == ["org_admin"]


def test_whoever_comes_back_later_gets_a_new_account_and_the_old_one_lets_go(
    office: Office, home: UUID, chief: UUID
) -> None:
    who = office.as_(chief)
    first = office.people.add(who, home, NewPerson("Anna", identity=uuid_said(ANNA, CVR)), deed())
    office.login(professional_uuid(CVR, ANNA), cvr=CVR)
    office.people.leave(who, first.account, deed())
    later = NOW + 200 * DAY
    again = office.people.add(
        who, home, NewPerson("Anna", identity=uuid_said(ANNA, CVR)), deed(later)
    )
    _, acting = office.login(professional_uuid(CVR, ANNA), cvr=CVR, at=later)
    assert acting == [again.account]
    assert office.account(first.account, later).person is None
    with reading(office.engine) as connection:
        assert store.same_human(connection, again.account) == {again.account, first.account}


def test_two_accounts_of_one_person_become_one_with_everything(
    office: Office, home: UUID, chief: UUID
) -> None:
    who = office.as_(chief)
    boss = office.world.account(home)
    office.world.mandate(boss, "org_admin", organisation=home)
    kept = office.people.add(who, home, NewPerson("Anna", identity=uuid_said(ANNA, CVR)), deed())
    gone = office.people.add(who, home, NewPerson("Anna", identity=uuid_said(BO, CVR)), deed())
    for key in (ANNA, BO):
        office.login(professional_uuid(CVR, key), cvr=CVR)
    office.world.mandate(gone.account, "org_reader", organisation=home)
    group = office.world.group(home, "Vagt", gone.account)
    assert office.people.merge(office.as_(boss), kept.account, gone.account, deed()) == 7
    for key in (ANNA, BO):
        assert office.login(professional_uuid(CVR, key), cvr=CVR)[1] == [kept.account]
    assert [m.kind for m in office.as_(kept.account).mandates] == ["org_reader"]
    with reading(office.engine) as connection:
        assert store.members(connection, group, NOW) == {kept.account}
        assert store.members(connection, group, NOW - DAY) == {gone.account}
        assert store.same_human(connection, kept.account) == {kept.account, gone.account}
    assert office.guard.seen == [(group, kept.account)]
    (moved,) = office.grants.moves
    assert moved.accounts == {gone.account: kept.account}
    with pytest.raises(BrokerError, match=r"person\.merged"):
        office.people.undo_leave(CONSOLE, gone.account, deed())


def test_grants_that_cannot_move_undo_the_whole_merge(office: Office, home: UUID) -> None:
    one, other = office.world.account(home), office.world.account(home)
    office.grants.refuses = True
    before = office.rows()
    with pytest.raises(BrokerError, match=r"grant\.conflict"):
        office.people.merge(CONSOLE, one, other, deed())
    assert office.rows() == before


def test_accounts_in_two_organisations_are_confirmed_by_whoever_administers_both(
    office: Office, home: UUID
) -> None:
    there = office.world.organisation("90000012")
    boss = office.world.account(home)
    office.world.mandate(boss, "org_admin", organisation=home)
    one = office.world.account(home, person=office.world.person())
    other = office.world.account(there, person=office.world.person())
    with pytest.raises(BrokerError, match=r"permission\.organisation"):
        office.people.confirm(office.as_(boss), (one, other), deed())
    office.people.confirm(CONSOLE, (one, other), deed())
    with reading(office.engine) as connection:
        assert store.same_human(connection, one) == {one, other}
    assert office.account(one).human == office.account(other).human


REFUSED: list[tuple[str, Callable[[Office, UUID, UUID, UUID], object]]] = [
    ("person.state", lambda o, c, a, _: o.people.resume(o.as_(c), a, deed())),
    ("permission.oneself", lambda o, c, *_: o.people.leave(o.as_(c), c, deed())),
    ("permission.oneself", lambda o, c, *_: o.people.change(o.as_(c), c, deed(), email="")),
    ("permission.organisation", lambda o, c, _, f: o.people.suspend(o.as_(c), f, deed())),
    ("permission.mandate", lambda o, _, a, __: o.people.suspend(CONSOLE, a, deed())),
    ("permission.mandate", lambda o, _, a, f: o.people.leave(o.as_(f), a, deed())),
    ("account.unknown", lambda o, c, *_: o.people.leave(o.as_(c), uuid4(), deed())),
    ("change.past", lambda o, c, a, _: o.people.leave(o.as_(c), a, deed(), since=NOW - DAY)),
    (
        "input.mail",
        lambda o, c, a, _: o.people.change(o.as_(c), a, deed(), email="anna"),
    ),
    (
        "input.cpr",
        lambda o, c, a, _: o.people.change(o.as_(c), a, deed(), display_name="0101901234"),
    ),
    ("input.cpr", lambda o, c, a, _: o.people.leave(o.as_(c), a, deed(reason="010190-1234"))),
    ("person.merge_itself", lambda o, _, a, __: o.people.merge(CONSOLE, a, a, deed())),
    ("person.merge_elsewhere", lambda o, _, a, f: o.people.merge(CONSOLE, a, f, deed())),
    ("person.confirm_two", lambda o, _, a, __: o.people.confirm(CONSOLE, (a, a), deed())),
    (
        "person.confirm_same_organisation",
        lambda o, c, a, _: o.people.confirm(CONSOLE, (a, c), deed()),
    ),
]


@pytest.mark.parametrize(
    ("code", "change"), REFUSED, ids=[f"{n}-{code}" for n, (code, _) in enumerate(REFUSED)]
)
def test_a_refusal_has_its_code_and_leaves_nothing(
    office: Office,
    home: UUID,
    chief: UUID,
    code: str,
    change: Callable[[Office, UUID, UUID, UUID], object],
) -> None:
    one = office.world.account(home)
    foreign = office.world.account(office.world.organisation())
    before = office.rows()
    with pytest.raises(BrokerError) as refused:
        change(office, chief, one, foreign)
    assert refused.value.code == code
    assert office.rows() == before


def test_an_administrator_of_a_unit_moves_people_only_within_it(office: Office, home: UUID) -> None:
    boss = office.world.account(home)
    office.world.mandate(boss, "org_admin", organisation=home, unit="1")
    inside = office.world.account(home, unit="12")
    outside = office.world.account(home, unit="2")
    nowhere = office.world.account(home)
    who = office.as_(boss)
    office.people.move(who, inside, "13", deed())
    for account, unit in ((inside, "2"), (inside, None), (outside, "1"), (nowhere, "1")):
        with pytest.raises(BrokerError, match=r"permission\.unit"):
            office.people.move(who, account, unit, deed())
    office.people.add(who, home, NewPerson("Bo", home_code="14"), deed())
    with pytest.raises(BrokerError, match=r"permission\.unit"):
        office.people.add(who, home, NewPerson("Bo", home_code="2"), deed())


def test_every_period_says_whose_account_it_is(office: Office, home: UUID, chief: UUID) -> None:
    there = office.world.organisation("90000005")
    office.world.account(there, "Elsewhere")
    person = NewPerson("Anna Holm", "anna@eksempel.dk", "12", uuid_said(ANNA, CVR))
    made = office.people.add(office.as_(chief), home, person, deed()).account
    with writing(office.engine) as connection:
        for day, said in ((1, {"state": "active"}), (2, {"state": "left"})):
            values = {**said, "reason": "", "by_label": "the test"}
            account_from(connection, made, NOW + day * DAY, values)
        account_amended(connection, made, NOW + DAY, {"home_code": "13"})
    with reading(office.engine) as connection:
        joined = sa.select(ACCOUNT.c.organisation_id, ACCOUNT_PERIOD.c.organisation_id).join(
            ACCOUNT, ACCOUNT.c.id == ACCOUNT_PERIOD.c.account_id
        )
        rows = connection.execute(joined).all()
    assert len(rows) >= 5
    assert all(row[0] == row[1] for row in rows)
