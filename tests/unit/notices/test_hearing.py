"""From what happens to who is told: whom it matters to, in one transaction, and not oneself."""

from uuid import UUID

import pytest

from broker.errors import NotAllowed
from broker.organisations.mandating import Wanted
from tests.factories import NOW
from tests.unit.notices.conftest import OPERATOR, Heard
from tests.unit.roles.grants.rights import CONSOLE, DAY, NIGHT, WARD, alone, deed


def mandate(heard: Heard, of: UUID) -> UUID:
    (found,) = [
        m
        for m in heard.mandates.listed(heard.acting(heard.bo), heard.region, NOW)
        if m.account == of
    ]
    return found.id


def test_whoever_gets_loses_or_keeps_a_role_is_told_and_nobody_else(heard: Heard) -> None:
    given = heard.give(heard.bo, heard.region, "reader", account=heard.anna).grant
    assert heard.told() == {("anna", "role-granted")}
    acting = heard.acting(heard.bo)
    with heard.work() as connection:
        heard.grants.shorten(connection, acting, given.id, NOW + 9 * DAY, deed())
        heard.grants.revoke(connection, acting, given.id, deed(NOW + DAY))
    assert heard.told() == {
        ("anna", "role-granted"),
        ("anna", "role-changed"),
        ("anna", "role-ended"),
    }


def test_what_does_not_happen_is_not_told(heard: Heard) -> None:
    with pytest.raises(NotAllowed):
        heard.give(heard.bo, heard.region, "reader", account=heard.anna, until=NOW - DAY)
    assert heard.told() == set()


def test_a_request_is_told_to_whom_it_waits_for_and_to_whoever_asked(heard: Heard) -> None:
    request = heard.ask(heard.anna, "reader")
    assert heard.told() == {
        ("anna", "request-received"),
        ("carl", "request-waiting"),
        ("dina", "request-waiting"),
    }
    heard.act("ask", heard.carl, request)
    assert ("anna", "request-asked") in heard.told()
    heard.act("answer", heard.anna, request)
    heard.approve(heard.carl, request, at=NOW + DAY)
    assert heard.told() - {("carl", "request-waiting"), ("dina", "request-waiting")} == {
        ("anna", "request-received"),
        ("anna", "request-asked"),
        ("anna", "request-decided"),
    }, "what came of a request is told with it, and not twice"


def test_a_forwarded_request_is_told_to_whom_it_went(heard: Heard) -> None:
    request = heard.ask(heard.anna, "reader")
    before = heard.told()
    heard.act("forward", heard.carl, request, to=heard.curt)
    assert heard.told() - before == {("curt", "request-waiting")}


def test_the_next_step_of_a_request_is_told_to_its_own_approvers(heard: Heard) -> None:
    request = heard.ask(heard.anna, "secret")
    assert ("frida", "request-waiting") not in heard.told()
    heard.approve(heard.carl, request)
    assert ("frida", "request-waiting") in heard.told()
    heard.act("reject", heard.frida, request)
    assert ("anna", "request-decided") in heard.told()


def test_a_mandate_is_told_to_all_other_administrators_and_to_who_got_it(heard: Heard) -> None:
    heard.mandates.give(heard.acting(heard.bo), heard.anna, Wanted("org_admin"), deed())
    assert heard.told() == {
        ("anna", "mandate-received"),
        ("curt", "mandate-granted"),
        ("eva", "mandate-granted"),
    }


def test_the_last_administrator_is_an_alarm_to_everybody_left_and_to_the_operator(
    heard: Heard,
) -> None:
    eva, curt, bo = (mandate(heard, one) for one in (heard.eva, heard.curt, heard.bo))
    heard.mandates.take(CONSOLE, eva, deed())
    heard.mandates.take(heard.acting(heard.bo), curt, deed(NOW + DAY))
    assert ("bo", "administrators-one") in heard.told()
    acting = heard.acting(heard.bo, NOW + 2 * DAY)
    heard.mandates.take(acting, bo, deed(NOW + 2 * DAY))
    alarmed = {who for who, kind in heard.told() if kind == "administrators-none"}
    assert alarmed == {"carl", "dina"}
    mail = heard.outbox()[OPERATOR.partition("@")[0]].mail
    assert mail.urgent
    assert "Region Eksempel" in mail.subject
    assert "https://x.dk/sundhed/portal/operator/rescues" in mail.body
    for day, weeks in ((3, [0]), (10, [0, 1]), (11, [0, 1])):
        heard.remind(NOW + day * DAY)
        assert heard.alarms() == weeks, "said at once, and again each week"


def test_administrators_are_told_of_who_left_and_of_who_moved_with_roles(heard: Heard) -> None:
    freja = heard.account(heard.region, "Freja Falk", unit=WARD, email="freja@eksempel.dk")
    heard.people.move(heard.acting(heard.bo), freja, NIGHT, deed())
    assert heard.told() == set(), "nobody moved with a role"
    heard.give(heard.bo, heard.region, "reader", account=freja)
    heard.give(heard.bo, heard.region, "caseworker", account=heard.anna, scopes=[alone(WARD)])
    heard.people.move(heard.acting(heard.bo), heard.anna, NIGHT, deed(NOW + DAY))
    heard.people.leave(heard.acting(heard.curt), freja, deed(NOW + DAY))
    assert heard.told() == {
        ("anna", "role-granted"),
        ("freja", "role-granted"),
        ("curt", "person-moved"),
        ("eva", "person-moved"),
        ("bo", "person-left"),
        ("eva", "person-left"),
    }


def test_a_substitute_is_told_and_so_are_the_administrators(heard: Heard) -> None:
    acting, own = heard.acting(heard.bo), mandate(heard, heard.bo)
    heard.substitutes.name_substitute(acting, own, heard.anna, deed(), until=NOW + 9 * DAY)
    assert heard.told() == {
        ("anna", "mandate-received"),
        ("curt", "mandate-granted"),
        ("eva", "mandate-granted"),
    }
