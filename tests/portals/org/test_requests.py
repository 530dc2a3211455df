"""Deciding requests through HTTP: approve, less, refuse, ask back, take, and never one's own."""

from uuid import UUID

import pytest

from broker.demo.visitor import Page
from broker.roles.grants.facts import Scope
from broker.roles.requests.model import Request
from tests.portals.org.backstage import LOWER, TOP, Backstage, pressed
from tests.portals.visiting import House, Portal, text, token

ABOVE = Scope("sor", "value", TOP, with_descendants=True)
BELOW = Scope("sor", "value", LOWER, with_descendants=True)


@pytest.fixture
def stage(house: House) -> Backstage:
    return Backstage(house)


def asked(stage: Backstage, key: str, role: str = "plov/Godkender") -> Request:
    """A request of somebody, whatever else they have asked for withdrawn by nobody."""
    return stage.ask(stage.account(key), role)


def show(person: Portal, made: Request, tail: str = "") -> Page:
    return person.open(f"org/requests/{made.id}{tail}?lang=en")


def test_the_list_has_what_waits_with_age_and_deadline_and_never_ones_own(
    house: House, stage: Backstage
) -> None:
    bodil = house.enter("org_admin")
    made = stage.ask(stage.account("hanne"), "dpsd/Laeser", (BELOW,))
    own = stage.ask(stage.account("bodil"), "dpsd/Laeser", (BELOW,))
    page = bodil.open("org/requests?lang=en")
    links = [a.get("href") for a in page.tree.iter("a")]
    assert any(str(made.id) in (href or "") for href in links)
    assert not any(str(own.id) in (href or "") for href in links)
    for words in ("Hanne Løvdal", "Reader", "and everything below it", "since today"):
        assert words in text(page), words
    # Her own page of it is there to read, and has nothing to press.
    mine = show(bodil, own)
    assert mine.status == 200
    assert "Approve" not in [b.text for b in mine.tree.iter("button")]
    answer = bodil.post(
        f"org/requests/{own.id}", {"csrf_token": token(mine), "version": "submitted.0.0"}
    )
    assert answer.status == 400
    assert "Nobody can approve a request that they sent" in text(answer)
    assert stage.request(own.id).state == "submitted"
    assert show(bodil, made).status == 200


def test_it_is_approved_for_a_narrower_unit_and_a_shorter_time(
    house: House, stage: Backstage
) -> None:
    bodil, viggo = house.enter("org_admin"), stage.account("viggo")
    made = stage.ask(viggo, "dpsd/Sagsbehandler", (ABOVE,))
    page = show(bodil, made, "/narrow")
    assert "You can give that or less" in text(page)
    # Down the tree, as the links lead.
    page = pressed(bodil, page, "Plejecenter Egely")
    page = pressed(bodil, page, f"sor={LOWER}")
    page = pressed(bodil, page, "Use this")
    day = "31-12-2026"
    page = bodil.send(
        page, {"until": day, "reason": "Kun for din egen afdeling"}, action=str(made.id)
    )
    after = stage.request(made.id)
    assert after.state == "submitted", text(page)  # the owner of the service answers next
    assert {scope.value for scope in after.scopes} == {LOWER}
    assert f"{after.period.until:%Y-%m-%d %H:%M}" == "2026-12-31 23:00"
    assert "Your approval is recorded" in text(page)
    assert "until 31 December 2026" in text(page)
    # Two people: the same administrator does not answer the next step.
    again = bodil.post(
        f"org/requests/{made.id}", {"csrf_token": token(page), "version": "submitted.1.1"}
    )
    assert again.status == 400
    assert stage.request(made.id).stage == 1


def test_nobody_gives_more_than_was_asked_for(house: House, stage: Backstage) -> None:
    bodil, viggo = house.enter("org_admin"), stage.account("viggo")
    made = stage.ask(viggo, "dpsd/Risikomanager", (BELOW,))
    page = show(bodil, made)
    for more in ({"scopes": f"sor={TOP}+"}, {"scopes": "sor=own_unit_tree"}, {"until": "1.1.2031"}):
        answer = bodil.send(page, more, action=str(made.id))
        assert answer.status == 400, more
        assert "only give what was asked for, or less" in text(answer)
        assert stage.request(made.id) == made
    for odd in ({"until": "31-02-2026"}, {"until": "i morgen"}, {"scopes": "sor"}):
        answer = bodil.send(page, odd, action=str(made.id))
        assert answer.status == 400, odd
        assert stage.request(made.id) == made


