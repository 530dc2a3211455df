"""People through HTTP: found, added, changed, moved, gone, back, and two made one."""

import csv
import io
from zipfile import ZipFile

import pytest

from broker.portals.organisation import dates
from broker.roles.grants.facts import Scope
from tests.portals.org.backstage import LOWER, TOP, WARD, Backstage
from tests.portals.visiting import House, text, token

ABOVE = Scope("sor", "value", TOP, with_descendants=True)


@pytest.fixture
def stage(house: House) -> Backstage:
    return Backstage(house)


def test_people_are_found_by_name_mail_unit_role_and_status(house: House, stage: Backstage) -> None:
    bodil = house.enter("org_admin")
    stage.give(stage.account("bodil"), stage.account("else"), "dpsd/Laeser", (ABOVE,))
    role = stage.role("dpsd/Laeser")

    def names(query: str) -> str:
        return text(bodil.open(f"org/people?lang=en&{query}"))

    assert "Mette Åkjær" in names("q=%C3%85KJ%C3%86R")
    assert "Mette Åkjær" in names("q=mette%40example")
    assert "Nobody fits" in names("q=m%25e")
    assert "Freja Holmgaard" in names(f"unit={LOWER}")
    assert "Mette Åkjær" not in names(f"unit={LOWER}")
    assert "Mette Åkjær" in names(f"unit={TOP}")
    assert "Else Kildegaard" in names(f"role={role}")
    assert "Palle Engbæk" not in names(f"role={role}&q=palle")
    for odd in ("role=x", "status=x", "unit=%00", "page=-3", "page=9999999999", "q=" + "x" * 900):
        assert bodil.open(f"org/people?{odd}").status == 200, odd


def test_somebody_new_gets_a_code_that_is_shown_once(house: House, stage: Backstage) -> None:
    bodil = house.enter("org_admin")
    page = bodil.open("org/people/add?lang=en")
    wrong = bodil.send(page, {"name": "", "email": "x", "reason": "Ny"})
    assert wrong.status == 400
    wrong = bodil.send(page, {"name": "Sanne 010190-1234", "reason": "Ny"})
    assert "CPR number" in text(wrong)
    wrong = bodil.send(page, {"name": "Sanne Bøgh", "unit": "Nowhere at all", "reason": "Ny"})
    assert wrong.status == 400
    several = bodil.send(page, {"name": "Sanne Bøgh", "unit": "Plejecenter Egely,", "reason": "Ny"})
    assert several.status == 400
    which = [i.get("value") for i in several.tree.iter("input") if i.get("name") == "which"]
    assert {WARD, LOWER} <= set(which)
    done = bodil.send(several, {"which": WARD})
    code = done.tree.find(".//span[@id='claim-code']")
    assert code is not None
    assert code.text is not None
    assert len(code.text) == 19
    sanne = stage.account("Sanne Bøgh")
    assert stage.one(sanne).state == "pending"
    assert stage.one(sanne).home_code == WARD
    assert code.text not in text(bodil.open(f"org/people/{sanne}"))
    again = bodil.send(bodil.open(f"org/people/{sanne}/code"), {"reason": "Blev væk"})
    fresh = again.tree.find(".//span[@id='claim-code']")
    assert fresh is not None
    assert fresh.text != code.text
    # Whoever logs in already needs none.
    mette = stage.account("mette")
    answer = bodil.send(bodil.open(f"org/people/{mette}/code?lang=en"), {"reason": "x"})
    assert answer.status == 400


def test_a_name_is_corrected_and_what_a_colleague_wrote_is_not_overwritten(
    house: House, stage: Backstage
) -> None:
    bodil, vibeke = house.enter("org_admin"), house.enter("org_chief")
    freja = stage.account("freja")
    hers = bodil.open(f"org/people/{freja}/change?lang=en")
    theirs = vibeke.open(f"org/people/{freja}/change")
    vibeke.send(theirs, {"email": "freja.holmgaard@example.dk", "reason": "Ny adresse"})
    page = bodil.send(hers, {"email": "fh@example.dk", "reason": "Rettelse"})
    assert page.status == 409
    for words in ("Somebody else changed this meanwhile", "freja.holmgaard@example.dk"):
        assert words in text(page)
    assert stage.one(freja).email == "freja.holmgaard@example.dk"
    assert "are saved" in text(bodil.send(page, {}))
    assert stage.one(freja).email == "fh@example.dk"
    wrong = bodil.send(bodil.open(f"org/people/{freja}/change"), {"email": "x", "reason": "y"})
    assert wrong.status == 400


