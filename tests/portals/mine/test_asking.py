"""Asking for access: found in plain words, narrowed, checked, sent, followed, withdrawn."""

import re
from collections.abc import Iterator
from urllib.parse import quote, urlsplit

import pytest

from broker.demo.visitor import Page
from tests.portals.visiting import House, Portal, text, token

DPSD = "mine/ask?service=dpsd&idp=nemlogin"
OWN = "own_unit"
ELSEWHERE = "1521000016008"  # a unit of another organisation


@pytest.fixture
def viggo(house: House) -> Iterator[Portal]:
    """Somebody without a role, whose cart is empty before and after."""
    came = house.enter("viggo")
    _empty(came)
    yield came
    _empty(came)


def _empty(who: Portal) -> None:
    page = who.open("mine/ask")
    while found := [e.get("value") for e in page.tree.iter("button") if e.get("name") == "drop"]:
        page = who.send(page, {"drop": str(found[0]), "stay": "1"})
    page = who.open("mine/requests")
    for link in _requests(page):
        shown = who.open(link)
        if "withdraw" in _links(shown):
            who.send(who.open(f"{link}/withdraw"), {})


def _links(page: Page) -> str:
    return " ".join(a.get("href", "") for a in page.tree.iter("a"))


def _requests(page: Page) -> list[str]:
    found = re.findall(r"/portal/(mine/requests/[0-9a-f-]{36})(?= |$)", _links(page))
    return list(dict.fromkeys(found))


def role(page: Page, name: str) -> str:
    """The value of the tick box of a role, by its name."""
    for label in page.tree.iter("label"):
        words = "".join(map(str, label.itertext())).strip()
        if words == name or words.startswith(f"{name} "):
            return str(label.get("for")).removeprefix("role-")
    raise AssertionError(f"{name} is not offered at {page.url}")


def ask(who: Portal, name: str = "Læser", path: str = DPSD, **why: str) -> Page:
    """A role asked for, up to the check of the answers."""
    page = who.open(f"{path}&lang=da" if "?" in path else f"{path}?lang=da")
    page = who.send(page, {"role": role(page, name)})
    if "/ask/role/" in page.url:
        page = who.send(page, {"do": "save", "pick-sor": OWN})
    page = who.open("mine/ask/why?lang=da")
    return who.send(page, {"reason": "Jeg er ny på afdelingen", **why})


def test_plain_words_find_a_role_that_is_called_something_else(viggo: Portal) -> None:
    page = viggo.open("mine/ask?q=" + quote("utilsigtede haendelser") + "&lang=da")
    assert "Sagsbehandler" in text(page)
    assert "Læser" not in text(page).split("Hvem kan give")[0]
    page = viggo.open("mine/ask?q=xyzzy&lang=da")
    assert "Intet fundet" in text(page)


def test_what_colleagues_have_is_told_in_numbers_and_not_by_name(viggo: Portal) -> None:
    said = text(viggo.open("mine/ask?lang=da"))
    assert "Det har dine kolleger i Plejecenter Egely, Østfløjen" in said
    assert "Plejehjemmets redaktør" in said  # which Mette has
    assert "Mette" not in said


def test_a_role_that_the_organisation_may_not_give_says_so(viggo: Portal) -> None:
    page = viggo.open("mine/ask?q=risikomanager&lang=da")
    assert role(page, "Risikomanager")
    page = viggo.open("mine/ask?q=darina&lang=da")
    assert "Kan ikke gives, hvor du arbejder" in text(page)
    assert not [e for e in page.tree.iter("input") if e.get("name") == "role"]


def test_a_role_that_is_not_offered_is_not_put_in_the_cart(viggo: Portal, house: House) -> None:
    karen = house.enter("karen")  # whose organisation may give it
    page = karen.open("mine/ask?q=darina&lang=da")
    other = role(page, "Sagsbehandler")
    page = viggo.open("mine/ask")
    page = viggo.post("mine/ask", {"csrf_token": token(page), "role": other})
    assert page.status == 400
    page = viggo.post("mine/ask", {"csrf_token": token(page), "role": "no-id"})
    assert page.status == 400


