"""Invitations: sent, accepted once by the right one, withdrawn, guessed at, and run out."""

from collections.abc import Callable
from datetime import timedelta

import pytest

from broker.errors import BrokerError, NotAllowed, Refused, Unknown
from broker.invitations.model import A_DAY, GUESSES, KEPT, LIFE
from broker.saml.assurance import Assurance
from tests.factories import NOW
from tests.unit.invitations.desk import HOUR, Desk
from tests.unit.organisations.office import deed

LATER = NOW + HOUR


def wrong(code: str) -> str:
    """A code with the part that finds it, and another secret."""
    return code[:-1] + ("A" if code[-1] != "A" else "B")


def refused(act: Callable[[], object]) -> str:
    with pytest.raises(BrokerError) as caught:
        act()
    return caught.value.code


def test_a_supplier_accepts_once_and_looks_after_the_service_until_the_day(desk: Desk) -> None:
    ends = NOW + timedelta(days=30)
    code = desk.invite(ends=ends)
    assert desk.states() == ["waiting"]
    looked = desk.service.look(desk.guest(), code.lower(), deed(LATER))
    assert (looked.kind, looked.ends, looked.reason) == ("service_tech", ends, "a test")
    assert desk.held(desk.other, LATER) == []
    desk.service.accept(desk.guest(at=LATER), code, deed(LATER, reference="R2"))
    assert desk.held(desk.other, LATER) == ["service_tech"]
    assert desk.held(desk.other, ends) == []
    assert desk.states(LATER) == ["accepted"]
    assert desk.office.told("R2") == ["mandate.given", "invitation.changed"]
    assert refused(lambda: desk.service.accept(desk.guest(), code, deed(LATER))) == (
        "invitation.unknown"
    )


def test_the_link_is_dead_after_seven_days_and_not_before(desk: Desk) -> None:
    code, last = desk.invite(), NOW + LIFE
    moment = last - timedelta(microseconds=1)
    assert desk.service.look(desk.guest(), code, deed(moment)).kind == "service_tech"
    assert desk.states(last) == ["expired"]
    with pytest.raises(Unknown, match="too old"):
        desk.service.accept(desk.guest(at=last), code, deed(last))


def test_five_guesses_end_it_also_for_who_knows_the_code(desk: Desk) -> None:
    code = desk.invite()
    for _ in range(GUESSES):
        assert desk.states() == ["waiting"]
        with pytest.raises(Unknown):
            desk.service.look(desk.guest(), wrong(code), deed(LATER, reference="R3"))
    assert desk.office.told("R3") == ["invitation.changed"] * GUESSES
    assert desk.states() == ["dead"]
    with pytest.raises(Unknown):
        desk.service.accept(desk.guest(), code, deed(LATER))


def test_a_login_of_another_organisation_takes_nothing(desk: Desk) -> None:
    code = desk.invite()
    elsewhere = desk.guest(desk.tech, cvr="90000001")
    for act in (desk.service.look, desk.service.accept):
        with pytest.raises(NotAllowed) as caught:
            act(elsewhere, code, deed(LATER))
        assert caught.value.code == "invitation.organisation"
    assert desk.states() == ["waiting"]


def test_whoever_left_the_team_brings_nobody_into_it(desk: Desk) -> None:
    code = desk.invite(kind="service_owner")
    office, second = desk.office, desk.office.world.account
    home = office.account(desk.owner).organisation
    boss = second(home, "Nanna Ny")
    office.world.mandate(boss, "service_owner", service="dpsd")
    office.mandates.take(office.as_(boss), desk.mandate, deed(LATER))
    with pytest.raises(NotAllowed) as caught:
        desk.service.accept(desk.guest(at=LATER), code, deed(LATER))
    assert caught.value.code == "invitation.giver"
    assert desk.held(desk.other, LATER) == []


def test_nobody_invites_themselves_under_another_account(desk: Desk) -> None:
    world = desk.office.world
    human = world.person()
    away = world.organisation(cvr="90000778")
    home = desk.office.account(desk.owner).organisation
    twice, same = world.account(home, human=human), world.account(away, human=human)
    world.mandate(twice, "service_owner", service="dpsd")
    code = desk.invite(by=twice, cvr="90000778")
    with pytest.raises(NotAllowed) as caught:
        desk.service.accept(desk.guest(same, cvr="90000778"), code, deed(LATER))
    assert caught.value.code == "permission.oneself"


def test_a_weak_login_takes_nothing_on(desk: Desk) -> None:
    code = desk.invite()
    with pytest.raises(NotAllowed) as caught:
        desk.service.accept(desk.guest(level=Assurance.LOW), code, deed(LATER))
    assert caught.value.code == "permission.assurance"
    assert desk.states() == ["waiting"]


def test_a_withdrawn_one_is_dead_and_is_withdrawn_once(desk: Desk) -> None:
    code, owner = desk.invite(), desk.office.as_(desk.owner)
    (sent,) = desk.service.listed(owner, "sundhed", "dpsd", NOW)
    tech = desk.office.as_(desk.tech)
    end = desk.service.withdraw
    assert refused(lambda: end(tech, "sundhed", "dpsd", sent.id, deed())) == "permission.mandate"
    desk.service.withdraw(owner, "sundhed", "dpsd", sent.id, deed(LATER))
    assert desk.states(LATER) == ["withdrawn"]
    assert refused(lambda: end(owner, "sundhed", "dpsd", sent.id, deed())) == "invitation.over"
    with pytest.raises(Unknown):
        desk.service.accept(desk.guest(), code, deed(LATER))


def test_only_an_owner_of_the_service_invites(desk: Desk) -> None:
    assert refused(lambda: desk.invite(by=desk.tech)) == "permission.mandate"
    assert refused(lambda: desk.invite(kind="operator")) == "permission.wider"
    assert refused(lambda: desk.invite("nobody")) == "input.mail"
    assert refused(lambda: desk.invite(cvr="1234")) == "input.cvr"
    assert refused(lambda: desk.invite(ends=NOW)) == "change.ends_before_it_begins"
    assert desk.states() == []


def test_invitations_are_bounded_by_day_and_one_waits_for_each(desk: Desk) -> None:
    for number in range(A_DAY):
        desk.invite(f"n{number}@supplier.example.dk")
    with pytest.raises(Refused) as caught:
        desk.invite("more@supplier.example.dk")
    assert caught.value.code == "invitation.many"
    tomorrow = NOW + timedelta(days=1)
    assert refused(lambda: desk.invite("N0@supplier.example.dk", at=tomorrow)) == (
        "invitation.already"
    )
    desk.invite("n0@supplier.example.dk", kind="service_owner", at=tomorrow)


def test_names_and_addresses_are_forgotten(desk: Desk) -> None:
    desk.invite()
    desk.invite("new@supplier.example.dk", at=NOW + KEPT + HOUR)
    assert "lis@supplier.example.dk" not in str(desk.office.rows()["team_invitation"])
