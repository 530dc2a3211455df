"""An organisation becomes a member: applied for, approved in turn, activated, begun."""

from tests.portals.operator_cases.applying import (
    CVR,
    act,
    apply,
    decide,
    field,
    mailed,
    reference,
    stranger,
)
from tests.portals.visiting import House, text, whole


def test_somebody_whom_nobody_knows_may_apply_and_nothing_else(house: House) -> None:
    ane = stranger(house, "ane")
    page = ane.open()
    assert "Ane Kildegaard" in whole(page)
    assert page.tree.xpath("//a[contains(@href, '/portal/cases/new')]")
    form = ane.open("cases/new")
    assert CVR in text(form)
    assert field(form, "name").get("value") == "Fysioterapien ved Kilden"
    assert field(form, "applicant_name").get("value") == "Ane Kildegaard"
    assert ane.open("org/").mark("code") == "portal.no_account"


def test_an_application_out_of_order_keeps_what_was_typed(house: House) -> None:
    _, page = apply(house, purpose="", officer_email="nowhere")
    assert page.status == 400
    assert field(page, "officer_name").get("value") == "Sofus Birkelund"
    _, page = apply(house, second_email="MERLE@kilden.example.dk")
    assert page.status == 400
    assert field(page, "faults") is not None
    _, page = apply(house, unit="123")
    assert page.status == 400
    _, page = apply(house, officer_email="ane@kilden.example.dk")
    assert page.status == 400
    _, page = apply(house, roles="00000000-0000-4000-8000-000000000000")
    assert page.status == 400


def test_a_member_is_told_to_ask_its_administrators(house: House) -> None:
    page = house.enter("viggo").open("cases/new")
    assert not page.tree.xpath("//input[@name='officer_name']")


def test_a_clinic_is_onboarded_and_everybody_sees_how_it_goes(house: House) -> None:
    ane, page = apply(house)
    assert page.status == 200, text(page)
    case = reference(page)
    at_ane, at_owner = f"cases/{case}", f"service/cases/{case}"
    at_operator = f"operator/cases/{case}"
    merete, ravn = house.enter("merete"), house.enter("ravn")

    # The link is worth nothing to whoever applied, nor to another organisation.
    link = mailed(house, "case-link", "sofus@kilden.example.dk")
    assert not ane.open(link).tree.xpath("//input[@name='deed']")
    assert stranger(house, "tove").open(link).mark("code") == "case.officer_cvr"
    sofus = stranger(house, "sofus")
    refused = sofus.send(sofus.open(link), {"deed": "refuse", "reason": ""}, action="officer")
    assert refused.status == 400
    done = sofus.send(sofus.open(link), {"deed": "approve"}, action="officer")
    assert not done.tree.xpath("//input[@name='deed']")

    # The owner asks first, and approves then; the operator cannot come before.
    assert not ravn.open(at_operator).tree.xpath("//input[@name='deed']")
    assert decide(merete, at_owner, "ask").status == 400
    decide(merete, at_owner, "ask", "Hvor mange er I?")
    assert "Hvor mange er I?" in text(ane.open(at_ane))
    act(ane, at_ane, "answer", words="Vi er fire.")
    assert "Vi er fire." in text(merete.open(at_owner))
    decide(merete, at_owner)
    assert "Merete Skovbo" not in text(ane.open(at_ane))  # told as the owner of the service
    assert "Merete Skovbo" in text(ravn.open(at_operator))

    # Two windows of the operator: the second is told that somebody was before it.
    act(ravn, at_operator, "take")
    decide(ravn, at_operator)
    assert not ravn.open(at_operator).tree.xpath("//input[@name='deed']")

    # The administrator begins by the link, once, and sees her organisation.
    claim = mailed(house, "case-claim", "merle@kilden.example.dk")
    assert (
        stranger(house, "tove")
        .send(stranger(house, "tove").open(claim), {}, action="claim")
        .mark("code")
    )
    merle = stranger(house, "merle")
    home = merle.through(merle.send(merle.open(claim), {}, action="claim"))
    assert "Fysioterapien ved Kilden" in whole(home)
    assert merle.open("org/").status == 200
    assert merle.send(merle.open(claim), {}, action="claim").mark("code") == "claim.wrong"
