"""LogoutRequests and LogoutResponses: ours written, a peer's read in two steps, as a login is.

Every one of them has to be signed, whatever its binding. SAML Profiles 4.4; OIOSAML 3.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Literal

from lxml import etree

from broker.errors import Refused
from broker.saml import bindings, names, signatures, soap
from broker.saml.authn_request import claimed_issuer
from broker.saml.engine.logout import (
    build_logout_request,
    build_logout_response,
    read_logout_request,
    read_logout_response,
)
from broker.saml.keys import Certificate, SigningKey
from broker.saml.messages import (
    Issued,
    LogoutRequest,
    LogoutRequestDraft,
    LogoutResponse,
    LogoutResponseDraft,
)
from broker.saml.schema import check_schema
from broker.saml.xml import Element, parse

MAX_ID = 256
Kind = Literal["LogoutRequest", "LogoutResponse"]
_KINDS: dict[str, Kind] = {
    f"{{{names.SAMLP}}}LogoutRequest": "LogoutRequest",
    f"{{{names.SAMLP}}}LogoutResponse": "LogoutResponse",
}


@dataclass(frozen=True, slots=True)
class UnverifiedLogout:
    """A parsed logout message; its issuer is a claim, good only for finding keys."""

    kind: Kind
    unverified_issuer: str
    binding: str
    relay_state: str | None
    sha256: str
    _root: Element = field(repr=False)
    _signature: bindings.RedirectSignature | None = field(repr=False)

    def verify(self, certificates: Sequence[Certificate]) -> LogoutRequest | LogoutResponse:
        """The message as its signature covers it. Raises Refused with a code of `signature.*`."""
        root = self._root
        if self.binding == names.REDIRECT:
            if signatures.is_signed(root):
                raise Refused("signature.shape", "an XML signature inside a Redirect message")
            if self._signature is None:
                raise Refused("signature.missing", "a logout message has to be signed")
            bindings.verify_redirect(self._signature, certificates)
        else:
            root = signatures.verify(root, certificates)
        if self.kind == "LogoutRequest":
            return read_logout_request(root)
        return read_logout_response(root)


def open_redirect(query: bytes) -> UnverifiedLogout:
    """Read a logout message from a raw query string, one parse. Raises Refused."""
    response = b"SAMLResponse=" in query and b"SAMLRequest=" not in query
    message = bindings.decode_redirect(query, "SAMLResponse" if response else "SAMLRequest")
    wanted: Kind = "LogoutResponse" if response else "LogoutRequest"
    root = _checked(parse(message.xml), wanted)
    return _opened(root, names.REDIRECT, message.relay_state, message.xml, message.signature)


def open_post(
    requests: Sequence[str], responses: Sequence[str], relay_states: Sequence[str]
) -> UnverifiedLogout:
    """Read a logout message from form values, one parse. Raises Refused."""
    if requests and responses:
        raise Refused("malformed.parameter", "a SAMLRequest and a SAMLResponse")
    raw = bindings.decode_post(responses or requests)
    root = _checked(parse(raw), "LogoutResponse" if responses else "LogoutRequest")
    return _opened(root, names.POST, bindings.read_relay_state(relay_states), raw, None)


def open_soap(raw: bytes, kind: Kind) -> UnverifiedLogout:
    """Read a logout message of that kind from a SOAP envelope, one parse. Raises Refused."""
    root = _checked(soap.open_envelope(raw), kind)
    return _opened(root, names.SOAP, None, raw, None)


def write_logout_request(draft: LogoutRequestDraft, *, sign_with: SigningKey | None) -> Issued:
    """The bytes of our LogoutRequest, with an enveloped signature where a key is given."""
    return _written(draft.id, build_logout_request(draft), sign_with)


def write_logout_response(draft: LogoutResponseDraft, *, sign_with: SigningKey | None) -> Issued:
    """The bytes of our LogoutResponse, with an enveloped signature where a key is given."""
    return _written(draft.id, build_logout_response(draft), sign_with)


def _written(message_id: str, root: Element, key: SigningKey | None) -> Issued:
    check_schema(root, "protocol")
    if key is not None:
        signatures.sign(root, key)
    return Issued(message_id, etree.tostring(root))


def _opened(
    root: Element,
    binding: str,
    relay_state: str | None,
    raw: bytes,
    signature: bindings.RedirectSignature | None,
) -> UnverifiedLogout:
    digest = hashlib.sha256(raw).hexdigest()
    return UnverifiedLogout(
        _KINDS[root.tag], claimed_issuer(root), binding, relay_state, digest, root, signature
    )


def _checked(root: Element, kind: Kind) -> Element:
    if _KINDS.get(root.tag) != kind:
        raise Refused("malformed.root", f"not a {kind}")
    if root.get("Version") != "2.0":
        raise Refused("malformed.version", "a logout message of another version")
    check_schema(root, "protocol")
    if len(root.get("ID", "")) > MAX_ID:
        raise Refused("limit.id", "an ID longer than any product makes")
    for signature in root.iter(f"{{{names.DS}}}Signature"):
        if signature.getparent() is not root:
            raise Refused("signature.shape", "a signature in a strange place")
    return root
