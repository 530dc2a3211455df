"""The path from a certificate to an authority that an operator trusts, checked by hand.

Validators made for TLS refuse the certificates of SAML: no name of a host in them, no extended
key usage, signed with RSASSA-PSS. So each check stands here by itself, RFC 5280 section 6. A path
ends at a self-signed certificate of the configured set; the others in the set only help to get
there. Names in the certificates are followed to nowhere: nothing is fetched.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache, lru_cache
from typing import Literal

from cryptography import x509
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.x509.oid import ExtensionOID

from broker.saml.oces import extension

LONGEST = 5  # certificates from leaf to root; OCES has three
MOST_TRIES = 64
STRONG = (hashes.SHA256, hashes.SHA384, hashes.SHA512)
Use = Literal["signing", "encryption"]

_UNDERSTOOD = {
    ExtensionOID.BASIC_CONSTRAINTS,
    ExtensionOID.KEY_USAGE,
    ExtensionOID.EXTENDED_KEY_USAGE,
    ExtensionOID.CERTIFICATE_POLICIES,
    ExtensionOID.SUBJECT_ALTERNATIVE_NAME,
}


@dataclass(frozen=True, slots=True)
class Defect:
    """What is wrong with a path: a stable code, and words that name the certificate."""

    code: str
    words: str


@dataclass(frozen=True, slots=True)
class Path:
    """The certificates from the leaf to the root, as far as they reach, and what is wrong."""

    certificates: tuple[x509.Certificate, ...]
    defect: Defect | None

    @property
    def links(self) -> Iterator[tuple[x509.Certificate, x509.Certificate]]:
        """Each certificate with the one that issued it; the root, which nobody can revoke, last."""
        yield from zip(self.certificates, self.certificates[1:], strict=False)


@dataclass(frozen=True, slots=True)
class Link:
    """One certificate, the one that may have issued it, and how many authorities lie between."""

    issued: x509.Certificate
    issuer: x509.Certificate
    below: int  # authorities between the issuer and the leaf
    at: datetime


def find_path(
    leaf: x509.Certificate,
    issuers: Sequence[x509.Certificate],
    at: datetime,
    use: Use | None = None,
) -> Path:
    """The first path without a defect, or the one that reached furthest with its first defect."""
    if defect := _leaf_defect(leaf, at, use):
        return Path((leaf,), defect)
    best = Path((leaf,), _no_issuer(leaf))
    for path in _paths((leaf,), issuers, at):
        if path.defect is None:
            return path
        if len(path.certificates) > len(best.certificates):
            best = path
    return best


def _paths(
    so_far: tuple[x509.Certificate, ...], issuers: Sequence[x509.Certificate], at: datetime
) -> Iterator[Path]:
    """Depth first, a limited number of tries: certificates that sign one another are no trap."""
    waiting = [so_far]
    for _ in range(MOST_TRIES):
        if not waiting:
            return
        walked = waiting.pop()
        found = [one for one in issuers if one.subject == walked[-1].issuer and one not in walked]
        if not found:
            yield Path(walked, _no_issuer(walked[-1]))
        for issuer in found:
            longer = (*walked, issuer)
            defect = _link_defect(Link(walked[-1], issuer, len(walked) - 1, at))
            if defect is not None or is_root(issuer):
                yield Path(longer, defect)
            elif len(longer) >= LONGEST:
                words = f"More than {LONGEST} certificates lie between it and a root."
                yield Path(longer, Defect("certificate.path_too_long", words))
            else:
                waiting.append(longer)


@cache
def is_root(certificate: x509.Certificate) -> bool:
    """Whether it is signed by its own key: what an operator trusts, or does not."""
    return is_signed_by(certificate, certificate)


def weak_hash(algorithm: hashes.HashAlgorithm | None) -> bool:
    """Whether a signature made with it could be somebody else's. MD5, SHA-1 and none are."""
    return not isinstance(algorithm, STRONG)


def certificate_hash(certificate: x509.Certificate) -> hashes.HashAlgorithm | None:
    """The hash of its signature; None where it is unknown."""
    try:
        return certificate.signature_hash_algorithm
    except (UnsupportedAlgorithm, ValueError):
        return None


def name_of(certificate: x509.Certificate) -> str:
    """How words call a certificate: its common name in quotes, or the whole subject."""
    names = certificate.subject.get_attributes_for_oid(x509.NameOID.COMMON_NAME)
    name = str(names[0].value) if names else certificate.subject.rfc4514_string()
    return f"“{name}”"


def _no_issuer(certificate: x509.Certificate) -> Defect:
    issuer = certificate.issuer.rfc4514_string()
    words = f"{name_of(certificate)} is issued by {issuer}, which is none of the issuers we trust."
    return Defect("certificate.no_issuer", words)


# --- The checks of the leaf: its code, and what is wrong where the function says that it is.


