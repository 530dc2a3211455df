"""P3: what our verifier takes, xmlsec1 and signxml take too, on the same isolated element."""

import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
import xmlsec
from lxml import etree
from signxml.exceptions import InvalidInput, InvalidSignature
from signxml.verifier import SignatureConfiguration, XMLVerifier

from broker.errors import Refused
from broker.saml import names, signatures
from broker.saml.elements import build_assertion
from broker.saml.xml import Element, canonical, parse
from tests.factories import NOW, assertion_draft, key_pair, signing_key
from tests.hostile.test_keys import rsa_key

C = xmlsec.constants
CERTIFICATE = key_pair("idp")[1]


def signed(digest: object, method: object, *, prefixes: tuple[str, ...] = ()) -> bytes:
    """An assertion, signed with these algorithms."""
    root = build_assertion(assertion_draft())
    template = xmlsec.template.create(root, C.TransformExclC14N, method, ns="ds")  # type: ignore[arg-type]  # the stubs hide its type
    root.insert(1, template)
    uri = "#" + root.get("ID", "")
    reference = xmlsec.template.add_reference(template, digest, uri=uri)  # type: ignore[arg-type]  # the stubs hide its type
    xmlsec.template.add_transform(reference, C.TransformEnveloped)
    exclusive = xmlsec.template.add_transform(reference, C.TransformExclC14N)
    if prefixes:
        xmlsec.template.transform_add_c14n_inclusive_namespaces(exclusive, list(prefixes))
    context = xmlsec.SignatureContext()
    context.register_id(root, "ID")
    context.key = rsa_key("idp")
    context.sign(template)
    return etree.tostring(root)


def usual(*, pretty: bool = False) -> bytes:
    """As we sign ourselves, with our certificate inside."""
    root = build_assertion(assertion_draft())
    if pretty:
        root = etree.fromstring(etree.tostring(root, pretty_print=True))
    signatures.sign(root, signing_key("idp"))
    return etree.tostring(root)


def by_somebody_else() -> bytes:
    root = build_assertion(assertion_draft())
    signatures.sign(root, signing_key("attacker"))
    return etree.tostring(root)


def changed(old: bytes, new: bytes) -> Callable[[], bytes]:
    return lambda: usual().replace(old, new)


TAKEN: dict[str, Callable[[], bytes]] = {
    "as we sign": usual,
    "pretty": lambda: usual(pretty=True),
    "SHA-384": lambda: signed(C.TransformSha384, C.TransformRsaSha384),
    "SHA-512": lambda: signed(C.TransformSha512, C.TransformRsaSha512),
    "two digests": lambda: signed(C.TransformSha512, C.TransformRsaSha256),
    "a PrefixList": lambda: signed(C.TransformSha256, C.TransformRsaSha256, prefixes=("saml",)),
    "other quotes": changed(b'Version="2.0"', b"Version='2.0'"),
    "a space in a tag": changed(b'Version="2.0"', b'Version="2.0" '),
    "a character reference": changed(b"nurse-1", b"nurse&#45;1"),
    "an unused namespace": changed(b"<saml:Subject>", b'<saml:Subject xmlns:x="urn:x">'),
}
REFUSED: dict[str, Callable[[], bytes]] = {
    "another name": changed(b"nurse-1", b"nurse-2"),
    "another key": by_somebody_else,
    "a space in a value": changed(b"nurse-1", b"nurse-1 "),
    "another digest": changed(b"<ds:DigestValue>", b"<ds:DigestValue>AAAA"),
}


def ours(xml: bytes) -> Element | None:
    """What our verifier covers."""
    try:
        return signatures.verify(parse(xml), [CERTIFICATE])
    except Refused:
        return None


def by_xmlsec1(xml: bytes, folder: Path) -> bool:
    """Whether the program takes it, with that one key."""
    message, key = folder / "message", folder / "certificate"
    message.write_bytes(xml)
    key.write_bytes(CERTIFICATE.pem())
    command = ["xmlsec1", "--verify", "--enabled-key-data", "rsa", "--pubkey-cert-pem", str(key)]
    command += ["--id-attr:ID", f"{names.SAML}:Assertion", str(message)]
    return subprocess.run(command, capture_output=True, check=False).returncode == 0


def by_signxml(xml: bytes) -> bytes | None:
    """The canonical form of what the library covers, with that one certificate."""
    wanted = SignatureConfiguration(location="./", expect_references=1, verification_time=NOW)
    try:
        found = XMLVerifier().verify(
            xml, x509_cert=CERTIFICATE.pem().decode(), expect_config=wanted, id_attribute="ID"
        )
    except (InvalidInput, InvalidSignature):
        return None
    result = found[0] if isinstance(found, list) else found
    assert result.signed_xml is not None
    return canonical(result.signed_xml)


@pytest.mark.parametrize("case", TAKEN)
def test_others_take_what_we_take_and_cover_the_same(case: str, tmp_path: Path) -> None:
    xml = TAKEN[case]()
    covered = ours(xml)
    assert covered is not None
    assert by_xmlsec1(xml, tmp_path)
    assert by_signxml(xml) == canonical(covered)


@pytest.mark.parametrize("case", REFUSED)
def test_nobody_takes_what_is_wrong(case: str, tmp_path: Path) -> None:
    xml = REFUSED[case]()
    assert (ours(xml), by_xmlsec1(xml, tmp_path), by_signxml(xml)) == (None, False, None)
