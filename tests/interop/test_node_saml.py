"""node-saml as the service and pysaml2's Server as the identity provider, the broker between."""

import base64
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

import pytest

from broker.metadata.defaults import LoadOptions
from broker.saml import names
from broker.saml.assurance import Assurance
from tests.interop import node_sp, pysaml2_idp
from tests.interop.browser import Browser, Sent
from tests.interop.node_sp import NodeSp, Profile, Rejected
from tests.interop.pysaml2_idp import Pysaml2Idp, Signed, answer
from tests.interop.running import Running, make_pair, running
from tests.interop.test_others import signer

RELAY_STATE = "https://node.example.dk/side/7?navn=Åse"


@dataclass(frozen=True)
class Between:
    """The broker and both other sides, who know each other by metadata."""

    broker: Running
    service: NodeSp
    idp: Any

    def browser(self) -> Browser:
        """A browser that nobody knows yet."""
        return Browser(self.broker.origin)

    def answered(self, browser: Browser) -> Sent:
        """What a browser brings to the service, after the IdP has answered the broker."""
        asked = browser.get(self.service.redirect(RELAY_STATE), idp="pysaml2")
        assert asked.url.startswith(f"{pysaml2_idp.SSO}?")
        form = answer(self.idp, asked, Signed())
        arrived = browser.post(form.url, form.fields)
        assert arrived.url == node_sp.ACS
        assert arrived.fields["RelayState"] == RELAY_STATE
        return arrived

    def login(self, browser: Browser) -> Profile:
        """Whom the service believes to be signed in after one whole login."""
        return self.service.arrived(self.answered(browser))


@pytest.fixture(scope="module")
def between(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Between]:
    folder = tmp_path_factory.mktemp("pysaml2")
    with running(tmp_path_factory.mktemp("broker")) as broker:
        idp = Pysaml2Idp(folder, make_pair("pysaml2"))
        options = LoadOptions(code="pysaml2", cvrs="any", maximum=Assurance.HIGH, encrypted=False)
        broker.load(idp.metadata(), replace(options, signed_by=idp.pair.signer))
        pair = make_pair("node-saml")
        with node_sp.node_sp(broker.fetch(broker.idp_metadata), pair) as service:
            options = LoadOptions(code="node", idps=("all",), signed_by=pair.signer)
            broker.load(service.metadata(), options)
            broker.map("node")
            upstream = idp.server(broker.sp_metadata, signer(broker, folder))
            yield Between(broker, service, upstream)


def test_a_login_ends_at_the_service_in_node(between: Between) -> None:
    profile = between.login(between.browser())
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


def test_the_service_in_node_gets_nothing_plain(between: Between) -> None:
    raw = base64.b64decode(between.answered(between.browser()).fields["SAMLResponse"])
    assert b"EncryptedAssertion" in raw
    assert b"AttributeStatement" not in raw


def test_the_service_in_node_takes_an_answer_once(between: Between) -> None:
    arrived = between.answered(between.browser())
    between.service.arrived(arrived)
    with pytest.raises(Rejected, match="InResponseTo is not valid"):
        between.service.arrived(arrived)


def test_the_service_in_node_believes_the_keys_in_our_metadata_alone(between: Between) -> None:
    published = between.broker.fetch(between.broker.idp_metadata)
    for ours in between.broker.services.flow.keys["sundhed"].published_idp:
        written = base64.b64encode(ours.der)
        assert written in published
        published = published.replace(written, _other_certificate())
    with node_sp.node_sp(published, between.service.pair) as misled:
        other = replace(between, service=misled)
        with pytest.raises(Rejected, match="Invalid signature from encrypted assertion"):
            other.login(between.browser())


def test_a_request_of_the_service_in_node_holds_no_longer_once_it_is_changed(
    between: Between,
) -> None:
    url = between.service.redirect(RELAY_STATE).replace("RelayState=https", "RelayState=http")
    with pytest.raises(AssertionError, match=r"signature\.invalid"):
        between.browser().get(url)


def _other_certificate() -> bytes:
    """The base64 of a certificate that the broker has nothing to do with."""
    lines = make_pair("another").certificate.splitlines()
    return "".join(lines[1:-1]).encode()
