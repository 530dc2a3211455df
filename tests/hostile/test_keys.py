"""C: whose key, which algorithm. What a message says of its own key counts for nothing."""

import base64
import hashlib
import hmac
from collections.abc import Callable

import pytest
import xmlsec
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
)
from lxml import etree

from broker.saml import names, signatures
from broker.saml.xml import Element, canonical
from tests.factories import key_pair
from tests.hostile.conftest import Scene
from tests.hostile.forge import NS, Forge

HMAC = "http://www.w3.org/2001/04/xmldsig-more#hmac-sha256"
RSA_SHA1 = names.DS + "rsa-sha1"
C = xmlsec.constants


def signed_with(forge: Forge, signature: object, digest: object, key: xmlsec.Key) -> Element:
    """The assertion signed with algorithms of the attacker's choice."""
    root = forge.assertion()
    template = xmlsec.template.create(root, C.TransformExclC14N, signature, ns="ds")  # type: ignore[arg-type]  # its stubs want lxml's own class
    root.insert(1, template)
    reference = xmlsec.template.add_reference(template, digest, uri="#" + root.get("ID", ""))  # type: ignore[arg-type]  # its stubs want lxml's own class
    xmlsec.template.add_transform(reference, C.TransformEnveloped)
    xmlsec.template.add_transform(reference, C.TransformExclC14N)
    context = xmlsec.SignatureContext()
    context.register_id(root, "ID")
    context.key = key
    context.sign(template)
    return root


def rsa_key(name: str) -> xmlsec.Key:
    pem = key_pair(name)[0].private_bytes(
        Encoding.PEM, PrivateFormat.TraditionalOpenSSL, NoEncryption()
    )
    return xmlsec.Key.from_memory(pem, C.KeyDataFormatPem)


def rsa_sha1(forge: Forge) -> Element:
    return signed_with(forge, C.TransformRsaSha1, C.TransformSha256, rsa_key(forge.trip.idp))


def sha1_digest(forge: Forge) -> Element:
    return signed_with(forge, C.TransformRsaSha256, C.TransformSha1, rsa_key(forge.trip.idp))


def hmac_with(secret: Callable[[str], bytes]) -> Callable[[Forge], Element]:
    """Signed with HMAC, the public key as the secret that everybody knows."""

    def build(forge: Forge) -> Element:
        root = forge.signed_assertion()
        info = root.find("ds:Signature/ds:SignedInfo", NS)
        value = root.find("ds:Signature/ds:SignatureValue", NS)
        method = root.find("ds:Signature/ds:SignedInfo/ds:SignatureMethod", NS)
        assert info is not None
        assert value is not None
        assert method is not None
        method.set("Algorithm", HMAC)
        mac = hmac.new(secret(forge.trip.idp), canonical(info), hashlib.sha256)
        value.text = base64.b64encode(mac.digest()).decode()
        return root

    return build


def certificate_pem(name: str) -> bytes:
    return key_pair(name)[1].pem()


def certificate_der(name: str) -> bytes:
    return key_pair(name)[1].der


def public_pem(name: str) -> bytes:
    return key_pair(name)[1].public_key.public_bytes(
        Encoding.PEM, PublicFormat.SubjectPublicKeyInfo
    )


def changed(path: str, name: str, value: str) -> Callable[[Forge], Element]:
    """A genuine signature with one attribute changed."""

    def build(forge: Forge) -> Element:
        root = forge.signed_assertion()
        part = root.find(f"ds:Signature/ds:SignedInfo/{path}", NS)
        assert part is not None
        part.set(name, value)
        return root

    return build


def signed_by(name: str) -> Callable[[Forge], Element]:
    """Signed by somebody else, whose certificate is in KeyInfo as the library puts it."""
    return lambda forge: forge.but(key=name).signed_assertion()


def showing_the_real_certificate(forge: Forge) -> Element:
    """Signed by the attacker, with the IdP's own certificate in KeyInfo."""
    root = forge.but(key="attacker").signed_assertion()
    shown = root.find(".//ds:X509Certificate", NS)
    assert shown is not None
    shown.text = base64.b64encode(key_pair(forge.trip.idp)[1].der).decode()
    return root


def signature_value(text: str) -> Callable[[Forge], Element]:
    def build(forge: Forge) -> Element:
        root = forge.signed_assertion()
        value = root.find("ds:Signature/ds:SignatureValue", NS)
        assert value is not None
        value.text = text
        return root

    return build


def truncated(forge: Forge) -> Element:
    """HMACOutputLength of one bit, CVE-2009-0217."""
    root = hmac_with(certificate_pem)(forge)
    method = root.find("ds:Signature/ds:SignedInfo/ds:SignatureMethod", NS)
    assert method is not None
    etree.SubElement(method, f"{{{names.DS}}}HMACOutputLength").text = "1"
    return root


