"""What is said of the certificate that a vendor's system is to use in test. Pure.

The key is the vendor's, the data is fictive, and so is nothing that could be used in production:
an OCES3 organisation certificate of the public test environment, issued to the company that asks.
"""

import base64
import binascii
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from cryptography import x509

from broker.errors import Refused
from broker.organisations.words import line
from broker.saml.chains import find_path
from broker.saml.keys import Certificate
from broker.saml.oces import extension, is_test

LARGEST = 64 * 1024  # bytes of what is uploaded; a certificate with its chain is far smaller
SOON = timedelta(days=60)
_BEGIN, _END = b"-----BEGIN CERTIFICATE-----", b"-----END CERTIFICATE-----"
_PEM = re.compile(re.escape(_BEGIN) + rb"[A-Za-z0-9+/=\s]{1,20000}" + re.escape(_END))
_SERIALS = re.compile(
    r"CVR:\d{8}-(?:RID|UID|FID):\d+|UI:DK-[A-Z]:G:[0-9a-f-]{36}|NTRDK-\d{8}", re.ASCII
)
Level = Literal["good", "odd"]


@dataclass(frozen=True, slots=True)
class Asked:
    """For whom a certificate is looked at, when, and by which authorities' certificates."""

    cvr: str
    at: datetime
    issuers: Sequence[x509.Certificate] = ()


@dataclass(frozen=True, slots=True)
class Remark:
    """Something that is said of a certificate that can be used: a code that has words."""

    level: Level
    code: str


@dataclass(frozen=True, slots=True)
class Judged:
    """A certificate that can be used, and what is said of it."""

    certificate: Certificate
    remarks: tuple[Remark, ...]


def judge(data: bytes, asked: Asked) -> Judged:
    """The certificate in a file or a text, PEM or DER, and what is to be said of it.

    Raises Refused with the first thing that speaks against it: "vendor.private_key",
    "vendor.no_certificate", "vendor.weak_key", "vendor.authority", "vendor.not_oces",
    "vendor.personal", "vendor.generation", "vendor.production", "vendor.other_company",
    "vendor.expired", "vendor.not_yet", "vendor.key_usage", "input.cpr".
    """
    certificate = read(data)
    for code, wrong in CHECKS:
        if wrong(certificate, asked):
            raise Refused(code, f"{certificate.fingerprint}: {certificate.subject}"[:200])
    _no_cpr(certificate.parsed)
    return Judged(certificate, tuple(_remarks(certificate, asked)))


def read(data: bytes) -> Certificate:
    """The first certificate that is not an authority's. Raises Refused as `judge` does."""
    if b"PRIVATE KEY" in data:
        raise Refused("vendor.private_key", "a private key was sent")
    if len(data) > LARGEST:
        raise Refused("vendor.no_certificate", "far larger than a certificate")
    found = [one for one in map(_parsed, _candidates(data)) if one is not None]
    if not found:
        raise Refused("vendor.no_certificate", "no certificate can be read in it")
    leaves = [one for one in found if not _is_authority(one, None)]
    certificate = (leaves or found)[0]
    try:
        certificate.check_key()
    except ValueError as error:
        raise Refused("vendor.weak_key", str(error)) from error
    return certificate


def _candidates(data: bytes) -> Iterator[bytes]:
    blocks = _PEM.findall(data)
    if not blocks and data[:1] == b"\x30":
        yield data
    for block in blocks or [_BEGIN + data + _END]:
        try:
            yield base64.b64decode(b"".join(block[len(_BEGIN) : -len(_END)].split()), validate=True)
        except (binascii.Error, ValueError):
            continue


def _parsed(der: bytes) -> Certificate | None:
    certificate = Certificate(der)
    try:
        certificate.parsed.subject, certificate.parsed.extensions  # noqa: B018 # parsed when asked
    except (ValueError, x509.DuplicateExtension):
        return None
    return certificate


def _is_authority(one: Certificate, _asked: Asked | None) -> bool:
    found = extension(one.parsed, x509.BasicConstraints)
    return found is not None and found.ca


def _not_oces(one: Certificate, _asked: Asked) -> bool:
    return one.oces is None


def _personal(one: Certificate, _asked: Asked) -> bool:
    return one.oces is not None and one.oces.kind not in ("VOCES", "FOCES")


def _generation(one: Certificate, _asked: Asked) -> bool:
    return one.oces is not None and one.oces.generation != 3


def _production(one: Certificate, _asked: Asked) -> bool:
    return not is_test(one.parsed)


def _other_company(one: Certificate, asked: Asked) -> bool:
    return one.oces is not None and one.oces.cvr != asked.cvr


def _expired(one: Certificate, asked: Asked) -> bool:
    return asked.at >= one.not_after


def _not_yet(one: Certificate, asked: Asked) -> bool:
    return asked.at < one.not_before


def _key_usage(one: Certificate, _asked: Asked) -> bool:
    found = extension(one.parsed, x509.KeyUsage)
    return found is not None and not found.digital_signature


# In this order: what it is, whose it is, and last whether it can be used today.
CHECKS: tuple[tuple[str, Callable[[Certificate, Asked], bool]], ...] = (
    ("vendor.authority", _is_authority),
    ("vendor.not_oces", _not_oces),
    ("vendor.personal", _personal),
    ("vendor.generation", _generation),
    ("vendor.production", _production),
    ("vendor.other_company", _other_company),
    ("vendor.expired", _expired),
    ("vendor.not_yet", _not_yet),
    ("vendor.key_usage", _key_usage),
)


def _no_cpr(certificate: x509.Certificate) -> None:
    """Nothing of it is kept where a name in it holds a CPR number. Raises Refused("input.cpr")."""
    names = [str(attribute.value) for attribute in certificate.subject]
    others = extension(certificate, x509.SubjectAlternativeName)
    names += [str(one.value) for one in others or ()]
    for name in names:
        said = _SERIALS.sub("", name).strip()
        if said:
            try:
                line("the certificate", said[:1000], 1000)
            except Refused as error:
                if error.code == "input.cpr":
                    raise


def _remarks(one: Certificate, asked: Asked) -> Iterator[Remark]:
    yield Remark("good", "vendor.fits")
    if one.not_after - asked.at < SOON:
        yield Remark("odd", "vendor.soon")
    if asked.issuers and find_path(one.parsed, asked.issuers, asked.at, "signing").defect:
        yield Remark("odd", "vendor.chain")
