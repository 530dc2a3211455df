"""P1: a changed message is refused, or it still says the same of the same person."""

from collections.abc import Callable
from copy import deepcopy

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from lxml import etree

from broker.errors import Refused
from broker.saml import names
from broker.saml.bindings import encode_post
from broker.saml.messages import Assertion
from broker.saml.response import open_response
from broker.saml.xml import Element
from tests.drawn import examples
from tests.factories import assertion_draft, decryption_key, key_pair, response

EXAMPLES = examples(250)  # of each kind
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
TEXTS = ("", "administrator", "\u202e1", "2099-01-01T00:00:00Z", "https://evil.example.org")


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


def removed(one: Element, _other: Element, _text: str) -> None:
    if (parent := one.getparent()) is not None:
        parent.remove(one)


def moved(one: Element, other: Element, _text: str) -> None:
    if one not in (other, *other.iterancestors()):
        other.insert(0, one)


def copied(one: Element, other: Element, _text: str) -> None:
    other.append(deepcopy(one))


def doubled(one: Element, _other: Element, _text: str) -> None:
    if one.getparent() is not None:
        one.addnext(deepcopy(one))


def wrapped(one: Element, other: Element, _text: str) -> None:
    """An element like another one stands around it."""
    if (parent := one.getparent()) is not None:
        around = etree.Element(other.tag)
        around.attrib.update(other.attrib)
        parent.replace(one, around)
        around.append(one)


def renamed(one: Element, other: Element, _text: str) -> None:
    one.tag = other.tag


def in_another_namespace(one: Element, _other: Element, text: str) -> None:
    one.tag = f"{{urn:evil:{len(text)}}}{etree.QName(one).localname}"


def with_the_id_of(one: Element, other: Element, text: str) -> None:
    for name in ("ID", "Id"):
        if name in one.attrib:
            one.set(name, other.get("ID") or text or "_evil")


def with_another_attribute(one: Element, _other: Element, text: str) -> None:
    for name in list(one.attrib)[:1]:
        one.set(name, text)


def with_another_text(one: Element, _other: Element, text: str) -> None:
    one.text = text


def split(one: Element, _other: Element, text: str) -> None:
    """The text goes on behind an element."""
    words = one.text or ""
    one.text = words[: len(words) // 2]
    etree.SubElement(one, "{urn:x}x").tail = words[len(words) // 2 :] + text


def commented(one: Element, _other: Element, text: str) -> None:
    words = one.text or ""
    one.text = words[: len(words) // 2]
    one.insert(0, etree.Comment(text))
    one[0].tail = words[len(words) // 2 :]


def instructed(one: Element, _other: Element, text: str) -> None:
    one.insert(0, etree.ProcessingInstruction("x", text))


TREE_CHANGES = (
    removed, moved, copied, doubled, wrapped, renamed, in_another_namespace, with_the_id_of,
    with_another_attribute, with_another_text, split, commented, instructed,
)  # fmt: skip


@st.composite
def changed_tree(draw: st.DrawFn, original: bytes) -> bytes:
    """Elements moved, copied, wrapped, renamed, split, or given something else to say."""
    root = etree.fromstring(original)
    for _ in range(draw(st.integers(1, 3))):
        elements = list(root.iter("*"))
        one, other = (elements[draw(st.integers(0, len(elements) - 1))] for _ in range(2))
        draw(st.sampled_from(TREE_CHANGES))(one, other, draw(st.sampled_from(TEXTS)))
    return etree.tostring(root)


@pytest.mark.parametrize("kind", KINDS, ids=["plain", "Response signed", "encrypted"])
@given(data=st.data())
@settings(
    max_examples=EXAMPLES,
    deadline=None,
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


@pytest.mark.parametrize("change", TREE_CHANGES, ids=lambda change: change.__name__)
def test_every_change_of_a_tree_changes_something_and_is_never_believed(
    change: Callable[[Element, Element, str], None],
) -> None:
    kind = (False, False)
    root = etree.fromstring(ORIGINALS[kind])
    (one,) = root.iter(f"{{{names.SAML}}}NameID")
    (other,) = root.iter(f"{{{names.SAML}}}Conditions")
    if change in (with_the_id_of, with_another_attribute):
        (one,) = root.iter(f"{{{names.SAML}}}Assertion")
        other = root
    before = etree.tostring(root)
    change(one, other, TEXTS[1])
    assert etree.tostring(root) != before
    assert read(etree.tostring(root)) is None
