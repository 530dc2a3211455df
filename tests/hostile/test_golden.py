"""P1: a changed message is refused, or it still says the same of the same person."""

from copy import deepcopy

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from lxml import etree

from broker.errors import Refused
from broker.saml.bindings import encode_post
from broker.saml.messages import Assertion
from broker.saml.response import open_response
from tests.factories import assertion_draft, decryption_key, key_pair, response

KINDS = [(False, False), (False, True), (True, False)]  # encrypted, Response signed as well
ORIGINALS = {
    kind: response(assertion_draft(), encrypt=kind[0], sign_response=kind[1]).xml for kind in KINDS
}
PIECES = (
    b"<a:X/>",
    b"<!-- -->",
    b"<?x y?>",
    b"&#0;",
    b'ID="_r"',
    b"\x00",
    b"\xff",
    b" ",
    b"<x xmlns='urn:x'/>",
)
TEXTS = ("", "administrator", "\u202e", "2099-01-01T00:00:00Z", "https://evil.example.org")


def read(xml: bytes) -> Assertion | None:
    """What the broker would read, or None where it refuses. Anything else raised is a fault."""
    try:
        opened = open_response([encode_post(xml)])
        return opened.verify(
            [key_pair("idp")[1]],
            [decryption_key("broker")],
            demand_encryption=False,
            allow_cbc=False,
        ).assertion
    except Refused:
        return None


HONEST = {kind: read(xml) for kind, xml in ORIGINALS.items()}


@st.composite
def changed_bytes(draw: st.DrawFn, original: bytes) -> bytes:
    """Some bytes changed, cut, doubled or put in."""
    xml = bytearray(original)
    for _ in range(draw(st.integers(1, 3))):
        at = draw(st.integers(0, max(len(xml) - 1, 0)))
        match draw(st.integers(0, 3)):
            case 0:
                xml[at : at + 1] = bytes([draw(st.integers(0, 255))])
            case 1:
                del xml[at : at + draw(st.integers(1, 40))]
            case 2:
                there = draw(st.integers(0, len(xml)))
                xml[at:at] = xml[there : there + 200]
            case _:
                xml[at:at] = draw(st.sampled_from(PIECES))
    return bytes(xml)


@st.composite
def changed_tree(draw: st.DrawFn, original: bytes) -> bytes:
    """Elements moved, copied, removed, renamed, or given another text."""
    root = etree.fromstring(original)
    for _ in range(draw(st.integers(1, 3))):
        elements = list(root.iter())
        one, other = (elements[draw(st.integers(0, len(elements) - 1))] for _ in range(2))
        parent = one.getparent()
        match draw(st.integers(0, 4)):
            case 0 if parent is not None:
                parent.remove(one)
            case 1:
                other.insert(draw(st.integers(0, len(other))), deepcopy(one))
            case 2:
                one.text = draw(st.sampled_from(TEXTS))
            case 3 if one.attrib:
                name = draw(st.sampled_from(sorted(map(str, one.attrib))))
                one.set(name, draw(st.sampled_from(TEXTS[1:])))
            case _:
                one.tag = other.tag
    return etree.tostring(root)


@pytest.mark.parametrize("kind", KINDS, ids=["plain", "Response signed", "encrypted"])
@given(data=st.data())
@settings(
    max_examples=250,
    deadline=None,
    derandomize=True,
    database=None,
    suppress_health_check=list(HealthCheck),
)
def test_a_changed_message_is_refused_or_says_the_same(
    kind: tuple[bool, bool], data: st.DataObject
) -> None:
    original = ORIGINALS[kind]
    strategy = data.draw(st.sampled_from([changed_bytes, changed_tree]))
    said = read(data.draw(strategy(original)))
    assert said is None or said == HONEST[kind]


def test_the_originals_are_accepted_and_a_change_of_what_is_signed_is_not() -> None:
    for kind, xml in ORIGINALS.items():
        assert HONEST[kind] is not None
        assert read(xml.replace(b"nurse-1", b"nurse-2")) == (HONEST[kind] if kind[0] else None)
