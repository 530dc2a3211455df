"""What a Danish OCES certificate says of its holder, in all three generations.

    OCES1, OCES2   serialNumber = CVR:…-RID|UID|FID:… or PID:…, often in one RDN with the CN
    OCES3          serialNumber = UI:DK-<letter>:G:<uuid>, CVR in organizationIdentifier

Which generation it is, the issuer's name says; under another issuer, such as that of a demo, the
form of the subject. All of it is what the certificate claims; whether an authority said so is for
`chains` to find out.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal, TypeVar
from urllib.parse import urlsplit

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import AuthorityInformationAccessOID, NameOID

ORGANISATION_ID = x509.ObjectIdentifier("2.5.4.97")
Environment = Literal["production", "test"]
_E = TypeVar("_E", bound=x509.ExtensionType)

_OCES2 = re.compile(
    r"(?:CVR:(?P<cvr>\d{8})-(?P<kind>RID|UID|FID):(?P<id>.+)|PID:(?P<pid>\d{4}-\d{4}-\d-\d+))\Z",
    re.ASCII,
)
_OCES3 = re.compile(r"UI:DK-(?P<kind>[A-Z]):G:(?P<id>[0-9a-f-]{36})\Z", re.ASCII)
_OWNER = re.compile(r"NTRDK-(?P<cvr>\d{8})\Z", re.ASCII)
_KINDS = {"RID": "MOCES", "UID": "VOCES", "FID": "FOCES", "E": "MOCES", "O": "VOCES", "P": "POCES"}
_ISSUERS = (("Den Danske Stat", 3), ("TRUST2408", 2), ("TDC OCES", 1))
_TEST_UNIT = "Test - cti"
_TEST_WORD = "Systemtest"
_TEST_DOMAIN = "cti-gov.dk"
_TEST_POLICIES = "1.3.6.1.4.1.31313.2.4.6."
# The same as they stand in a certificate, in each of the encodings that names may have.
_TEST_ARC = bytes.fromhex("2b0601040181f451020406")
_TEST_MARKS = tuple(
    word.lower().encode(encoding)
    for word in (_TEST_UNIT, _TEST_WORD, _TEST_DOMAIN)
    for encoding in ("utf-8", "utf-16-be", "utf-32-be")
)


@dataclass(frozen=True, slots=True)
class OcesSubject:
    """What an OCES certificate says of its holder."""

    generation: int
    kind: str  # MOCES, VOCES, FOCES, POCES
    identifier: str
    cvr: str | None
    environment: Environment = "production"


def read_oces(certificate: x509.Certificate) -> OcesSubject | None:
    """The OCES subject, or None for any other certificate."""
    serials = certificate.subject.get_attributes_for_oid(NameOID.SERIAL_NUMBER)
    if len(serials) != 1:
        return None
    serial = str(serials[0].value)
    said = issuer_generation(certificate.issuer)
    environment: Environment = "test" if is_test(certificate) else "production"
    if found := _OCES3.match(serial):
        kind = _KINDS.get(found["kind"], "?")
        return OcesSubject(said or 3, kind, found["id"], _owner(certificate), environment)
    if found := _OCES2.match(serial):
        if found["pid"]:
            return OcesSubject(said or 2, "POCES", found["pid"], None, environment)
        kind = _KINDS[found["kind"]]
        return OcesSubject(said or 2, kind, found["id"], found["cvr"], environment)
    return None


def issuer_generation(issuer: x509.Name) -> int | None:
    """The generation of an OCES authority by its common name; None for any other authority."""
    names = issuer.get_attributes_for_oid(NameOID.COMMON_NAME)
    return next((g for n in names for start, g in _ISSUERS if str(n.value).startswith(start)), None)


def is_test(certificate: x509.Certificate) -> bool:
    """Whether it is from, or is, an authority of a public test environment.

    One sign is enough: the unit or the word in a name of an OCES authority, a host of the test
    environment where revocation is told, a policy of the test arc.
    """
    der = certificate.public_bytes(Encoding.DER)
    lower = der.lower()
    if _TEST_ARC not in der and not any(mark in lower for mark in _TEST_MARKS):
        return False  # without reading the names: ten thousand pass here when a node starts
    own = certificate.subject == certificate.issuer or _is_authority(certificate)
    names = (certificate.issuer, certificate.subject) if own else (certificate.issuer,)
    return (
        any(_is_test_name(name) for name in names)
        or any(_is_test_host(host) for host in map(_host, addresses(certificate)))
        or any(policy.startswith(_TEST_POLICIES) for policy in _policies(certificate))
    )


def addresses(certificate: x509.Certificate) -> Iterator[str]:
    """Where the certificate says that its issuer and its revocation are told."""
    yield from crl_addresses(certificate)
    yield from _information(certificate)


def crl_addresses(certificate: x509.Certificate) -> Iterator[str]:
    """The addresses of its CRLs. RFC 5280 4.2.1.13."""
    for point in extension(certificate, x509.CRLDistributionPoints) or ():
        for name in point.full_name or ():
            if isinstance(name, x509.UniformResourceIdentifier):
                yield name.value


def ocsp_addresses(certificate: x509.Certificate) -> Iterator[str]:
    """The addresses of its OCSP responders. RFC 5280 4.2.2.1."""
    yield from _information(certificate, AuthorityInformationAccessOID.OCSP)


def _information(
    certificate: x509.Certificate, method: x509.ObjectIdentifier | None = None
) -> Iterator[str]:
    for access in extension(certificate, x509.AuthorityInformationAccess) or ():
        located = access.access_location
        wanted = method is None or access.access_method == method
        if wanted and isinstance(located, x509.UniformResourceIdentifier):
            yield located.value


def _owner(certificate: x509.Certificate) -> str | None:
    """The CVR number in organizationIdentifier; a number of another country is none."""
    for attribute in certificate.subject.get_attributes_for_oid(ORGANISATION_ID):
        if found := _OWNER.match(str(attribute.value)):
            return found["cvr"]
    return None


def _is_test_name(name: x509.Name) -> bool:
    if any(
        attribute.value == _TEST_UNIT
        for attribute in name.get_attributes_for_oid(NameOID.ORGANIZATIONAL_UNIT_NAME)
    ):
        return True
    return issuer_generation(name) is not None and any(
        _TEST_WORD in str(attribute.value)
        for attribute in name.get_attributes_for_oid(NameOID.COMMON_NAME)
    )


def _is_test_host(host: str) -> bool:
    return host == _TEST_DOMAIN or host.endswith(f".{_TEST_DOMAIN}")


def _host(address: str) -> str:
    try:
        return urlsplit(address).hostname or ""
    except ValueError:
        return ""


def _policies(certificate: x509.Certificate) -> Iterator[str]:
    for policy in extension(certificate, x509.CertificatePolicies) or ():
        yield policy.policy_identifier.dotted_string


def _is_authority(certificate: x509.Certificate) -> bool:
    found = extension(certificate, x509.BasicConstraints)
    return found is not None and found.ca


def extension(certificate: x509.Certificate, kind: type[_E]) -> _E | None:
    """One extension of a certificate; None where it is not there or cannot be read."""
    try:
        return certificate.extensions.get_extension_for_class(kind).value
    except (x509.ExtensionNotFound, x509.DuplicateExtension, ValueError):
        return None
