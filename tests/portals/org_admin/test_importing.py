"""Spreadsheets: shown first, applied whole or in part, confirmed by another, taken back."""

import time

import pytest

from broker.demo.visitor import Page
from tests.portals.org_admin.uploading import (
    HEADINGS,
    counts,
    download,
    faulty,
    newcomer,
    upload,
    workbook,
)
from tests.portals.visiting import House, Portal, text, token

MORE = (*HEADINGS[:8], "Gyldig til")


def test_a_file_is_shown_applied_in_part_and_taken_back(house: House) -> None:
    bodil = house.enter("bodil")
    rows = [newcomer(n) for n in range(20)] + faulty(600)
    page = upload(bodil, workbook(rows))
    assert page.status == 200
    assert counts(page) == {"new": 20, "change": 0, "end": 0, "error": 7, "unchanged": 0}
    assert "A25: The row does not say whom" in text(page)
    only = bodil.open(f"{page.url}?verdict=error")
    assert "Ny Medarbejder 000" not in text(only)
    assert "Ny Medarbejder 601" in text(only)

    refused = bodil.send(bodil.open(page.url + "/apply"), {"mode": "all", "reason": "ansat"})
    assert refused.status == 400
    assert "Some rows have errors" in text(refused)
    empty = bodil.send(bodil.open(page.url + "/apply"), {"mode": "valid", "reason": " "})
    assert (empty.status, "Write why" in text(empty)) == (400, True)
    done = bodil.send(bodil.open(page.url + "/apply"), {"mode": "valid", "reason": "ansat"})
    assert "The import has been applied" in text(done)
    assert "7 of the rows" in text(done)

    twice = bodil.post(page.url + "/apply", {"csrf_token": token(done), "reason": "igen"})
    assert (twice.status, counts(twice)["new"]) == (200, 20), "shown as it is, and not done again"
    undone = bodil.send(bodil.open(page.url + "/undo"), {"reason": "forkert fil"})
    assert "The import has been taken back" in text(undone)
    assert "What could not be taken back" not in text(undone)


def test_what_changed_since_stays_and_is_listed(house: House) -> None:
    bodil, vibeke = house.enter("bodil"), house.enter("vibeke")
    page = upload(bodil, workbook([newcomer(700), newcomer(701)]))
    bodil.send(bodil.open(page.url + "/apply"), {"mode": "all", "reason": "ansat"})
    again = upload(vibeke, workbook([[*newcomer(700), "31-12-2030"]], MORE))
    assert counts(again)["change"] == 1
    vibeke.send(vibeke.open(again.url + "/apply"), {"mode": "all", "reason": "forlænget"})
    undone = bodil.send(bodil.open(page.url + "/undo"), {"reason": "forkert fil"})
    assert "What could not be taken back" in text(undone)
    assert "1 of the rows" in text(undone)
    later = text(bodil.open(page.url))
    assert "What could not be taken back" in later, "it is still told tomorrow"


def test_where_many_lose_access_another_administrator_confirms(house: House) -> None:
    dagny = house.enter("dagny")
    rows = [newcomer(n, role="Godkender") for n in range(800, 805)]
    first = upload(dagny, workbook(rows))
    dagny.send(dagny.open(first.url + "/apply"), {"mode": "all", "reason": "ansat"})
    page = upload(dagny, workbook(rows[:1]), fields={"missing": "end"})
    assert counts(page)["end"] >= 4
    assert "Another administrator has to confirm" in text(page)
    assert f"{page.url.partition('?')[0]}/apply" not in page.links
    for deed in ("apply", "confirm"):
        mine = dagny.send(dagny.open(f"{page.url}/{deed}"), {"mode": "all", "reason": "oprydning"})
        assert mine.status == 400, deed
    evald = house.enter("evald")
    said = evald.send(evald.open(page.url + "/confirm"), {"reason": "det passer"})
    assert "You have confirmed" in text(said)
    done = dagny.send(dagny.open(page.url + "/apply"), {"mode": "all", "reason": "oprydning"})
    assert "The import has been applied" in text(done)
    dagny.send(dagny.open(page.url + "/undo"), {"reason": "fortrudt"})
    dagny.send(dagny.open(first.url + "/undo"), {"reason": "fortrudt"})


