"""python3-saml as the service and pysaml2's Server as the identity provider, the broker between.

Each is told of the broker by its published metadata and of nothing else, and the broker of each
by the metadata that it writes itself.
"""

import base64
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest
from cryptography.hazmat.primitives.serialization import Encoding
from onelogin.saml2.auth import OneLogin_Saml2_Auth
from onelogin.saml2.utils import OneLogin_Saml2_Utils
from saml2.response import IncorrectlySigned
from saml2.sigver import SignatureError

from broker.metadata.defaults import LoadOptions
from broker.saml import names
from broker.saml.assurance import Assurance
from broker.saml.keys import Certificate
from tests.interop import pysaml2_idp, toolkit
from tests.interop.browser import Browser, Sent
from tests.interop.pysaml2_idp import Pysaml2Idp, Signed, answer
from tests.interop.running import Running, make_pair, running
from tests.interop.toolkit import Toolkit

RELAY_STATE = "https://service.example.dk/side/7?navn=Åse"
RSA_SHA1 = "http://www.w3.org/2000/09/xmldsig#rsa-sha1"
PLAINLY = Signed()


@dataclass(frozen=True)
class Asked:
    """A browser at the IdP, and the request of a service that brought it there."""

    service: Toolkit
    browser: Browser
    sent: Sent
    request_id: str


@dataclass(frozen=True)
class Between:
    """The broker and both other sides, who know each other by metadata."""

    broker: Running
    services: dict[str, Toolkit]  # by the binding they send by
    idp: Any

    def asked(self, binding: str, browser: Browser) -> Asked:
        """A browser that the service sent to the broker, and the broker to the IdP."""
        service = self.services[binding]
        if binding == names.POST:
            form, request_id = service.form(RELAY_STATE)
            sent = browser.post(form.url, form.fields, idp="pysaml2")
        else:
            url, request_id = service.redirect(RELAY_STATE)
            sent = browser.get(url, idp="pysaml2")
        known = sent.url == toolkit.ACS  # the browser was logged in already
        assert known or sent.url.startswith(f"{pysaml2_idp.SSO}?")
        return Asked(service, browser, sent, request_id)

    def login(
        self,
        binding: str = names.REDIRECT,
        *,
        browser: Browser | None = None,
        signed: Signed = PLAINLY,
    ) -> OneLogin_Saml2_Auth:
        """One whole login; what the service made of what arrived."""
        asked = self.asked(binding, browser or Browser(self.broker.origin))
        arrived = self.answered(asked, signed)
        auth = asked.service.arrived(arrived, asked.request_id)
        assert auth.get_errors() == [], auth.get_last_error_reason()
        assert auth.is_authenticated()
        return auth

    def answered(self, asked: Asked, signed: Signed = PLAINLY) -> Sent:
        """What the browser brings to the service, once the IdP has answered."""
        arrived = asked.sent
        if arrived.url != toolkit.ACS:
            form = answer(self.idp, asked.sent, signed)
            arrived = asked.browser.post(form.url, form.fields)
        assert arrived.url == toolkit.ACS
        assert arrived.fields["RelayState"] == RELAY_STATE
        return arrived


@pytest.fixture(scope="module")
def between(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Between]:
    folder = tmp_path_factory.mktemp("pysaml2")
    with running(tmp_path_factory.mktemp("broker")) as broker:
        idp = Pysaml2Idp(folder, make_pair("pysaml2"))
        service = make_pair("python3-saml")
        options = LoadOptions(code="pysaml2", cvrs="any", maximum=Assurance.HIGH, encrypted=False)
        broker.load(idp.metadata(), replace(options, signed_by=idp.pair.signer))
        options = LoadOptions(code="toolkit", idps=("all",), signed_by=service.signer)
        broker.load(Toolkit(service).metadata(), options)
        broker.map("toolkit")
        services = {
            binding: Toolkit.told_by(broker.idp_metadata, service, binding)
            for binding in (names.REDIRECT, names.POST)
        }
        yield Between(broker, services, idp.server(broker.sp_metadata, signer(broker, folder)))


def signer(broker: Running, folder: Path) -> Path:
    """The certificate that our metadata is signed with, as a partner gets it by other means."""
    target = folder / "broker.pem"
    target.write_text(pem(broker.services.flow.keys.keyrings.first("sundhed").published_sp[0]))
    return target


