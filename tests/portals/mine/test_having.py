"""What I have: seen, extended, given back; questions answered; my logins, choices and data."""

import json
import re
from datetime import timedelta
from urllib.request import Request

import pytest

from broker.demo.people import person_of
from broker.demo.visitor import Page
from tests.portals.mine.deciding import decide
from tests.portals.mine.test_asking import ask
from tests.portals.visiting import House, Portal, text, token

_ROLE = re.compile(r"/portal/(mine/roles/[0-9a-f-]{36})$")
_REQUEST = re.compile(r"mine/requests/([0-9a-f-]{36})")


def role_link(page: Page, name: str) -> str:
    """The page of a role, by its name on the overview."""
    for link in page.tree.iter("a"):
        found = _ROLE.search(link.get("href", ""))
        if found and "".join(map(str, link.itertext())).strip() == name:
            return found.group(1)
    raise AssertionError(f"no {name} at {page.url}")


def request_of(page: Page) -> str:
    hrefs = " ".join(a.get("href", "") for a in page.tree.iter("a"))
    found = _REQUEST.search(hrefs)
    assert found is not None
    return found.group(1)


def test_the_overview_tells_what_from_where_until_when(house: House) -> None:
    said = text(house.enter("omar").open("mine/?lang=da"))
    assert "DødsattestSEI2: elektronisk indberetning" in said
    assert "egen enhed" in said
    assert "til og med" in said
    assert "Givet dig af en administrator" in said
    assert "Influenza og lungebetændelse (DJ1) med alt derunder" in said


def test_a_role_through_a_group_names_it_and_is_not_given_back(house: House) -> None:
    karen = house.enter("karen")
    page = karen.open("mine/?lang=da")
    link = role_link(page, "Cancer")
    page = karen.open(link)
    assert "Gennem gruppen Indberettere til SEI2" in text(page)
    assert "Inger Klitbo" in text(page)  # who can take her out
    page = karen.open(f"{link}/give-back")
    assert (page.status, page.mark("code")) == (403, "grant.not_yours")
    page = karen.open(f"{link}/extend")
    assert (page.status, page.mark("code")) == (403, "request.not_extendable")


def test_a_role_that_begins_later_stands_by_itself(house: House) -> None:
    said = text(house.enter("karen").open("mine/?lang=da"))
    assert "Begynder senere" in said.split("Hvem kan give")[0]


def test_nobody_reaches_the_role_of_somebody_else(house: House) -> None:
    link = role_link(house.enter("omar").open("mine/?lang=da"), "Dødsattest")
    for key in ("lykke", "mette", "ravn"):  # his administrator, a stranger, the operator
        other = house.enter(key)
        for path in (link, f"{link}/extend", f"{link}/give-back"):
            page = other.open(path)
            assert (page.status, page.mark("code")) == (404, "grant.unknown"), (key, path)
        page = other.open("mine/ask")
        page = other.post(f"{link}/give-back", {"csrf_token": token(page), "reason": "x"})
        assert page.mark("code") == "grant.unknown"
    assert "Dødsattest" in text(house.enter("omar").open("mine/?lang=da"))


@pytest.mark.parametrize(
    ("until", "reason", "words"),
    [
        ("", "Stadig på vagt", "Skriv den sidste dag"),
        ("i morgen", "Stadig på vagt", "Det er ikke en dato"),
        ("01-12-2026", "Stadig på vagt", "ligger ikke efter den gamle"),
        ("31-12-2090", "Stadig på vagt", "kan højst tildeles til"),
        ("31-03-2027", "", "Skriv, hvad du stadig skal bruge rollen til"),
    ],
)
def test_an_extension_that_cannot_be_says_why(
    house: House, until: str, reason: str, words: str
) -> None:
    omar = house.enter("omar")
    link = role_link(omar.open("mine/?lang=da"), "Dødsattest")
    page = omar.send(omar.open(f"{link}/extend"), {"until": until, "reason": reason})
    assert page.status == 400
    assert words in text(page)


