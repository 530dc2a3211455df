"""Hop 2 with a memory, hints and start links, in the box."""

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from html import unescape
from urllib.parse import parse_qs, quote, urlsplit

import pytest
from flask.testing import FlaskClient

from broker.bootstrap import metadata_service
from broker.db import make_engine
from broker.discovery import memory
from broker.metadata.report import Occasion
from tests.box import FEDERATION, ORIGIN, Box, code_of, make_box, posted
from tests.factories import NOW
from tests.hostile.forge import Forge

PAGE = "/sundhed/saml/discovery"
RESET = "/sundhed/vaelg-login/nulstil"


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Box:
    box = make_box(tmp_path_factory.mktemp("discovery") / "data")
    pages(box, "two", hint=True, start_links=True)
    return box


@pytest.fixture
def box(made: Box) -> Iterator[Box]:
    before = made.clock.now
    yield made
    made.clock.now = before


def pages(box: Box, code: str, **page: object) -> None:
    """Say what is shown of a service and allowed there."""
    engine = make_engine(box.settings.database_url)
    service = metadata_service(engine, ORIGIN)
    record = next(r for r in service.entities("sundhed") if r.code == code)
    document = {**record.document, "kind": "service", "federations": ["sundhed"], "page": page}
    document["entity_id"] = record.entity_id
    document["start_url"] = f"https://{code}.example.dk/start"
    service.load_document(document, source="test", occasion=Occasion(NOW, "test", "page", "T"))
    engine.dispose()


def at_page(box: Box, browser: FlaskClient, more: str = "", service: str = "two") -> str:
    """Begin at a service, and the address that the browser is sent to."""
    draft = box.draft(service)
    answer = box.redirect(browser, draft, key=service)
    location = str(answer.headers["Location"])
    return location + more


def shown(browser: FlaskClient, address: str) -> str:
    answer = browser.get(address, base_url=ORIGIN)
    assert answer.status_code == 200, answer.headers
    return str(answer.text)


def chosen(box: Box, browser: FlaskClient, idp: str, service: str = "two", **more: str) -> None:
    """Choose on the page, and leave for the login."""
    press(browser, at_page(box, browser, service=service), idp, **more)


def press(browser: FlaskClient, address: str, idp: str, **more: str) -> None:
    """Press a button of the page at that address."""
    flow = parse_qs(urlsplit(address).query)["flow"][0]
    data = {"flow": flow, "idp": idp, **more}
    assert browser.post(PAGE, data=data, base_url=ORIGIN).status_code == 303


def changing(box: Box, browser: FlaskClient) -> str:
    """On the way to a remembered login, the address at which it is changed."""
    sending = box.redirect(browser, box.draft("two"), key="two")
    found = re.search(r'href="([^"]+vaelg=1)"', sending.text)
    assert found, sending.text
    return unescape(found[1])


def later(box: Box) -> None:
    """Long enough for every flow to be over."""
    box.clock.move(24 * 3600 + 60)


def test_a_remembered_login_passes_the_page_by(box: Box) -> None:
    browser = box.browser()
    chosen(box, browser, "beta", remember="1")
    later(box)
    sending = box.redirect(browser, box.draft("two"), key="two")
    assert sending.status_code == 200
    assert "https://beta.example.dk" in sending.text
    assert "vaelg=1" in sending.text


def test_whoever_wants_to_choose_anew_is_shown_the_list(box: Box) -> None:
    browser = box.browser()
    chosen(box, browser, "beta", remember="1")
    later(box)
    text = shown(browser, changing(box, browser))
    assert text.count('name="idp"') == 3
    assert "data-told" not in text


def test_wanting_to_choose_anew_outlasts_a_search_and_another_language(box: Box) -> None:
    browser = box.browser()
    chosen(box, browser, "beta", remember="1")
    later(box)
    fresh = box.browser()
    address = at_page(box, fresh)
    kept = browser.get_cookie(memory.COOKIE, domain="broker.example.dk")
    assert kept
    fresh.set_cookie(memory.COOKIE, kept.value, domain="broker.example.dk", secure=True)
    text = shown(fresh, f"{address}&vaelg=1&q=zzz")
    assert '<input type="hidden" name="vaelg" value="1">' in text
    assert re.search(r'href="\?lang=en&amp;flow=[^"]+&amp;vaelg=1"', text)
    assert "https://beta.example.dk" in fresh.get(address, base_url=ORIGIN).text