def test_a_move_shows_first_what_it_does_to_roles(house: House, stage: Backstage) -> None:
    bodil, sidsel = house.enter("org_admin"), stage.account("sidsel")
    stage.give(stage.account("bodil"), sidsel, "lpr-sor/Laeser", (ABOVE,))
    page = bodil.open(f"org/people/{sidsel}/move?lang=en")
    look = bodil.send(page, {"unit": LOWER, "reason": "Nyt team"})
    words = text(look)
    assert "These follow to the new unit" in words
    assert "These stay as they are: look at them" in words
    assert stage.one(sidsel).home_code == WARD
    assert "is moved" in text(bodil.send(look, {"step": "move"}))
    assert stage.one(sidsel).home_code == LOWER


def test_who_leaves_loses_everything_and_comes_back_with_it(house: House, stage: Backstage) -> None:
    bodil, viggo = house.enter("org_admin"), stage.account("viggo")
    page = bodil.open(f"org/people/{viggo}/leave?lang=en")
    planned = bodil.send(page, {"until": "1-6-2027", "reason": "Barsel"})
    assert "The last day is noted" in text(planned)
    assert stage.one(viggo).state == "active"
    bodil.send(bodil.open(f"org/people/{viggo}/back"), {"reason": "Alligevel ikke"})
    left = bodil.send(page, {"until": "", "reason": "Nyt arbejde"})
    assert "The person has left" in text(left)
    assert stage.one(viggo).state == "left"
    assert "Viggo Ørsnes" in text(bodil.open("org/people?status=left"))
    twice = bodil.send(page, {"reason": "Igen"})
    assert twice.status == 400
    back = bodil.send(bodil.open(f"org/people/{viggo}/back?lang=en"), {"reason": "Fejl"})
    assert "The person is back" in text(back)
    assert stage.one(viggo).state == "active"
    own = bodil.open(f"org/people/{stage.account('bodil')}/leave")
    answer = bodil.send(own, {"reason": "Farvel"}, action="leave")
    assert answer.status == 400
    assert stage.one(stage.account("bodil")).state == "active"


def test_two_entries_of_one_person_become_one(house: House, stage: Backstage) -> None:
    bodil, by = house.enter("org_admin"), stage.account("bodil")
    one, two = stage.add(by, "Karla Vinther"), stage.add(by, "Karla M. Vinther")
    found = bodil.open(f"org/people/{one}/merge?q=vinther&lang=en")
    assert "Karla M. Vinther" in text(found)
    page = bodil.open(f"org/people/{one}/merge/{two}?lang=en")
    assert bodil.send(page, {"keep": str(two), "reason": ""}).status == 400
    odd = bodil.send(page, {"keep": str(by), "reason": "x"})
    assert odd.status == 400
    done = bodil.send(page, {"keep": str(two), "reason": "Har spurgt hende"})
    assert "The two are one now" in text(done)
    assert (stage.one(one).state, stage.one(two).state) == ("left", "pending")
    same = bodil.open(f"org/people/{two}/merge/{two}?lang=en")
    answer = bodil.send(same, {"keep": str(two), "reason": "x"})
    assert answer.status == 400


def test_several_are_extended_and_what_cannot_be_is_told(house: House, stage: Backstage) -> None:
    bodil, by = house.enter("org_admin"), stage.account("bodil")
    mette = stage.account("mette")
    good = stage.give(by, mette, "dpsd/Sagsbehandler", (ABOVE,), stage.days(10)).grant
    own = stage.give(stage.account("vibeke"), by, "dpsd/Laeser", (ABOVE,), stage.days(10)).grant
    page = bodil.open("org/expiring?days=30&lang=en")
    assert "Mette Åkjær" in text(page)
    ticks = [
        i.get("value", "")
        for i in page.tree.iter("input")
        if i.get("name") == "grant" and i.get("value", "")[:36] in (str(good.id), str(own.id))
    ]
    assert len(ticks) == 2
    assert bodil.send(page, {"reason": "x", "until": "31-03-2027"}).status == 400
    known = token(page)
    fields = [("csrf_token", known), ("until", "31-03-2027"), ("reason", "Fortsætter")]
    answer = bodil.post_all("org/expiring", [*fields, *(("grant", tick) for tick in ticks)])
    words = text(answer)
    assert "One role is done" in words
    assert "Nobody can grant themselves a role" in words
    assert f"{stage.grant(good.id).period.until:%Y-%m-%d}" == "2027-03-31"
    assert stage.grant(own.id).period == own.period
    # What somebody else changed since is left as it is.
    answer = bodil.post_all("org/expiring", [*fields, ("grant", ticks[0])])
    assert "left alone" in text(answer) or "themselves" in text(answer)
    # Nor can anybody extend what is in another organisation.
    annelise = house.enter("admin_elsewhere")
    own_token = token(annelise.open("org/people"))
    foreign = [("csrf_token", own_token), ("until", "1-4-2027"), ("reason", "x")]
    stamp = f"{good.id} {stage.grant(good.id).period.until.isoformat()}"
    annelise.post_all("org/expiring", [*foreign, ("grant", stamp)])
    assert f"{stage.grant(good.id).period.until:%Y-%m-%d}" == "2027-03-31"


