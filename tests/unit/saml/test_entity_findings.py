"""Every quirk of real metadata is reported under its own code, and none is invented."""

import base64
from dataclasses import dataclass
from datetime import timedelta

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import NameOID

from broker.saml import names
from broker.saml.entities import Finding, MetadataReading
from broker.saml.entity_descriptor import read_metadata
from tests.factories import NOW, key_pair
from tests.metadata_factory import (
    SP,
    Idp,
    Sp,
    acs,
    cert,
    contact,
    endpoint,
    key,
    organisation,
    sso,
)

PLAIN = {"metadata.unsigned", "metadata.no_valid_until", "metadata.self_signed"}
OLD_ATTRIBUTE_AUTHORITY = (
    f'<md:AttributeAuthorityDescriptor protocolSupportEnumeration="{names.SAMLP}">'
    f"{key('idp-old')}"
    + endpoint("AttributeService", "https://idp.example.dk/attributes", names.SOAP)
    + "</md:AttributeAuthorityDescriptor>"
)
LATE_EXTENSIONS = (
    '<md:Extensions><x:Profiles xmlns:x="https://data.gov.dk/eid/saml/extensions"/></md:Extensions>'
)


def findings(reading: MetadataReading) -> list[Finding]:
    inside = [finding for entity in reading.entities for finding in entity.findings]
    return [*reading.findings, *inside]


def beyond_plain(raw: bytes) -> set[str]:
    """The codes that a document earns on top of those of an ordinary one."""
    return {finding.code for finding in findings(read_metadata(raw, NOW))} - PLAIN


def issued(subject: str, *, pss: bool = False, ends: int = 700, begins: int = -30) -> str:
    """The base64 of a certificate that another key signed, days from now."""
    signer, holder = key_pair("ca")[0], key_pair(subject)[0]
    built = (
        x509.CertificateBuilder()
        .subject_name(x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, subject)]))
        .issuer_name(x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "ca")]))
        .public_key(holder.public_key())
        .serial_number(7)
        .not_valid_before(NOW + timedelta(days=begins))
        .not_valid_after(NOW + timedelta(days=ends))
    )
    scheme = padding.PSS(padding.MGF1(hashes.SHA256()), 32) if pss else None
    signed = built.sign(signer, hashes.SHA256(), rsa_padding=scheme)
    return base64.b64encode(signed.public_bytes(Encoding.DER)).decode()


def with_key(text: str) -> bytes:
    return Idp(keys=key("idp", text=text), tail=contact()).xml()


def pem(name: str) -> bytes:
    return key_pair(name)[1].pem()


@dataclass(frozen=True)
class Quirk:
    name: str
    raw: bytes
    codes: frozenset[str]


def quirk(name: str, raw: bytes, *codes: str) -> Quirk:
    return Quirk(name, raw, frozenset(f"metadata.{code}" for code in codes))