def _leaf_defect(leaf: x509.Certificate, at: datetime, use: Use | None) -> Defect | None:
    name = name_of(leaf)
    if at < leaf.not_valid_before_utc:
        words = f"{name} is valid from {leaf.not_valid_before_utc:%Y-%m-%d} only."
        return Defect("certificate.not_yet", words)
    if at >= leaf.not_valid_after_utc:
        words = f"{name} ran out on {leaf.not_valid_after_utc:%Y-%m-%d}."
        return Defect("certificate.expired", words)
    constraints = extension(leaf, x509.BasicConstraints)
    if constraints is not None and constraints.ca:
        words = f"{name} is an authority's own certificate, not one of a partner."
        return Defect("certificate.is_authority", words)
    usage = extension(leaf, x509.KeyUsage)
    if use is not None and usage is not None and not _may(usage, use):
        return Defect("certificate.key_usage", f"{name} does not allow its key to be for {use}.")
    if _unknown_critical(leaf):
        words = f"{name} demands something critical that we do not know."
        return Defect("certificate.critical_extension", words)
    return None


def _may(usage: x509.KeyUsage, use: Use) -> bool:
    if use == "signing":
        return usage.digital_signature or usage.content_commitment
    return usage.key_encipherment or usage.data_encipherment


# --- The checks of a link, in the order they run. Each says whether something is wrong.


def _not_yet(link: Link) -> bool:
    return link.at < link.issuer.not_valid_before_utc


def _expired(link: Link) -> bool:
    return link.at >= link.issuer.not_valid_after_utc


def _no_authority(link: Link) -> bool:
    """RFC 5280 6.1.4 (k). Without this, any partner could issue for any other."""
    constraints = extension(link.issuer, x509.BasicConstraints)
    return constraints is None or not constraints.ca


def _may_not_sign(link: Link) -> bool:
    """RFC 5280 6.1.4 (n)."""
    usage = extension(link.issuer, x509.KeyUsage)
    return usage is not None and not usage.key_cert_sign


def _too_far_below(link: Link) -> bool:
    """RFC 5280 6.1.4 (m)."""
    constraints = extension(link.issuer, x509.BasicConstraints)
    most = constraints.path_length if constraints is not None else None
    return most is not None and link.below > most


def _other_key(link: Link) -> bool:
    """Two authorities of one name are told apart by their key identifiers. RFC 5280 4.2.1.1."""
    wanted = extension(link.issued, x509.AuthorityKeyIdentifier)
    own = extension(link.issuer, x509.SubjectKeyIdentifier)
    if wanted is None or wanted.key_identifier is None or own is None:
        return False
    return wanted.key_identifier != own.digest


def _weak_key(link: Link) -> bool:
    try:
        key = link.issuer.public_key()
    except (UnsupportedAlgorithm, ValueError):
        return True
    if isinstance(key, rsa.RSAPublicKey):
        return not 2048 <= key.key_size <= 8192
    return not isinstance(key, ec.EllipticCurvePublicKey) or key.key_size < 256


def _weak_signature(link: Link) -> bool:
    """An attacker can make two certificates with one SHA-1 sum; a root's own is not relied on."""
    return weak_hash(certificate_hash(link.issued))


def _bad_signature(link: Link) -> bool:
    return not is_signed_by(link.issued, link.issuer)


def _unknown_critical_of_issuer(link: Link) -> bool:
    return _unknown_critical(link.issuer)


LINK_CHECKS: tuple[tuple[str, Callable[[Link], bool], str], ...] = (
    ("certificate.key_identifier", _other_key, "{issued} names another key than that of {issuer}."),
    ("certificate.issuer_not_authority", _no_authority, "{issuer} may not issue certificates."),
    ("certificate.issuer_key_usage", _may_not_sign, "{issuer} may not sign certificates."),
    ("certificate.path_length", _too_far_below, "{issuer} may not have this many below it."),
    ("certificate.issuer_not_yet", _not_yet, "The authority {issuer} is not valid yet."),
    ("certificate.issuer_expired", _expired, "The authority {issuer} has run out."),
    ("certificate.issuer_weak_key", _weak_key, "The key of the authority {issuer} is too weak."),
    (
        "certificate.issuer_critical_extension",
        _unknown_critical_of_issuer,
        "{issuer} demands something critical that we do not know.",
    ),
    (
        "certificate.weak_signature",
        _weak_signature,
        "{issued} is signed with a hash that is too weak: SHA-256, SHA-384 or SHA-512 count.",
    ),
    ("certificate.signature", _bad_signature, "{issuer} did not sign {issued}."),
)


@lru_cache(maxsize=1024)  # all partners of one authority share what lies above it
def _link_defect(link: Link) -> Defect | None:
    for code, wrong, words in LINK_CHECKS:
        if wrong(link):
            names = {"issued": name_of(link.issued), "issuer": name_of(link.issuer)}
            return Defect(code, words.format(**names))
    return None


def is_signed_by(issued: x509.Certificate, issuer: x509.Certificate) -> bool:
    """Whether the issuer has that name and its key made the signature, PKCS #1, PSS or ECDSA."""
    try:
        issued.verify_directly_issued_by(issuer)
    except (InvalidSignature, UnsupportedAlgorithm, ValueError, TypeError):
        return False
    return True


def _unknown_critical(certificate: x509.Certificate) -> bool:
    """RFC 5280 4.2: what is critical and unknown makes a certificate unusable."""
    try:
        return any(e.critical and e.oid not in _UNDERSTOOD for e in certificate.extensions)
    except (x509.DuplicateExtension, ValueError):
        return True
