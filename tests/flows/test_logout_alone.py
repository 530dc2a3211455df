"""Logout without a browser at every partner: SOAP both ways, time limits, other nodes. R21."""

import time
from contextlib import ExitStack

import pytest
import sqlalchemy as sa

from broker.db import reading
from broker.logout.tables import LOGOUT
from broker.saml import bindings, names, soap
from broker.saml.logout import open_soap
from broker.saml.messages import LogoutRequest, LogoutResponse, Status
from tests.box import ORIGIN, Box, start
from tests.flows.test_logout import answered, asked, box, get, leaver, outcomes, press, sessions
from tests.leaving import (
    IDP_SLO,
    OK,
    PARTIAL,
    SLO,
    SLO_SOAP,
    add_idp_logout,
    add_service,
    log_in,
    soap_service,
)

__all__ = ["box"]
HANGS = 8.0


def test_post_in_and_post_out(box: Box) -> None:
    add_service(box, "one", [(names.POST, "https://one.example.dk/slo")])
    add_idp_logout(box, "alpha", [(names.POST, "https://alpha.example.dk/slo")])
    browser = box.browser()
    said = log_in(box, browser)
    draft = leaver(box, "one").request(said)
    signed = bindings.encode_post(leaver(box, "one").signed(draft))
    data = {"SAMLRequest": signed, "RelayState": "x"}
    page = browser.post("/sundhed/saml/slo", data=data, base_url=ORIGIN)
    _, upstream = asked(box, page)
    answer = bindings.encode_post(leaver(box, "alpha").answer(upstream, IDP_SLO))
    page = browser.post("/sundhed/saml/sp/slo", data={"SAMLResponse": answer}, base_url=ORIGIN)
    target, message, relay = answered(box, page)
    assert (target, message.status, relay) == ("https://one.example.dk/slo", OK, "x")


def test_a_service_may_log_out_without_the_browser(box: Box) -> None:
    browser = box.browser()
    said = log_in(box, browser)
    draft = leaver(box, "one").request(said, SLO_SOAP)
    raw = soap.envelope(leaver(box, "one").signed(draft))
    page = browser.post(
        "/sundhed/saml/slo/soap", data=raw, content_type="text/xml", base_url=ORIGIN
    )
    assert page.status_code == 200
    keys = box.services.flow.keys.keyrings.first("sundhed").published_idp
    answer = open_soap(page.data, "LogoutResponse").verify(keys)
    assert isinstance(answer, LogoutResponse)
    assert answer.status == PARTIAL, "the identity provider can only be told by the browser"
    assert sessions(box) == 0


def test_one_upstream_and_five_services_of_which_some_fail(box: Box) -> None:
    """It ends within the limit, tells the truth on the page and in the status, and leaves none."""
    with ExitStack() as stack:

        def hang(_asked: LogoutRequest) -> int:
            time.sleep(HANGS)
            return 200

        hanging, _ = stack.enter_context(soap_service(box, hang))
        failing, heard = stack.enter_context(soap_service(box, lambda _: 500))
        add_service(box, "hangs", [(names.SOAP, hanging)])
        add_service(box, "fails", [(names.SOAP, failing)])
        add_service(box, "silent", [])
        browser = box.browser()
        first = log_in(box, browser)
        for code in ("two", "hangs", "fails", "silent"):
            log_in(box, browser, code)
        began = time.monotonic()
        page = get(browser, leaver(box, "one").redirect(leaver(box, "one").request(first)))
        took = time.monotonic() - began
        assert took < 6, f"{took:.1f} s"
        assert len(heard.requests) == 1
        assert sessions(box) == 0
        home = page.headers["Location"]
        _, request = asked(box, press(browser, home, 2))
        get(browser, leaver(box, "two").answer_redirect(request, SLO))
        _, upstream = asked(box, press(browser, home))
        page = get(browser, leaver(box, "alpha").answer_redirect(upstream, IDP_SLO))
        assert answered(box, page)[1].status == PARTIAL
        assert outcomes(get(browser, home)) == {
            "one": "done",
            "two": "done",
            "hangs": "unconfirmed",
            "fails": "unconfirmed",
            "silent": "cannot",
            "alpha": "done",
        }
        assert sessions(box) == 0


@pytest.mark.parametrize(
    ("key", "status", "outcome"),
    [("soapy", OK, "done"), ("two", OK, "unconfirmed"), ("soapy", PARTIAL, "unconfirmed")],
    ids=["its own key", "another's key", "a partial one"],
)
def test_a_back_channel_answer_counts_only_when_it_is_verified(
    box: Box, key: str, status: Status, outcome: str
) -> None:
    def reply(asked: LogoutRequest) -> bytes:
        return leaver(box, "soapy").answer(asked, SLO_SOAP, status, key)

    with soap_service(box, reply) as (address, heard):
        add_service(box, "soapy", [(names.SOAP, address)])
        browser = box.browser()
        first, _ = log_in(box, browser), log_in(box, browser, "soapy")
        page = get(browser, leaver(box, "one").redirect(leaver(box, "one").request(first)))
        assert len(heard.requests) == 1
    if outcome == "done":
        assert asked(box, page)[0] == "https://alpha.example.dk/slo"
    else:
        assert outcomes(get(browser, page.headers["Location"]))["soapy"] == outcome


def test_another_node_goes_on_with_a_logout(box: Box) -> None:
    browser = box.browser()
    first, _ = log_in(box, browser), log_in(box, browser, "two")
    page = get(browser, leaver(box, "one").redirect(leaver(box, "one").request(first)))
    home = page.headers["Location"]
    other = start(box.settings, box.clock)
    elsewhere = other.browser()
    _, request = asked(other, press(elsewhere, home, 2))
    assert get(elsewhere, leaver(box, "two").answer_redirect(request, SLO)).status_code == 303
    assert outcomes(get(browser, home))["two"] == "done"


def test_in_a_frame_it_is_answered_without_a_page(box: Box) -> None:
    browser = box.browser()
    first, _ = log_in(box, browser), log_in(box, browser, "two")
    path = leaver(box, "one").redirect(leaver(box, "one").request(first))
    page = browser.get(path, base_url=ORIGIN, headers={"Sec-Fetch-Dest": "iframe"})
    assert answered(box, page)[1].status == PARTIAL
    assert sessions(box) == 0


def test_a_logout_is_over_after_its_time(box: Box) -> None:
    browser = box.browser()
    first, _ = log_in(box, browser), log_in(box, browser, "two")
    page = get(browser, leaver(box, "one").redirect(leaver(box, "one").request(first)))
    box.clock.move(31 * 60)
    shown = get(browser, page.headers["Location"])
    assert shown.status_code == 404
    assert 'data-code="logout.over"' in shown.text
    with reading(box.services.engine) as connection:
        assert connection.scalar(sa.select(sa.func.count()).select_from(LOGOUT)) == 1


def test_an_idp_that_takes_no_logout_is_named_on_a_page(box: Box) -> None:
    add_idp_logout(box, "alpha", [])
    browser = box.browser()
    said = log_in(box, browser)
    page = get(browser, leaver(box, "one").redirect(leaver(box, "one").request(said)))
    home = page.headers["Location"]
    assert outcomes(get(browser, home)) == {"one": "done", "alpha": "cannot"}
    assert answered(box, press(browser, home))[1].status == PARTIAL
