"""Guards of metadata, drawings and lists of privileges, each asked alone; see `test_guards`."""

import base64
from collections.abc import Callable

import pytest
from lxml import etree

from broker.errors import Refused
from broker.saml import entity_feed
from broker.saml.assurance import Assurance, Demand
from broker.saml.drawings import check_drawing
from broker.saml.entity_descriptor import read_entity
from broker.saml.entity_feed import read_feed
from broker.saml.metadata_xml import DOCUMENT, Limits, _check_tree, parse_metadata
from broker.saml.own_words import unverified_assertion
from broker.saml.privilege_scope import only_scope
from broker.saml.privileges import NAMESPACES
from tests.factories import response
from tests.metadata_factory import SP, Idp, Sp, aggregate

SVG = "http://www.w3.org/2000/svg"
WITH_DTD = etree.fromstring("<!DOCTYPE x [<!ELEMENT x ANY>]><x/>")


def drawn(inside: str = "", attributes: str = "", tag: str = "svg") -> None:
    check_drawing(f'<{tag} xmlns="{SVG}" {attributes}>{inside}</{tag}>'.encode())


def scoped(xml: str) -> None:
    only_scope(base64.b64encode(xml.encode()).decode(), "urn:x")


ROWS: list[tuple[str, Callable[[], object], str]] = [
    ("a drawing that is no drawing", lambda: drawn(tag="g"), "malformed.drawing"),
    (
        "a shape of another namespace",
        lambda: drawn('<x:g xmlns:x="urn:x"/>'),
        "malformed.drawing",
    ),
    ("a script", lambda: drawn("<script/>"), "malformed.drawing"),
    ("what runs", lambda: drawn(attributes='onload="alert(1)"'), "malformed.drawing"),
    (
        "what is fetched",
        lambda: drawn(attributes='fill="url(http://evil.example.com/)"'),
        "malformed.drawing",
    ),
    ("privileges in no base64", lambda: only_scope("<", "urn:x"), "malformed.base64"),
    ("privileges that are something else", lambda: scoped("<x/>"), "malformed.root"),
    ("no assertion of ours", lambda: unverified_assertion(response().xml), "malformed.shape"),
    (
        "a group kept as an entity",
        lambda: read_entity(aggregate(Sp(), attributes=f'entityID="{SP}"')),
        "metadata.not_metadata",
    ),
    (
        "an entity kept without its name",
        lambda: read_entity(Sp().xml().replace(SP.encode(), b"")),
        "metadata.not_metadata",
    ),
    ("a feed of something else", lambda: read_feed(b"<x/>"), "metadata.not_metadata"),
    (
        "an entity of XML that nobody declares",
        lambda: parse_metadata(b"<x><!ENTITY y 'z'></x>"),
        "metadata.dtd",
    ),
    ("a tree with a DTD", lambda: _check_tree(WITH_DTD, DOCUMENT), "metadata.dtd"),
    (
        "more elements than a document has",
        lambda: parse_metadata(b"<a><b/><b/></a>", Limits(100, 2)),
        "metadata.too_large",
    ),
]


@pytest.mark.parametrize(("ask", "code"), [r[1:] for r in ROWS], ids=[r[0] for r in ROWS])
def test_it_refuses_by_itself(ask: Callable[[], object], code: str) -> None:
    with pytest.raises(Refused) as refused:
        ask()
    assert refused.value.code == code


def test_a_feed_has_a_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(entity_feed, "MAX_ENTITIES", 1)
    with pytest.raises(Refused) as refused:
        read_feed(aggregate(Sp(), Idp()))
    assert refused.value.code == "metadata.too_large"


def test_the_controls_are_taken() -> None:
    """What the rows bend is taken as it was."""
    drawn('<g fill="url(#a)"/>', 'width="1"')
    scoped(f'<x:PrivilegeList xmlns:x="{next(iter(NAMESPACES))}"/>')
    assert unverified_assertion(response(encrypt=False).xml)[1]
    assert read_entity(Sp().xml()).entity_id == SP
    assert [one.entity_id for one in read_feed(aggregate(Sp(), Idp())).entities] == [
        SP,
        Idp().entity_id,
    ]
    parse_metadata(b"<a><b/></a>", Limits(100, 2))


@pytest.mark.parametrize(
    ("number", "nist", "level", "enough"),
    [
        (3, True, Assurance.SUBSTANTIAL, True),
        (3, False, Assurance.SUBSTANTIAL, False),
        (9, True, Assurance.LOW, False),
        (3, True, Assurance.HIGH, False),
    ],
)
def test_a_level_by_nist_satisfies_only_who_asked_so(
    number: int, *, nist: bool, level: Assurance, enough: bool
) -> None:
    assert Demand("minimum", frozenset({level}), nist=nist).met_by_nist(number) is enough
