"""OCES subjects of three generations: what they say, who issued them, and signs of a test."""

from datetime import timedelta

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.x509.oid import AuthorityInformationAccessOID, NameOID

from broker.demo.certificates import holder
from broker.saml.oces import OcesSubject, issuer_generation, read_oces
from tests.authorities import Bent, leaf, private
from tests.factories import NOW

UUID = "b0960b16-1c0e-477a-9d33-616ee1000c11"


def name(common_name: str, *, unit: str = "") -> x509.Name:
    parts = [x509.NameAttribute(NameOID.COMMON_NAME, common_name)]
    if unit:
        parts.append(x509.NameAttribute(NameOID.ORGANIZATIONAL_UNIT_NAME, unit))
    return x509.Name(parts)


def read(subject: x509.Name, issuer: x509.Name, *found: x509.ExtensionType) -> OcesSubject | None:
    """What is read of a certificate with these names and extensions."""
    builder = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(private("oces").public_key())
        .serial_number(1)
        .not_valid_before(NOW)
        .not_valid_after(NOW + timedelta(days=1))
    )
    for extension in found:
        builder = builder.add_extension(extension, critical=False)
    return read_oces(builder.sign(private("oces"), hashes.SHA256()))


ISSUERS = (
    ("Den Danske Stat OCES udstedende-CA 1", 3),
    ("TRUST2408 OCES CA II", 2),
    ("TDC OCES CA", 1),
    ("TDC OCES Systemtest CA II", 1),
    ("DEMO Den Danske Stat OCES udstedende-CA 1", None),
    ("Let's Encrypt", None),
)


@pytest.mark.parametrize(("common_name", "generation"), ISSUERS)
def test_the_issuer_says_the_generation(common_name: str, generation: int | None) -> None:
    assert issuer_generation(name(common_name)) == generation


def test_an_oces1_subject_looks_like_oces2_and_is_told_by_its_issuer() -> None:
    subject = holder(2, "n", "o", "90000012")
    found = read(subject, name("TDC OCES CA"))
    assert found is not None
    assert (found.generation, found.kind, found.cvr) == (1, "VOCES", "90000012")


@pytest.mark.parametrize("generation", [2, 3])
def test_the_demos_certificates_are_read_in_their_generation(generation: int) -> None:
    found = leaf("oces", 2 if generation == 2 else 3).oces
    assert found is not None
    assert (found.generation, found.kind, found.cvr) == (generation, "VOCES", "90000012")
    assert found.environment == "production"


def test_the_demos_oces2_subject_has_one_rdn_of_two_values() -> None:
    sizes = [len(list(rdn)) for rdn in leaf("oces", 2).parsed.subject.rdns]
    assert sorted(sizes) == [1, 1, 2]


def uri(address: str) -> x509.UniformResourceIdentifier:
    return x509.UniformResourceIdentifier(address)


def crl_at(address: str) -> x509.CRLDistributionPoints:
    return x509.CRLDistributionPoints([x509.DistributionPoint([uri(address)], None, None, None)])


def ocsp_at(address: str) -> x509.AuthorityInformationAccess:
    method = AuthorityInformationAccessOID.OCSP
    return x509.AuthorityInformationAccess([x509.AccessDescription(method, uri(address))])


def policy(oid: str) -> x509.CertificatePolicies:
    found = x509.PolicyInformation(x509.ObjectIdentifier(oid), None)
    return x509.CertificatePolicies([found])


OCES3 = name("Den Danske Stat OCES udstedende-CA 1")
SIGNS: tuple[tuple[x509.Name, x509.ExtensionType | None, str], ...] = (
    (OCES3, None, "production"),
    (name("Den Danske Stat OCES udstedende-CA 1", unit="Test - cti"), None, "test"),
    (name("TRUST2408 Systemtest XXXIV CA"), None, "test"),
    (name("TRUST2408 OCES CA II"), None, "production"),
    (name("TDC OCES Systemtest CA II"), None, "test"),
    (name("Systemtest of somebody else"), None, "production"),
    (OCES3, crl_at("http://ca1.cti-gov.dk/oces/issuing/1/crl/issuing.crl"), "test"),
    (OCES3, crl_at("http://ca1.gov.dk/oces/issuing/1/crl/issuing.crl"), "production"),
    (OCES3, ocsp_at("http://ca1.cti-gov.dk/ocsp"), "test"),
    (OCES3, ocsp_at("http://not-cti-gov.dk/ocsp"), "production"),
    (OCES3, ocsp_at("http://cti-gov.dk.example.org/ocsp"), "production"),
    (OCES3, ocsp_at("http://CA1.CTI-GOV.DK/ocsp"), "test"),
    (OCES3, ocsp_at("http://[cti-gov.dk"), "production"),
    (OCES3, policy("1.3.6.1.4.1.31313.2.4.6.4.2"), "test"),
    (OCES3, policy("1.2.208.169.1.1.1.3.7"), "production"),
)


@pytest.mark.parametrize(("issuer", "extension", "environment"), SIGNS)
def test_one_sign_of_a_test_environment_is_enough(
    issuer: x509.Name, extension: x509.ExtensionType | None, environment: str
) -> None:
    subject = holder(3, "n", "o", "90000012")
    found = read(subject, issuer, *([extension] if extension else []))
    assert found is not None
    assert found.environment == environment


def test_a_number_of_another_country_is_no_cvr() -> None:
    subject = x509.Name(
        [
            x509.NameAttribute(x509.ObjectIdentifier("2.5.4.97"), "NTRSE-5560000001"),
            x509.NameAttribute(NameOID.SERIAL_NUMBER, f"UI:DK-O:G:{UUID}"),
        ]
    )
    assert read(subject, OCES3) == OcesSubject(3, "VOCES", UUID, None)


def test_any_other_certificate_has_no_oces_subject() -> None:
    assert read_oces(Bent("a", "b").made()) is None
