"""Must accept (security catalogue 1.0): a broker that refuses everything fails here."""

from datetime import timedelta

import pytest
import xmlsec
from lxml import etree

from broker.saml import names, signatures
from broker.saml.bindings import encode_post
from tests.box import code_of, posted
from tests.factories import signing_key
from tests.hostile.conftest import Scene
from tests.hostile.forge import HONEST_ATTRIBUTES, NS, NURSE, Forge
from tests.hostile.test_keys import rsa_key

UNKNOWN = (("urn:x:unknown", "whatever"), ("urn:y:æøå", "Rødgrød"))
ROWS: list[tuple[str, str, dict[str, object]]] = [
    ("assertion signed, encrypted", "alpha", {}),
    ("both signed, encrypted", "alpha", {"sign_response": True}),
    ("Response signed, encrypted", "alpha", {"sign_response": True, "sign_assertion": False}),
    ("Response signed, plain", "legacy", {"sign_response": True, "sign_assertion": False, "encrypt": False}),
    ("assertion signed, plain", "legacy", {"encrypt": False}),
    ("both signed, plain", "legacy", {"sign_response": True, "encrypt": False}),
    ("AES-128-GCM", "alpha", {"block": names.AES128_GCM}),
    ("Danish letters in the name", "legacy", {"name_id": "<a:NameID>Åse Ærø-Ødegård</a:NameID>"}),
    ("character references", "legacy", {"name_id": "<a:NameID>nurse&#64;region.dk</a:NameID>"}),
    ("no SessionNotOnOrAfter", "alpha", {"statement_extra": ""}),
    ("a SessionNotOnOrAfter", "alpha", {"statement_extra": ' SessionNotOnOrAfter="2026-03-02T11:00:00Z"'}),
    ("fractions of a second", "alpha", {"valid_until": "2026-03-02T03:05:00.1234567Z"}),
    ("a bearer NotBefore", "alpha", {"confirmation_extra": ' NotBefore="2026-03-02T02:59:00Z"'}),
    ("unknown attributes", "alpha", {"attributes": HONEST_ATTRIBUTES + UNKNOWN}),
    ("basic NameFormat", "alpha", {"name_format": names.ATTR_BASIC}),
    ("a subject confirmed by transient name", "alpha", {"name_id": f'<a:NameID Format="{names.TRANSIENT}">{NURSE}</a:NameID>'}),
]  # fmt: skip


@pytest.mark.parametrize(("idp", "change"), [r[1:] for r in ROWS], ids=[r[0] for r in ROWS])
def test_an_honest_answer_is_accepted(scene: Scene, idp: str, change: dict[str, object]) -> None:
    scene.accepted(scene.at(idp).but(**change).xml())


@pytest.mark.parametrize("seconds", [-170, 170])
def test_clocks_may_differ_within_the_skew(scene: Scene, seconds: int) -> None:
    forge = scene.at()
    scene.accepted(forge.but(now=forge.now + timedelta(seconds=seconds)).xml())


def test_a_hundred_values_of_one_attribute(scene: Scene) -> None:
    forge = scene.at()
    values = "".join(f"<a:AttributeValue>v{i}</a:AttributeValue>" for i in range(100))
    honest = "".join(
        f'<a:Attribute Name="{name}"><a:AttributeValue>{value}</a:AttributeValue></a:Attribute>'
        for name, value in HONEST_ATTRIBUTES
    )
    many = f'<a:Attribute Name="urn:x:many">{values}</a:Attribute>'
    statement = f"<a:AttributeStatement>{honest}{many}</a:AttributeStatement>"
    scene.accepted(forge.but(raw_statement=statement).xml())


def test_empty_and_nil_values_count_as_absent(scene: Scene) -> None:
    forge = scene.at()
    xsi = f'xmlns:xsi="{names.XSI}"'
    empty = (
        f'<a:Attribute Name="{names.EMAIL}"><a:AttributeValue/></a:Attribute>'
        f'<a:Attribute Name="{names.RID}"><a:AttributeValue {xsi} xsi:nil="true"/></a:Attribute>'
    )
    honest = "".join(
        f'<a:Attribute Name="{name}"><a:AttributeValue>{value}</a:AttributeValue></a:Attribute>'
        for name, value in HONEST_ATTRIBUTES
    )
    statement = f"<a:AttributeStatement>{honest}{empty}</a:AttributeStatement>"
    scene.accepted(forge.but(raw_statement=statement).xml())


