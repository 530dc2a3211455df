"""Responses: ours written, an IdP's read in two steps, open and then verify.

Opening parses once and checks the shape; what it shows is claims, enough to find the
flow they belong to. Verifying gives the assertion as its signature covers it.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from lxml import etree

from broker.errors import Refused
from broker.saml import bindings, encryption, names, signatures
from broker.saml.elements import build_assertion, build_response
from broker.saml.engine.assertions import (
    read_assertion,
    read_status,
)
from broker.saml.instants import read_instant
from broker.saml.keys import Certificate, DecryptionKey, SigningKey
from broker.saml.messages import Assertion, AssertionDraft, Issued, Status
from broker.saml.profiles import STRONG, Encryption
from broker.saml.schema import check_schema
from broker.saml.xml import Element, children, parse, text_of

_ASSERTION = f"{{{names.SAML}}}Assertion"
_ENCRYPTED = f"{{{names.SAML}}}EncryptedAssertion"
_SIGNATURE = f"{{{names.DS}}}Signature"


@dataclass(frozen=True, slots=True)
class Envelope:
    """What a Response says of itself around its assertion."""

    id: str
    issuer: str | None
    destination: str | None
    in_response_to: str | None
    issue_instant: datetime
    status: Status


@dataclass(frozen=True, slots=True)
class Verified:
    """An assertion read from verified bytes; `envelope` is verified only where `signed` is true."""

    assertion: Assertion
    envelope: Envelope
    signed: bool
    encrypted: bool
    verified_by: Certificate  # of the IdP; of its assertion where both are signed
    opened_by: Certificate | None  # ours, whose key decrypted the assertion


@dataclass(frozen=True, slots=True)
class UnverifiedResponse:
    """A parsed Response: one tree, its shape checked, every word of it a claim."""

    unverified: Envelope
    sha256: str
    signed: bool
    _root: Element = field(repr=False)
    raw: bytes = field(repr=False)  # as it was posted

    @property
    def has_assertion(self) -> bool:
        """Whether there is an assertion in it, plain or encrypted."""
        return any(child.tag in (_ASSERTION, _ENCRYPTED) for child in self._root)

    def verify(
        self,
        signing: Sequence[Certificate],
        decryption: Sequence[DecryptionKey],
        *,
        demand_encryption: bool,
        allow_cbc: bool,
    ) -> Verified:
        """The assertion as its signature covers it. The tree is spent by this.

        Either the Response is signed (verify, decrypt, verify what is inside where it is
        signed too), or the assertion is (decrypt, verify). CBC counts only in the first
        case. Raises Refused with a code of `signature.*` or `malformed.*`. R15.
        """
        root, envelope = self._root, self.unverified
        opener: Certificate | None = None
        if self.signed:
            root, verifier = signatures.verify_with(root, signing)
            envelope = _read_envelope(root)
        holders = [child for child in root if child.tag in (_ASSERTION, _ENCRYPTED)]
        if len(holders) != 1:
            raise Refused("signature.assertion_count", f"{len(holders)} assertions")
        encrypted = holders[0].tag == _ENCRYPTED
        if demand_encryption and not encrypted:
            raise Refused("signature.not_encrypted", "this IdP encrypts; the assertion is plain")
        if encrypted:
            cbc = allow_cbc and self.signed
            assertion, key = encryption.decrypt(holders[0], decryption, allow_cbc=cbc)
            opener = key.certificate
            check_schema(assertion, "assertion")
            _check_assertion_shape(assertion)
        else:
            assertion = holders[0]
        if signatures.is_signed(assertion) or not self.signed:
            assertion, verifier = signatures.verify_with(assertion, signing)
        said = read_assertion(assertion)
        return Verified(said, envelope, self.signed, encrypted, verifier, opener)


def open_response(values: Sequence[str]) -> UnverifiedResponse:
    """Decode and parse the one SAMLResponse form value, once. Raises Refused."""
    raw = bindings.decode_post(values)
    root = parse(raw)
    if root.tag != f"{{{names.SAMLP}}}Response":
        raise Refused("malformed.root", "not a Response")
    if root.get("Version") != "2.0":
        raise Refused("malformed.version", "a Response of another version")
    check_schema(root, "protocol")
    envelope = _read_envelope(root)
    _check_shape(root, envelope.status)
    digest = hashlib.sha256(raw).hexdigest()
    return UnverifiedResponse(envelope, digest, signatures.is_signed(root), root, raw)


def _read_envelope(root: Element) -> Envelope:
    issuers = children(root, names.SAML, "Issuer")
    return Envelope(
        id=root.get("ID", ""),
        issuer=text_of(issuers[0]).strip() if issuers else None,
        destination=root.get("Destination"),
        in_response_to=root.get("InResponseTo"),
        issue_instant=read_instant(root.get("IssueInstant", "")),
        status=read_status(children(root, names.SAMLP, "Status")[0]),
    )


def _check_shape(root: Element, status: Status) -> None:
    """One assertion at most, in its place and nowhere else; signatures only where they belong."""
    everywhere = list(root.iter(_ASSERTION, _ENCRYPTED))
    direct = [e for e in everywhere if e.getparent() is root]
    if len(everywhere) > 1 or len(direct) != len(everywhere):
        raise Refused("signature.assertion_count", f"{len(everywhere)} assertions in one Response")
    if status.code == names.SUCCESS:
        for name in ("Extensions", "StatusDetail"):
            if any(True for _ in root.iter(f"{{{names.SAMLP}}}{name}")):
                raise Refused("malformed.shape", f"{name} in a successful Response")
    for signature in root.iter(_SIGNATURE):
        parent = signature.getparent()
        if parent is not root and (parent is None or parent.tag != _ASSERTION):
            raise Refused("signature.shape", "a signature in a strange place")
    for assertion in everywhere:
        if assertion.tag == _ASSERTION:
            _check_assertion_shape(assertion)
    if len(children(root, names.DS, "Signature")) > 1:
        raise Refused("signature.count", "several signatures on the Response")


def _check_assertion_shape(assertion: Element) -> None:
    found = children(assertion, names.DS, "Signature")
    everywhere = list(assertion.iter(_SIGNATURE))
    if len(found) > 1:
        raise Refused("signature.count", "several signatures on the assertion")
    if len(everywhere) != len(found):
        raise Refused("signature.shape", "a signature inside the assertion's content")
    if sum(1 for _ in assertion.iter(_ASSERTION, _ENCRYPTED)) != 1:
        raise Refused("signature.assertion_count", "an assertion inside the assertion")
    if children(assertion, names.SAML, "Advice"):
        raise Refused("malformed.shape", "Advice is not read, so it is not taken")


def write_response(
    *,
    id: str,  # noqa: A002  # the attribute's own name
    issuer: str,
    destination: str,
    in_response_to: str | None,
    issued_at: datetime,
    assertion: AssertionDraft,
    key: SigningKey,
    encrypt_to: Certificate | None,
    sign_assertion: bool = True,
    sign_response: bool = False,
    how: Encryption = STRONG,
) -> Issued:
    """A successful Response: schema-checked before it is signed, signed before it is encrypted."""
    root = build_response(
        id=id,
        issuer=issuer,
        destination=destination,
        in_response_to=in_response_to,
        issued_at=issued_at,
        status=Status(names.SUCCESS),
    )
    asserted = build_assertion(assertion)
    check_schema(asserted, "assertion")
    if sign_assertion:
        signatures.sign(asserted, key)
    root.append(asserted if encrypt_to is None else encryption.encrypt(asserted, encrypt_to, how))
    if sign_response:
        signatures.sign(root, key)
    return Issued(id, etree.tostring(root))


def write_failure(
    *,
    id: str,  # noqa: A002  # the attribute's own name
    issuer: str,
    destination: str,
    in_response_to: str | None,
    issued_at: datetime,
    status: Status,
    key: SigningKey | None,
) -> Issued:
    """A Response that says no, signed where a key is given. SAML Core 3.2.2.2."""
    root = build_response(
        id=id,
        issuer=issuer,
        destination=destination,
        in_response_to=in_response_to,
        issued_at=issued_at,
        status=status,
    )
    check_schema(root, "protocol")
    if key is not None:
        signatures.sign(root, key)
    return Issued(id, etree.tostring(root))
