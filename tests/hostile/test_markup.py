"""B and H: what two parsers could read in two ways, what reaches outside, what is too much."""

import base64
import secrets
import socket
from collections.abc import Callable
from pathlib import Path

import pytest
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from lxml import etree

from broker.saml import names
from tests.hostile.conftest import Scene
from tests.hostile.forge import NS, Forge

XSLT = "http://www.w3.org/TR/1999/REC-xslt-19991116"
XPATH = "http://www.w3.org/TR/1999/REC-xpath-19991116"
Change = Callable[[bytes], bytes]


def in_name(markup: str) -> Change:
    """Put markup in the middle of the signed NameID."""
    return lambda xml: xml.replace(b"000000a<", f"000{markup}000a<".encode())


def before(text: bytes) -> Change:
    return lambda xml: text + xml


def swapped(old: str, new: str) -> Change:
    return lambda xml: xml.replace(old.encode(), new.encode(), 1)


def transform(algorithm: str, content: str = "") -> Change:
    """Replace the enveloped transform of the signature by another one."""
    old = f'<ds:Transform Algorithm="{names.ENVELOPED}"/>'
    return swapped(old, f'<ds:Transform Algorithm="{algorithm}">{content}</ds:Transform>')


STYLESHEET = (
    '<xsl:stylesheet version="1.0" xmlns:xsl="http://www.w3.org/1999/XSL/Transform">'
    '<xsl:template match="/"/></xsl:stylesheet>'
)
DOCTYPES = {
    "a bare DOCTYPE": b"<!DOCTYPE x>",
    "an external DTD": b'<!DOCTYPE x SYSTEM "http://127.0.0.1:9/x.dtd">',
    "an entity of a file": b'<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/hostname">]>',
    "a billion laughs": b'<!DOCTYPE x [<!ENTITY a "aa"><!ENTITY b "&a;&a;">]>',
    "an ATTLIST": b"<!DOCTYPE x [<!ATTLIST Signature xmlns CDATA #FIXED 'urn:x'>]>",
}