def pem(certificate: Certificate) -> str:
    return certificate.parsed.public_bytes(Encoding.PEM).decode()


@pytest.mark.parametrize("binding", [names.REDIRECT, names.POST], ids=["redirect", "post"])
def test_a_login_between_two_other_peoples_software_ends_at_the_service(
    between: Between, binding: str
) -> None:
    auth = between.login(binding)
    said = auth.get_attributes()
    assert said[names.SPEC_VERSION] == ["OIO-SAML-3.0"]
    assert said[names.LOA] == ["Substantial"]
    assert said[names.CVR] == ["90000004"]
    assert said[names.FULL_NAME] == ["Åse Ærlig"]
    assert said[names.ROLE_CLAIM] == ["Reader_0_3"]
    assert names.PRIVILEGES not in said
    assert auth.get_nameid_format() == names.PERSISTENT
    assert auth.get_nameid().startswith(names.NAMEID_PROFESSIONAL)
    assert auth.get_session_index()
    assert auth.get_last_authn_contexts() == [Assurance.SUBSTANTIAL.uri]


@pytest.mark.parametrize(
    "signed",
    [Signed(), Signed(assertion=False, response=True), Signed(response=True)],
    ids=["assertion", "response", "both"],
)
def test_whatever_the_identity_provider_signs_is_enough(between: Between, signed: Signed) -> None:
    auth = between.login(signed=signed)
    assert auth.get_attributes()[names.FULL_NAME] == ["Åse Ærlig"]


def test_a_signature_by_sha1_is_refused(between: Between) -> None:
    asked = between.asked(names.REDIRECT, Browser(between.broker.origin))
    with pytest.raises(AssertionError, match=r"signature\.algorithm"):
        between.answered(asked, Signed(algorithm=RSA_SHA1))


def test_the_service_knows_the_person_again(between: Between) -> None:
    browser = Browser(between.broker.origin)
    first = between.login(browser=browser)
    same_browser = between.login(names.POST, browser=browser)
    another_browser = between.login()
    logins = (first, same_browser, another_browser)
    (name,) = {auth.get_nameid() for auth in logins}
    assert pysaml2_idp.UUID not in name
    assert len({auth.get_last_assertion_id() for auth in logins}) == 3
    assert first.get_session_index() != another_browser.get_session_index()


def test_the_service_gets_its_assertion_encrypted_and_nothing_plain(between: Between) -> None:
    asked = between.asked(names.REDIRECT, Browser(between.broker.origin))
    raw = base64.b64decode(between.answered(asked).fields["SAMLResponse"])
    assert b"EncryptedAssertion" in raw
    assert b"AttributeStatement" not in raw
    assert pysaml2_idp.UUID.encode() not in raw


def test_the_service_is_strict_about_which_request_is_answered(between: Between) -> None:
    asked = between.asked(names.REDIRECT, Browser(between.broker.origin))
    auth = asked.service.arrived(between.answered(asked), "_another")
    assert auth.get_errors() == ["invalid_response"]
    assert "InResponseTo" in auth.get_last_error_reason()


def test_the_identity_provider_is_strict_about_who_signed_the_request(between: Between) -> None:
    asked = between.asked(names.REDIRECT, Browser(between.broker.origin))
    other = between.asked(names.REDIRECT, Browser(between.broker.origin))
    swapped = {**asked.sent.query, "Signature": other.sent.query["Signature"]}
    with pytest.raises(IncorrectlySigned):
        answer(between.idp, Sent(f"{pysaml2_idp.SSO}?{urlencode(swapped)}", {}), PLAINLY)


def test_our_metadata_is_signed_as_others_read_signatures(between: Between) -> None:
    keys = between.broker.services.flow.keys.keyrings.first("sundhed")
    for url, published in (
        (between.broker.idp_metadata, keys.published_idp),
        (between.broker.sp_metadata, keys.published_sp),
    ):
        raw = between.broker.fetch(url)
        assert OneLogin_Saml2_Utils.validate_metadata_sign(raw, cert=pem(published[0]))


def test_our_metadata_is_worth_nothing_under_another_signature(
    between: Between, tmp_path: Path
) -> None:
    pair = make_pair("another")
    other = tmp_path / "another.pem"
    other.write_text(pair.certificate)
    with pytest.raises(SignatureError):
        Pysaml2Idp(tmp_path, pair).server(between.broker.sp_metadata, other)