def test_a_refusal_needs_a_reason_and_the_person_reads_it(house: House, stage: Backstage) -> None:
    bodil = house.enter("org_admin")
    made = stage.ask(stage.account("freja"), "dpsd/Laeser", (BELOW,))
    page = bodil.send(show(bodil, made, "/refuse"), {"reason": " "}, action="refuse")
    assert page.status == 400
    assert "Write why" in text(page)
    assert stage.request(made.id).state == "submitted"
    page = bodil.send(show(bodil, made, "/refuse"), {"reason": "Du er kun vikar"}, action="refuse")
    assert stage.request(made.id).state == "rejected"
    assert "Du er kun vikar" in text(page)
    assert not [g for g in stage.living(made.subject) if g.request == made.id]


def test_asking_back_stops_the_clock_and_taking_tells_colleagues(
    house: House, stage: Backstage
) -> None:
    bodil, vibeke = house.enter("org_admin"), house.enter("org_chief")
    made = stage.ask(stage.account("hanne"), "dpsd/Risikomanager", (ABOVE,))
    bodil.send(show(bodil, made), {}, action="claim")
    assert "Bodil Kornmose is looking at it" in text(show(vibeke, made))
    assert "a colleague is looking at it" in text(vibeke.open("org/requests?lang=en"))
    bodil.send(show(bodil, made), {}, action="claim")
    assert stage.request(made.id).claimed_by is None
    page = bodil.send(show(bodil, made, "/ask"), {"reason": "Hvilken afdeling?"}, action="ask")
    assert stage.request(made.id).state == "info_needed"
    assert "Waiting for the answer to a question" in text(page)


def test_it_is_sent_on_to_somebody_who_may_answer_it(house: House, stage: Backstage) -> None:
    bodil, anton = house.enter("org_admin"), house.enter("org_approver")
    made = stage.ask(stage.account("freja"), "dpsd/Sagsbehandler", (ABOVE,))
    page = show(bodil, made, "/forward")
    names = {label.text for label in page.tree.iter("label")}
    assert {"Anton Bøgelund", "Vibeke Strandmark"} <= names
    assert not {"Bodil Kornmose", "Else Kildegaard", "Freja Holmgaard"} & names
    to = str(stage.account("anton"))
    bodil.send(page, {"to": to, "reason": "Du kender hende"}, action="forward")
    assert stage.request(made.id).assigned_to == UUID(to)
    assert "with you" in text(anton.open("org/requests?lang=en"))
    # To somebody who may not: an employee's number in the field is no choice.
    nobody = str(stage.account("else"))
    page = bodil.send(
        show(bodil, made, "/forward"), {"to": nobody, "reason": "x"}, action="forward"
    )
    assert page.status == 400
    assert stage.request(made.id).assigned_to == UUID(to)


def test_what_somebody_else_did_meanwhile_is_shown_and_kept(house: House, stage: Backstage) -> None:
    bodil, vibeke = house.enter("org_admin"), house.enter("org_chief")
    made = stage.ask(stage.account("freja"), "dpsd/Risikomanager", (ABOVE,))
    hers = show(bodil, made)
    vibeke.send(show(vibeke, made, "/ask"), {"reason": "Hvorfor?"}, action="ask")
    page = bodil.send(hers, {"reason": "Fint"}, action=str(made.id))
    assert page.status == 409
    assert "Somebody else dealt with this meanwhile" in text(page)
    assert "Hvorfor?" in text(page)
    assert page.tree.findtext(".//textarea", "").strip() == "Fint"
    assert stage.request(made.id).state == "info_needed"
    # Sent once more, it is on top of what it says now.
    bodil.send(page, {}, action=str(made.id))
    assert stage.request(made.id).stage == 1


def test_a_request_of_another_organisation_is_not_there(house: House, stage: Backstage) -> None:
    made = stage.ask(stage.account("mette"), "dpsd/Laeser", (ABOVE,))
    annelise = house.enter("admin_elsewhere")
    assert made.number not in text(annelise.open("org/requests"))
    known = token(annelise.open("org/requests"))
    for tail in ("", "/refuse", "/ask", "/forward", "/narrow", "/claim"):
        fields = {"csrf_token": known, "reason": "x", "version": "submitted.0.0"}
        answers = [show(annelise, made, tail)] if tail != "/claim" else []
        if tail != "/narrow":
            answers.append(annelise.post(f"org/requests/{made.id}{tail}", fields))
        for page in answers:
            assert (page.status, page.mark("code")) == (404, "request.unknown"), tail
            assert made.number not in text(page)
    assert stage.request(made.id) == made