def test_a_day_later_nothing_is_taken_back(house: House) -> None:
    bodil = house.enter("bodil")
    page = upload(bodil, workbook([newcomer(720)]))
    bodil.send(bodil.open(page.url + "/apply"), {"mode": "all", "reason": "ansat"})
    house.clock.move(25 * 3600)
    bodil = house.enter("bodil", anew=True)
    assert f"{page.url}/undo" not in bodil.open(page.url).links
    late = bodil.send(bodil.open(page.url + "/undo"), {"reason": "for sent"})
    assert late.status == 400
    assert "24 hours" in text(late)


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"", "Choose a file"),
        (b"\xd0\xcf\x11\xe0" + b"x" * 100, "old Excel"),
        (b"PK" + b"x" * 100, "be read. Open it in Excel"),
        (b"x" * (5 * 1024 * 1024 + 1), "larger than 5 MB"),
        (b"Konto;Navn;Rolle\n;x;y\n", "Tjeneste"),
        (b"Konto;Nvan\n;x\n", "Nvan"),
    ],
)
def test_a_file_that_is_none_is_told_at_its_field(house: House, data: bytes, words: str) -> None:
    bodil = house.enter("bodil")
    page = upload(bodil, data, name="" if not data else "fil.csv")
    assert page.status == 400
    assert words in text(page)
    assert page.tree.find(".//a[@href='#file']") is not None


def test_what_is_larger_than_any_form_is_refused_before_it_is_read(house: House) -> None:
    page = upload(house.enter("bodil"), b"x" * (6 * 1024 * 1024))
    assert page.status == 413


def test_the_template_is_what_one_may_fill_in_and_is_read_back_as_unchanged(house: House) -> None:
    bodil = house.enter("bodil")
    for to, media in (("xlsx", "spreadsheetml"), ("csv", "text/csv")):
        answer = download(bodil, f"org/imports/template/{to}")
        assert media in answer.headers["Content-Type"]
        assert f'.{to}"' in answer.headers["Content-Disposition"]
        page = upload(bodil, answer.data, name=f"alle.{to}")
        shown = counts(page)
        assert shown["unchanged"] > 3
        assert sum(shown.values()) == shown["unchanged"]
    blank = download(bodil, "org/imports/template/csv?blank=1")
    assert len(blank.data.splitlines()) == 1
    assert bodil.open("org/imports/template/exe").mark("code") == "portal.choice"


@pytest.mark.parametrize("key", ["annelise", "anton", "else", "mette", "merete"])
def test_a_file_of_another_organisation_is_nobodys(house: House, key: str) -> None:
    bodil = house.enter("bodil")
    url = upload(bodil, workbook([newcomer(730)])).url
    other = house.enter(key)
    for path in ("", "/apply", "/undo", "/confirm", "/discard"):
        page = other.open(url + path, follow=False)
        assert page.status in (403, 404), path
        posted = other.post(url + path, {"csrf_token": token(other.open()), "reason": "x"})
        assert posted.status in (403, 404, 405), path
    assert counts(bodil.open(url))["new"] == 1
    bodil.send(bodil.open(url + "/discard"), {"reason": "en prøve"})
    assert "Thrown away" in text(bodil.open(url))


def test_a_long_file_is_worked_on_while_its_page_says_how_far_it_is(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("broker.portals.organisation.batches.AT_ONCE", 5)
    bodil = house.enter("bodil")
    page = upload(bodil, workbook([newcomer(n) for n in range(950, 980)]))
    done = bodil.send(bodil.open(page.url + "/apply"), {"mode": "all", "reason": "mange"})
    assert done.url == page.url
    settled = until(bodil, page.url)
    assert "Applied" in text(settled)
    bodil.send(bodil.open(page.url + "/undo"), {"reason": "fortrudt"})
    assert "Taken back" in text(until(bodil, page.url))


def test_what_a_long_file_met_is_told_when_it_is_over(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("broker.portals.organisation.batches.AT_ONCE", 5)
    bodil = house.enter("bodil")
    page = upload(bodil, workbook([newcomer(n) for n in range(980, 990)] + faulty(600)))
    bodil.send(bodil.open(page.url + "/apply"), {"mode": "all", "reason": "mange"})
    settled = until(bodil, page.url)
    assert "Some rows have errors" in text(settled)
    assert "Not applied yet" in text(settled)
    bodil.send(bodil.open(page.url + "/discard"), {"reason": "fortrudt"})


def until(person: Portal, url: str) -> Page:
    """The page when nothing is under way any more, loaded again as it asks for."""
    for _ in range(200):
        page = person.open(url)
        if page.tree.find(".//div[@data-under-way]") is None:
            return page
        time.sleep(0.1)
    raise AssertionError("it never ended")