SIGNED = "ds:SignatureMethod"
DIGESTED = "ds:Reference/ds:DigestMethod"
ROWS: list[tuple[str, Callable[[Forge], Element], str]] = [
    ("C01 attacker's own key in KeyInfo", signed_by("attacker"), "signature.invalid"),
    ("C02 the real certificate shown", showing_the_real_certificate, "signature.invalid"),
    ("C03 HMAC, PEM certificate", hmac_with(certificate_pem), "signature.algorithm"),
    ("C03 HMAC, DER certificate", hmac_with(certificate_der), "signature.algorithm"),
    ("C03 HMAC, public key", hmac_with(public_pem), "signature.algorithm"),
    ("C04 HMAC truncated to a bit", truncated, "signature.algorithm"),
    ("C05 RSA-SHA1", rsa_sha1, "signature.algorithm"),
    ("C05 SHA-1 digest", sha1_digest, "signature.algorithm"),
    ("C05 RSA-MD5", changed(SIGNED, "Algorithm", names.DS + "rsa-md5"), "signature.algorithm"),
    ("C05 trailing space", changed(SIGNED, "Algorithm", names.RSA_SHA256 + " "), "signature.algorithm"),
    ("C05 other case", changed(SIGNED, "Algorithm", names.RSA_SHA256.upper()), "signature.algorithm"),
    ("C05 an unknown digest", changed(DIGESTED, "Algorithm", "urn:x"), "signature.algorithm"),
    ("C06 empty signature value", signature_value(""), "signature.invalid"),
    ("C06 oversized signature value", signature_value("QUJD" * 4000), "signature.invalid"),
    ("C06 signature value with junk", signature_value("!!"), "signature.shape"),
    ("C07 a trusted service's key", signed_by("one"), "signature.invalid"),
    ("C07 another IdP's key", signed_by("beta"), "signature.invalid"),
    ("C11 digest of nothing", changed("ds:Reference", "URI", "#_nothing"), "signature.reference"),
]  # fmt: skip


@pytest.mark.parametrize("encrypted", [True, False], ids=["encrypted", "plain"])
@pytest.mark.parametrize(("build", "code"), [r[1:] for r in ROWS], ids=[r[0] for r in ROWS])
def test_it_is_refused_and_an_honest_answer_still_counts(
    scene: Scene, build: Callable[[Forge], Element], code: str, *, encrypted: bool
) -> None:
    forge = scene.at("legacy")
    assertion = build(forge)
    inside = forge.sealed(assertion) if encrypted else assertion
    scene.refused(etree.tostring(forge.around(inside)), code)
    scene.accepted(forge.xml())


def test_c07_our_own_key_is_no_idps_key(scene: Scene) -> None:
    forge = scene.at("legacy")
    for ours in ("idp_signing", "sp_signing"):
        assertion = forge.assertion()
        signatures.sign(
            assertion, getattr(scene.box.services.flow.keys.keyrings.first("sundhed"), ours)
        )
        scene.refused(etree.tostring(forge.around(assertion)), "signature.invalid")
    scene.accepted(forge.xml())


def test_c08_cbc_is_refused_unless_inside_a_verified_response(scene: Scene) -> None:
    forge = scene.at("legacy")
    scene.refused(forge.but(block=names.AES256_CBC).xml(), "signature.encryption")
    scene.accepted(forge.but(block=names.AES256_CBC, sign_response=True).xml())
    strict = scene.at("alpha")
    cbc = strict.but(block=names.AES256_CBC, sign_response=True)
    scene.refused(cbc.xml(), "signature.encryption")


@pytest.mark.parametrize(
    ("path", "algorithm"),
    [
        (".//xenc:EncryptedKey/xenc:EncryptionMethod", names.XENC + "rsa-1_5"),
        (".//xenc:EncryptedData/xenc:EncryptionMethod", names.XENC + "tripledes-cbc"),
        (".//xenc:EncryptedData/xenc:EncryptionMethod", "urn:x"),
    ],
)
def test_c08_other_ciphers_are_refused(scene: Scene, path: str, algorithm: str) -> None:
    forge = scene.at()
    root = forge.tree()
    method = root.find(path, NS)
    assert method is not None
    method.set("Algorithm", algorithm)
    scene.refused(etree.tostring(root), "signature.encryption")
    scene.accepted(forge.xml())


def test_every_decryption_failure_looks_the_same(scene: Scene) -> None:
    forge = scene.at()
    pages = []
    for index in (0, 1):
        root = forge.tree()
        value = root.findall(".//xenc:CipherValue", NS)[index]
        octets = bytearray(base64.b64decode(value.text or ""))
        octets[-1] ^= 1
        value.text = base64.b64encode(octets).decode()
        page = scene.refused(etree.tostring(root), "signature.encryption")
        pages.append(scene.events[0].__dict__["detail"])
        assert "cannot" not in page.text
    assert pages[0] == pages[1]


def test_a_plain_assertion_is_refused_where_the_idp_encrypts(scene: Scene) -> None:
    forge = scene.at("alpha")
    scene.refused(forge.but(encrypt=False).xml(), "signature.not_encrypted")
    scene.accepted(forge.xml())
