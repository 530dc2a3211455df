"""Somebody of another organisation invited into the team: by mail, with their own login."""

from tests.portals.certificates.test_team import AT
from tests.portals.changing import DAY, Change, linked
from tests.portals.operator_cases.applying import mailed
from tests.portals.switching.moments import typed
from tests.portals.visiting import text, token

MAIL = "bodil@egely.example.dk"
EGELY = "90000004"


def fields(change: Change, **more: str) -> dict[str, str]:
    return {
        "name": "Bodil Kornmose",
        "email": MAIL,
        "cvr": "9000 0004",
        "kind": "service_tech",
        "until": typed(change.now + 60 * DAY),
        "reason": "leverandør til kodelisten",
        **more,
    }


def test_a_supplier_is_invited_sees_what_they_take_on_and_accepts(change: Change) -> None:
    merete = change.fresh("merete")
    page = merete.open(f"{AT}/invite")
    page = merete.send(page, fields(change))
    assert "The invitation has been sent" in text(page), text(page)
    assert f"Bodil Kornmose{EGELY}" in text(page)
    assert "Waits for an answer" in text(page)
    again = merete.send(merete.open(f"{AT}/invite"), fields(change))
    assert again.status == 400
    assert "An invitation waits for them already" in text(again)

    link = mailed(change.house, "team-invitation", MAIL)
    annelise = change.fresh("annelise").open(link)
    assert (annelise.status, annelise.mark("code")) == (403, "invitation.organisation")
    bodil = change.fresh("bodil")
    page = bodil.open(link)
    assert "Technician: metadata, certificates and tests" in text(page), text(page)
    assert "leverandør til kodelisten" in text(page)
    assert "My services" not in text(page)  # it would lead to a refusal
    assert bodil.open("service/certificates/sor", follow=False).status == 403
    page = bodil.send(page, {}, action="")
    assert "You are in the team now" in text(page), text(page)
    assert bodil.open("service/certificates/sor").status == 200
    assert bodil.open(link).mark("code") == "invitation.unknown"
    team = merete.open(AT)
    assert "Has accepted" in text(team)
    assert "Take Bodil Kornmose out" in text(team)


def test_a_withdrawn_invitation_is_dead(change: Change) -> None:
    merete = change.fresh("merete")
    to = "else@egely.example.dk"
    merete.send(merete.open(f"{AT}/invite"), fields(change, name="Else Kildegaard", email=to))
    link = mailed(change.house, "team-invitation", to)
    away = linked(merete.open(AT), "Withdraw the invitation of Else").partition("/portal/")[2]
    assert merete.send(merete.open(away), {"reason": ""}).status == 400
    page = merete.send(merete.open(away), {"reason": "forkert person"})
    assert "its link is dead" in text(page), text(page)
    assert "Was withdrawn" in text(page)
    page = change.fresh("else").open(link)
    assert (page.status, page.mark("code")) == (404, "invitation.unknown")


def test_an_invitation_runs_out_and_takes_a_login_of_a_moment_ago(change: Change) -> None:
    merete = change.fresh("merete")
    to = "vibeke@egely.example.dk"
    merete.send(merete.open(f"{AT}/invite"), fields(change, name="Vibeke", email=to))
    link = mailed(change.house, "team-invitation", to)
    vibeke = change.fresh("vibeke")
    assert vibeke.open(link).status == 200
    change.house.clock.move(301)
    assert vibeke.open(link, follow=False).mark("code") == "portal.fresh"
    change.house.clock.move(8 * DAY.total_seconds())
    assert change.fresh("vibeke").open(link).mark("code") == "invitation.unknown"
    assert "Ran out without an answer" in text(change.fresh("merete").open(AT))


def test_what_is_faulty_is_kept_and_said_at_its_field(change: Change) -> None:
    merete = change.fresh("merete")
    page = merete.open(f"{AT}/invite")
    for wrong in ({"email": "nobody"}, {"cvr": "12"}, {"until": "engang"}, {"reason": ""}):
        kept = merete.post(f"{AT}/invite", {"csrf_token": token(page), **fields(change), **wrong})
        assert kept.status == 400, wrong
        assert kept.tree.find(".//input[@value='Bodil Kornmose']") is not None, wrong


def test_no_technician_invites_and_nobody_for_a_foreign_service(change: Change) -> None:
    palle = change.fresh("palle")
    assert "Invite somebody" not in text(palle.open("service/team/dpsd"))
    page = palle.open("service/team/dpsd/invite", follow=False)
    assert (page.status, page.mark("code")) == (403, "permission.mandate")
    page = change.fresh("merete").open("service/team/lpr-sor/invite")
    assert (page.status, page.mark("code")) == (403, "permission.service")