def test_a_registered_network_keeps_nothing_and_suggests(box: Box) -> None:
    service = metadata_service(box.services.engine, ORIGIN)
    occasion = Occasion(NOW, "test", "networks", "T")
    network = {
        "name": "Sygehus",
        "addresses": ["10.20.0.0/16"],
        "remember": False,
        "suggest": "beta",
    }
    service.load_document({**FEDERATION, "network": [network]}, source="t", occasion=occasion)
    try:
        inside = box.browser()
        inside.environ_base["REMOTE_ADDR"] = "10.20.30.40"
        text = shown(inside, at_page(box, inside))
        assert 'id="suggested"' in text
        assert 'id="remember"' not in text
        chosen(box, inside, "beta", remember="1")
        assert inside.get_cookie(memory.COOKIE, domain="broker.example.dk") is None
        later(box)
        assert PAGE in box.redirect(inside, box.draft("two"), key="two").headers["Location"]
        outside = box.browser()
        assert 'id="suggested"' not in shown(outside, at_page(box, outside))
    finally:
        service.load_document(FEDERATION, source="t", occasion=occasion)


def test_what_was_only_used_last_comes_first_and_passes_nothing_by(box: Box) -> None:
    browser = box.browser()
    chosen(box, browser, "beta")
    later(box)
    text = shown(browser, at_page(box, browser))
    assert re.search(r'choice-main[^>]*name="idp" value="beta"', text)
    text = shown(browser, at_page(box, browser, service="one"))
    assert "choice-main" not in text


@pytest.mark.parametrize("how", ["force", "ticked off", "old", "forgotten", "tampered"])
def test_what_keeps_the_memory_out(box: Box, how: str) -> None:
    browser = box.browser()
    chosen(box, browser, "beta", remember="1")
    later(box)
    draft = box.draft("two")
    if how == "force":
        draft = replace(draft, force_authn=True)
    elif how == "ticked off":
        press(browser, changing(box, browser), "beta")
        later(box)
        draft = box.draft("two")
    elif how == "old":
        box.clock.move(timedelta(days=90).total_seconds())
        draft = box.draft("two")
    elif how == "forgotten":
        assert "Det er glemt" in browser.post(RESET, base_url=ORIGIN).text
    elif how == "tampered":
        browser.set_cookie(memory.COOKIE, "AAAA", domain="broker.example.dk", secure=True)
    answer = box.redirect(browser, draft, key="two")
    assert answer.status_code == 303
    assert PAGE in answer.headers["Location"]


def test_a_login_that_was_refused_is_not_gone_to_by_itself(box: Box) -> None:
    browser = box.browser()
    chosen(box, browser, "beta", remember="1")
    answer = box.redirect(browser, box.draft("two"), key="two")
    assert answer.status_code == 303, "the first try has not come back"
    text = shown(browser, answer.headers["Location"])
    assert 'data-told="failed"' in text
    box.clock.move(11 * 60)
    assert box.redirect(browser, box.draft("two"), key="two").status_code == 200


def test_a_hint_leads_on_and_a_wrong_one_is_explained(box: Box) -> None:
    browser = box.browser()
    address = at_page(box, browser)
    on = browser.get(f"{address}&idp=beta", base_url=ORIGIN)
    assert on.headers["Location"].startswith("https://beta.example.dk")
    browser = box.browser()
    by_entity = quote("https://beta.example.dk", safe="")
    on = browser.get(f"{at_page(box, browser)}&idp={by_entity}", base_url=ORIGIN)
    assert on.headers["Location"].startswith("https://beta.example.dk")
    for wrong in ("nobody", "<script>", "a" * 4000):
        fresh = box.browser()
        text = shown(fresh, f"{at_page(box, fresh)}&idp={quote(wrong)}")
        assert 'data-told="unknown"' in text
        assert "<script>" not in text.replace('<script src="', "")