QUIRKS = (
    quirk("an ordinary document", Idp(tail=contact()).xml()),
    quirk(
        "two signing keys",
        Idp(keys=key("idp-old") + key("idp"), tail=contact()).xml(),
        "several_signing_keys",
    ),
    quirk(
        "another role lists only the old key",
        Idp(keys=key("idp-old") + key("idp"), tail=OLD_ATTRIBUTE_AUTHORITY + contact()).xml(),
        "several_signing_keys",
        "fewer_keys",
    ),
    quirk(
        "a slash at the end", Idp("https://idp.example.dk/", tail=contact()).xml(), "trailing_slash"
    ),
    quirk(
        "an identifier that is no URI",
        Idp("OUR_IDP", tail=contact()).xml(),
        "entity_id_no_uri",
    ),
    quirk(
        "Extensions after KeyDescriptor",
        Idp(after_keys=LATE_EXTENSIONS, tail=contact()).xml(),
        "extensions_late",
        "schema",
        "unknown_extension",
    ),
    quirk(
        "a role after Organization",
        Idp(tail=organisation() + contact() + OLD_ATTRIBUTE_AUTHORITY).xml(),
        "role_late",
        "schema",
    ),
    quirk(
        "one more protocol",
        Idp(
            protocols=f"{names.SAMLP} https://data.gov.dk/saml/profile/oio/4", tail=contact()
        ).xml(),
        "extra_protocol",
    ),
    quirk("an empty contact", Idp(tail=contact(empty=True)).xml(), "empty_contact"),
    quirk("nobody to write to", Idp().xml(), "no_contact"),
    quirk(
        "sign-in and sign-out at one address",
        Idp(
            after_keys=endpoint("SingleLogoutService", "https://idp.example.dk/saml/sso"),
            tail=contact(),
        ).xml(),
        "same_address",
    ),
    quirk(
        "one certificate for both uses",
        Sp(keys=key("sp") + key("sp", "encryption"), tail=contact()).xml(),
        "same_key_both_uses",
    ),
    quirk(
        "a key without a use",
        Sp(keys=key("sp", None), tail=contact()).xml(),
        "no_use",
        "same_key_both_uses",
    ),
    quirk(
        "two encryption keys",
        Sp(keys=key("sp") + key("a", "encryption") + key("b", "encryption"), tail=contact()).xml(),
        "several_encryption_keys",
    ),
    quirk(
        "a key for something else",
        Idp(keys=key("idp") + key("idp", "sealing"), tail=contact()).xml(),
        "unknown_use",
        "schema",
    ),
    quirk(
        "white space in the certificate",
        with_key(f"\n  {cert('idp')}\n"),
        "certificate_white_space",
    ),
    quirk(
        "PEM in base64 once more",
        with_key(base64.b64encode(pem("idp")).decode()),
        "certificate_pem",
    ),
    quirk(
        "PEM with its header lines",
        with_key(pem("idp").decode()),
        "certificate_pem",
        "certificate_white_space",
        "schema",
    ),
    quirk("no certificate but words", with_key("%%%%"), "bad_certificate"),
    quirk(
        "base64 of something else", with_key(base64.b64encode(b"hello").decode()), "bad_certificate"
    ),
    quirk("a key of 1024 bits", with_key(cert("weak", 1024)), "weak_key"),
    quirk(
        "a certificate that ran out",
        with_key(issued("old", ends=-1)),
        "certificate_expired",
    ),
    quirk(
        "a certificate that runs out soon",
        with_key(issued("ageing", ends=10)),
        "certificate_ends_soon",
    ),
    quirk("a certificate of tomorrow", with_key(issued("next", begins=1)), "certificate_not_yet"),
    quirk("a certificate signed with PSS", with_key(issued("oces3", pss=True)), "rsassa_pss"),
    quirk(
        "two defaults",
        Sp(
            endpoints=acs().replace("/>", ' isDefault="true"/>')
            + acs(SP + "/b", 1).replace("/>", ' isDefault="true"/>'),
            tail=contact(),
        ).xml(),
        "several_defaults",
    ),
    quirk("no index", Sp(endpoints=acs(index=None), tail=contact()).xml(), "no_index", "schema"),
    quirk(
        "it ran out",
        Idp(attributes='validUntil="2020-01-01T00:00:00Z"', tail=contact()).xml(),
        "expired",
    ),
    quirk(
        "validUntil is no instant",
        Idp(attributes='validUntil="soon"', tail=contact()).xml(),
        "bad_valid_until",
        "schema",
    ),
    quirk(
        "several sign-out addresses",
        Sp(
            after_keys=endpoint("SingleLogoutService", SP + "/slo", names.POST)
            + endpoint("SingleLogoutService", SP + "/slo", names.SOAP),
            tail=contact(),
        ).xml(),
        "several_slo",
    ),
)


@pytest.mark.parametrize("case", QUIRKS, ids=lambda case: case.name)
def test_a_quirk_is_reported_and_nothing_else(case: Quirk) -> None:
    assert beyond_plain(case.raw) == case.codes


@pytest.mark.parametrize("case", QUIRKS, ids=lambda case: case.name)
def test_findings_are_whole_sentences(case: Quirk) -> None:
    for finding in findings(read_metadata(case.raw, NOW)):
        assert not finding.words[0].islower()
        assert finding.words.endswith(".")
        assert finding.where


def test_an_address_of_sign_in_is_kept_beside_a_refused_one() -> None:
    raw = Idp(endpoints=sso("http://idp.example.dk/sso") + sso()).xml()
    (entity,) = read_metadata(raw, NOW).entities
    assert entity.idp is not None
    assert len(entity.idp.sso) == 1
