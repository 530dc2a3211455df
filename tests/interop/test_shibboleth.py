"""Debian's Shibboleth SP as the service and pysaml2's Server as the identity provider."""

import base64
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

import pytest
from cryptography.hazmat.primitives.serialization import Encoding

from broker.metadata.defaults import LoadOptions
from broker.saml import names
from broker.saml.assurance import Assurance
from broker.saml.keys import Certificate
from tests.interop import pysaml2_idp
from tests.interop.browser import Sent
from tests.interop.pysaml2_idp import Pysaml2Idp, Signed, answer
from tests.interop.running import Running, make_pair, running
from tests.interop.shibboleth import Shibboleth, Told, shibboleth
from tests.interop.visitor import Visitor


@dataclass(frozen=True)
class Between:
    """The broker and both other sides, who know each other by metadata."""

    broker: Running
    service: Shibboleth
    idp: Any

    def answered(self, browser: Visitor) -> Sent:
        """What a browser brings back to the service that it wants to see a page of."""
        asked = browser.at(self.service.origin).get(self.service.secure)
        assert asked.url.startswith(f"{self.broker.origin}/sundhed/saml/sso?")
        sent = browser.bring(asked, idp="pysaml2")
        return browser.bring(answer(self.idp, sent, Signed()))

    def login(self, browser: Visitor) -> dict[str, str]:
        """One whole login; what the page behind it was told."""
        arrived = self.answered(browser)
        page = browser.at(self.service.origin).page(arrived.url, arrived.fields)
        assert page.url == self.service.secure, self.service.log()
        return shown(page.content)


def shown(page: bytes) -> dict[str, str]:
    """What the protected page was told, by name."""
    return dict(line.split("=", 1) for line in page.decode().splitlines() if "=" in line)


def pem(certificate: Certificate) -> str:
    return certificate.parsed.public_bytes(Encoding.PEM).decode()


@pytest.fixture(scope="module")
def between(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Between]:
    folder = tmp_path_factory.mktemp("pysaml2")
    with running(tmp_path_factory.mktemp("broker")) as broker:
        idp = Pysaml2Idp(folder, make_pair("pysaml2"))
        options = LoadOptions(code="pysaml2", cvrs="any", maximum=Assurance.HIGH, encrypted=False)
        broker.load(idp.metadata(), replace(options, signed_by=idp.pair.signer))
        keys = broker.services.flow.keys["sundhed"]
        known = Told(
            idp=f"{broker.origin}/sundhed/saml/idp",
            metadata=broker.idp_metadata,
            signer=pem(keys.published_idp[0]),
        )
        with shibboleth(make_pair("shibboleth"), known) as service:
            options = LoadOptions(code="one", idps=("all",), signed_by=service.pair.signer)
            broker.load(service.metadata(), options)
            broker.map("one")
            signer = folder / "broker.pem"
            signer.write_text(pem(keys.published_sp[0]))
            yield Between(broker, service, idp.server(broker.sp_metadata, signer))


def test_a_login_reaches_the_page_behind_shibboleth(between: Between) -> None:
    said = between.login(Visitor(between.broker.origin))
    assert said["Shib_Identity_Provider"] == f"{between.broker.origin}/sundhed/saml/idp"
    assert said["Shib_AuthnContext_Class"] == Assurance.SUBSTANTIAL.uri
    assert said["specVersion"] == "OIO-SAML-3.0"
    assert said["loa"] == "Substantial"
    assert said["cvr"] == "90000004"
    assert said["fullName"] == "Åse Ærlig"
    assert said["role"] == "Reader_0_3"
    assert "privileges" not in said
    assert "professionalUuid" not in said
    assert said["name"].startswith(names.NAMEID_PROFESSIONAL)
    assert pysaml2_idp.UUID not in said["name"]


def test_shibboleth_opens_what_is_encrypted_for_it_alone(between: Between) -> None:
    browser = Visitor(between.broker.origin)
    arrived = between.answered(browser)
    raw = base64.b64decode(arrived.fields["SAMLResponse"])
    assert b"EncryptedAssertion" in raw
    assert b"AttributeStatement" not in raw
    page = browser.at(between.service.origin).page(arrived.url, arrived.fields)
    assert shown(page.content)["cvr"] == "90000004"


def test_shibboleth_knows_the_person_again(between: Between) -> None:
    first, second = (between.login(Visitor(between.broker.origin)) for _ in range(2))
    assert first["name"] == second["name"]
    assert first["Shib_Session_Index"] != second["Shib_Session_Index"]


def test_shibboleth_takes_an_answer_once(between: Between) -> None:
    browser = Visitor(between.broker.origin)
    arrived = between.answered(browser)
    first = browser.at(between.service.origin).page(arrived.url, arrived.fields)
    assert shown(first.content)["cvr"] == "90000004"
    again = Visitor(between.service.origin).page(arrived.url, arrived.fields)
    assert again.url == between.service.handler("/SAML2/POST")
    assert "replay" in again.text.lower()


def test_shibboleth_trusts_nobody_whose_metadata_another_signed(between: Between) -> None:
    pair = make_pair("another")
    wrong = replace(between.service.told, signer=pair.certificate)
    with shibboleth(pair, wrong) as service:
        page = Visitor(service.origin).page(service.secure)
        assert page.url.startswith(service.secure)
        assert "Unable to locate metadata" in page.text
