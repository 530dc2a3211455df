"""python3-saml signs out, or is told by the broker that somebody else did."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from broker.saml import names
from tests.interop import node_sp
from tests.interop.browser import Sent
from tests.interop.logout_page import LogoutPage
from tests.interop.parties import RELAY_STATE, Parties, parties, statuses


@pytest.fixture(scope="module")
def between(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Parties]:
    with parties(tmp_path_factory.mktemp("toolkit")) as everybody:
        yield everybody


def test_a_logout_at_python3_saml_is_answered(between: Parties) -> None:
    browser = between.browser()
    url, request_id = between.toolkit.logout(between.login_toolkit(browser), RELAY_STATE)
    answered = between.confirmed(browser, browser.get(url))
    auth = between.toolkit.left(answered, request_id)
    assert auth.get_errors() == [], auth.get_last_error_reason()
    assert answered.query["RelayState"] == RELAY_STATE
    assert statuses(auth.get_last_response_xml()) == [names.SUCCESS]


def test_a_logout_is_partial_where_the_identity_provider_has_none(tmp_path: Path) -> None:
    with parties(tmp_path / "silent", slo=()) as between:
        browser = between.browser()
        between.login_node(browser)
        url, request_id = between.toolkit.logout(between.login_toolkit(browser), RELAY_STATE)
        asked = LogoutPage.after(browser, Sent(url, {})).log_out_of("node")
        url = between.node.leaves(between.node.asked(asked), "")
        page = LogoutPage.after(browser, Sent(url, {}))
        assert page.outcomes == {"node": "done", "toolkit": "done", "pysaml2": "cannot"}
        assert not page.complete
        auth = between.toolkit.left(page.finish(), request_id)
    assert auth.get_errors() == [], auth.get_last_error_reason()
    assert statuses(auth.get_last_response_xml()) == [names.SUCCESS, names.PARTIAL_LOGOUT]


def test_python3_saml_is_strict_about_which_logout_is_answered(between: Parties) -> None:
    browser = between.browser()
    url, _request_id = between.toolkit.logout(between.login_toolkit(browser), RELAY_STATE)
    auth = between.toolkit.left(between.confirmed(browser, browser.get(url)), "_another")
    assert auth.get_errors() == ["invalid_logout_response"]


def test_a_logout_of_python3_saml_holds_no_longer_once_it_is_changed(between: Parties) -> None:
    browser = between.browser()
    url, _request_id = between.toolkit.logout(between.login_toolkit(browser), RELAY_STATE)
    changed = url.replace("RelayState=https", "RelayState=http")
    assert changed != url
    with pytest.raises(AssertionError, match=r"signature\.invalid"):
        browser.get(changed)


def test_a_logout_elsewhere_signs_out_of_python3_saml(between: Parties) -> None:
    browser = between.browser()
    here, there = between.login_toolkit(browser), between.login_node(browser)
    page = LogoutPage.after(browser, Sent(between.node.logout(there, RELAY_STATE), {}))
    assert page.outcomes == {"toolkit": "waiting", "node": "done", "pysaml2": "waiting"}
    auth, url = between.toolkit.asked(page.log_out_of("toolkit"))
    assert auth.get_errors() == [], auth.get_last_error_reason()
    assert here.get_nameid() in auth.get_last_request_xml()
    assert here.get_session_index() in auth.get_last_request_xml()
    page = LogoutPage.after(browser, Sent(url, {}))
    assert page.outcomes == {"toolkit": "done", "node": "done", "pysaml2": "waiting"}
    answered = between.confirmed(browser, page.finish())
    assert answered.url == node_sp.SLO
    between.node.left(answered)
    assert answered.fields["RelayState"] == RELAY_STATE
