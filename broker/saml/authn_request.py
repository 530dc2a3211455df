"""AuthnRequests: ours written, a service's read in two steps, open and then verify."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from lxml import etree

from broker.errors import Refused
from broker.saml import bindings, names, signatures
from broker.saml.elements import build_authn_request
from broker.saml.engine.requests import read_authn_request
from broker.saml.keys import Certificate, SigningKey
from broker.saml.messages import AuthnRequest, AuthnRequestDraft, Issued
from broker.saml.schema import check_schema
from broker.saml.xml import Element, children, parse, text_of

MAX_ID = 160


@dataclass(frozen=True, slots=True)
class UnverifiedAuthnRequest:
    """An AuthnRequest whose issuer is a claim, good only for finding the keys to verify with."""

    unverified_issuer: str
    binding: str
    relay_state: str | None
    _root: Element = field(repr=False)
    _signature: bindings.RedirectSignature | None = field(repr=False)
    raw: bytes = field(repr=False)  # the whole query, or the XML that was posted

    @property
    def signed(self) -> bool:
        """Whether it carries a signature, good or bad."""
        return self._signature is not None or signatures.is_signed(self._root)

    def verify(self, certificates: Sequence[Certificate], *, required: bool) -> AuthnRequest:
        """The request, its signature verified where there is one or one is required.

        Raises Refused: `signature.missing` where required, any `signature.*` where a
        signature is there and does not hold. SAML Core 3.4; SAML Bindings 3.4.4.1.
        """
        root, verifier = self._root, None
        enveloped = signatures.is_signed(root)
        if self.binding == names.REDIRECT and enveloped:
            raise Refused("signature.shape", "an XML signature inside a Redirect message")
        if enveloped:
            root, verifier = signatures.verify_with(root, certificates)
        elif self._signature is not None:
            verifier = bindings.verify_redirect(self._signature, certificates)
        elif required:
            raise Refused("signature.missing", "the service signs its requests, this one is not")
        return replace(read_authn_request(root), verified_by=verifier)


def open_redirect(query: bytes) -> UnverifiedAuthnRequest:
    """Read an AuthnRequest from a raw query string, one parse. Raises Refused."""
    message = bindings.decode_redirect(query, "SAMLRequest")
    root = _checked(parse(message.xml))
    return UnverifiedAuthnRequest(
        claimed_issuer(root), names.REDIRECT, message.relay_state, root, message.signature, query
    )


def open_post(values: Sequence[str], relay_states: Sequence[str]) -> UnverifiedAuthnRequest:
    """Read an AuthnRequest from form values, one parse. Raises Refused."""
    raw = bindings.decode_post(values)
    root = _checked(parse(raw))
    relay_state = bindings.read_relay_state(relay_states)
    return UnverifiedAuthnRequest(claimed_issuer(root), names.POST, relay_state, root, None, raw)


def write_authn_request(draft: AuthnRequestDraft, *, sign_with: SigningKey | None) -> Issued:
    """The bytes of our AuthnRequest, with an enveloped signature where a key is given (POST)."""
    root = build_authn_request(draft)
    check_schema(root, "protocol")
    if sign_with is not None:
        signatures.sign(root, sign_with)
    return Issued(draft.id, etree.tostring(root))


def _checked(root: Element) -> Element:
    if root.tag != f"{{{names.SAMLP}}}AuthnRequest":
        raise Refused("malformed.root", "not an AuthnRequest")
    if root.get("Version") != "2.0":
        raise Refused("malformed.version", "a request of another version")
    for extensions in children(root, names.SAMLP, "Extensions"):
        if any(True for _ in extensions.iter(f"{{{names.DS}}}Signature")):
            raise Refused("signature.shape", "a signature among the extensions")
    check_schema(root, "protocol")
    if len(root.get("ID", "")) > MAX_ID:
        raise Refused("limit.id", "an ID longer than any product makes")
    for extra in _other_signatures(root):
        raise Refused("signature.shape", f"a signature in {etree.QName(extra).localname}")
    return root


def _other_signatures(root: Element) -> list[Element]:
    """Parents of signatures that are not the request's own."""
    found = root.iter(f"{{{names.DS}}}Signature")
    return [p for s in found if (p := s.getparent()) is not None and p is not root]


def claimed_issuer(root: Element) -> str:
    """Who a message says it is from. Raises Refused("request.issuer") for none, or no entity."""
    issuers = children(root, names.SAML, "Issuer")
    if len(issuers) != 1:
        raise Refused("request.issuer", "no issuer")
    issuer = text_of(issuers[0]).strip()
    if not issuer or issuers[0].get("Format", names.ENTITY) != names.ENTITY:
        raise Refused("request.issuer", "an issuer that is no entity")
    return issuer
