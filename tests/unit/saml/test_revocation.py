"""What a CRL and an OCSP response say counts only where the issuer vouches for it."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509 import ocsp

from broker.demo.authority import Authority
from broker.demo.certificates import Generation, signature_padding
from broker.errors import Refused
from broker.saml.revocation import Answer, crl_answer, ocsp_answer, ocsp_question, read_crl
from tests.authorities import Bent, authority, fine_answer, leaf, private
from tests.factories import NOW

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
OTHER = Authority.new()  # of the same name, with other keys


def told_by_crl(raw: bytes, generation: Generation = 3) -> Answer:
    made = authority(generation)
    return crl_answer(read_crl(raw, made.certificate, NOW), leaf("r", generation).parsed)


def told_by_ocsp(raw: bytes, generation: Generation = 3) -> Answer:
    made = authority(generation)
    return ocsp_answer(raw, leaf("r", generation).parsed, made.certificate, NOW)


@pytest.mark.parametrize("generation", [2, 3])
def test_a_list_says_good_of_what_is_not_in_it(generation: Generation) -> None:
    raw = authority(generation).crl(NOW, {12345: NOW})
    assert told_by_crl(raw, generation) == Answer("good", NOW, NOW + DAY)


@pytest.mark.parametrize("generation", [2, 3])
def test_a_list_says_when_and_why_something_is_revoked(generation: Generation) -> None:
    revoked = {leaf("r", generation).parsed.serial_number: NOW - HOUR}
    found = told_by_crl(authority(generation).crl(NOW, revoked), generation)
    assert found == Answer("revoked", NOW, NOW + DAY, NOW - HOUR, "keyCompromise")


def test_a_list_in_pem_is_read_too() -> None:
    der = x509.load_der_x509_crl(authority().crl(NOW))
    assert told_by_crl(der.public_bytes(Encoding.PEM)).status == "good"


def bent_crl(extension: x509.ExtensionType) -> bytes:
    made = authority()
    builder = x509.CertificateRevocationListBuilder(
        issuer_name=made.certificate.subject, last_update=NOW, next_update=NOW + DAY
    ).add_extension(extension, critical=True)
    return builder.sign(
        made.private, hashes.SHA256(), rsa_padding=signature_padding(3)
    ).public_bytes(Encoding.DER)


def part(**only: bool) -> x509.IssuingDistributionPoint:
    fields = {
        name: only.get(name, False)
        for name in (
            "only_contains_user_certs",
            "only_contains_ca_certs",
            "indirect_crl",
            "only_contains_attribute_certs",
        )
    }
    where = [x509.UniformResourceIdentifier("http://ca.demo.example.dk/part.crl")]
    return x509.IssuingDistributionPoint(
        full_name=where, relative_name=None, only_some_reasons=None, **fields
    )


CRLS: tuple[tuple[str, Callable[[], bytes]], ...] = (
    ("revocation.malformed", lambda: b"not a list"),
    ("revocation.malformed", lambda: b""),
    ("revocation.malformed", lambda: authority().crl(NOW)[:-20]),
    ("revocation.issuer", lambda: authority().crl(NOW, root=True)),
    ("revocation.signature", lambda: OTHER.crl(NOW)),
    ("revocation.signature", lambda: authority().crl(NOW)[:-1] + b"\0"),
    ("revocation.time", lambda: authority().crl(NOW + HOUR)),
    ("revocation.partial", lambda: bent_crl(x509.DeltaCRLIndicator(7))),
    ("revocation.partial", lambda: bent_crl(part(indirect_crl=True))),
    ("revocation.partial", lambda: bent_crl(part(only_contains_ca_certs=True))),
    ("revocation.partial", lambda: bent_crl(part(only_contains_user_certs=True))),
)


@pytest.mark.parametrize(("code", "raw"), CRLS)
def test_a_list_that_nobody_vouches_for_is_refused(code: str, raw: Callable[[], bytes]) -> None:
    with pytest.raises(Refused) as refusal:
        told_by_crl(raw())
    assert refusal.value.code == code


def test_a_distribution_point_that_leaves_nothing_out_is_fine() -> None:
    assert told_by_crl(bent_crl(part())).status == "good"


def test_an_authority_without_the_usage_signs_no_lists() -> None:
    issuer = Bent("no lists", "root", usages=("key_cert_sign",)).made()
    builder = x509.CertificateRevocationListBuilder(
        issuer_name=issuer.subject, last_update=NOW, next_update=NOW + DAY
    )
    raw = builder.sign(private("no lists"), hashes.SHA256()).public_bytes(Encoding.DER)
    with pytest.raises(Refused) as refusal:
        read_crl(raw, issuer, NOW)
    assert refusal.value.code == "revocation.issuer"


def test_a_question_names_the_certificate() -> None:
    certificate = leaf("r").parsed
    asked = ocsp.load_der_ocsp_request(ocsp_question(certificate, authority().certificate))
    assert asked.serial_number == certificate.serial_number


@pytest.mark.parametrize("generation", [2, 3])
@pytest.mark.parametrize("delegated", [False, True])
def test_a_responder_says_good_or_revoked(generation: Generation, *, delegated: bool) -> None:
    made, certificate = authority(generation), leaf("r", generation).parsed
    responder = made.responder(NOW) if delegated else None
    good = made.ocsp(certificate, NOW, responder=responder)
    assert told_by_ocsp(good, generation) == Answer("good", NOW, NOW + 12 * HOUR)
    bad = made.ocsp(certificate, NOW, revoked=NOW - HOUR, responder=responder)
    found = told_by_ocsp(bad, generation)
    assert (found.status, found.revoked_at, found.reason) == (
        "revoked",
        NOW - HOUR,
        "keyCompromise",
    )


def answer(**more: object) -> bytes:
    return authority().ocsp(leaf("r").parsed, NOW, **more)  # type: ignore[arg-type]  # cases name the parameters


def try_later() -> bytes:
    status = ocsp.OCSPResponseStatus.TRY_LATER
    return ocsp.OCSPResponseBuilder.build_unsuccessful(status).public_bytes(Encoding.DER)


ANSWERS: tuple[tuple[str, Callable[[], bytes]], ...] = (
    ("revocation.malformed", lambda: b"<html>"),
    ("revocation.unanswered", try_later),
    ("revocation.unanswered", lambda: authority().ocsp(leaf("another").parsed, NOW)),
    ("revocation.issuer", lambda: OTHER.ocsp(leaf("r").parsed, NOW)),
    ("revocation.issuer", lambda: answer(responder=OTHER.responder(NOW))),
    ("revocation.issuer", lambda: answer(responder=authority().responder(NOW, may_answer=False))),
    ("revocation.issuer", lambda: answer(responder=authority().responder(NOW - 40 * DAY))),
    ("revocation.signature", lambda: tampered(answer())),
    ("revocation.time", lambda: authority().ocsp(leaf("r").parsed, NOW + HOUR)),
)


def tampered(raw: bytes) -> bytes:
    """The same answer with the last byte of its signature changed."""
    signature = ocsp.load_der_ocsp_response(raw).signature
    return raw.replace(signature, signature[:-1] + bytes([signature[-1] ^ 1]))


@pytest.mark.parametrize(("code", "raw"), ANSWERS)
def test_an_answer_that_nobody_vouches_for_is_refused(code: str, raw: Callable[[], bytes]) -> None:
    with pytest.raises(Refused) as refusal:
        told_by_ocsp(raw())
    assert refusal.value.code == code


def test_an_answer_under_the_name_of_the_issuer_needs_its_key() -> None:
    """A responder is known by name or by key; a name alone proves nothing."""
    made = authority()
    builder = fine_answer(leaf("r").parsed, made.certificate)
    by_name = ocsp.OCSPResponderEncoding.NAME
    named = builder.responder_id(by_name, made.certificate)
    honest = named.sign(made.private, hashes.SHA256()).public_bytes(Encoding.DER)
    assert told_by_ocsp(honest).next_update == NOW + DAY
    named = builder.responder_id(by_name, OTHER.certificate)
    forged = named.sign(OTHER.private, hashes.SHA256()).public_bytes(Encoding.DER)
    with pytest.raises(Refused) as refusal:
        told_by_ocsp(forged)
    assert refusal.value.code == "revocation.signature"
