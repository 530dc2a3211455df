"""Guards behind other guards: each is asked alone, since nobody gets past the ones before it."""

from collections.abc import Callable

import pytest
from lxml import etree

from broker.errors import Refused
from broker.saml import names, soap
from broker.saml.xml import MAX_ELEMENTS, _check_element, _check_tree, parse, text_of

WITH_DTD = etree.fromstring("<!DOCTYPE x [<!ELEMENT x ANY>]><x/>")
DEEP = etree.fromstring("<a>x<b/></a>")
MANY = b"<a>" + b"<b/>" * MAX_ELEMENTS + b"</a>"
BARE = f'<x><s:Body xmlns:s="{names.SOAP_ENVELOPE}"><y/></s:Body></x>'.encode()
ROWS: list[tuple[str, Callable[[], object], str]] = [
    ("an element where text was", lambda: text_of(DEEP), "malformed.shape"),
    ("a tree with a DTD", lambda: _check_tree(WITH_DTD), "malformed.doctype"),
    ("a comment in a tree", lambda: _check_element(etree.Comment("x"), set()), "malformed.node"),
    ("more elements than bytes tell", lambda: parse(MANY), "limit.elements"),
    ("no envelope around a body", lambda: soap.open_envelope(BARE), "malformed.soap"),
]  # fmt: skip


@pytest.mark.parametrize(("ask", "code"), [r[1:] for r in ROWS], ids=[r[0] for r in ROWS])
def test_it_refuses_by_itself(ask: Callable[[], object], code: str) -> None:
    with pytest.raises(Refused) as refused:
        ask()
    assert refused.value.code == code