ROWS: list[tuple[str, Change, str]] = [
    ("B01 comment in NameID", in_name("<!-- x -->"), "malformed.comment"),
    ("B03 processing instruction in NameID", in_name("<?x y?>"), "malformed.pi"),
    ("B04 CDATA in NameID", in_name("<![CDATA[]]>"), "malformed.cdata"),
    (
        "B05 comment in DigestValue",
        swapped("<ds:DigestValue>", "<ds:DigestValue><!-- x -->"),
        "malformed.comment",
    ),
    ("B09 entity in an ID", swapped(' ID="_', ' ID="&x;_'), "malformed.xml"),
    ("B10 relative namespace", swapped("<a:Subject>", '<a:Subject xmlns:v="1">'), "malformed.namespace"),
    ("B13 XSLT transform", transform(XSLT, STYLESHEET), "signature.transform"),
    ("B13 XPath transform", transform(XPATH, "<ds:XPath>1</ds:XPath>"), "signature.transform"),
    ("B13 base64 transform", transform(names.DS + "base64"), "signature.transform"),
    (
        "B13 enveloped alone",
        swapped(f'<ds:Transform Algorithm="{names.EXC_C14N}"/>', ""),
        "signature.transform",
    ),
    (
        "B14 inclusive c14n",
        swapped(
            f'<ds:CanonicalizationMethod Algorithm="{names.EXC_C14N}"/>',
            '<ds:CanonicalizationMethod Algorithm="http://www.w3.org/TR/2001/REC-xml-c14n-20010315"/>',
        ),
        "signature.c14n",
    ),
    (
        "B14 c14n with comments",
        swapped(
            f'<ds:CanonicalizationMethod Algorithm="{names.EXC_C14N}"/>',
            f'<ds:CanonicalizationMethod Algorithm="{names.EXC_C14N}WithComments"/>',
        ),
        "signature.c14n",
    ),
    ("B15 empty reference", swapped('URI="#_', 'URI="" Id="x_'), "signature.reference"),
    ("B15 reference to a file", swapped('URI="#_', 'URI="file:///etc/passwd#_'), "signature.reference"),
    ("B15 reference to an address", swapped('URI="#_', 'URI="http://127.0.0.1:9/#_'), "signature.reference"),
    ("B15 XPointer", swapped('URI="#_', 'URI="#xpointer(/)_'), "signature.reference"),
    ("B17 byte order mark", before(b"\xef\xbb\xbf"), "malformed.encoding"),
    ("B17 UTF-16", lambda xml: xml.decode().encode("utf-16"), "malformed.encoding"),
    ("B17 Latin-1", before(b'<?xml version="1.0" encoding="iso-8859-1"?>'), "malformed.declaration"),
    ("B18 XML 1.1", before(b'<?xml version="1.1"?>'), "malformed.declaration"),
    ("B18 two roots", lambda xml: xml + xml, "malformed.xml"),
    ("B18 junk after", lambda xml: xml + b"junk", "malformed.xml"),
    ("B19 look-alike namespace", swapped(names.SAML, names.SAML + " "), "malformed.namespace"),
    ("B19 assertion of SAML 1", swapped(names.SAML, "urn:oasis:names:tc:SAML:1.0:assertion"), "malformed.id_odd"),
    ("B22 XInclude", swapped("<a:Subject>", '<a:Subject><xi:include xmlns:xi="http://www.w3.org/2001/XInclude" href="file:///etc/hostname"/>'), "malformed.schema"),
    ("H03 nested 100 deep", swapped("<a:Subject>", "<a:Subject>" + "<x>" * 100 + "</x>" * 100), "limit.depth"),
    ("H03 nested 10 000 deep", swapped("<a:Subject>", "<a:Subject>" + "<x>" * 10000 + "</x>" * 10000), "limit.elements"),
    ("H05 20 000 elements", swapped("<a:Subject>", "<a:Subject>" + "<x/>" * 20000), "limit.elements"),
    ("H05 300 kB of text", swapped("<a:Subject>", "<a:Subject>" + "x" * 300_000), "limit.size"),
    ("B02 element in NameID", in_name("<x xmlns='urn:x'/>"), "malformed.schema"),
    ("B06 SignedInfo in an Object", swapped("</ds:Signature>", "<ds:Object><ds:SignedInfo/></ds:Object></ds:Signature>"), "malformed.schema"),
    ("B06 another SignedInfo first", swapped("<ds:SignedInfo>", "<ds:SignedInfo/><ds:SignedInfo>"), "malformed.schema"),
    ("B07 a quotation that never closes", before(b"<!DOCTYPE response SYSTEM 'x\"><!--'>"), "malformed.doctype"),
    ("B08 an ATTLIST of the signature", before(b'<!DOCTYPE r [<!ATTLIST Signature xmlns CDATA #FIXED "http://www.w3.org/2000/09/xmldsig#">]>'), "malformed.doctype"),
    ("B12 two colons in a name", swapped("<a:Subject>", "<a:Subject><a:x:y/>"), "malformed.xml"),
    ("B12 a name that begins with a colon", swapped("<a:Subject>", "<a:Subject><:y/>"), "malformed.xml"),
    ("B12 an empty prefix of an attribute", swapped("<a:Subject>", '<a:Subject :x="1">'), "malformed.xml"),
    ("H04 one entity, many times", before(b"<!DOCTYPE x [<!ENTITY a '" + b"x" * 50_000 + b"'>]>"), "malformed.doctype"),
    ("H04 a parameter entity", before(b'<!DOCTYPE x [<!ENTITY % a SYSTEM "http://127.0.0.1:9/"> %a;]>'), "malformed.doctype"),
    ("H05 many attributes", swapped("<a:Subject>", "<a:Subject " + " ".join(f'x{i}="1"' for i in range(65)) + ">"), "limit.attributes"),
    ("H05 many namespaces", swapped("<a:Subject>", "<a:Subject " + " ".join(f'xmlns:x{i}="urn:x:{i}"' for i in range(300)) + ">"), "limit.elements"),
    ("H07 an entity where the schema looks", lambda xml: b'<!DOCTYPE x [<!ENTITY e "2.0">]>' + xml.replace(b'Version="2.0"', b'Version="&e;"'), "malformed.doctype"),
    *[(f"B22 {name}", before(text), "malformed.doctype") for name, text in DOCTYPES.items()],
]  # fmt: skip


