"""The log in words, looking in it recorded, and which mails somebody wants."""

from urllib.parse import urljoin

from tests.portals.org_admin.uploading import download, newcomer, upload, workbook
from tests.portals.visiting import House, text, token


def test_the_log_tells_what_happened_in_words_and_finds_it_by_person(house: House) -> None:
    bodil = house.enter("bodil")
    url = upload(bodil, workbook([newcomer(900)])).url
    bodil.send(bodil.open(url + "/apply"), {"mode": "all", "reason": "ansat i log-testen"})
    page = text(bodil.open("org/log?lang=en"))
    assert "Bodil Kornmose applied an import: 1 new, 0 changed, 0 ended." in page
    assert "Bodil Kornmose added Ny Medarbejder 900." in page
    assert "ansat i log-testen" in page

    one = text(bodil.open("org/log?person=Medarbejder+900&lang=en"))
    assert "Ny Medarbejder 900 the role" in one
    assert "applied an import" not in one
    nobody = text(bodil.open("org/log?person=findes+ikke&lang=en"))
    assert "Nobody in the organisation is called that" in nobody
    role = text(bodil.open("org/log?person=Medarbejder+900&kind=account&lang=en"))
    assert "added Ny Medarbejder 900" in role
    assert "the role" not in role.partition("Time What happened")[2]
    bodil.send(bodil.open(url + "/undo"), {"reason": "fortrudt"})


def test_looking_for_somebody_stands_in_the_log_itself(house: House) -> None:
    anton = house.enter("else")
    anton.open("org/log?person=Mette&lang=en")
    page = text(anton.open("org/log?kind=trail&lang=en"))
    assert "Else Kildegaard searched this log for somebody." in page
    found = text(anton.open("org/log?person=Mette&kind=trail&lang=en"))
    assert "Else Kildegaard searched" in found, "whom somebody looked for is found by that"


def test_the_log_is_taken_away_as_a_file_and_that_is_told(house: House) -> None:
    bodil = house.enter("bodil")
    page = bodil.open("org/log?lang=da")
    href = next(a.get("href", "") for a in page.tree.iter("a") if "/log/copy" in a.get("href", ""))
    answer = download(bodil, urljoin(page.url, href))
    assert answer.data.startswith(b"PK")
    csv = download(bodil, "org/log/copy/csv").data.decode("utf-8-sig")
    assert csv.splitlines()[0] == '"Tidspunkt";"Hvad skete der";"Begrundelse";"Reference"'
    assert "Bodil Kornmose took a copy of this log." in text(bodil.open("org/log?lang=en"))


def test_days_and_other_filters_of_any_kind_are_met_with_words(house: House) -> None:
    bodil = house.enter("bodil")
    wrong = bodil.open("org/log?since=31.02.2026&until=x&lang=en")
    assert wrong.status == 200
    assert text(wrong).count("Write the date as day, month and year") == 2
    future = text(bodil.open("org/log?since=01.01.2099&until=02.01.2099&lang=en"))
    assert "Nothing was found in those days" in future
    for bad in ("role=%00", "kind=x", "page=99999", "person=%25_!", "role=" + "x" * 500):
        assert bodil.open(f"org/log?{bad}").status == 200, bad


def test_the_log_of_another_organisation_is_another(house: House) -> None:
    annelise = house.enter("annelise")
    assert "Bodil Kornmose" not in text(annelise.open("org/log"))
    assert "Nobody in the organisation" in text(annelise.open("org/log?person=Bodil&lang=en"))
    for key in ("mette", "merete", "ravn"):
        assert house.enter(key).open("org/log").mark("code") == "permission.mandate"


def test_somebody_chooses_which_mails_they_get(house: House) -> None:
    mette, bodil = house.enter("mette"), house.enter("bodil")
    page = mette.open("mine/mail?lang=en")
    names = {s.get("name") for s in page.tree.iter("select")}
    assert names == {"request", "request-expired", "role", "role-ending", "language"}
    said = {"role": "weekly", "language": "da", "role-ending": "none", "request": "now"}
    done = mette.send(page, {**said, "request-expired": "daily"})
    assert "Your choice has been saved" in text(done)
    chosen = {
        s.get("name"): o.get("value")
        for s in done.tree.iter("select")
        for o in s.iter("option")
        if o.get("selected") is not None
    }
    assert chosen == {**said, "request-expired": "daily"}
    theirs = {s.get("name") for s in bodil.open("mine/mail").tree.iter("select")}
    assert {"people", "request-waiting"} <= theirs
    assert "mandate" not in theirs, "what guards the organisation can't be turned off"
    forged = {"csrf_token": token(mette.open("mine/mail")), "role": "sometimes"}
    assert mette.post("mine/mail", forged).mark("code") == "notice.choice"
