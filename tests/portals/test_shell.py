"""What the shell does for every page: forms, lists, refusals, and what others changed."""

import pytest

from tests.portals import trial
from tests.portals.visiting import House, jar, text, token, whole

FORM = "/sundhed/portal/trial/form"


def test_a_faulty_form_keeps_what_was_typed_and_says_what_to_do(house: House) -> None:
    mette = house.enter("mette")
    page = mette.send(
        mette.open("trial/form?lang=da"), {"title": "", "note": "Keep <this>", "colour": "blue"}
    )
    assert page.status == 400
    assert page.tree.findtext(".//title", "").startswith("Fejl:")
    summary = page.tree.find(".//div[@id='faults']")
    assert summary is not None
    assert summary.get("tabindex") == "-1"
    assert [a.get("href") for a in summary.iter("a")] == ["#title"]
    assert page.tree.findtext(".//textarea", "").strip() == "Keep <this>"
    field = page.tree.find(".//input[@id='title']")
    assert field is not None
    assert field.get("aria-invalid") == "true"
    assert (field.get("aria-describedby") or "").split() == ["title-hint", "title-fault"]
    chosen = [i.get("value") for i in page.tree.iter("input") if i.get("checked") is not None]
    assert chosen == ["blue"]


def test_what_a_service_says_no_to_stands_in_the_form(house: House) -> None:
    mette = house.enter("mette")
    page = mette.send(mette.open("trial/form?lang=en"), {"title": "Taken"})
    assert page.status == 400
    assert "outside your unit" in text(page)
    long = mette.send(mette.open("trial/form?lang=en"), {"title": "x" * 21})
    assert "too long" in text(long)


def test_what_somebody_else_changed_is_shown_and_not_overwritten(house: House) -> None:
    mette, bodil = house.enter("mette"), house.enter("bodil")
    hers = mette.open("trial/form?lang=en")
    assert bodil.send(bodil.open("trial/form"), {"title": "Bodil’s"}).title == "Reached"
    page = mette.send(hers, {"title": "Mette’s"})
    assert trial.KEPT.title == "Bodil’s"
    assert "Somebody else changed this meanwhile" in text(page)
    for words in ("Bodil’s", "Mette’s"):
        assert words in text(page)
    field = page.tree.find(".//input[@id='title']")
    assert field is not None
    assert field.get("value") == "Mette’s"
    assert mette.send(page, {}).title == "Reached"
    assert trial.KEPT.title == "Mette’s"


def test_a_form_of_another_session_is_not_taken(house: House) -> None:
    mette, bodil = house.enter("mette"), house.enter("bodil")
    foreign = token(bodil.open("trial/form"))
    before = trial.KEPT.title
    for fields in ({}, {"csrf_token": ""}, {"csrf_token": foreign}, {"csrf_token": "x.y.z"}):
        page = mette.post("trial/form", {"title": "Forged", **fields})
        assert (page.status, page.mark("code")) == (403, "portal.form")
    assert trial.KEPT.title == before


def test_a_form_that_another_site_posts_is_not_taken(house: House) -> None:
    client = house.demo.broker.test_client()
    mette = house.enter("mette")
    page = mette.open("trial/form")
    for cookie in jar(mette):
        client.set_cookie(cookie.name, cookie.value or "", domain="localhost", secure=False)
    form = {"csrf_token": token(page), "title": "Forged"}
    asked = {"base_url": mette.origin, "data": form}
    before = trial.KEPT.title
    answer = client.post(FORM, **asked, headers={"Sec-Fetch-Site": "cross-site"})
    assert answer.status_code == 403
    assert 'data-code="portal.form"' in answer.text
    assert trial.KEPT.title == before
    answer = client.post(FORM, **asked, headers={"Sec-Fetch-Site": "same-origin"})
    assert answer.status_code == 303


@pytest.mark.parametrize(
    ("what", "status", "code"),
    [
        ("unknown", 404, "organisation.unknown"),
        ("allowed", 403, "permission.organisation"),
        ("refused", 400, "portal.choice"),
        ("unavailable", 503, "key.missing"),
    ],
)
def test_a_refusal_is_a_page_in_the_shell(house: House, what: str, status: int, code: str) -> None:
    ravn = house.enter("ravn")
    page = ravn.open(f"trial/thing/{what}", follow=False)
    assert (page.status, page.mark("code")) == (status, code)
    assert page.mark("reference")
    assert "Rikke Ravnkilde" in whole(page)


def test_a_list_has_pages_that_keep_the_filter(house: House) -> None:
    mette = house.enter("mette")
    page = mette.open("trial/list?q=a&page=2&lang=en")
    rows = [td.text for td in page.tree.iter("td") if td.get("data-title") == "Number"]
    assert rows == [str(n) for n in range(51, 101)]
    assert "?q=a&page=3" in page.links.split()
    switch = page.tree.find(".//a[@class='language']")
    assert switch is not None
    assert switch.get("href") == "?q=a&page=2&lang=da"
    last = mette.open("trial/list?page=99999")
    assert next(td.text for td in last.tree.iter("td")) == "201"
    for bad in ("0", "-1", "x", "9" * 30, "%00"):
        assert mette.open(f"trial/list?page={bad}").status == 200


def test_times_are_in_denmark_and_in_danish(house: House) -> None:
    page = house.enter("mette").open("trial/list?lang=da")
    assert " kl. " in text(page)


def test_the_navigation_shows_what_is_this_persons(house: House) -> None:
    shown = {
        "mette": {"mine"},
        "bodil": {"mine", "org"},
        "merete": {"mine", "service"},
        "ravn": {"mine", "operator"},
        "rosa": {"mine", "operator"},
    }
    for key, sections in shown.items():
        links = house.enter(key).open().links.split()
        found = {
            link.split("/")[3] for link in links if link.count("/") == 4 and "/portal/" in link
        }
        assert found - {"trial"} == sections, key
