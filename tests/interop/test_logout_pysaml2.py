"""pysaml2's Server as the identity provider that people sign out of, and the services with it."""

from collections.abc import Iterator

import pytest
from onelogin.saml2.auth import OneLogin_Saml2_Auth
from saml2.response import StatusUnknownPrincipal

from broker.saml import names
from tests.interop import pysaml2_idp, toolkit
from tests.interop.browser import Browser, Sent
from tests.interop.logout_page import LogoutPage
from tests.interop.parties import RELAY_STATE, Parties, parties, statuses
from tests.interop.pysaml2_leaving import ask, ask_alone, left, sessions


@pytest.fixture(scope="module")
def between(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Parties]:
    with parties(tmp_path_factory.mktemp("pysaml2")) as everybody:
        yield everybody


def signed_in(between: Parties, browser: Browser) -> tuple[OneLogin_Saml2_Auth, str]:
    """Who is signed in at python3-saml now, and the session that it rests on at the IdP."""
    before = sessions(between.idp)
    auth = between.login_toolkit(browser)
    (index,) = set(sessions(between.idp)) - set(before)
    return auth, index


def is_known(between: Parties, browser: Browser) -> bool:
    """Whether the broker signs a browser in without the IdP."""
    url, _request_id = between.toolkit.redirect(RELAY_STATE)
    sent = browser.get(url, idp="pysaml2")
    assert sent.url == toolkit.ACS or sent.url.startswith(f"{pysaml2_idp.SSO}?")
    return sent.url == toolkit.ACS


def test_a_logout_at_the_identity_provider_reaches_the_service_and_is_answered(
    between: Parties,
) -> None:
    browser = between.browser()
    here, index = signed_in(between, browser)
    asked, request_id = ask(between.idp, between.sp, RELAY_STATE, [index])
    assert asked.url.startswith(f"{between.broker.origin}/sundhed/saml/sp/slo?")
    page = LogoutPage.after(browser, asked)
    assert page.outcomes == {"toolkit": "waiting", "pysaml2": "done"}
    auth, url = between.toolkit.asked(page.log_out_of("toolkit"))
    assert auth.get_errors() == [], auth.get_last_error_reason()
    assert here.get_nameid() in auth.get_last_request_xml()
    assert here.get_session_index() in auth.get_last_request_xml()
    page = LogoutPage.after(browser, Sent(url, {}))
    assert page.complete
    answered = page.finish()
    assert answered.query["RelayState"] == RELAY_STATE
    answer = left(between.idp, between.sp, answered)
    assert answer.in_response_to == request_id
    assert statuses(answer.xmlstr) == [names.SUCCESS]
    assert not is_known(between, browser)


def test_a_logout_at_the_identity_provider_is_partial_where_nobody_presses_the_button(
    between: Parties,
) -> None:
    browser = between.browser()
    _here, index = signed_in(between, browser)
    asked, request_id = ask(between.idp, between.sp, RELAY_STATE, [index])
    answer = left(between.idp, between.sp, LogoutPage.after(browser, asked).finish())
    assert answer.in_response_to == request_id
    assert statuses(answer.xmlstr) == [names.SUCCESS, names.PARTIAL_LOGOUT]
    assert not is_known(between, browser)


def test_a_logout_at_the_identity_provider_ends_the_session_that_it_names(
    between: Parties,
) -> None:
    browser, elsewhere = between.browser(), between.browser()
    _here, index = signed_in(between, browser)
    signed_in(between, elsewhere)
    LogoutPage.after(browser, ask(between.idp, between.sp, RELAY_STATE, [index])[0])
    assert is_known(between, elsewhere)
    assert not is_known(between, browser)


def test_a_logout_that_names_no_session_ends_every_session_of_the_person(
    between: Parties,
) -> None:
    browser, elsewhere = between.browser(), between.browser()
    signed_in(between, browser)
    signed_in(between, elsewhere)
    LogoutPage.after(browser, ask(between.idp, between.sp, RELAY_STATE, [])[0])
    assert not is_known(between, elsewhere)
    assert not is_known(between, browser)


def test_a_logout_past_the_browser_is_partial_where_a_service_needs_one(between: Parties) -> None:
    browser = between.browser()
    _here, index = signed_in(between, browser)
    answer, request_id = ask_alone(between.idp, between.sp, [index])
    assert answer.in_response_to == request_id
    assert statuses(str(answer)) == [names.SUCCESS, names.PARTIAL_LOGOUT]
    assert not is_known(between, browser)


def test_a_logout_of_nobody_is_answered_so(between: Parties) -> None:
    browser = between.browser()
    asked, _request_id = ask(between.idp, between.sp, RELAY_STATE, ["another"])
    with pytest.raises(StatusUnknownPrincipal):
        left(between.idp, between.sp, browser.get(asked.url))


def test_a_logout_of_the_identity_provider_holds_no_longer_once_it_is_changed(
    between: Parties,
) -> None:
    browser = between.browser()
    _here, index = signed_in(between, browser)
    asked, _request_id = ask(between.idp, between.sp, RELAY_STATE, [index])
    changed = asked.url.replace("RelayState=https", "RelayState=http")
    assert changed != asked.url
    with pytest.raises(AssertionError, match=r"signature\.invalid"):
        browser.get(changed)
    assert is_known(between, browser)
