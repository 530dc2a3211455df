"""XML signatures: sign; verify and hand back only what the signature covers.

`verify` never trusts what a message says of its own key, fetches nothing, and runs
no transform but the two that SAML allows. What it returns was parsed afresh from
exactly the canonical bytes whose digest the verified signature names.
"""

import base64
import binascii
import hashlib
import hmac
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import islice

import xmlsec
from lxml import etree

from broker.errors import Refused
from broker.saml import names
from broker.saml.keys import MAX_CERTIFICATES, Certificate, SigningKey
from broker.saml.xml import Element, canonical, children, detach, isolate, local_name, parse

SIGNATURE_METHODS = frozenset(
    {names.RSA_SHA256, names.RSA_SHA384, names.RSA_SHA512, names.ECDSA_SHA256}
)
DIGEST_METHODS = {names.SHA256: "sha256", names.SHA384: "sha384", names.SHA512: "sha512"}
MAX_PREFIXES = 64

_C = xmlsec.constants
_REFERENCE_TRANSFORMS = (
    _C.TransformEnveloped,
    _C.TransformExclC14N,
    _C.TransformSha256,
    _C.TransformSha384,
    _C.TransformSha512,
)
_SIGNATURE_TRANSFORMS = (
    _C.TransformExclC14N,
    _C.TransformRsaSha256,
    _C.TransformRsaSha384,
    _C.TransformRsaSha512,
    _C.TransformEcdsaSha256,
    _C.TransformSha256,
    _C.TransformSha384,
    _C.TransformSha512,
)


@dataclass(frozen=True, slots=True)
class _Shape:
    """What a signature of the allowed shape says: how to digest, and what it should give."""

    digest: str
    value: bytes
    prefixes: tuple[str, ...]


def sign(root: Element, key: SigningKey) -> None:
    """Put an enveloped signature right after the Issuer of a message, or first in metadata.

    RSA-SHA256 over exclusive canonical form, with our certificate in KeyInfo. SAML Core 5.4.
    """
    template = xmlsec.template.create(root, _C.TransformExclC14N, _C.TransformRsaSha256, ns="ds")
    issuer = root.find(f"{{{names.SAML}}}Issuer")
    root.insert(0 if issuer is None else root.index(issuer) + 1, template)
    reference = xmlsec.template.add_reference(
        template, _C.TransformSha256, uri="#" + root.get("ID", "")
    )
    xmlsec.template.add_transform(reference, _C.TransformEnveloped)
    xmlsec.template.add_transform(reference, _C.TransformExclC14N)
    x509 = etree.SubElement(xmlsec.template.ensure_key_info(template), f"{{{names.DS}}}X509Data")
    certificate = etree.SubElement(x509, f"{{{names.DS}}}X509Certificate")
    certificate.text = base64.b64encode(key.certificate.der).decode()
    context = xmlsec.SignatureContext()
    context.register_id(root, "ID")
    context.key = key.xmlsec_key
    context.sign(template)


def is_signed(root: Element) -> bool:
    """Whether the element carries a signature of its own, good or bad."""
    return bool(children(root, names.DS, "Signature"))


def verify(
    root: Element,
    certificates: Sequence[Certificate],
    read: Callable[[bytes], Element] | None = None,
) -> Element:
    """The element as its verified signature covers it, parsed afresh, without the signature.

    `certificates` are the peer's signing certificates by metadata; any may verify. `read` parses
    what is covered, by the limits of messages unless told otherwise. The tree given is spent.
    Raises Refused with a code of `signature.*`.
    """
    return verify_with(root, certificates, read)[0]


def verify_with(
    root: Element,
    certificates: Sequence[Certificate],
    read: Callable[[bytes], Element] | None = None,
) -> tuple[Element, Certificate]:
    """The same, and the certificate that verified it."""
    if not certificates:
        raise Refused("signature.no_key", "no certificate to verify with")
    found = children(root, names.DS, "Signature")
    if not found:
        raise Refused("signature.missing", f"{local_name(root)} is not signed")
    if len(found) > 1:
        raise Refused("signature.count", f"{len(found)} signatures on one element")
    shape = _read_shape(found[0], root.get("ID") or "")
    alone = isolate(root)
    signature = children(alone, names.DS, "Signature")[0]
    for key_info in children(signature, names.DS, "KeyInfo"):
        signature.remove(key_info)
    tried = [known for known in certificates if known.is_fit][:MAX_CERTIFICATES]
    verifier = next((key for key in tried if _verified_by(alone, signature, key)), None)
    if verifier is None:
        raise Refused("signature.invalid", "no key of the peer verifies it")
    detach(signature)
    covered = canonical(alone, shape.prefixes)
    if not hmac.compare_digest(hashlib.new(shape.digest, covered).digest(), shape.value):
        raise Refused("signature.digest", "the digest is of something else")
    return (read or parse)(covered), verifier


