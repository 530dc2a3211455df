"""Administrators, substitutes and codes: who may, who may not, and who gets in again."""

import re
from urllib.parse import quote, urljoin

import pytest

from broker.demo.visitor import Page
from broker.organisations import store
from tests.portals.visiting import House, Portal, text, token


def found(person: Portal, path: str, name: str) -> Page:
    """The page of somebody, found by a search as a person would."""
    page = person.open(f"{path}?q={quote(name)}&lang=en")
    (href,) = [a.get("href", "") for a in page.tree.iter("a") if "account=" in a.get("href", "")]
    return person.open(urljoin(page.url, href))


def links_of(page: Page, name: str) -> list[str]:
    """Where the links in somebody's rows lead."""
    rows = [row for row in page.tree.iter("tr") if name in " ".join(map(str, row.itertext()))]
    return [urljoin(page.url, a.get("href", "")) for row in rows for a in row.iter("a")]


def appoint(person: Portal, name: str, **fields: str) -> Page:
    said = {"kind": "org_approver", "reason": "vokser til opgaven", **fields}
    return person.send(found(person, "org/mandates/new", name), said)


def test_an_administrator_appoints_a_colleague_and_withdraws_it(house: House) -> None:
    bodil = house.enter("bodil", anew=True)
    done = appoint(bodil, "Hanne", until="31.12.2099")
    assert done.status == 200
    assert "The mandate has been given" in text(done)
    assert "31 December 2099" in text(done)
    again = appoint(bodil, "Hanne")
    assert (again.status, "They have that mandate already" in text(again)) == (400, True)
    (href,) = [link for link in links_of(bodil.open("org/mandates"), "Hanne") if "/end" in link]
    house.clock.move(301)
    late = bodil.post(href, {"csrf_token": token(bodil.open()), "reason": "for sent"})
    assert late.mark("code") == "portal.fresh", "a mandate takes a login of a moment ago"
    bodil = house.enter("bodil", anew=True)
    ended = bodil.send(bodil.open(href), {"reason": "andre opgaver"})
    assert "The mandate has been withdrawn" in text(ended)
    assert not links_of(ended, "Hanne")


def test_nobody_gives_himself_a_mandate_or_a_wider_one_than_his_own(house: House) -> None:
    bodil = house.enter("bodil", anew=True)
    own = appoint(bodil, "Bodil", kind="org_reader")
    assert own.status in (400, 403)
    assert "Somebody else must do this" in text(own)
    wider = appoint(bodil, "Hanne", kind="org_chief")
    assert wider.status == 400
    assert not [link for link in links_of(bodil.open("org/mandates"), "Hanne") if "/end" in link]


def test_what_is_typed_is_kept_and_told_of(house: House) -> None:
    bodil = house.enter("bodil", anew=True)
    page = appoint(bodil, "Viggo", until="31. februar", reason="")
    assert page.status == 400
    kept = page.tree.find(".//input[@id='until']")
    assert kept is not None
    assert kept.get("value") == "31. februar"
    assert "Write why" in text(page)
    both = appoint(bodil, "Viggo", until="31-02-2030")
    assert "day, month and year" in text(both)
    past = appoint(bodil, "Viggo", until="01.01.2020")
    assert "It would end before it begins" in text(past)


def test_another_organisations_people_and_mandates_are_not_there(house: House) -> None:
    bodil, annelise = house.enter("bodil"), house.enter("annelise", anew=True)
    page = bodil.open("org/mandates")
    known = next(link for link in links_of(page, "") if link.endswith("/end"))
    assert annelise.open(known, follow=False).mark("code") == "mandate.unknown"
    posted = annelise.post(known, {"csrf_token": token(annelise.open()), "reason": "x"})
    assert posted.mark("code") == "mandate.unknown"
    assert "Bodil" not in text(annelise.open("org/mandates/new?q=Bodil"))
    with house.demo.services.portals.reading() as connection:
        now = house.clock()
        home = store.organisation_by_cvr(connection, "sundhed", "90000004", "", now)
        assert home is not None
        (hanne,) = store.accounts(connection, home.id, now, text="Hanne")
    asked = f"org/mandates/new?account={hanne.id}"
    assert annelise.open(asked, follow=False).mark("code") == "account.unknown"
    forged = {"csrf_token": token(annelise.open()), "kind": "org_admin", "reason": "x"}
    assert annelise.post(asked, forged).mark("code") == "account.unknown"