def test_who_has_access_now_then_and_in_a_file(house: House, stage: Backstage) -> None:
    bodil, by = house.enter("org_admin"), stage.account("bodil")
    hanne = stage.account("hanne")
    grant = stage.give(by, hanne, "fmk-online/Medhjaelp", (), stage.days(40)).grant
    stage.rename(by, hanne, '=HYPERLINK("http://example.dk")')
    page = bodil.open("org/access?service=fmk-online&lang=en")
    assert "HYPERLINK" in text(page)
    after = stage.days(60)
    later = bodil.open(f"org/access?service=fmk-online&day={after:%d-%m-%Y}")
    assert "HYPERLINK" not in text(later)
    role = stage.role("fmk-online/Medhjaelp")
    assert "HYPERLINK" in text(bodil.open(f"org/access?role={role}&unit={WARD}"))
    assert "HYPERLINK" not in text(bodil.open(f"org/access?role={role}&unit={LOWER}"))
    for odd in ("", "service=nothing", "day=99-99-9999", "day=31-12-9999&service=dpsd", "unit=x"):
        assert bodil.open(f"org/access?{odd}").status == 200, odd
    data = bodil.fetch("org/access/file/csv?service=fmk-online&lang=da")
    rows = list(csv.reader(io.StringIO(data.decode("utf-8-sig")), delimiter=";"))
    assert rows[0][:2] == ["Navn", "Enhed"]
    (mine,) = [row for row in rows if "HYPERLINK" in row[0]]
    assert mine[0].startswith("'=")
    assert mine[8] == dates.last_day(grant.period.until)
    with ZipFile(io.BytesIO(bodil.fetch("org/access/file/xlsx?service=fmk-online"))) as book:
        sheet = book.read("xl/worksheets/sheet1.xml").decode()
    assert "<f>" not in sheet
    assert bodil.open("org/access/file/exe?service=dpsd").status == 404
    assert bodil.open("org/access/file/csv").status == 400
    elsewhere = house.enter("admin_elsewhere").fetch("org/access/file/csv?service=sundhed-dk")
    assert b"HYPERLINK" not in elsewhere
    assert b"Egely" not in elsewhere
    stage.rename(by, hanne, "Hanne Løvdal")


def test_packages_hold_roles_that_may_be_given_and_are_given_whole(
    house: House, stage: Backstage
) -> None:
    bodil, vibeke = house.enter("org_admin"), house.enter("org_chief")
    laeser, editor = stage.role("dpsd/Laeser"), stage.role("plov/Plejehjemsredaktoer")
    foreign = stage.role("darina/Sagsbehandler")
    page = bodil.open("org/packages/new?lang=en")
    wrong = bodil.send(page, {"name": "Startpakke", "reason": "Til nye", "roles": str(foreign)})
    assert "is not entitled to the role" in text(wrong)
    assert bodil.send(page, {"name": "Startpakke", "reason": "x"}).status == 400
    bodil.send(page, {"name": "Startpakke", "reason": "Til nye", "roles": str(editor)})
    bundle = stage.bundle("Startpakke")
    hers, theirs = (who.open(f"org/packages/{bundle}?lang=en") for who in (bodil, vibeke))
    vibeke.send(theirs, {"roles": str(laeser), "reason": "Hellere den"})
    stale = bodil.send(hers, {"roles": str(editor), "reason": "Den gamle"})
    assert stale.status == 409
    assert "Somebody else changed this meanwhile" in text(stale)
    bodil.send(stale, {"roles": str(editor)})
    viggo = stage.account("viggo")
    before = stage.living(viggo)
    hand = bodil.open(f"org/people/{viggo}/package?lang=en")
    look = bodil.send(hand, {"bundle": str(bundle), "reason": "Ny", "until": "1-3-2027"})
    assert "Viggo Ørsnes gets" in text(look)
    assert stage.living(viggo) == before
    done = bodil.send(look, {"step": "give"})
    assert "is done" in text(done)
    (fresh,) = set(stage.living(viggo)) - set(before)
    assert (fresh.role, fresh.bundle) == (editor, bundle)
    again = bodil.send(hand, {"bundle": str(bundle), "reason": "Ny"})
    assert "given as a whole or not at all" in text(again)


def test_the_overview_is_a_work_list(house: House, stage: Backstage) -> None:
    bodil = house.enter("org_admin")
    stage.ask(stage.account("else"), "dpsd/Laeser", (Scope("sor", "own_unit_tree"),))
    page = bodil.open("org/?lang=en")
    words = text(page)
    for line in ("Plejecenter Egely", "Work list", "active people in the organisation"):
        assert line in words
    assert "Only one person administers" not in words
    jobs = [
        " ".join(map(str, one.itertext()))
        for one in page.tree.iter("a")
        if one.get("class") == "job"
    ]
    assert any("wait" in job for job in jobs), jobs
    front = text(bodil.open("?lang=en"))
    assert "for you" in front
