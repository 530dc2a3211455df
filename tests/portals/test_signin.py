"""In and out: what the portals believe, for how long, and what ends it."""

import base64
from datetime import timedelta
from http.cookiejar import Cookie

import pytest
import sqlalchemy as sa

from broker.audit.store import AUDIT
from broker.db import reading
from broker.demo.visitor import Page
from broker.portals.gate import PREFIX
from broker.portals.model import IDLE, LONGEST
from broker.portals.signin import ASKED, local
from broker.portals.tables import PORTAL_SESSION
from tests.portals.visiting import House, Portal, jar, text, token, whole

HOME = "/sundhed/portal/"


def cookies(portal: Portal) -> dict[str, Cookie]:
    return {cookie.name: cookie for cookie in jar(portal)}


def put(portal: Portal, cookie: Cookie) -> None:
    jar(portal).set_cookie(cookie)


def outside(house: House, key: str) -> Portal:
    """Somebody who has not come yet."""
    known = house.enter(key)
    return Portal(known.origin, known.federation, known.idp, known.key)


def to_answer(portal: Portal, want: str = "") -> Page:
    """At the broker's page that is about to post the Response to the portals."""
    page = portal.visitor.open(portal.url(want))
    for _ in range(12):
        form = page.form()
        assert form is not None, page.url
        if form[0].endswith("/portal/acs"):
            return page
        pressed = {}
        if page.asks(portal.idp):
            pressed = {"idp": portal.idp}
        elif portal.key in page.buttons("person"):
            pressed = {"person": portal.key}
        page = portal.visitor.post(page, pressed)
    raise AssertionError(page.url)


def answer(page: Page) -> tuple[str, dict[str, str]]:
    form = page.form()
    assert form is not None
    return form


def test_one_comes_back_to_the_page_that_one_wanted(house: House) -> None:
    portal = outside(house, "mette")
    page = portal.open("trial/list?page=3")
    assert page.url.endswith("/portal/trial/list?page=3")
    assert "Mette Åkjær" in whole(page)


def test_the_cookie_is_kept_from_scripts_other_sites_and_the_database(house: House) -> None:
    portal = house.enter("mette")
    cookie = cookies(portal)[PREFIX + "sundhed"]
    assert cookie.secure
    assert cookie.path == "/"
    assert cookie.has_nonstandard_attr("HttpOnly")
    assert cookie.get_nonstandard_attr("SameSite") == "Lax"
    assert cookie.expires is None
    with reading(house.demo.services.engine) as connection:
        rows = connection.execute(sa.select(PORTAL_SESSION)).mappings().all()
    assert rows
    assert cookie.value
    assert not any(cookie.value in str(value) for row in rows for value in row.values())


def test_an_answer_counts_once(house: House) -> None:
    portal = outside(house, "mette")
    page = to_answer(portal)
    waiting = cookies(portal)[ASKED + "sundhed"]
    target, fields = answer(page)
    assert portal.post(target, fields).mark("code") is None
    assert portal.post(target, fields).mark("code") == "context.in_response_to"
    put(portal, waiting)
    assert portal.post(target, fields).mark("code") == "context.replay"


def test_an_answer_is_for_the_browser_that_asked(house: House) -> None:
    """Login CSRF: an attacker's answer, posted from somebody else's browser, lets nobody in."""
    attacker, victim = outside(house, "mette"), outside(house, "bodil")
    target, fields = answer(to_answer(attacker))
    page = victim.post(target, fields)
    assert (page.status, page.mark("code")) == (400, "context.in_response_to")
    assert PREFIX + "sundhed" not in cookies(victim)
    to_answer(victim)
    assert victim.post(target, fields).mark("code") == "context.in_response_to"


def test_an_answer_that_was_changed_is_refused(house: House) -> None:
    portal = outside(house, "mette")
    target, fields = answer(to_answer(portal))
    xml = base64.b64decode(fields["SAMLResponse"])
    at = xml.index(b"<xenc:CipherValue>") if b"<xenc:CipherValue>" in xml else len(xml) // 2
    changed = bytearray(xml)
    changed[at + 40] = ord("A") if changed[at + 40] != ord("A") else ord("B")
    fields = {**fields, "SAMLResponse": base64.b64encode(bytes(changed)).decode()}
    page = portal.post(target, fields)
    assert page.status == 400
    assert (page.mark("code") or "").partition(".")[0] in ("signature", "malformed")
    assert PREFIX + "sundhed" not in cookies(portal)