@pytest.mark.parametrize(("change", "code"), [r[1:] for r in ROWS], ids=[r[0] for r in ROWS])
def test_it_is_refused_and_an_honest_answer_still_counts(
    scene: Scene, change: Change, code: str
) -> None:
    forge = scene.at("legacy")
    honest = forge.but(encrypt=False).xml()
    changed = change(honest)
    assert changed != honest
    scene.refused(changed, code, 413 if code == "limit.size" else None)
    scene.accepted(honest)


@pytest.mark.parametrize(
    ("change", "code"), [r[1:] for r in ROWS[:4]], ids=[r[0] for r in ROWS[:4]]
)
def test_it_is_refused_inside_encryption_without_saying_more(
    scene: Scene, change: Change, code: str
) -> None:
    forge = scene.at()
    assert code.startswith("malformed")
    plain = etree.tostring(forge.signed_assertion())
    scene.refused(
        etree.tostring(forge.around(sealed_bytes(forge, change(plain)))), "signature.encryption"
    )
    scene.accepted(forge.xml())


def sealed_bytes(forge: Forge, plain: bytes) -> etree._Element:
    """Any bytes at all, encrypted to the broker as an assertion would be."""
    session, nonce = secrets.token_bytes(32), secrets.token_bytes(12)
    key = forge.trip.encryption.public_key
    assert isinstance(key, rsa.RSAPublicKey)
    oaep = padding.OAEP(padding.MGF1(hashes.SHA1()), hashes.SHA1(), None)  # noqa: S303  # mgf1p
    holder = forge.sealed(forge.assertion())
    values = holder.findall(".//xenc:CipherValue", NS)
    sealed = nonce + AESGCM(session).encrypt(nonce, plain, None)
    for value, octets in zip(values, (key.encrypt(session, oaep), sealed), strict=True):
        value.text = base64.b64encode(octets).decode()
    return holder


def test_an_external_entity_reaches_neither_files_nor_the_network(
    scene: Scene, tmp_path: Path
) -> None:
    canary = tmp_path / "canary"
    canary.write_text("canary-content")
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.settimeout(0.2)
        port = server.getsockname()[1]
        for system in (canary.as_uri(), f"http://127.0.0.1:{port}/x"):
            prolog = f'<!DOCTYPE x [<!ENTITY e SYSTEM "{system}">]>'.encode()
            forge = scene.at("legacy")
            xml = prolog + in_name("&e;")(forge.but(encrypt=False).xml())
            page = scene.refused(xml, "malformed.doctype")
            assert "canary-content" not in page.text
        with pytest.raises(TimeoutError):
            server.accept()


@pytest.mark.parametrize("value", ["", "!!!", "QUJ", "QUJDQ===", "QU_-", "QUJD\x00"])
def test_b20_what_is_not_base64_is_refused(scene: Scene, value: str) -> None:
    scene.at()
    page = scene.browser.post(
        "/sundhed/saml/acs", data={"SAMLResponse": value}, base_url="https://broker.example.dk"
    )
    assert 'data-code="malformed.base64"' in page.text
    assert page.status_code == 400


def test_two_responses_in_one_form_are_refused(scene: Scene) -> None:
    forge = scene.at()
    value = base64.b64encode(forge.xml()).decode()
    page = scene.browser.post(
        "/sundhed/saml/acs",
        data={"SAMLResponse": [value, value]},
        base_url="https://broker.example.dk",
    )
    assert 'data-code="malformed.parameter"' in page.text
    scene.accepted(forge.xml())