def test_several_roles_go_together_and_get_a_number_each(viggo: Portal) -> None:
    page = viggo.open(f"{DPSD}&lang=da")
    page = viggo.send(page, {"role": role(page, "Læser")})
    page = viggo.open("mine/ask?service=plov&lang=da")
    page = viggo.send(page, {"role": role(page, "Plejehjemmets redaktør")})
    assert "/ask/role/" in page.url  # the first is not narrowed yet
    page = viggo.send(page, {"do": "save", "pick-sor": OWN})
    page = viggo.send(page, {"reason": "Jeg er ny på afdelingen"})
    assert "Læser" in text(page)
    assert "Plejehjemmets redaktør" in text(page)
    page = viggo.send(page, {}, action="ask/check")
    assert "/ask/sent/" in page.url
    assert len(set(_requests(page))) == 2
    assert "Anton Bøgelund" in text(page)  # who decides
    assert "senest" in text(page)


def test_what_is_ticked_stays_while_one_searches(viggo: Portal) -> None:
    page = viggo.open(f"{DPSD}&lang=da")
    page = viggo.send(page, {"role": role(page, "Læser")})
    page = viggo.send(page, {"do": "find:sor", "find-sor": "vestfløjen", "pick-sor": OWN})
    ticked = {e.get("value"): e.get("checked") for e in page.tree.iter("input")}
    assert ticked[OWN] is not None
    assert "1511000016004" in ticked
    assert "1491000016005+" not in ticked  # which the search did not find
    page = viggo.send(page, {"do": "in:sor:1491000016005", "pick-sor": "1511000016004"})
    kept = {e.get("value"): e.get("checked") for e in page.tree.iter("input")}
    assert kept["1511000016004"] is not None
    assert kept[OWN] is None
    assert "1501000016001" in kept  # below where one looks


def test_a_search_finds_nothing_outside_what_may_be_given(viggo: Portal) -> None:
    page = viggo.open(f"{DPSD}&lang=da")
    page = viggo.send(page, {"role": role(page, "Læser")})
    page = viggo.send(page, {"do": "find:sor", "find-sor": ELSEWHERE})
    ticks = [e.get("value") for e in page.tree.iter("input") if e.get("type") == "checkbox"]
    assert not [one for one in ticks if one and one.startswith(ELSEWHERE)]
    page = viggo.send(page, {"do": "save", "pick-sor": ELSEWHERE})
    page = viggo.send(page, {"reason": "Jeg er ny"})
    assert "Kan ikke sendes" in text(page)
    assert "ligger uden for det, som organisationen må tildele" in text(page)
    page = viggo.send(page, {}, action="ask/check")
    assert "/ask/check" in page.url  # nothing is sent


def test_a_role_that_must_be_narrowed_is_not_passed_by(viggo: Portal) -> None:
    page = viggo.open(f"{DPSD}&lang=da")
    page = viggo.send(page, {"role": role(page, "Læser")})
    page = viggo.send(page, {"do": "save"})
    assert page.status == 400
    assert "Vælg mindst én" in text(page)


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"reason": ""}, "Skriv, hvad du skal bruge rollerne til"),
        ({"reason": "Patient 010190-1234"}, "Det ligner et CPR-nummer"),
        ({"until": "31. december"}, "Det er ikke en dato"),
        ({"until": "01-01-2020"}, "Den slutter, før den begynder"),
        ({"reason": "x" * 501}, "Skriv kortere"),
    ],
)
def test_a_faulty_form_keeps_what_was_typed(
    viggo: Portal, fields: dict[str, str], words: str
) -> None:
    page = ask(viggo, **{"until": "31.12.2027", **fields})
    assert page.status == 400
    assert words in text(page)
    assert str(page.tree.findtext(".//title")).startswith("Fejl")
    kept = {e.get("name"): e.get("value") for e in page.tree.iter("input")}
    assert kept["until"] == fields.get("until", "31.12.2027")


