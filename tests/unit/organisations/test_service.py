"""Organisations through their lives, at past and future instants."""

from collections.abc import Callable
from datetime import timedelta
from uuid import UUID, uuid4

import pytest

from broker.db import reading
from broker.errors import BrokerError
from broker.organisations import store
from broker.organisations.model import Deed
from tests.factories import NOW
from tests.unit.organisations.office import CONSOLE, Office, deed

DAY = timedelta(days=1)


def register(office: Office, cvr: str = "90000004", unit: str = "") -> UUID:
    made = office.organisations.register(
        CONSOLE,
        deed(),
        federation="sundhed",
        cvr=cvr,
        name="Region Eksempel",
        kind="region",
        unit_key=unit,
    )
    return made.id


def state(office: Office, organisation: UUID, days: int) -> str | None:
    with reading(office.engine) as connection:
        found = store.organisation(connection, organisation, NOW + days * DAY)
    return found.state if found else None


def test_an_organisation_is_registered_activated_suspended_and_closed(office: Office) -> None:
    home = register(office)
    assert state(office, home, 0) == "pending"
    done = office.organisations.activate(CONSOLE, home, deed(NOW + DAY))
    assert done.warnings == (
        "nobody active administers the organisation: name somebody, or wait for their login",
    )
    office.organisations.suspend(CONSOLE, home, deed(NOW + 2 * DAY, "no agreement"))
    office.organisations.activate(CONSOLE, home, deed(NOW + 3 * DAY))
    office.organisations.close(CONSOLE, home, deed(NOW + 4 * DAY))
    states = [state(office, home, day) for day in range(-1, 6)]
    assert states == [None, "pending", "active", "suspended", "active", "closed", "closed"]
    assert office.told() == ["organisation.changed"] * 5
    with reading(office.engine) as connection:
        history = store.organisation_history(connection, home)
    assert [row["reason"] for row in history][2] == "no agreement"


def test_a_state_may_begin_later_and_a_change_before_it_drops_the_plan(office: Office) -> None:
    home = register(office)
    office.organisations.activate(CONSOLE, home, deed(), since=NOW + 5 * DAY)
    assert [state(office, home, day) for day in (0, 4, 5)] == ["pending", "pending", "active"]
    done = office.organisations.close(CONSOLE, home, deed(NOW + DAY))
    assert [period.since for period in done.dropped] == [NOW + 5 * DAY]
    assert [state(office, home, day) for day in (0, 1, 5)] == ["pending", "closed", "closed"]


def test_a_new_name_leaves_the_plan_to_close_as_it_is(office: Office) -> None:
    home = register(office)
    office.organisations.activate(CONSOLE, home, deed())
    office.organisations.close(CONSOLE, home, deed(), since=NOW + 9 * DAY)
    office.organisations.rename(CONSOLE, home, deed(), name="Region Nyt", since=NOW + DAY)
    with reading(office.engine) as connection:
        told = [
            (found.name, found.state)
            for day in (0, 1, 9)
            if (found := store.organisation(connection, home, NOW + day * DAY))
        ]
    assert told == [
        ("Region Eksempel", "active"),
        ("Region Nyt", "active"),
        ("Region Nyt", "closed"),
    ]


def test_people_can_read_why_an_organisation_is_suspended(office: Office) -> None:
    home = register(office)
    office.organisations.activate(CONSOLE, home, deed())
    office.organisations.suspend(CONSOLE, home, deed(NOW + DAY, "the agreement has ended"))
    office.organisations.rename(CONSOLE, home, deed(NOW + 2 * DAY, "new name"), name="Nyt")
    with reading(office.engine) as connection:
        for day in (1, 2, 3):
            why = store.reason_of_state(connection, home, NOW + day * DAY)
            assert why == "the agreement has ended"
        assert store.reason_of_state(connection, home, NOW) == "a test"
        assert store.reason_of_state(connection, home, NOW - DAY) is None


def test_one_number_has_several_organisations_only_by_their_units(office: Office) -> None:
    register(office)
    register(office, unit="P1003334567")
    with pytest.raises(BrokerError, match=r"organisation\.exists"):
        register(office)


def test_a_number_whose_check_digit_does_not_fit_is_warned_of_and_taken(office: Office) -> None:
    def warnings(cvr: str) -> tuple[str, ...]:
        made = office.organisations.register(
            CONSOLE, deed(), federation="sundhed", cvr=cvr, name="X", kind="other"
        )
        return made.warnings

    assert warnings("90000005") == ("the check digit of CVR 90000005 does not fit",)
    assert warnings("90000004") == ()


@pytest.mark.parametrize(
    ("change", "code"),
    [
        (lambda o, i: o.organisations.activate(CONSOLE, i, deed(reason=" ")), "change.reason"),
        (
            lambda o, i: o.organisations.activate(CONSOLE, i, deed(), since=NOW - DAY),
            "change.past",
        ),
        (lambda o, i: o.organisations.suspend(CONSOLE, i, deed()), "organisation.state"),
        (lambda o, _: o.organisations.close(CONSOLE, uuid4(), deed()), "organisation.unknown"),
        (lambda o, i: o.organisations.rename(CONSOLE, i, deed()), "change.nothing"),
        (lambda o, i: o.organisations.rename(CONSOLE, i, deed(), name=" "), "input.empty"),
        (
            lambda o, i: o.organisations.rename(CONSOLE, i, deed(), name="P 010190-1234"),
            "input.cpr",
        ),
        (lambda o, _: register(o, "0123"), "input.cvr"),
        (
            lambda o, _: o.organisations.register(
                CONSOLE, deed(), federation="nowhere", cvr="90000012", name="X", kind="other"
            ),
            "organisation.federation",
        ),
    ],
)
def test_a_refusal_has_its_code_and_leaves_nothing(
    office: Office, change: Callable[[Office, UUID], object], code: str
) -> None:
    home = register(office)
    before = office.rows()
    with pytest.raises(BrokerError) as refused:
        change(office, home)
    assert refused.value.code == code
    assert office.rows() == before


def test_nothing_changes_in_a_closed_organisation(office: Office) -> None:
    home = register(office)
    office.organisations.close(CONSOLE, home, deed())
    for change in (office.organisations.activate, office.organisations.close):
        with pytest.raises(BrokerError, match=r"organisation\.closed"):
            change(CONSOLE, home, deed(NOW + DAY))


def test_an_administrator_changes_no_organisation_and_reads_the_own_alone(office: Office) -> None:
    home, other = office.world.organisation(), office.world.organisation()
    chief = office.world.account(home)
    office.world.mandate(chief, "org_chief", organisation=home)
    who = office.as_(chief)
    with pytest.raises(BrokerError, match=r"permission\.mandate"):
        office.organisations.suspend(who, home, deed())
    assert office.organisations.read(who, home, NOW).id == home
    with pytest.raises(BrokerError, match=r"permission\.organisation"):
        office.organisations.read(who, other, NOW)


def test_a_mandate_that_ended_since_the_page_was_opened_counts_no_more(office: Office) -> None:
    home = office.world.organisation()
    boss = office.world.account(home)
    mandate = office.world.mandate(boss, "operator")
    who = office.as_(boss)
    office.mandates.take(CONSOLE, mandate, deed())
    with pytest.raises(BrokerError, match=r"permission\.mandate"):
        office.organisations.suspend(who, home, Deed(NOW, "late", "R2"))