def test_a_substitute_is_named_for_a_while_and_recalled(house: House) -> None:
    anton = house.enter("anton", anew=True)
    own = [link for link in links_of(anton.open("org/mandates"), "Anton") if "substitute" in link]
    page = found(anton, own[0], "Else")
    endless = anton.send(page, {"reason": "ferie", "until": ""})
    assert "Write the last day" in text(endless)
    long = anton.send(page, {"reason": "ferie", "until": "31.12.2099"})
    assert "for a year at most" in text(long)
    day = house.clock().year + 1
    named = anton.send(page, {"reason": "ferie", "until": f"01.01.{day}"})
    assert "The substitute has been named" in text(named)
    assert "Else Kildegaard" in text(named)
    recall = [link for link in links_of(named, "Anton") if "/substitutes/" in link]
    done = anton.send(anton.open(recall[0]), {"reason": "hjemme igen"})
    assert "The substitute has been recalled" in text(done)
    bodil = house.enter("bodil", anew=True)
    foreign = bodil.send(found(bodil, own[0], "Else"), {"reason": "x", "until": f"01.01.{day}"})
    assert foreign.status in (400, 403)
    assert "Only the holder or a chief" in text(foreign)


def test_a_code_is_wrong_for_whoever_it_is_not_for(house: House) -> None:
    viggo = house.enter("viggo")
    page = viggo.send(viggo.open("org/claim"), {"code": "ABCD-EFGH-2345-6789"})
    assert (page.status, "The code cannot be used" in text(page)) == (400, True)
    assert viggo.send(viggo.open("org/claim"), {"code": ""}).status == 400


def test_an_organisation_without_administrator_gets_one_back(house: House) -> None:
    vibe, torben = house.enter("vibe", anew=True), house.enter("torben", anew=True)
    ends = [link for link in links_of(vibe.open("org/mandates"), "Torben") if "/end" in link]
    left = vibe.send(vibe.open(ends[0]), {"reason": "stoppet"})
    assert "You have one administrator only" in text(left)
    assert torben.open("org/").mark("code") == "permission.mandate"
    own = [link for link in links_of(vibe.open("org/mandates"), "Vibe") if "/end" in link]
    warned = vibe.open(own[0])
    assert "This is the last administrator" in text(warned)
    assert vibe.send(warned, {"reason": "skifter job"}).url == vibe.base

    ravn = house.enter("ravn", anew=True)
    front = ravn.open("?lang=en")
    assert "Organisations without administrator: 1" in text(front)
    listed = ravn.open("operator/rescues")
    (href,) = links_of(listed, "Tand")
    empty = ravn.send(ravn.open(f"{href}/newcomer"), {"display_name": "", "reason": ""})
    assert empty.status == 400
    made = ravn.send(
        ravn.open(f"{href}/newcomer"),
        {
            "display_name": "Vibe Askedal",
            "email": "vibe@example.dk",
            "kind": "org_admin",
            "reason": "ringet op på nummeret i CVR",
            "case_no": "26/1",
        },
    )
    assert re.search(r"\b(?:[2-9A-Z]{4}-){3}[2-9A-Z]{4}\b", text(made))
    assert links_of(ravn.open("operator/rescues"), "None"), "nobody until the code is used"
    back = found(ravn, href, "Torben")
    done = ravn.send(back, {"kind": "org_admin", "reason": "bekræftet", "case_no": "26/2"})
    assert "The administrator has been appointed" in text(done)
    assert torben.open("org/").mark("code") is None


def test_a_wrong_level_or_kind_cannot_rescue(house: House) -> None:
    for key in ("bodil", "merete", "mette"):
        assert house.enter(key).open("operator/rescues").mark("code") == "permission.mandate"
    rosa = house.enter("rosa", anew=True)
    assert rosa.open("operator/rescues").status == 200
    path = "operator/rescues/00000000-0000-4000-8000-000000000000"
    assert rosa.open(path).mark("code") == "permission.mandate", "an auditor looks and does nothing"


def test_a_mandate_that_is_withdrawn_ends_within_an_open_session(
    house: House, caplog: pytest.LogCaptureFixture
) -> None:
    """I12: the next page of whoever had it, and the form that is open already, are refused."""
    bodil = house.enter("bodil", anew=True)
    appoint(bodil, "Hanne")
    hanne = house.enter("hanne", anew=True)
    page = hanne.open("org/requests")
    assert (page.status, page.mark("code")) == (200, None)
    (href,) = [link for link in links_of(bodil.open("org/mandates"), "Hanne") if "/end" in link]
    bodil.send(bodil.open(href), {"reason": "andre opgaver"})
    caplog.set_level("INFO", "broker.portals")
    after = hanne.open("org/requests")
    assert (after.status, after.mark("code")) == (403, "permission.mandate")
    posted = hanne.post("org/mandates/new", {"csrf_token": token(page), "kind": "org_chief"})
    assert posted.mark("code") == "permission.mandate"
    told = [vars(one) for one in caplog.records if one.getMessage() == "portal.refused"]
    assert [(one["code"], one["page"]) for one in told] == [
        ("permission.mandate", "portal.org_requests"),
        ("permission.mandate", "portal.org_mandate_new"),
    ]
    assert len({one["by"] for one in told}) == 1