def test_conflicts_and_terms_are_told_before_anything_is_sent(viggo: Portal) -> None:
    page = viggo.open("mine/ask?service=plov&lang=da")
    both = [role(page, "Plejehjemmets redaktør"), role(page, "Godkender")]
    page = viggo.post("mine/ask", {"csrf_token": token(page), "role": both[0]})
    page = viggo.post("mine/ask", {"csrf_token": token(page), "role": both[1]})
    page = viggo.send(page, {"reason": "Begge dele"})
    said = text(page)
    assert "Redaktion og godkendelse" in said  # the rule by its name
    assert "skal ses af to personer" in said  # and why
    page = ask(viggo, "Sagsbehandler", until="31-12-2040")
    assert "kan højst tildeles til" in text(page)
    assert re.search(r"til \d\d-\d\d-\d{4}", text(page))


def test_a_sensitive_role_is_decided_by_two_in_their_order(viggo: Portal) -> None:
    said = text(ask(viggo, "Sagsbehandler"))
    first, second = (
        said.index("1. En administrator i Plejecenter"),
        said.index("2. Tjenestens ejer"),
    )
    assert first < second
    assert "Styrelsen for Patientsikkerhed" in said


def test_a_cart_that_changed_meanwhile_is_shown_and_not_sent(viggo: Portal, house: House) -> None:
    old = ask(viggo)
    house.clock.move(1)
    page = viggo.open("mine/ask?service=plov&lang=da")
    viggo.send(page, {"role": role(page, "Godkender")})
    page = viggo.send(old, {}, action="ask/check")
    assert "/ask/check" in page.url
    assert "Kurven er ændret på en anden side" in text(page)
    assert "Godkender" in text(page)
    page = viggo.send(page, {}, action="ask/check")
    assert "/ask/sent/" in page.url


def test_the_same_is_not_asked_for_twice(viggo: Portal) -> None:
    viggo.send(ask(viggo), {}, action="ask/check")
    page = ask(viggo)
    assert "Der er allerede en åben anmodning om det samme" in text(page)


def test_a_request_is_followed_and_withdrawn_after_being_asked_once_more(viggo: Portal) -> None:
    page = viggo.send(ask(viggo), {}, action="ask/check")
    (link,) = set(_requests(page))
    page = viggo.open(link)
    assert "Venter på afgørelse" in text(page)
    assert "Har ventet siden" in text(page)
    page = viggo.open(f"{link}/withdraw")
    assert "Træk anmodningen tilbage?" in text(page)
    page = viggo.send(page, {})
    assert "Anmodningen er trukket tilbage" in text(page)
    assert "Trukket tilbage" in text(page)
    page = viggo.send(viggo.open(f"{link}/withdraw"), {})
    assert page.status == 400  # it is over


def test_nobody_sees_or_withdraws_the_request_of_somebody_else(viggo: Portal, house: House) -> None:
    page = viggo.send(ask(viggo), {}, action="ask/check")
    (link,) = set(_requests(page))
    cart = urlsplit(page.url).path.rpartition("/")[2]
    for kind in ("mette", "bodil", "annelise", "ravn"):  # whatever mandates they have
        other = house.enter(kind)
        for path in (link, f"{link}/withdraw", f"mine/ask/sent/{cart}"):
            assert (other.open(path).status, other.open(path).mark("code")) == (
                404,
                "request.unknown",
            )
        crafted = other.post(f"{link}/withdraw", {"csrf_token": token(other.open("mine/ask"))})
        assert crafted.mark("code") == "request.unknown"
    assert "Venter på afgørelse" in text(viggo.open(link))
