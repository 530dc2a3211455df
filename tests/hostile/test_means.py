"""B, C, H, I: what the product is built of, where an attack is on the means and not by a message."""

import ast
import re
from collections.abc import Sequence

import pytest
from lxml import etree

from broker.errors import Refused
from broker.login.seal import new_flow
from broker.saml import bindings, encryption, instants, names, profiles, signatures, xml
from broker.saml.ids import new_id
from broker.saml.keys import Certificate
from tests.factories import assertion_draft, key_pair, response
from tests.hostile.conftest import Scene
from tests.hostile.costs import cheap
from tests.hostile.outcome import KILOBYTES
from tests.hostile.test_markup import in_name
from tests.house import repository

ON_THE_WAY = ("broker/saml", "broker/login", "broker/logout", "broker/metadata")
SECONDS = 0.3


def test_c14_no_guard_is_an_assertion() -> None:
    """What `python -O` takes away guards nothing."""
    found = [
        f"{path}:{node.lineno}"
        for path, node in repository.nodes("broker")
        if isinstance(node, ast.Assert) or (isinstance(node, ast.Name) and node.id == "__debug__")
    ]
    assert found == []


def test_h06_messages_are_read_by_one_parser() -> None:
    """Whoever else can parse XML, from expat on, is not used on what strangers send."""
    parsing = {"fromstring", "parse", "iterparse", "XML", "parseString", "XMLParser", "feed"}
    strangers = {"ElementTree", "minidom", "pulldom", "expat", "saml2", "saml", "samlp", "md"}
    found = [
        f"{path}:{node.lineno}"
        for path, node in repository.nodes("broker")
        if str(path).startswith(ON_THE_WAY)
        and isinstance(node, ast.Attribute)
        and node.attr in parsing
        and isinstance(node.value, ast.Name)
        and node.value.id in strangers
    ]
    assert found == []
    others = {"minidom", "pulldom", "pyexpat", "xml.dom", "xml.parsers.expat"}
    for path, node in repository.nodes("broker"):
        if str(path) == "broker/saml/libraries.py":  # asks expat for its version
            continue
        if isinstance(node, ast.Import | ast.ImportFrom):
            assert not {alias.name for alias in node.names} & others, path


def test_c12_without_a_key_nothing_verifies() -> None:
    root = etree.fromstring(response(assertion_draft(), encrypt=False).xml)
    nobodies: tuple[Sequence[Certificate], ...] = ([], ())
    for nobody in nobodies:
        with pytest.raises(Refused) as refused:
            signatures.verify(root, nobody)
        assert refused.value.code == "signature.no_key"
        with pytest.raises(Refused) as refused:
            bindings.verify_redirect(
                bindings.RedirectSignature(names.RSA_SHA256, b"x", b"y"), nobody
            )
        assert refused.value.code == "signature.no_key"


def test_c13_identifiers_keys_and_nonces_never_come_twice() -> None:
    ids = {new_id() for _ in range(10_000)}
    flows = {new_flow() for _ in range(10_000)}
    assert (len(ids), len(flows)) == (10_000, 10_000)
    assert all(re.fullmatch(r"_[0-9a-f]{32}", found) for found in ids), "128 bits"
    assert all(re.fullmatch(r"[0-9a-f]{24}", found) for found in flows), "96 bits beside a seal"
    assertion = etree.fromstring("<a/>")
    values = {
        value.text
        for _ in range(200)
        for value in encryption.encrypt(assertion, key_pair("idp")[1], profiles.STRONG).iter(
            f"{{{names.XENC}}}CipherValue"
        )
    }
    nonces = {str(value)[:16] for value in values}
    assert len(nonces) == 400, "a wrapped key and a nonce for each"


ENDLESS: list[tuple[str, str]] = [
    ("an instant", "2026-03-02T03:00:00." + "1" * 200_000 + "x"),
    ("a declaration", "<?xml" + " " * 200_000 + "version='1.0'?><x"),
    ("a namespace", "<x xmlns='" + "a" * 200_000 + "'/>"),
    ("a namespace that almost fits", "<x xmlns='" + "a:" * 60_000 + " '/>"),
    ("an identifier", "<x " + "i" * 100_000 + "d='1'/>"),
]


@pytest.mark.parametrize("text", [r[1] for r in ENDLESS], ids=[f"H11 {r[0]}" for r in ENDLESS])
def test_no_pattern_runs_for_ever(text: str) -> None:
    with cheap(SECONDS, KILOBYTES):
        for read in (instants.read_instant, lambda said: xml.parse(said.encode())):
            with pytest.raises(Refused):
                read(text)


def test_i09_native_libraries_write_to_no_stream(
    scene: Scene, capfd: pytest.CaptureFixture[str]
) -> None:
    forge = scene.at("legacy")
    honest = forge.but(encrypt=False).xml()
    for changed in (
        in_name("<x")(honest),
        honest.replace(b"<a:Subject>", b'<a:Subject xmlns:v="1">'),
        honest.replace(b"<ds:SignatureValue>", b"<ds:SignatureValue>QUJD"),
        etree.tostring(forge.but(key="attacker").tree()),
        forge.but(block=names.AES256_CBC).xml(),
    ):
        scene.deliver(changed)
        assert len(scene.seen.events) == 1
    assert capfd.readouterr() == ("", "")
