"""The cryptography of one login and nothing else, by python-xmlsec and cryptography alone.

Five operations on the messages that the hubs exchange: decrypt what the identity provider
encrypted, verify its assertion, sign one for the service, encrypt it, and sign a request.
"""

import base64
import secrets
from collections.abc import Callable

import xmlsec
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from lxml import etree

from broker.saml import names
from broker.saml.keys import Certificate, DecryptionKey, SigningKey

_C = xmlsec.constants
_OAEP = padding.OAEP(padding.MGF1(hashes.SHA1()), hashes.SHA1(), label=None)  # noqa: S303 # mgf1p
_NONCE = 12


def floor(
    response: bytes,
    idp: Certificate,
    service: Certificate,
    ours: DecryptionKey,
    signing: SigningKey,
) -> Callable[[], None]:
    """One round of the five operations.

    `response` is an identity provider's with an encrypted assertion inside. Its tree is made
    outside of the round: what a hub parses is not cryptography.
    """
    root = etree.fromstring(response)
    values = [e.text or "" for e in root.iter(f"{{{names.XENC}}}CipherValue")]
    long, short = sorted(values, key=len, reverse=True)
    sealed, wrapped = base64.b64decode(long), base64.b64decode(short)
    verifying = idp.xmlsec_key
    recipient = service.public_key
    if not isinstance(recipient, rsa.RSAPublicKey):
        raise TypeError("the floor is RSA's")
    template = _template(ours, sealed, wrapped)
    query = b"SAMLRequest=" + secrets.token_urlsafe(600).encode()
    pkcs1, sha256 = padding.PKCS1v15(), hashes.SHA256()

    def round_() -> None:
        session = ours.private.decrypt(wrapped, _OAEP)
        plain = AESGCM(session).decrypt(sealed[:_NONCE], sealed[_NONCE:], None)
        assertion = etree.fromstring(plain)
        context = xmlsec.SignatureContext()
        context.register_id(assertion, "ID")
        context.key = verifying
        context.verify(_signature(assertion))
        issued = etree.fromstring(template)
        writing = xmlsec.SignatureContext()
        writing.register_id(issued, "ID")
        writing.key = signing.xmlsec_key
        writing.sign(_signature(issued))
        fresh, nonce = secrets.token_bytes(32), secrets.token_bytes(_NONCE)
        AESGCM(fresh).encrypt(nonce, etree.tostring(issued), None)
        recipient.encrypt(fresh, _OAEP)
        signing.private.sign(query, pkcs1, sha256)

    round_()
    return round_


def _signature(root: etree._Element) -> etree._Element:
    found = xmlsec.tree.find_node(root, _C.NodeSignature)
    if found is None:
        raise ValueError("no signature")
    return found


def _template(ours: DecryptionKey, sealed: bytes, wrapped: bytes) -> bytes:
    """The assertion inside with an empty signature, to be signed again."""
    session = ours.private.decrypt(wrapped, _OAEP)
    assertion = etree.fromstring(AESGCM(session).decrypt(sealed[:_NONCE], sealed[_NONCE:], None))
    for path in ("SignatureValue", "DigestValue"):
        for element in assertion.iter(f"{{{names.DS}}}{path}"):
            element.text = None
    return etree.tostring(assertion)
