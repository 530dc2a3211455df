"""Every quirk of real metadata is reported under its own code, and none is invented."""

import base64
from dataclasses import dataclass
from datetime import timedelta

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import NameOID

from broker.errors import Refused
from broker.saml import names, signatures
from broker.saml.entities import Finding, MetadataReading
from broker.saml.entity_descriptor import read_metadata
from broker.saml.metadata_xml import parse_metadata
from broker.saml.xml import canonical
from tests.factories import NOW, key_pair, signing_key
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


@pytest.mark.parametrize("layers", ["plain", "white space", "PEM", "base64 twice"])
def test_every_way_of_writing_a_certificate_gives_the_same_key(layers: str) -> None:
    text = {
        "plain": cert("idp"),
        "white space": " \n".join(cert("idp")[i : i + 60] for i in range(0, 2000, 60)),
        "PEM": pem("idp").decode(),
        "base64 twice": base64.b64encode(pem("idp")).decode(),
    }[layers]
    (entity,) = read_metadata(with_key(text), NOW).entities
    assert entity.idp is not None
    assert entity.idp.signing == (key_pair("idp")[1],)


@pytest.mark.parametrize("bits", [1024])
def test_a_weak_key_is_not_among_the_keys(bits: int) -> None:
    raw = Idp(keys=key("idp", text=cert("weak", bits)) + key("idp")).xml()
    (entity,) = read_metadata(raw, NOW).entities
    assert entity.idp is not None
    assert entity.idp.signing == (key_pair("idp")[1],)


def test_a_certificate_that_ran_out_still_counts() -> None:
    (entity,) = read_metadata(with_key(issued("old", ends=-1)), NOW).entities
    assert entity.idp is not None
    assert len(entity.idp.signing) == 1


def test_a_name_with_control_characters_makes_a_certificate_unusable() -> None:
    holder = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "idp\x1b[2J.example.dk")])
    built = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(holder.public_key())
        .serial_number(7)
        .not_valid_before(NOW - timedelta(days=1))
        .not_valid_after(NOW + timedelta(days=1))
        .sign(holder, hashes.SHA256())
    )
    text = base64.b64encode(built.public_bytes(Encoding.DER)).decode()
    assert "metadata.bad_certificate" in beyond_plain(with_key(text))


def test_a_key_that_is_an_attack_by_size_is_not_used() -> None:
    numbers = rsa.RSAPublicNumbers(65537, (1 << 9000) | 1)
    built = (
        x509.CertificateBuilder()
        .subject_name(x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "big")]))
        .issuer_name(x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "ca")]))
        .public_key(numbers.public_key())
        .serial_number(7)
        .not_valid_before(NOW - timedelta(days=1))
        .not_valid_after(NOW + timedelta(days=1))
        .sign(key_pair("ca")[0], hashes.SHA256())
    )
    text = base64.b64encode(built.public_bytes(Encoding.DER)).decode()
    assert "metadata.weak_key" in beyond_plain(with_key(text))


def test_nine_keys_are_too_many() -> None:
    raw = Idp(keys="".join(key("idp") for _ in range(9))).xml()
    assert "metadata.too_many_keys" in beyond_plain(raw)


def signed(raw: bytes, by: str) -> bytes:
    root = parse_metadata(raw)
    root.set("ID", "_signed")
    signatures.sign(root, signing_key(by))
    return canonical(root)


def test_a_signature_that_nobody_checked_is_said_to_be_so() -> None:
    reading = read_metadata(signed(Idp().xml(), "operator"), NOW)
    assert "metadata.signature_not_checked" in {f.code for f in reading.findings}
    assert not reading.entities[0].verified


def test_a_signature_by_the_pinned_certificate_vouches_for_the_facts() -> None:
    raw = signed(Idp().xml(), "operator")
    reading = read_metadata(raw, NOW, signed_by=[key_pair("operator")[1]])
    assert "metadata.signature_verified" in {f.code for f in reading.findings}
    assert reading.entities[0].verified


def test_the_entities_of_a_verified_aggregate_are_read_from_what_was_signed() -> None:
    inside = Idp().entity() + Sp().entity()
    whole = f'<md:EntitiesDescriptor xmlns:md="{names.MD}">{inside}</md:EntitiesDescriptor>'
    raw = signed(whole.encode(), "operator")
    reading = read_metadata(raw, NOW, signed_by=[key_pair("operator")[1]])
    assert [entity.verified for entity in reading.entities] == [True, True]


@pytest.mark.parametrize(
    ("raw", "code"),
    [
        (Idp().xml(), "signature.missing"),
        (signed(Idp().xml(), "somebody else"), "signature.invalid"),
        (signed(Idp().xml(), "operator").replace(b"/saml/sso", b"/saml/ssx"), "signature.invalid"),
    ],
    ids=["unsigned", "by another key", "changed afterwards"],
)
def test_a_pinned_certificate_that_does_not_verify_refuses_the_document(
    raw: bytes, code: str
) -> None:
    with pytest.raises(Refused) as refused:
        read_metadata(raw, NOW, signed_by=[key_pair("operator")[1]])
    assert refused.value.code == code


def test_an_address_of_sign_in_is_kept_beside_a_refused_one() -> None:
    raw = Idp(endpoints=sso("http://idp.example.dk/sso") + sso()).xml()
    (entity,) = read_metadata(raw, NOW).entities
    assert entity.idp is not None
    assert len(entity.idp.sso) == 1