@pytest.mark.parametrize("raw", ["", "%%%", "PHg+", base64.b64encode(b"<a/>").decode()])
def test_nonsense_gets_a_page_and_a_code(house: House, raw: str) -> None:
    page = outside(house, "mette").post("acs", {"SAMLResponse": raw})
    assert page.status == 400
    assert page.mark("code")


@pytest.mark.parametrize(
    "want",
    [
        "https://evil.example.dk/",
        "//evil.example.dk/",
        "/sundhed/portal//evil.example.dk",
        "/sundhed/portal/\\evil.example.dk",
        "/sundhed/portal/../saml/sso",
        "/sundhed-test/portal/",
        "javascript:alert(1)",
        "/sundhed/portal/\r\nLocation: https://evil.example.dk/",
    ],
)
def test_nobody_is_sent_on_to_a_stranger(want: str) -> None:
    assert local(want, HOME) == HOME


def test_a_page_of_ours_is_where_one_is_sent_on_to() -> None:
    assert local(f"{HOME}org/people?q=%C3%A5", HOME) == f"{HOME}org/people?q=%C3%A5"


def test_a_new_login_ends_the_session_that_was_there(house: House) -> None:
    """Session fixation: whoever knew the old cookie has nothing."""
    portal = house.enter("mette", anew=True)
    before = cookies(portal)[PREFIX + "sundhed"]
    portal.open("login?want=/sundhed/portal/")
    after = cookies(portal)[PREFIX + "sundhed"]
    assert after.value != before.value
    thief = outside(house, "mette")
    put(thief, before)
    assert "/portal/" not in thief.open("", follow=False).url


def test_it_is_forgotten_when_nobody_uses_it(house: House) -> None:
    portal = house.enter("mette", anew=True)
    for _ in range(3):
        house.clock.move((IDLE - timedelta(minutes=1)).total_seconds())
        assert portal.open("", follow=False).url.endswith(HOME)
    house.clock.move(IDLE.total_seconds())
    assert not portal.open("", follow=False).url.endswith(HOME)


def test_it_ends_after_a_working_day_however_busy(house: House) -> None:
    portal = house.enter("ravn", anew=True)
    begun = house.clock()
    while portal.open("", follow=False).url.endswith(HOME):
        assert house.clock() < begun + LONGEST
        house.clock.move(20 * 60)
    assert house.clock() > begun + timedelta(hours=1)


def test_a_form_after_that_says_that_nothing_was_saved(house: House) -> None:
    portal = house.enter("mette", anew=True)
    page = portal.open("trial/form")
    house.clock.move(IDLE.total_seconds() + 1)
    sent = portal.send(page, {"title": "Late"})
    assert (sent.status, sent.mark("code")) == (403, "portal.over")
    assert "want=%2Fsundhed%2Fportal%2Ftrial%2Fform" in sent.links


def test_logging_out_ends_everything(house: House) -> None:
    portal = house.enter("bodil", anew=True)
    cookie = cookies(portal)[PREFIX + "sundhed"]
    page = portal.open()
    left = portal.post("logout", {"csrf_token": token(page)})
    for _ in range(6):
        if "/portal/left" in left.url:
            break
        on = [link for link in left.links.split() if "SAMLRequest=" in link]
        left = portal.visitor.open(on[0]) if on else portal.visitor.post(left, {})
    assert left.url.endswith("left?how=complete"), left.url
    put(portal, cookie)
    again = portal.open("", follow=False)
    assert again.asks("nemlogin") or "sso" in again.url, again.url


def test_logging_out_elsewhere_ends_the_portal(house: House) -> None:
    portal = house.enter("bodil", anew=True)
    cookie = cookies(portal)[PREFIX + "sundhed"]
    start = house.demo.sps["sor"].url
    portal.visitor.login(start, "nemlogin", "bodil")
    portal.visitor.logout(start)
    put(portal, cookie)
    assert not portal.open("", follow=False).url.endswith(HOME)


