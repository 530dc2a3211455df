"""Debian's Shibboleth SP as a service that people sign out of, there and elsewhere."""

from collections.abc import Iterator

import pytest
import requests
from lxml import etree

from broker.saml import names
from tests.interop.browser import Sent
from tests.interop.logout_page import LogoutPage
from tests.interop.parties import statuses
from tests.interop.pysaml2_idp import SSO
from tests.interop.pysaml2_leaving import ask_alone, sessions
from tests.interop.running import PATH
from tests.interop.shibboleth import Shibboleth
from tests.interop.shibboleth_between import Between, between_shibboleth
from tests.interop.visitor import Visitor


@pytest.fixture(scope="module")
def between(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Between]:
    with between_shibboleth(tmp_path_factory.mktemp("between")) as everybody:
        yield everybody


@pytest.fixture(scope="module")
def service(between: Between) -> Iterator[Shibboleth]:
    with between.joined("one") as joined:
        yield joined


@pytest.fixture(scope="module")
def other(between: Between) -> Iterator[Shibboleth]:
    with between.joined("two") as joined:
        yield joined


@pytest.fixture
def browser(between: Between) -> Visitor:
    return Visitor(between.broker.origin)


def asked(between: Between, service: Shibboleth, browser: Visitor) -> Sent:
    """Ask a service for logout; what it has the browser bring to the broker."""
    sent = browser.at(service.origin).get(service.handler("/Logout"))
    assert sent.url.startswith(f"{between.broker.origin}/{PATH}/saml/slo?")
    assert {"SAMLRequest", "SigAlg", "Signature"} <= sent.query.keys()
    return sent


def leave(between: Between, service: Shibboleth, browser: Visitor) -> Sent:
    """Ask a service for logout; what the broker has the browser bring back to it."""
    return between.confirmed(browser, browser.bring(asked(between, service, browser)))


def left(service: Shibboleth, browser: Visitor, sent: Sent) -> str:
    """The heading of the page that the service shows for the answer."""
    page = browser.at(service.origin).page(sent.url, sent.fields or None)
    assert page.url.startswith(service.origin), page.url
    return str(etree.HTML(page.content).findtext(".//h1"))


def has_session(service: Shibboleth, browser: Visitor) -> bool:
    """Whether the service still knows the browser, asked without starting a login."""
    page: requests.Response = browser.at(service.origin).page(service.handler("/Session"))
    return "<u>Miscellaneous</u>" in page.text


def test_a_logout_that_shibboleth_starts_comes_back_to_it(
    between: Between, service: Shibboleth, browser: Visitor
) -> None:
    between.login(service, browser)
    assert has_session(service, browser)
    sent = leave(between, service, browser)
    assert sent.url.startswith(service.handler("/SLO/"))
    assert "SAMLResponse" in {**sent.query, **sent.fields}
    assert left(service, browser, sent) == "Global Logout"
    assert not has_session(service, browser)
    assert between.asked(service, browser).url.startswith(f"{SSO}?")


def test_a_logout_elsewhere_ends_the_session_in_shibboleth(
    between: Between, service: Shibboleth, other: Shibboleth, browser: Visitor
) -> None:
    between.login(service, browser)
    between.login(other, browser)
    sent = leave(between, other, browser)
    assert not has_session(service, browser)
    assert left(other, browser, sent) == "Global Logout"
    assert not has_session(other, browser)


def test_a_logout_elsewhere_ends_the_session_of_that_browser_alone(
    between: Between, service: Shibboleth, other: Shibboleth, browser: Visitor
) -> None:
    elsewhere = Visitor(between.broker.origin)
    for each in (browser, elsewhere):
        between.login(service, each)
    between.login(other, browser)
    leave(between, other, browser)
    assert not has_session(service, browser)
    assert has_session(service, elsewhere)


def test_a_logout_at_the_identity_provider_ends_the_session_in_shibboleth_without_a_browser(
    between: Between, service: Shibboleth, browser: Visitor
) -> None:
    between.login(service, browser)
    answer, request_id = ask_alone(between.idp, between.sp, sessions(between.idp)[-1:])
    assert answer.in_response_to == request_id
    assert statuses(str(answer)) == [names.SUCCESS]
    assert not has_session(service, browser)


def test_an_answer_that_shibboleth_did_not_sign_is_no_success(
    between: Between, other: Shibboleth, browser: Visitor
) -> None:
    with between.joined("unsigned", signing="front") as unsigned:
        between.login(unsigned, browser)
        between.login(other, browser)
        page = LogoutPage.after(browser, asked(between, other, browser))
        assert page.outcomes == {"unsigned": "unconfirmed", "two": "done", "pysaml2": "waiting"}
        sent = between.confirmed(browser, page.finish())
        assert left(other, browser, sent) == "Partial Logout"
        assert not has_session(unsigned, browser)
        assert not has_session(other, browser)


def test_a_shibboleth_that_is_away_makes_the_logout_partial(
    between: Between, other: Shibboleth, browser: Visitor
) -> None:
    with between.joined("away") as away:
        between.login(away, browser)
    between.login(other, browser)
    page = LogoutPage.after(browser, asked(between, other, browser))
    assert page.outcomes == {"away": "unconfirmed", "two": "done", "pysaml2": "waiting"}
    sent = between.confirmed(browser, page.finish())
    assert left(other, browser, sent) == "Partial Logout"
    assert not has_session(other, browser)
