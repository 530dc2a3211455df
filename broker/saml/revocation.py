"""What a CRL or an OCSP response says of one certificate, once its signature is verified.

An answer counts only where the certificate's own issuer gave it, or for OCSP somebody whom that
issuer appointed for it. Lists that tell a part of the truth (deltas, lists of other issuers, of
some reasons) are refused: what is not in them may be revoked all the same.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from cryptography import x509
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509 import ocsp
from cryptography.x509.oid import ExtendedKeyUsageOID, ExtensionOID, SignatureAlgorithmOID

from broker.errors import Refused
from broker.saml.chains import certificate_hash, is_signed_by, weak_hash
from broker.saml.oces import extension

SKEW = timedelta(minutes=5)
WITHOUT_NEXT = timedelta(hours=24)  # how long an answer counts that does not say itself
Status = Literal["good", "revoked", "unknown"]

_UNDERSTOOD = {ExtensionOID.ISSUING_DISTRIBUTION_POINT}
_PSS_HASHES: tuple[hashes.HashAlgorithm, ...] = (hashes.SHA256(), hashes.SHA384(), hashes.SHA512())


@dataclass(frozen=True, slots=True)
class Answer:
    """That a certificate was good, revoked or unknown to its issuer, and until when that counts."""

    status: Status
    this_update: datetime
    next_update: datetime
    revoked_at: datetime | None = None
    reason: str = ""


def read_crl(raw: bytes, issuer: x509.Certificate, now: datetime) -> x509.CertificateRevocationList:
    """A revocation list that the issuer signed and that is complete.

    Raises Refused("revocation.malformed" | "revocation.issuer" | "revocation.signature" |
    "revocation.weak_signature" | "revocation.partial" | "revocation.time").
    """
    try:
        crl = _load_crl(raw)
        extensions = list(crl.extensions)
    except (ValueError, UnsupportedAlgorithm) as error:
        raise Refused("revocation.malformed", "it is no revocation list") from error
    if crl.issuer != issuer.subject:
        raise Refused("revocation.issuer", "it is the list of another issuer")
    usage = extension(issuer, x509.KeyUsage)
    if usage is not None and not usage.crl_sign:
        raise Refused("revocation.issuer", "its issuer may not sign revocation lists")
    try:
        if weak_hash(crl.signature_hash_algorithm):
            raise Refused("revocation.weak_signature", "it is signed with a hash that is too weak")
        key = issuer.public_key()
        if not isinstance(key, rsa.RSAPublicKey | ec.EllipticCurvePublicKey):
            raise Refused("revocation.signature", "its issuer has a key that cannot be used")
        if not crl.is_signature_valid(key):
            raise Refused("revocation.signature", "its issuer did not sign it")
    except (UnsupportedAlgorithm, ValueError, TypeError) as error:
        raise Refused("revocation.signature", "its signature cannot be verified") from error
    if any(e.critical and e.oid not in _UNDERSTOOD for e in extensions) or _partial(extensions):
        raise Refused("revocation.partial", "it does not list everything that is revoked")
    _check_time(crl.last_update_utc, now)
    return crl


def crl_answer(crl: x509.CertificateRevocationList, certificate: x509.Certificate) -> Answer:
    """What a list that `read_crl` returned says of one certificate of its issuer."""
    until = crl.next_update_utc or crl.last_update_utc + WITHOUT_NEXT
    found = crl.get_revoked_certificate_by_serial_number(certificate.serial_number)
    if found is None:
        return Answer("good", crl.last_update_utc, until)
    try:
        reason = found.extensions.get_extension_for_class(x509.CRLReason).value.reason.value
    except (x509.ExtensionNotFound, ValueError):
        reason = "unspecified"
    return Answer("revoked", crl.last_update_utc, until, found.revocation_date_utc, reason)


def ocsp_question(certificate: x509.Certificate, issuer: x509.Certificate) -> bytes:
    """The request that asks a responder for one certificate. RFC 6960, as RFC 5019 profiles it."""
    # Responders know their certificates by SHA-1 of the issuer's name and key: an index, no proof.
    sha1 = hashes.SHA1()  # noqa: S303  # an index that nobody relies on
    builder = ocsp.OCSPRequestBuilder().add_certificate(certificate, issuer, sha1)
    return builder.build().public_bytes(Encoding.DER)


def ocsp_answer(
    raw: bytes, certificate: x509.Certificate, issuer: x509.Certificate, now: datetime
) -> Answer:
    """What a responder says of one certificate.

    Raises Refused("revocation.malformed" | "revocation.unanswered" | "revocation.issuer" |
    "revocation.signature" | "revocation.weak_signature" | "revocation.time").
    """
    try:
        response = ocsp.load_der_ocsp_response(raw)
        if response.response_status is not ocsp.OCSPResponseStatus.SUCCESSFUL:
            words = f"the responder says {response.response_status.name.lower()}"
            raise Refused("revocation.unanswered", words)
        singles = list(response.responses)
        certificates = list(response.certificates)
    except (ValueError, UnsupportedAlgorithm) as error:
        raise Refused("revocation.malformed", "it is no OCSP response") from error
    _verify(response, _responder(response, certificates, issuer, now))
    single = next((one for one in singles if _is_about(one, certificate, issuer)), None)
    if single is None:
        raise Refused("revocation.unanswered", "the responder speaks of other certificates")
    _check_time(single.this_update_utc, now)
    until = single.next_update_utc or single.this_update_utc + WITHOUT_NEXT
    status: dict[ocsp.OCSPCertStatus, Status] = {
        ocsp.OCSPCertStatus.GOOD: "good",
        ocsp.OCSPCertStatus.REVOKED: "revoked",
    }
    reason = single.revocation_reason.value if single.revocation_reason else "unspecified"
    said = status.get(single.certificate_status, "unknown")
    return Answer(
        said,
        single.this_update_utc,
        until,
        single.revocation_time_utc,
        reason if said == "revoked" else "",
    )


def _load_crl(raw: bytes) -> x509.CertificateRevocationList:
    """DER as RFC 5280 says, or the PEM that some authorities serve."""
    if raw.lstrip().startswith(b"-----BEGIN"):
        return x509.load_pem_x509_crl(raw)
    return x509.load_der_x509_crl(raw)


def _partial(extensions: Sequence[x509.Extension[x509.ExtensionType]]) -> bool:
    """Whether a list leaves something out. RFC 5280 5.2.4 and 5.2.5."""
    for one in extensions:
        value = one.value
        if isinstance(value, x509.DeltaCRLIndicator):
            return True
        if isinstance(value, x509.IssuingDistributionPoint) and (
            value.indirect_crl
            or value.only_contains_attribute_certs
            or value.only_contains_ca_certs
            or value.only_contains_user_certs
            or value.only_some_reasons
        ):
            return True
    return False


def _check_time(this_update: datetime, now: datetime) -> None:
    if this_update > now + SKEW:
        raise Refused("revocation.time", "it is from the future")


def _is_about(
    single: ocsp.OCSPSingleResponse, certificate: x509.Certificate, issuer: x509.Certificate
) -> bool:
    """Whether an answer is about this certificate: same issuer, same key of it, same serial."""
    if single.serial_number != certificate.serial_number:
        return False
    try:
        builder = ocsp.OCSPRequestBuilder()
        asked = builder.add_certificate(certificate, issuer, single.hash_algorithm).build()
    except (ValueError, UnsupportedAlgorithm):
        return False
    return (asked.issuer_name_hash, asked.issuer_key_hash) == (
        single.issuer_name_hash,
        single.issuer_key_hash,
    )


def _responder(
    response: ocsp.OCSPResponse,
    certificates: Sequence[x509.Certificate],
    issuer: x509.Certificate,
    now: datetime,
) -> x509.Certificate:
    """Who signed: the issuer itself, or somebody it appointed. RFC 6960 4.2.2.2."""
    for candidate in (issuer, *certificates):
        if _is_responder(response, candidate):
            if candidate == issuer:
                return issuer
            return _appointed(candidate, issuer, now)
    raise Refused("revocation.issuer", "the responder is neither the issuer nor appointed by it")


def _appointed(
    candidate: x509.Certificate, issuer: x509.Certificate, now: datetime
) -> x509.Certificate:
    usages = extension(candidate, x509.ExtendedKeyUsage)
    if usages is None or ExtendedKeyUsageOID.OCSP_SIGNING not in usages:
        raise Refused("revocation.issuer", "the responder was not appointed to answer")
    if weak_hash(certificate_hash(candidate)) or not is_signed_by(candidate, issuer):
        raise Refused("revocation.issuer", "the issuer did not appoint the responder")
    if not candidate.not_valid_before_utc - SKEW <= now < candidate.not_valid_after_utc:
        raise Refused("revocation.issuer", "the responder's certificate ran out")
    return candidate


def _is_responder(response: ocsp.OCSPResponse, candidate: x509.Certificate) -> bool:
    if response.responder_name is not None:
        return response.responder_name == candidate.subject
    # RFC 6960 makes it of SHA-1 over the key, as RFC 5280 makes key identifiers.
    own = x509.SubjectKeyIdentifier.from_public_key(candidate.public_key()).digest
    return response.responder_key_hash == own


def _verify(response: ocsp.OCSPResponse, responder: x509.Certificate) -> None:
    """The responder's signature over the answer, in each form that authorities use."""
    key = responder.public_key()
    signature, signed = response.signature, response.tbs_response_bytes
    if response.signature_algorithm_oid == SignatureAlgorithmOID.RSASSA_PSS:
        if isinstance(key, rsa.RSAPublicKey) and any(_pss(key, signature, signed)):
            return
        raise Refused("revocation.signature", "the responder did not sign it")
    try:
        algorithm = response.signature_hash_algorithm
        if algorithm is None or weak_hash(algorithm):
            raise Refused("revocation.weak_signature", "it is signed with a hash that is too weak")
        if isinstance(key, rsa.RSAPublicKey):
            key.verify(signature, signed, padding.PKCS1v15(), algorithm)
        elif isinstance(key, ec.EllipticCurvePublicKey):
            key.verify(signature, signed, ec.ECDSA(algorithm))
        else:
            raise Refused("revocation.signature", "the responder has a key that cannot be used")
    except (InvalidSignature, UnsupportedAlgorithm) as error:
        raise Refused("revocation.signature", "the responder did not sign it") from error


def _pss(key: rsa.RSAPublicKey, signature: bytes, signed: bytes) -> Iterator[bool]:
    """Whether it verifies with each hash that is strong; the library does not tell which it is."""
    for algorithm in _PSS_HASHES:
        form = padding.PSS(padding.MGF1(algorithm), salt_length=padding.PSS.AUTO)
        try:
            key.verify(signature, signed, form, algorithm)
        except InvalidSignature:
            yield False
        else:
            yield True