@pytest.mark.parametrize("path", ["slo", "slo/soap"])
def test_a_logout_that_nobody_signed_ends_nothing(house: House, path: str) -> None:
    portal = house.enter("mette")
    raw = base64.b64encode(b"<samlp:LogoutRequest/>").decode()
    page = portal.post(path, {"SAMLRequest": raw})
    assert page.status == 400
    assert portal.open("", follow=False).url.endswith(HOME)


def test_a_stronger_login_is_asked_of_the_identity_provider(house: House) -> None:
    """Bodil's MitID is Substantial: with that nobody becomes an operator."""
    weak = house.enter("bodil", anew=True)
    page = weak.open("login?want=/sundhed/portal/&level=High")
    assert page.mark("code") in ("policy.assurance", "idp.no_authn_context"), page.mark("code")
    strong = house.enter("ravn", anew=True)
    assert strong.open("login?want=/sundhed/portal/&level=High").mark("code") is None


def test_keys_take_a_login_of_a_moment_ago(house: House) -> None:
    ravn = house.enter("ravn", anew=True)
    assert ravn.open("trial/keys", follow=False).title == "Reached"
    form = {"csrf_token": token(ravn.open("trial/form"))}
    house.clock.move(5 * 60 + 1)
    page = ravn.open("trial/keys", follow=False)
    assert (page.status, page.mark("code")) == (403, "portal.fresh")
    assert ravn.post("trial/keys", form).mark("code") == "portal.fresh"
    link = next(a.get("href", "") for a in page.tree.iter("a") if "fresh=1" in a.get("href", ""))
    at = ravn.visitor.open(ravn.origin + link)
    assert "ravn" in at.buttons("person"), "asked again, although a session is there"
    assert ravn.through(at).title == "Reached"


def test_an_ordinary_login_does_not_ask_again(house: House) -> None:
    ravn = house.enter("ravn", anew=True)
    page = ravn.visitor.open(ravn.url("login?want=/sundhed/portal/"))
    assert not page.buttons("person")


def test_coming_in_is_in_the_audit_trail(house: House) -> None:
    house.enter("merete", anew=True)
    with reading(house.demo.services.engine) as connection:
        asked = sa.select(AUDIT.c.event).order_by(AUDIT.c.seq.desc()).limit(5)
        assert "portal.entered" in set(connection.execute(asked).scalars())


def test_another_organisation_is_chosen_at_the_broker(house: House) -> None:
    sidsel = house.enter("sidsel", anew=True)
    page = sidsel.open("organisation")
    names = {
        b: " ".join("".join(map(str, e.itertext())).split())
        for e in page.tree.iter("button")
        if (b := e.get("value"))
    }
    chosen = next(a for a, words in names.items() if "valgt" in words or "chosen" in words)
    other = next(a for a in names if a != chosen)
    after = sidsel.through(sidsel.send(page, {"account": other}))
    assert names[other].partition("CVR")[0].strip() in whole(after)
    foreign = sidsel.send(
        sidsel.open("organisation"), {"account": "0" * 8 + "-0000-4000-8000-" + "0" * 12}
    )
    assert (foreign.status, foreign.mark("code")) == (403, "policy.account_not_active")
    assert (
        sidsel.send(sidsel.open("organisation"), {"account": "x"}).mark("code") == "portal.choice"
    )


def test_the_portals_of_citizens_are_not_there(house: House) -> None:
    mette = house.enter("mette")
    assert mette.visitor.open(f"{mette.origin}/borger/portal/").status == 404
    assert mette.visitor.open(f"{mette.origin}/nowhere/portal/").status == 404


def test_help_is_there_without_a_login(house: House) -> None:
    page = outside(house, "mette").open("help", follow=False)
    assert page.status == 200
    for words in ("+45 70 00 00 00", "+45 70 00 00 24", "FMK-Online", "servicedesk@"):
        assert words.lower() in text(page).lower(), words
