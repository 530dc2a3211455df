"""Debian's Shibboleth SP as the service, a login at a time."""

import base64
from collections.abc import Iterator
from dataclasses import replace

import pytest

from broker.saml import names
from broker.saml.assurance import Assurance
from tests.interop import pysaml2_idp
from tests.interop.running import make_pair
from tests.interop.shibboleth import Shibboleth, shibboleth
from tests.interop.shibboleth_between import Between, between_shibboleth, shown
from tests.interop.visitor import Visitor


@pytest.fixture(scope="module")
def between(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Between]:
    with between_shibboleth(tmp_path_factory.mktemp("between")) as everybody:
        yield everybody


@pytest.fixture(scope="module")
def service(between: Between) -> Iterator[Shibboleth]:
    with between.joined("one") as joined:
        yield joined


def test_a_login_reaches_the_page_behind_shibboleth(between: Between, service: Shibboleth) -> None:
    said = between.login(service, Visitor(between.broker.origin))
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


def test_shibboleth_opens_what_is_encrypted_for_it_alone(
    between: Between, service: Shibboleth
) -> None:
    browser = Visitor(between.broker.origin)
    arrived = between.answered(service, browser)
    raw = base64.b64decode(arrived.fields["SAMLResponse"])
    assert b"EncryptedAssertion" in raw
    assert b"AttributeStatement" not in raw
    page = browser.at(service.origin).page(arrived.url, arrived.fields)
    assert shown(page.content)["cvr"] == "90000004"


def test_shibboleth_knows_the_person_again(between: Between, service: Shibboleth) -> None:
    first, second = (between.login(service, Visitor(between.broker.origin)) for _ in range(2))
    assert first["name"] == second["name"]
    assert first["Shib_Session_Index"] != second["Shib_Session_Index"]


def test_shibboleth_takes_an_answer_once(between: Between, service: Shibboleth) -> None:
    browser = Visitor(between.broker.origin)
    arrived = between.answered(service, browser)
    first = browser.at(service.origin).page(arrived.url, arrived.fields)
    assert shown(first.content)["cvr"] == "90000004"
    again = Visitor(service.origin).page(arrived.url, arrived.fields)
    assert again.url == service.handler("/SAML2/POST")
    assert "replay" in again.text.lower()


def test_shibboleth_trusts_nobody_whose_metadata_another_signed(between: Between) -> None:
    wrong = replace(between.told, signer=make_pair("another").certificate)
    with shibboleth("wary", wrong) as service:
        page = Visitor(service.origin).page(service.secure)
        assert page.url.startswith(service.secure)
        assert "Unable to locate metadata" in page.text
