"""EncryptedAssertion in and out. One refusal for every way that decryption can fail. R15."""

import base64
import secrets
from collections.abc import Sequence
from typing import cast

import xmlsec
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from lxml import etree

from broker.errors import Refused
from broker.saml import names
from broker.saml.keys import Certificate, DecryptionKey
from broker.saml.profiles import Encryption
from broker.saml.xml import Element, children, like, parse

_GCM = frozenset({names.AES128_GCM, names.AES256_GCM})
_CBC = frozenset({names.AES128_CBC, names.AES256_CBC})
_TRANSPORTS = frozenset({names.RSA_OAEP, names.RSA_OAEP_11})
_SHA1 = hashes.SHA1()  # noqa: S303  # what mgf1p means; inside OAEP its collisions do no harm
_OAEP_DIGESTS: dict[str, hashes.HashAlgorithm] = {
    names.SHA1: _SHA1,
    names.SHA256: hashes.SHA256(),
    names.SHA384: hashes.SHA384(),
    names.SHA512: hashes.SHA512(),
}
_OAEP_MGFS: dict[str, hashes.HashAlgorithm] = {
    names.MGF1_SHA1: _SHA1,
    names.MGF1_SHA256: hashes.SHA256(),
}
MAX_ENCRYPTED_KEYS = 4
_ELEMENT = xmlsec.constants.TypeEncElement
NONCE = 12  # bytes before what AES-GCM made, with its tag of 16 after it. XML Encryption 5.2.4

_BLOCKS = {
    names.AES256_GCM: (xmlsec.constants.TransformAes256Gcm, 32),
    names.AES128_GCM: (xmlsec.constants.TransformAes128Gcm, 16),
    names.AES256_CBC: (xmlsec.constants.TransformAes256Cbc, 32),
    names.AES128_CBC: (xmlsec.constants.TransformAes128Cbc, 16),
}


def encrypt(assertion: Element, certificate: Certificate, how: Encryption) -> Element:
    """The EncryptedAssertion of an assertion, for the holder of `certificate`. SAML Core 6.1."""
    transform, size = _BLOCKS[how.block]
    session = secrets.token_bytes(size)
    holder = etree.Element(f"{{{names.SAML}}}EncryptedAssertion", nsmap={"saml": names.SAML})
    if how.block in _CBC:
        data = xmlsec.template.encrypted_data_create(
            holder, transform, type=xmlsec.constants.TypeEncElement, ns="xenc"
        )
        xmlsec.template.encrypted_data_ensure_cipher_value(data)
        holder.append(data)
        context = xmlsec.EncryptionContext()
        context.key = xmlsec.Key.from_binary_data(xmlsec.constants.KeyDataAes, session)
        context.encrypt_binary(data, etree.tostring(assertion))
    else:
        nonce = secrets.token_bytes(NONCE)
        sealed = nonce + AESGCM(session).encrypt(nonce, etree.tostring(assertion), None)
        data = _data(holder, how.block, sealed)
    data.insert(1, _key_info(session, certificate, how))
    return holder


def _data(holder: Element, algorithm: str, sealed: bytes) -> Element:
    data = etree.SubElement(
        holder, f"{{{names.XENC}}}EncryptedData", Type=_ELEMENT, nsmap={"xenc": names.XENC}
    )
    etree.SubElement(data, f"{{{names.XENC}}}EncryptionMethod", Algorithm=algorithm)
    cipher = etree.SubElement(data, f"{{{names.XENC}}}CipherData")
    value = etree.SubElement(cipher, f"{{{names.XENC}}}CipherValue")
    value.text = base64.b64encode(sealed).decode()
    return data


def _key_info(session: bytes, certificate: Certificate, how: Encryption) -> Element:
    """The session key for the holder of `certificate`; xmlsec would copy that key at 12 ms."""
    key = certificate.public_key
    if not isinstance(key, rsa.RSAPublicKey):
        raise Refused("policy.sp_no_encryption_key", "the service's encryption key is not RSA")
    digest, mgf = _OAEP_DIGESTS[how.digest], padding.MGF1(_OAEP_MGFS[how.mgf])
    wrapped = key.encrypt(session, padding.OAEP(mgf, digest, label=None))
    info = etree.Element(f"{{{names.DS}}}KeyInfo", nsmap={"ds": names.DS, "xenc": names.XENC})
    encrypted = etree.SubElement(info, f"{{{names.XENC}}}EncryptedKey")
    method = etree.SubElement(
        encrypted, f"{{{names.XENC}}}EncryptionMethod", Algorithm=how.transport
    )
    if how.digest != names.SHA1 or how.transport == names.RSA_OAEP_11:
        etree.SubElement(method, f"{{{names.DS}}}DigestMethod", Algorithm=how.digest)
    if how.transport == names.RSA_OAEP_11:
        nsmap = {"xenc11": names.XENC11}
        etree.SubElement(method, f"{{{names.XENC11}}}MGF", nsmap=nsmap, Algorithm=how.mgf)
    cipher = etree.SubElement(encrypted, f"{{{names.XENC}}}CipherData")
    etree.SubElement(cipher, f"{{{names.XENC}}}CipherValue").text = base64.b64encode(
        wrapped
    ).decode()
    return info