def _verified_by(root: Element, signature: Element, certificate: Certificate) -> bool:
    context = xmlsec.SignatureContext()
    context.register_id(root, "ID")
    for transform in _REFERENCE_TRANSFORMS:
        context.enable_reference_transform(transform)
    for transform in _SIGNATURE_TRANSFORMS:
        context.enable_signature_transform(transform)
    context.key = certificate.xmlsec_key
    try:
        context.verify(signature)
    except xmlsec.Error:
        return False
    return True


def _read_shape(signature: Element, signed_id: str) -> _Shape:
    """Check the whole shape of a signature before any cryptography. SAML Core 5.4."""
    parts = [child.tag for child in signature]
    wanted = [f"{{{names.DS}}}{name}" for name in ("SignedInfo", "SignatureValue", "KeyInfo")]
    if parts not in (wanted, wanted[:2]):
        raise Refused("signature.shape", "not SignedInfo, SignatureValue and KeyInfo alone")
    shown = signature.iter(f"{{{names.DS}}}X509Certificate")
    if sum(1 for _ in islice(shown, MAX_CERTIFICATES + 1)) > MAX_CERTIFICATES:
        raise Refused("limit.elements", "more certificates than a chain has")
    info = list(signature[0])
    if [local_name(child) for child in info] != [
        "CanonicalizationMethod",
        "SignatureMethod",
        "Reference",
    ]:
        code = "signature.references" if len(info) > 3 else "signature.shape"
        raise Refused(code, "SignedInfo holds more or less than one Reference")
    canonicalization, method, reference = info
    _only(canonicalization, names.EXC_C14N, "signature.c14n")
    if method.get("Algorithm") not in SIGNATURE_METHODS or len(method):
        raise Refused("signature.algorithm", "a signature method that is not allowed")
    if not signed_id or reference.get("URI") != "#" + signed_id:
        raise Refused("signature.reference", "refers to something other than its parent")
    return _read_reference(reference, signature[1])


def _read_reference(reference: Element, value: Element) -> _Shape:
    if [local_name(child) for child in reference] != ["Transforms", "DigestMethod", "DigestValue"]:
        raise Refused("signature.shape", "a Reference of another shape")
    transforms, method, digest = reference
    if [t.get("Algorithm") for t in transforms] != [names.ENVELOPED, names.EXC_C14N]:
        raise Refused("signature.transform", "transforms other than enveloped and exclusive c14n")
    if len(transforms[0]):
        raise Refused("signature.transform", "a transform with content")
    algorithm = DIGEST_METHODS.get(method.get("Algorithm", ""))
    if algorithm is None or len(method):
        raise Refused("signature.algorithm", "a digest method that is not allowed")
    _decoded(value)
    return _Shape(algorithm, _decoded(digest), _prefixes(transforms[1]))


def _prefixes(transform: Element) -> tuple[str, ...]:
    """The InclusiveNamespaces PrefixList of an exclusive c14n transform, if it has one."""
    if not len(transform):
        return ()
    if len(transform) > 1 or transform[0].tag != f"{{{names.EXC_C14N}}}InclusiveNamespaces":
        raise Refused("signature.transform", "a transform with content")
    listed = transform[0].get("PrefixList", "").split()
    if "#default" in listed or len(listed) > MAX_PREFIXES:
        raise Refused("signature.transform", "a PrefixList that cannot be canonicalised here")
    return tuple(listed)


def _only(element: Element, algorithm: str, code: str) -> None:
    """Refuse an element whose algorithm is another one; only a PrefixList may stand in it."""
    if element.get("Algorithm") != algorithm:
        raise Refused(code, "an algorithm that is not allowed")
    _prefixes(element)


def _decoded(element: Element) -> bytes:
    text = "".join((element.text or "").split())
    if len(element):
        raise Refused("signature.shape", f"{local_name(element)} holds more than text")
    try:
        return base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        raise Refused("signature.shape", f"{local_name(element)} is not base64") from None
