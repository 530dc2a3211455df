"""node-saml as the service and pysaml2's Server as the identity provider, the broker between."""

import base64
import zlib
from collections.abc import Iterator
from dataclasses import replace

import pytest
from lxml import etree

from broker.saml import names
from tests.interop import node_sp
from tests.interop.browser import Sent
from tests.interop.logout_page import LogoutPage
from tests.interop.node_sp import Rejected
from tests.interop.parties import RELAY_STATE, Parties, parties, statuses
from tests.interop.running import make_pair


@pytest.fixture(scope="module")
def between(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Parties]:
    with parties(tmp_path_factory.mktemp("node")) as everybody:
        yield everybody


def test_a_login_ends_at_the_service_in_node(between: Parties) -> None:
    profile = between.login_node(between.browser())
    assert profile["issuer"] == f"{between.broker.origin}/sundhed/saml/idp"
    assert profile["nameIDFormat"] == names.PERSISTENT
    assert profile["nameID"].startswith(names.NAMEID_PROFESSIONAL)
    assert profile["sessionIndex"]
    said = profile["attributes"]
    assert said[names.SPEC_VERSION] == "OIO-SAML-3.0"
    assert said[names.LOA] == "Substantial"
    assert said[names.CVR] == "90000004"
    assert said[names.FULL_NAME] == "Åse Ærlig"
    assert said[names.ROLE_CLAIM] == "Reader_0_3"


def test_the_service_in_node_gets_nothing_plain(between: Parties) -> None:
    raw = base64.b64decode(between.answered_node(between.browser()).fields["SAMLResponse"])
    assert b"EncryptedAssertion" in raw
    assert b"AttributeStatement" not in raw


def test_the_service_in_node_takes_an_answer_once(between: Parties) -> None:
    arrived = between.answered_node(between.browser())
    between.node.arrived(arrived)
    with pytest.raises(Rejected, match="InResponseTo is not valid"):
        between.node.arrived(arrived)


def test_the_service_in_node_believes_the_keys_in_our_metadata_alone(between: Parties) -> None:
    published = between.broker.fetch(between.broker.idp_metadata)
    for ours in between.broker.services.flow.keys.keyrings.first("sundhed").published_idp:
        written = base64.b64encode(ours.der)
        assert written in published
        published = published.replace(written, _other_certificate())
    with node_sp.node_sp(published, between.node.pair) as misled:
        other = replace(between, node=misled)
        with pytest.raises(Rejected, match="Invalid signature from encrypted assertion"):
            other.login_node(between.browser())


def test_a_request_of_the_service_in_node_holds_no_longer_once_it_is_changed(
    between: Parties,
) -> None:
    url = between.node.redirect(RELAY_STATE).replace("RelayState=https", "RelayState=http")
    with pytest.raises(AssertionError, match=r"signature\.invalid"):
        between.browser().get(url)


def test_a_logout_at_the_service_in_node_is_answered(between: Parties) -> None:
    browser = between.browser()
    url = between.node.logout(between.login_node(browser), RELAY_STATE)
    answered = between.confirmed(browser, browser.get(url))
    between.node.left(answered)
    assert answered.fields["RelayState"] == RELAY_STATE
    # It verifies the signature on an answer by POST, and reads nothing in it.
    raw = base64.b64decode(answered.fields["SAMLResponse"])
    said = etree.fromstring(raw)
    asked = etree.fromstring(
        zlib.decompress(base64.b64decode(Sent(url, {}).query["SAMLRequest"]), -15)
    )
    assert said.get("InResponseTo") == asked.get("ID")
    assert said.get("Destination") == node_sp.SLO
    assert said.findtext("{*}Issuer") == f"{between.broker.origin}/sundhed/saml/idp"
    assert statuses(raw) == [names.SUCCESS]


def test_a_logout_elsewhere_signs_out_of_the_service_in_node(between: Parties) -> None:
    browser = between.browser()
    here, there = between.login_node(browser), between.login_toolkit(browser)
    url, request_id = between.toolkit.logout(there, RELAY_STATE)
    asked = LogoutPage.after(browser, Sent(url, {})).log_out_of("node")
    profile = between.node.asked(asked)
    for fact in ("issuer", "nameID", "nameIDFormat", "sessionIndex"):
        assert profile[fact] == here[fact]
    url = between.node.leaves(profile, asked.fields.get("RelayState", ""))
    page = LogoutPage.after(browser, Sent(url, {}))
    assert page.outcomes == {"node": "done", "toolkit": "done", "pysaml2": "waiting"}
    answered = between.confirmed(browser, page.finish())
    auth = between.toolkit.left(answered, request_id)
    assert auth.get_errors() == [], auth.get_last_error_reason()
    assert answered.query["RelayState"] == RELAY_STATE


def test_the_service_in_node_is_not_signed_out_by_a_request_that_was_changed(
    between: Parties,
) -> None:
    browser = between.browser()
    between.login_node(browser)
    there = between.login_toolkit(browser)
    url, _request_id = between.toolkit.logout(there, RELAY_STATE)
    asked = LogoutPage.after(browser, Sent(url, {})).log_out_of("node")
    raw = base64.b64decode(asked.fields["SAMLRequest"])
    changed = raw.replace(names.NAMEID_PROFESSIONAL.encode(), b"urn:x:another:")
    assert changed != raw
    fields = {"SAMLRequest": base64.b64encode(changed).decode()}
    with pytest.raises(Rejected, match="Invalid signature on documentElement"):
        between.node.asked(Sent(asked.url, fields))


def _other_certificate() -> bytes:
    """The base64 of a certificate that the broker has nothing to do with."""
    lines = make_pair("another").certificate.splitlines()
    return "".join(lines[1:-1]).encode()