def decrypt(
    holder: Element, keys: Sequence[DecryptionKey], *, allow_cbc: bool
) -> tuple[Element, DecryptionKey]:
    """The assertion inside an EncryptedAssertion, parsed strictly once, not yet verified; and
    the key that opened it.

    Raises Refused("signature.encryption") for whatever goes wrong, so that nobody learns what.
    """
    data, encrypted_keys = _shape(holder, allow_cbc=allow_cbc)
    for encrypted_key in encrypted_keys:
        for key in keys:
            plain = _attempt(data, encrypted_key, key)
            if plain is not None:
                return _parsed(plain), key
    raise Refused("signature.encryption", "cannot be decrypted")


def _attempt(data: Element, encrypted_key: Element, key: DecryptionKey) -> bytes | None:
    """Unwrap the session key, then decrypt the value that it is for; None where either fails.

    The unwrapping is done here because a private key handed to xmlsec is copied each time, at
    12 ms a copy. A session key of another length than the algorithm names opens nothing.
    """
    algorithm = _algorithm(data) or ""
    try:
        session = key.private.decrypt(_cipher_value(encrypted_key), _oaep(encrypted_key))
        if len(session) != _BLOCKS[algorithm][1]:
            return None
        if algorithm in _CBC:
            return _by_xmlsec(data, session)
        sealed = _cipher_value(data)
        return AESGCM(session).decrypt(sealed[:NONCE], sealed[NONCE:], None)
    except (xmlsec.Error, ValueError, InvalidTag):
        return None


def _by_xmlsec(data: Element, session: bytes) -> bytes:
    """Decrypt an EncryptedData that has no Type and no KeyInfo.

    Without Type, xmlsec gives the bytes instead of parsing them in place.
    """
    alone = etree.Element(data.tag, nsmap={"xenc": names.XENC})
    alone.append(_copy(children(data, names.XENC, "EncryptionMethod")[0]))
    alone.append(_copy(children(data, names.XENC, "CipherData")[0]))
    context = xmlsec.EncryptionContext()
    context.key = xmlsec.Key.from_binary_data(xmlsec.constants.KeyDataAes, session)
    return cast(bytes, context.decrypt(alone))


def _oaep(encrypted_key: Element) -> padding.OAEP:
    """The padding that an EncryptedKey of allowed shape names; SHA-1 and MGF1-SHA1 by default."""
    method = children(encrypted_key, names.XENC, "EncryptionMethod")[0]
    digests = [child.get("Algorithm", "") for child in children(method, names.DS, "DigestMethod")]
    mgfs = [child.get("Algorithm", "") for child in children(method, names.XENC11, "MGF")]
    digest = _OAEP_DIGESTS[digests[0]] if digests else _SHA1
    mgf = _OAEP_MGFS[mgfs[0]] if mgfs else _SHA1
    return padding.OAEP(padding.MGF1(mgf), digest, label=None)


def _cipher_value(element: Element) -> bytes:
    data = children(element, names.XENC, "CipherData")[0]
    text = "".join((children(data, names.XENC, "CipherValue")[0].text or "").split())
    return base64.b64decode(text, validate=True)


def _parsed(plain: bytes) -> Element:
    try:
        root = parse(plain)
    except Refused as refused:
        raise Refused("signature.encryption", f"the plaintext is {refused.code}") from None
    if root.tag != f"{{{names.SAML}}}Assertion":
        raise Refused("signature.encryption", "the plaintext is no assertion")
    return root


def _shape(holder: Element, *, allow_cbc: bool) -> tuple[Element, list[Element]]:
    """The EncryptedData and its EncryptedKeys, inside it or beside it, of allowed algorithms."""
    found = children(holder, names.XENC, "EncryptedData")
    if len(found) != 1:
        raise Refused("signature.encryption", "not one EncryptedData")
    data = found[0]
    infos = children(data, names.DS, "KeyInfo")
    keys = children(holder, names.XENC, "EncryptedKey")
    for info in infos:
        keys += children(info, names.XENC, "EncryptedKey")
    allowed = _GCM | _CBC if allow_cbc else _GCM
    if not 1 <= len(keys) <= MAX_ENCRYPTED_KEYS or _algorithm(data) not in allowed:
        raise Refused("signature.encryption", "an algorithm or a number of keys not allowed")
    if not all(_key_allowed(key) for key in keys) or not _has_value(data):
        raise Refused("signature.encryption", "a key transport that is not allowed")
    return data, keys


def _key_allowed(key: Element) -> bool:
    if _algorithm(key) not in _TRANSPORTS or not _has_value(key):
        return False
    method = children(key, names.XENC, "EncryptionMethod")[0]
    digests = [child.get("Algorithm") for child in children(method, names.DS, "DigestMethod")]
    mgfs = [child.get("Algorithm") for child in children(method, names.XENC11, "MGF")]
    if len(digests) > 1 or len(mgfs) > 1 or len(children(method, names.XENC, "OAEPparams")):
        return False
    return set(digests) <= _OAEP_DIGESTS.keys() and set(mgfs) <= _OAEP_MGFS.keys()


def _algorithm(element: Element) -> str | None:
    methods = children(element, names.XENC, "EncryptionMethod")
    return methods[0].get("Algorithm") if len(methods) == 1 else None


def _has_value(element: Element) -> bool:
    """Whether the cipher text stands in the message; a CipherReference is never followed."""
    data = children(element, names.XENC, "CipherData")
    return (
        len(data) == 1
        and len(children(data[0], names.XENC, "CipherValue")) == 1
        and len(data[0]) == 1
    )


def _copy(element: Element) -> Element:
    """A copy without the KeyInfo that an EncryptedKey may carry."""
    alone = like(element)
    for child in element:
        if child.tag != f"{{{names.DS}}}KeyInfo":
            alone.append(_copy(child))
    return alone