def test_a_hint_counts_only_where_it_is_registered(box: Box) -> None:
    browser = box.browser()
    answer = browser.get(at_page(box, browser, service="one") + "&idp=beta", base_url=ORIGIN)
    assert answer.status_code == 200
    assert "data-told" not in answer.text


def test_a_start_link_leads_to_the_service_and_its_request_to_the_login(box: Box) -> None:
    browser = box.browser()
    link = browser.get("/sundhed/login?sp=two&idp=beta", base_url=ORIGIN)
    assert link.headers["Location"] == "https://two.example.dk/start"
    on = box.redirect(browser, box.draft("two"), key="two")
    assert on.headers["Location"].startswith("https://beta.example.dk")
    later(box)
    assert PAGE in box.redirect(browser, box.draft("two"), key="two").headers["Location"]


@pytest.mark.parametrize(
    ("link", "code"),
    [
        ("/sundhed/login?sp=one&idp=beta", "request.start_link"),
        ("/sundhed/login?sp=nobody&idp=beta", "request.service"),
        ("/sundhed/login", "request.service"),
    ],
)
def test_a_start_link_to_a_service_that_takes_none_is_refused(
    box: Box, link: str, code: str
) -> None:
    answer = box.browser().get(link, base_url=ORIGIN)
    assert answer.status_code < 500
    assert code_of(answer) == code


@pytest.mark.parametrize("path", ["/sundhed/discovery", RESET])
def test_another_site_cannot_post_to_these_pages(box: Box, path: str) -> None:
    headers = {"Sec-Fetch-Site": "cross-site"}
    answer = box.browser().post(path, data={}, headers=headers, base_url=ORIGIN)
    assert code_of(answer) == "request.cross_site"


def test_nonsense_in_the_address_is_no_error(box: Box) -> None:
    browser = box.browser()
    address = at_page(box, browser)
    for more in ("&q=%00%ff", "&q=" + "x" * 5000, "&all=maybe&q=a", "&idp=", "&vaelg=2&lang=xx"):
        assert browser.get(address + more, base_url=ORIGIN).status_code == 200
    flow = parse_qs(urlsplit(address).query)["flow"][0]
    for shown_at in ("", "x", "9" * 30, "-1", "\uff11"):
        data = {"flow": flow, "idp": "nobody", "shown": shown_at}
        answer = browser.post(PAGE, data=data, base_url=ORIGIN)
        assert code_of(answer) == "policy.idp_not_active"


def test_a_start_link_begins_at_the_login_where_people_may_come_unasked(box: Box) -> None:
    engine = make_engine(box.settings.database_url)
    service = metadata_service(engine, ORIGIN)
    record = next(r for r in service.entities("sundhed") if r.code == "two")
    document = {**record.document, "kind": "service", "federations": ["sundhed"]}
    document |= {"entity_id": record.entity_id, "unsolicited": True}
    occasion = Occasion(NOW, "test", "unasked", "T")
    service.load_document(document, source="test", occasion=occasion)
    try:
        browser = box.browser()
        on = browser.get("/sundhed/login?sp=two&idp=alpha", base_url=ORIGIN)
        assert on.headers["Location"].startswith("https://alpha.example.dk")
        trip = box.trip(on.headers["Location"], "two", "alpha", "")
        arrived = box.deliver(browser, Forge(trip, box.clock()).xml())
        assert code_of(arrived) == ""
        assert posted(arrived)[0] == "https://two.example.dk/acs"
        again = box.deliver(browser, Forge(trip, box.clock()).xml())
        assert code_of(again) == "context.replay"
        nowhere = box.browser().get("/sundhed/login?sp=two&idp=nobody", base_url=ORIGIN)
        assert code_of(nowhere) == "request.idp"
    finally:
        service.load_document({**document, "unsolicited": False}, source="test", occasion=occasion)
        engine.dispose()