def test_an_extension_is_decided_and_then_counts(house: House) -> None:
    nynne = house.enter("nynne")
    page = ask(nynne, "Plejehjemmets redaktør", "mine/ask?service=plov", until="31-03-2027")
    number = request_of(nynne.send(page, {}, action="ask/check"))
    decide(house.demo, "bodil", "approve", number)
    link = role_link(nynne.open("mine/?lang=da"), "Plejehjemmets redaktør")
    page = nynne.open(f"{link}/extend")
    assert "Anton Bøgelund" in text(page)  # who decides
    page = nynne.send(page, {"until": "30.04.2027", "reason": "Projektet er forlænget"})
    assert "Din anmodning er sendt" in text(page)
    number = request_of(page)
    assert "til og med 31. marts 2027" in text(nynne.open(link))
    decide(house.demo, "bodil", "approve", number)
    assert "til og med 30. april 2027" in text(nynne.open(link))
    assert "Godkendt og givet" in text(nynne.open(f"mine/requests/{number}"))
    nynne.send(nynne.open(f"{link}/give-back"), {})
    assert nynne.open(link).status == 404


def test_the_front_page_of_a_newcomer_leads_to_what_they_can_do(house: House) -> None:
    page = _anybody(house, "dagfin").open("?lang=da")
    assert page.status == 200
    assert [a for a in page.tree.iter("a") if a.get("href", "").endswith("/mine/start")]


def test_a_role_given_back_is_gone_after_being_asked_once_more(house: House) -> None:
    tove = house.enter("tove")
    link = role_link(tove.open("mine/?lang=da"), "Opslag")
    page = tove.open(f"{link}/give-back")
    assert "Giv Opslag tilbage?" in text(page)
    assert "Opslag" in text(tove.open("mine/"))  # nothing happens by looking
    page = tove.send(page, {"reason": "010190-1234"})
    assert page.status == 400
    page = tove.send(tove.open(f"{link}/give-back"), {})
    assert "Du har givet rollen tilbage" in text(page)
    assert tove.open(link).status == 404


def test_a_question_is_answered_and_the_request_goes_on(house: House) -> None:
    nynne = house.enter("nynne")
    page = nynne.send(ask(nynne), {}, action="ask/check")
    number = request_of(page)
    decide(house.demo, "bodil", "ask", number, "Hvilken afdeling gælder det?")
    assert "Du har fået et spørgsmål" in text(nynne.open(""))  # on the front page
    page = nynne.open(f"mine/requests/{number}")
    assert "Hvilken afdeling gælder det?" in text(page)
    assert "Bodil Kornmose" in text(page)
    page = nynne.send(page, {"comment": " "})
    assert page.status == 400
    assert "Skriv dit svar" in text(page)
    page = nynne.send(page, {"comment": "Østfløjen"})
    assert "Dit svar er sendt" in text(page)
    assert "Venter på afgørelse" in text(page)
    decide(house.demo, "bodil", "reject", number, "Læser bruges ikke på Østfløjen")
    page = nynne.open(f"mine/requests/{number}")
    assert "Afvist" in text(page)
    assert "Læser bruges ikke på Østfløjen" in text(page)


def test_a_role_that_ends_soon_says_so_and_leads_to_more(house: House) -> None:
    house.clock.move(timedelta(days=85).total_seconds())
    omar = house.enter("omar", anew=True)
    page = omar.open("mine/?lang=da")
    assert "Udløber snart" in text(page)
    assert [a for a in page.tree.iter("a") if a.get("href", "").endswith("/extend")]
    assert "Du har roller, der udløber snart" in text(omar.open(""))


def test_logins_are_told_with_the_ways_in(house: House) -> None:
    said = text(house.enter("mette").open("mine/logins?lang=da"))
    assert "Erhvervsidentitet" in said
    assert "NemLog-in" in said
    assert "Portalen" in said


