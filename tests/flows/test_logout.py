"""Single logout, every way round: who is told, what is answered, what is left. R21."""

import re
from pathlib import Path

import pytest
import sqlalchemy as sa
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from broker.db import reading
from broker.saml import names
from broker.saml.messages import Assertion, LogoutRequest, LogoutResponse
from broker.sessions.cookie import SessionCookie
from broker.sessions.tables import LOGIN_SESSION, SESSION_PARTICIPANT
from tests.box import HOST, ORIGIN, SESSION, Box, make_box
from tests.leaving import (
    IDP_SLO,
    OK,
    PARTIAL,
    SLO,
    Leaver,
    add_idp_logout,
    add_service,
    brought,
    log_in,
)

HANGS = 8.0


@pytest.fixture
def box(tmp_path: Path) -> Box:
    made = make_box(tmp_path)
    for code in ("one", "two", "three"):
        add_service(made, code, [(names.REDIRECT, f"https://{code}.example.dk/slo")])
    add_idp_logout(made, "alpha", [(names.REDIRECT, "https://alpha.example.dk/slo")])
    return made


def sessions(box: Box) -> int:
    with reading(box.services.engine) as connection:
        count = sa.select(sa.func.count())
        participants = connection.scalar(count.select_from(SESSION_PARTICIPANT)) or 0
        return participants + (connection.scalar(count.select_from(LOGIN_SESSION)) or 0)


def leaver(box: Box, code: str) -> Leaver:
    return Leaver(code, box.clock())


def get(browser: FlaskClient, path: str) -> TestResponse:
    return browser.get(path.removeprefix(ORIGIN), base_url=ORIGIN)


def press(browser: FlaskClient, page: str, step: int | None = None) -> TestResponse:
    data = {} if step is None else {"step": str(step)}
    return browser.post(page.removeprefix(ORIGIN), data=data, base_url=ORIGIN)


def outcomes(page: TestResponse) -> dict[str, str]:
    """What the page says of each partner."""
    found = re.findall(r'data-partner="([^"]+)" data-outcome="([^"]+)"', page.text)
    return dict(found)


def asked(box: Box, page: TestResponse) -> tuple[str, LogoutRequest]:
    target, message, _ = brought(box, page)
    assert isinstance(message, LogoutRequest)
    return target, message


def answered(box: Box, page: TestResponse) -> tuple[str, LogoutResponse, str | None]:
    target, message, relay = brought(box, page)
    assert isinstance(message, LogoutResponse)
    return target, message, relay


def test_logout_at_the_only_service_goes_to_the_idp_and_back(box: Box) -> None:
    browser = box.browser()
    said = log_in(box, browser)
    draft = leaver(box, "one").request(said)
    page = get(browser, leaver(box, "one").redirect(draft))
    assert sessions(box) == 0, "ended before anybody else is told"
    assert browser.get_cookie(SESSION, domain=HOST) is None
    target, upstream = asked(box, page)
    assert target == "https://alpha.example.dk/slo"
    page = get(browser, leaver(box, "alpha").answer_redirect(upstream, IDP_SLO))
    target, answer, relay = answered(box, page)
    assert (target, relay) == ("https://one.example.dk/slo", "r 1")
    assert (answer.status, answer.in_response_to) == (OK, draft.id)


def test_the_idp_is_told_by_the_name_and_the_session_that_it_gave(box: Box) -> None:
    browser = box.browser()
    said = log_in(box, browser)
    page = get(browser, leaver(box, "one").redirect(leaver(box, "one").request(said)))
    _, upstream = asked(box, page)
    assert upstream.name_id is not None
    assert upstream.name_id.format == names.PERSISTENT
    assert upstream.session_indexes == ("_s",)


