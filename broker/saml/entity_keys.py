"""The certificates of a role descriptor, read as forgivingly as safety allows.

What partners write in X509Certificate: DER in base64, the same with white space, PEM with
its header lines, or PEM in base64 once more. A key too weak is left out and reported; a
certificate that ran out is used and reported, since metadata decides and not the calendar.
"""

import base64
import binascii
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.x509 import InvalidVersion
from cryptography.x509.oid import SignatureAlgorithmOID

from broker.saml import names
from broker.saml.entities import Finding
from broker.saml.keys import Certificate
from broker.saml.xml import Element, children, local_name

MAX_KEYS = 8
SOON = timedelta(days=60)

_USES = ("signing", "encryption")
_PEM_START = b"-----BEGIN CERTIFICATE-----"
_PEM_END = b"-----END CERTIFICATE-----"


@dataclass(frozen=True, slots=True)
class RoleKeys:
    """The usable certificates of one role descriptor, in document order, and what was noticed."""

    signing: tuple[Certificate, ...]
    encryption: tuple[Certificate, ...]
    findings: tuple[Finding, ...]


def read_keys(role: Element) -> RoleKeys:
    """The certificates of a role; a key without `use` counts for both. Metadata 2.4.1.1."""
    by_use: dict[str, list[Certificate]] = {use: [] for use in _USES}
    findings: list[Finding] = []
    for number, descriptor in enumerate(children(role, names.MD, "KeyDescriptor"), start=1):
        where = f"{local_name(role)}, KeyDescriptor {number}"
        if number > MAX_KEYS:
            findings.append(
                Finding("refused", "metadata.too_many_keys", where, f"More than {MAX_KEYS} keys.")
            )
            break
        certificate, noticed = _read_one(descriptor, where)
        findings += noticed
        use = descriptor.get("use")
        if certificate is None:
            continue
        if use is None:
            words = "The key does not say what it is for; it counts for signing and encryption."
            findings.append(Finding("info", "metadata.no_use", where, words))
        elif use not in _USES:
            words = "The key is for something other than signing or encryption and is left out."
            findings.append(Finding("refused", "metadata.unknown_use", where, words))
        for kept in _USES if use is None else (use,):
            if kept == "encryption" and not certificate.is_rsa:
                words = "We encrypt by RSA-OAEP alone, so this key cannot be encrypted to."
                findings.append(Finding("odd", "metadata.not_rsa", where, words))
            elif certificate not in by_use.get(kept, [certificate]):
                by_use[kept].append(certificate)
    findings += _across(local_name(role), by_use)
    return RoleKeys(tuple(by_use["signing"]), tuple(by_use["encryption"]), tuple(findings))


def judge_certificate(certificate: Certificate, where: str, now: datetime) -> Iterator[Finding]:
    """What an operator should know of a certificate that is used anyway."""
    until = f"{certificate.not_after:%Y-%m-%d}"
    name = f"“{certificate.subject}”"
    if certificate.not_after <= now:
        words = f"The certificate {name} ran out on {until}. Its key is still used."
        yield Finding("odd", "metadata.certificate_expired", where, words)
    elif certificate.not_after <= now + SOON:
        words = f"The certificate {name} runs out on {until}. Ask the partner for the next one."
        yield Finding("odd", "metadata.certificate_ends_soon", where, words)
    if certificate.not_before > now:
        words = f"The certificate {name} is valid from {certificate.not_before:%Y-%m-%d} only."
        yield Finding("odd", "metadata.certificate_not_yet", where, words)
    if certificate.parsed.issuer == certificate.parsed.subject:
        words = f"The certificate {name} is self-signed: trust rests on how you got this file."
        yield Finding("info", "metadata.self_signed", where, words)
    if certificate.parsed.signature_algorithm_oid == SignatureAlgorithmOID.RSASSA_PSS:
        words = f"The certificate {name} is signed with RSASSA-PSS, as OCES3 certificates are."
        yield Finding("info", "metadata.rsassa_pss", where, words)


def _read_one(descriptor: Element, where: str) -> tuple[Certificate | None, list[Finding]]:
    """The certificate of one KeyDescriptor, or None with the reason among the findings."""
    found = list(descriptor.iter(f"{{{names.DS}}}X509Certificate"))
    if not found:
        words = "The key is not given as a certificate, so it cannot be used."
        return None, [Finding("refused", "metadata.no_certificate", where, words)]
    findings: list[Finding] = []
    if len(found) > 1:
        words = "More than one certificate in one KeyDescriptor; only the first is used."
        findings.append(Finding("odd", "metadata.certificate_chain", where, words))
    text = (found[0].text or "").encode()
    if text != b"".join(text.split()):
        words = "White space inside the certificate; it is left out."
        findings.append(Finding("info", "metadata.certificate_white_space", where, words))
    try:
        der, layers = _decode(text)
    except (binascii.Error, ValueError):
        words = "The certificate is not base64."
        return None, [*findings, Finding("refused", "metadata.bad_certificate", where, words)]
    if layers:
        words = f"The certificate is written as {layers}."
        findings.append(Finding("odd", "metadata.certificate_pem", where, words))
    return _loaded(der, where, findings)


def _loaded(
    der: bytes, where: str, findings: list[Finding]
) -> tuple[Certificate | None, list[Finding]]:
    certificate = _shared(der)
    try:
        readable = certificate.subject.isprintable() and certificate.parsed.issuer is not None
    except (ValueError, UnsupportedAlgorithm, InvalidVersion):
        readable = False
    if not readable:
        words = "The certificate cannot be read, or its name holds characters that no name has."
        return None, [*findings, Finding("refused", "metadata.bad_certificate", where, words)]
    try:
        certificate.check_key()
    except (ValueError, UnsupportedAlgorithm) as error:
        words = f"The key is not used: {error}."
        return None, [*findings, Finding("refused", "metadata.weak_key", where, words)]
    return certificate, findings


@lru_cache(maxsize=512)
def _shared(der: bytes) -> Certificate:
    """One object for the same bytes: a certificate stands in several roles, and is read once."""
    return Certificate(der)


def _decode(text: bytes) -> tuple[bytes, str]:
    """DER bytes, and in words what they were wrapped in beyond plain base64."""
    if _PEM_START in text:
        return base64.b64decode(_between(text), validate=True), "PEM with its header lines"
    once = base64.b64decode(b"".join(text.split()), validate=True)
    if _PEM_START in once:
        return base64.b64decode(_between(once), validate=True), "PEM in base64 once more"
    return once, ""


def _between(pem: bytes) -> bytes:
    inside = pem.partition(_PEM_START)[2].partition(_PEM_END)[0]
    return b"".join(inside.split())


def _across(role: str, by_use: dict[str, list[Certificate]]) -> Iterator[Finding]:
    """What shows only when the keys of a role are seen together."""
    signing, encryption = by_use["signing"], by_use["encryption"]
    if len(signing) > 1:
        words = f"{len(signing)} signing keys at once: the partner is changing keys. All count."
        yield Finding("info", "metadata.several_signing_keys", role, words)
    if len(encryption) > 1:
        words = "Several encryption keys at once; the first is used until the partner drops it."
        yield Finding("odd", "metadata.several_encryption_keys", role, words)
    if set(signing) & set(encryption):
        words = "One certificate is for both signing and encryption."
        yield Finding("info", "metadata.same_key_both_uses", role, words)