def test_a_remembered_choice_is_seen_and_forgotten(house: House) -> None:
    viggo = house.enter("viggo", anew=True)
    page = viggo.open("mine/choices?lang=da")
    assert "Portalen · NemLog-in" in text(page)
    page = viggo.send(page, {"service": "portal"})
    assert "Det er glemt" in text(page)
    assert "Portalen · NemLog-in" not in text(page)


def test_all_that_is_kept_comes_as_a_file_without_a_cpr_number(house: House) -> None:
    omar = house.enter("omar")
    page = omar.open("mine/data?lang=da")
    assert "Omar Lindskov" in text(page)
    body = f"csrf_token={token(page)}".encode()
    asked = Request(omar.url("mine/data"), body)  # noqa: S310 # our own address
    with omar.visitor.opener.open(asked) as answer:
        assert answer.headers["Content-Disposition"].startswith("attachment")
        assert answer.headers["Cache-Control"] == "no-store"
        raw = answer.read().decode()
    found = json.loads(raw)
    assert found["account"]["name"] == "Omar Lindskov"
    assert {"identities", "grants", "requests", "mandates", "logins", "history"} <= found.keys()
    assert any(one["role"].endswith("doedsattest") for one in found["grants"])
    assert not re.search(r"(?<![\d-])\d{6}-?\d{4}(?![\d-])", raw)
    assert "hash" not in raw


def test_the_file_is_for_oneself_alone(house: House) -> None:
    page = house.enter("mette").open("mine/data?account=omar&lang=da")
    assert "Omar" not in text(page)


def _anybody(house: House, key: str) -> Portal:
    """Somebody in a browser of their own, who need not be known here."""
    who = person_of(key)
    assert who is not None
    return Portal(house.demo.ports.origin, "sundhed", who.idp, key)


def places(page: Page) -> dict[str, str]:
    """The organisations to choose from: value and name."""
    of = {e.get("id"): e.get("value", "") for e in page.tree.iter("input")}
    return {
        of[label.get("for")]: "".join(map(str, label.itertext())).strip()
        for label in page.tree.iter("label")
        if label.get("for", "").startswith("organisation")
    }


def test_a_first_visit_creates_oneself_and_goes_on_to_ask(house: House) -> None:
    malene = _anybody(house, "malene")
    page = malene.open("mine/ask?service=dpsd&idp=nemlogin&lang=da")
    assert page.mark("standing") == "free"
    assert "Malene Bækholm" in text(page)
    assert "Egely Hjemmepleje" in text(page)  # of the same CVR number, and another
    (egely,) = [value for value, name in places(page).items() if name == "Plejecenter Egely"]
    kept = page
    page = malene.send(page, {"email": "ikke en mail", "organisation": egely})
    assert page.status == 400
    fields = {"email": "malene@example.dk", "organisation": egely}
    page = malene.through(malene.send(kept, fields))
    assert "Bed om adgang til Dansk Patientsikkerhedsdatabase" in text(page)
    assert "Ingen har givet dig en rolle endnu" in text(malene.open("mine/"))
    assert "malene@example.dk" in text(malene.open("mine/data"))
    assert malene.open("mine/start").url.endswith("/mine/")  # it is not the first visit any more


def test_an_unknown_organisation_is_no_dead_end(house: House) -> None:
    dagfin = _anybody(house, "dagfin")
    page = dagfin.open("mine/?lang=da")
    assert page.mark("standing") == "unknown"
    assert "90000209" in text(page)
    assert "servicedesken" in text(page)
    page = dagfin.post("mine/start", {"csrf_token": token(page), "organisation": "x"})
    assert page.mark("standing") == "unknown"


def test_nobody_is_created_elsewhere_than_the_login_says(house: House) -> None:
    stranger = _anybody(house, "dorte-navne")  # of Region Nordjylland
    page = stranger.open("mine/start?lang=da")
    assert page.mark("standing") == "free"
    org = "00000000-0000-4000-8000-000000000000"
    for wrong in (org, "not-an-id"):
        page = stranger.send(stranger.open("mine/start?lang=da"), {"organisation": wrong})
        assert page.status in (403, 404)