def test_a_second_service_is_one_step_of_its_own(box: Box) -> None:
    browser = box.browser()
    first, second = log_in(box, browser), log_in(box, browser, "two")
    assert second.name_id is not None
    page = get(browser, leaver(box, "one").redirect(leaver(box, "one").request(first)))
    home = page.headers["Location"]
    assert outcomes(get(browser, home)) == {"one": "done", "two": "waiting", "alpha": "waiting"}
    target, request = asked(box, press(browser, home, 2))
    assert target == "https://two.example.dk/slo"
    assert request.name_id is not None
    assert request.name_id.value == second.name_id.value
    assert request.session_indexes == (second.authn_statements[0].session_index,)
    assert outcomes(get(browser, home))["two"] == "asked"
    page = get(browser, leaver(box, "two").answer_redirect(request, SLO))
    assert page.headers["Location"] == home
    assert outcomes(get(browser, home))["two"] == "done"
    _, upstream = asked(box, press(browser, home))
    page = get(browser, leaver(box, "alpha").answer_redirect(upstream, IDP_SLO))
    assert answered(box, page)[1].status == OK


def test_a_service_that_is_skipped_makes_the_logout_partial(box: Box) -> None:
    browser = box.browser()
    first, _ = log_in(box, browser), log_in(box, browser, "two")
    page = get(browser, leaver(box, "one").redirect(leaver(box, "one").request(first)))
    home = page.headers["Location"]
    _, upstream = asked(box, press(browser, home))
    page = get(browser, leaver(box, "alpha").answer_redirect(upstream, IDP_SLO))
    assert answered(box, page)[1].status == PARTIAL
    assert outcomes(get(browser, home)) == {"one": "done", "two": "unconfirmed", "alpha": "done"}


def test_an_idp_that_never_comes_back_is_not_waited_for(box: Box) -> None:
    browser = box.browser()
    first, _ = log_in(box, browser), log_in(box, browser, "two")
    page = get(browser, leaver(box, "one").redirect(leaver(box, "one").request(first)))
    home = page.headers["Location"]
    asked(box, press(browser, home))
    again = press(browser, home)
    assert answered(box, again)[1].status == PARTIAL


def test_logout_at_the_idp_reaches_the_services_and_is_answered(box: Box) -> None:
    browser = box.browser()
    log_in(box, browser)
    said = upstream_said(box, browser)
    draft = leaver(box, "alpha").request(said, IDP_SLO)
    page = get(browser, leaver(box, "alpha").redirect(draft))
    assert sessions(box) == 0
    home = page.headers["Location"]
    assert outcomes(get(browser, home)) == {"one": "waiting", "alpha": "done"}
    _, request = asked(box, press(browser, home, 1))
    get(browser, leaver(box, "one").answer_redirect(request, SLO))
    target, answer, relay = answered(box, press(browser, home))
    assert (target, answer.status, relay) == ("https://alpha.example.dk/slo", OK, "r 1")


def upstream_said(box: Box, browser: FlaskClient) -> Assertion:
    """What alpha said of the nurse, as the browser's own session remembers it."""
    kept = browser.get_cookie(SESSION, domain=HOST)
    cookie = SessionCookie.read(kept.value if kept else None)
    assert cookie is not None
    with reading(box.services.engine) as connection:
        known = box.services.logout.sessions.open(connection, "sundhed", cookie, box.clock())
    assert known is not None
    return known.assertion


def test_our_own_page_ends_everything(box: Box) -> None:
    browser = box.browser()
    log_in(box, browser)
    page = get(browser, "/sundhed/saml/logout")
    assert "one.example.dk" in page.text
    assert sessions(box) == 2, "looking ends nothing"
    token = re.search(r'name="token" value="([^"]+)"', page.text)
    assert token
    wrong = browser.post("/sundhed/saml/logout", data={"token": "x"}, base_url=ORIGIN)
    assert wrong.status_code == 200
    assert sessions(box) == 2
    begun = browser.post("/sundhed/saml/logout", data={"token": token[1]}, base_url=ORIGIN)
    assert sessions(box) == 0
    home = begun.headers["Location"]
    _, request = asked(box, press(browser, home, 1))
    get(browser, leaver(box, "one").answer_redirect(request, SLO))
    _, upstream = asked(box, press(browser, home))
    page = get(browser, leaver(box, "alpha").answer_redirect(upstream, IDP_SLO))
    assert page.headers["Location"] == home
    shown = get(browser, home)
    assert outcomes(shown) == {"one": "done", "alpha": "done"}
    assert 'data-complete="yes"' in shown.text
    assert "ikke logget ind" in get(browser, "/sundhed/saml/logout").text
