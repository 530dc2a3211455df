"""python3-saml signs out, or is told by the broker that somebody else did."""

from collections.abc import Iterator

import pytest

from tests.interop import node_sp
from tests.interop.parties import RELAY_STATE, Parties, parties


@pytest.fixture(scope="module")
def between(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Parties]:
    with parties(tmp_path_factory.mktemp("toolkit")) as everybody:
        yield everybody


def test_a_logout_at_python3_saml_is_answered(between: Parties) -> None:
    browser = between.browser()
    url, request_id = between.toolkit.logout(between.login_toolkit(browser), RELAY_STATE)
    answered = browser.get(url)
    auth = between.toolkit.left(answered, request_id)
    assert auth.get_errors() == [], auth.get_last_error_reason()
    assert answered.query["RelayState"] == RELAY_STATE


def test_python3_saml_is_strict_about_which_logout_is_answered(between: Parties) -> None:
    browser = between.browser()
    url, _request_id = between.toolkit.logout(between.login_toolkit(browser), RELAY_STATE)
    auth = between.toolkit.left(browser.get(url), "_another")
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
    asked = browser.get(between.node.logout(there, RELAY_STATE))
    auth, url = between.toolkit.asked(asked)
    assert auth.get_errors() == [], auth.get_last_error_reason()
    assert here.get_nameid() in auth.get_last_request_xml()
    assert here.get_session_index() in auth.get_last_request_xml()
    answered = browser.get(url)
    assert answered.url == node_sp.SLO
    between.node.left(answered)
    assert answered.fields["RelayState"] == RELAY_STATE