def test_pretty_printed_xml_signed_as_it_stands(scene: Scene) -> None:
    forge = scene.at("legacy")
    pretty = etree.tostring(forge.assertion(), pretty_print=True)
    assertion = etree.fromstring(pretty)
    signatures.sign(assertion, signing_key("legacy"))
    root = forge.around(assertion)
    scene.accepted(b'<?xml version="1.0" encoding="UTF-8"?>\n' + etree.tostring(root))


def test_the_signature_namespace_declared_on_the_root(scene: Scene) -> None:
    forge = scene.at("legacy")
    text = etree.tostring(forge.but(encrypt=False, sign_assertion=False).tree()).decode()
    root = etree.fromstring(text.replace("<p:Response ", f'<p:Response xmlns:ds="{names.DS}" ', 1))
    assertion = root.find("a:Assertion", NS)
    assert assertion is not None
    signatures.sign(assertion, signing_key("legacy"))
    scene.accepted(etree.tostring(root))


def test_b16_a_prefix_list_covers_what_the_prefixes_mean(scene: Scene) -> None:
    forge = scene.at("legacy")
    text = etree.tostring(forge.but(encrypt=False, sign_assertion=False).tree()).decode()
    declared = f'<p:Response xmlns:o="urn:o" xmlns:xs="{names.XS}" xmlns:xsi="{names.XSI}" '
    typed = text.replace("<p:Response ", declared, 1).replace(
        "<a:AttributeValue>", '<a:AttributeValue xsi:type="xs:string">'
    )
    root = etree.fromstring(typed)
    assertion = root.find("a:Assertion", NS)
    assert assertion is not None
    constants = xmlsec.constants
    template = xmlsec.template.create(
        assertion, constants.TransformExclC14N, constants.TransformRsaSha256, ns="ds"
    )
    assertion.insert(1, template)
    reference = xmlsec.template.add_reference(
        template, constants.TransformSha256, uri="#" + str(assertion.get("ID"))
    )
    xmlsec.template.add_transform(reference, constants.TransformEnveloped)
    exclusive = xmlsec.template.add_transform(reference, constants.TransformExclC14N)
    xmlsec.template.transform_add_c14n_inclusive_namespaces(exclusive, ["xs", "o"])
    context = xmlsec.SignatureContext()
    context.register_id(assertion, "ID")
    context.key = rsa_key("legacy")
    context.sign(template)
    honest = etree.tostring(root)
    scene.refused(honest.replace(b"urn:o", b"urn:evil", 1), "signature.invalid")
    scene.accepted(honest)


def test_base64_with_line_breaks(scene: Scene) -> None:
    forge = scene.at()
    encoded = encode_post(forge.xml())
    folded = "\r\n".join(encoded[i : i + 76] for i in range(0, len(encoded), 76))
    page = scene.browser.post(
        "/sundhed/saml/acs",
        data={"SAMLResponse": folded},
        base_url="https://broker.example.dk",
    )
    assert page.status_code == 200, code_of(page)


FAILURES = [
    (names.AUTHN_FAILED, "idp.cancelled"),
    (names.NO_AUTHN_CONTEXT, "idp.no_authn_context"),
    (names.REQUEST_DENIED, "idp.cancelled"),
    ("urn:x:own", "idp.failed"),
]


@pytest.mark.parametrize(("sub_code", "code"), FAILURES)
def test_r14_an_unsigned_failure_ends_in_failure_with_a_way_back(
    scene: Scene, sub_code: str, code: str
) -> None:
    forge = scene.at()
    status = (
        f'<p:StatusCode Value="{names.RESPONDER}"><p:StatusCode Value="{sub_code}"/>'
        "</p:StatusCode><p:StatusMessage>x</p:StatusMessage>"
        "<p:StatusDetail><x xmlns='urn:x'>secret-detail</x></p:StatusDetail>"
    )
    page = scene.deliver(etree.tostring(forge.but(status=status).around()))
    assert code_of(page) == code
    assert "secret-detail" not in page.text
    target, fields = posted(page)
    assert target == "https://one.example.dk/acs"
    assert fields["RelayState"] == "back-to-page-7"
    scene.accepted(forge.xml())


def test_r14_an_unsigned_failure_must_fit_the_flow(scene: Scene) -> None:
    forge = scene.at()
    status = f'<p:StatusCode Value="{names.RESPONDER}"/>'
    for change, code in (
        ({"issuer": "https://beta.example.dk"}, "context.issuer"),
        ({"destination": "https://x"}, "context.destination"),
        ({"in_response_to": "_x"}, "context.in_response_to"),
    ):
        answer = forge.but(status=status, **change)
        scene.refused(etree.tostring(answer.around()), code)
    assert isinstance(forge, Forge)
    scene.accepted(forge.xml())
