"""The hardened parse refuses what two parsers could read in two ways."""

import pytest

from broker.errors import Refused
from broker.saml import names
from broker.saml.xml import MAX_BYTES, canonical, parse

OPEN = f'<p:Response xmlns:p="{names.SAMLP}" xmlns:a="{names.SAML}" ID="_r">'


def message(inside: str) -> bytes:
    """A small message with something inside."""
    return f"{OPEN}{inside}</p:Response>".encode()


REFUSED: list[tuple[str, bytes, str]] = [
    ("a comment", message("<!-- x -->"), "malformed.comment"),
    ("a processing instruction", message("<?x y?>"), "malformed.pi"),
    ("CDATA", message("<![CDATA[x]]>"), "malformed.cdata"),
    ("a DOCTYPE", b"<!DOCTYPE x>" + message(""), "malformed.doctype"),
    ("an entity declaration", b"<!ENTITY x 'y'>" + message(""), "malformed.doctype"),
    ("a UTF-8 byte order mark", b"\xef\xbb\xbf" + message(""), "malformed.encoding"),
    ("UTF-16", message("").decode().encode("utf-16"), "malformed.encoding"),
    ("a NUL", message("\x00"), "malformed.encoding"),
    ("Latin-1 bytes", message("x").replace(b"x<", b"\xe6<"), "malformed.encoding"),
    ("overlong UTF-8", message("x").replace(b"x<", b"\xc0\xaf<"), "malformed.encoding"),
    (
        "another encoding",
        b'<?xml version="1.0" encoding="latin1"?>' + message(""),
        "malformed.declaration",
    ),
    ("XML 1.1", b'<?xml version="1.1"?>' + message(""), "malformed.declaration"),
    (
        "standalone",
        b'<?xml version="1.0" standalone="yes"?>' + message(""),
        "malformed.declaration",
    ),
    ("a second declaration", message('<?xml version="1.0"?>'), "malformed.pi"),
    ("two roots", message("") + message(""), "malformed.xml"),
    ("trailing junk", message("") + b"x", "malformed.xml"),
    ("leading junk", b"x" + message(""), "malformed.xml"),
    ("an undeclared entity", message("&x;"), "malformed.xml"),
    ("an undeclared prefix", message("<q:x/>"), "malformed.xml"),
    ("nothing", b"", "malformed.xml"),
    ("a relative namespace", message('<x xmlns:v="1"/>'), "malformed.namespace"),
    ("a namespace beyond ASCII", message('<x xmlns:v="http://æ"/>'), "malformed.namespace"),
    ("a namespace with a space", message(f'<x xmlns:v="{names.SAML} "/>'), "malformed.namespace"),
    ("one ID twice", message('<a:Assertion ID="_r"/>'), "malformed.id_duplicate"),
    ("Id on an assertion", message('<a:Assertion Id="_a"/>'), "malformed.id_odd"),
    ("id in lower case", message('<a:Assertion id="_a"/>'), "malformed.id_odd"),
    ("xml:id", message('<a:Assertion xml:id="_a"/>'), "malformed.id_odd"),
    ("a prefixed ID", message('<a:Assertion p:ID="_a"/>'), "malformed.id_odd"),
    ("xml:base", message('<a:Assertion xml:base="http://x"/>'), "malformed.id_odd"),
    ("an ID elsewhere", message('<x xmlns="urn:x" ID="_a"/>'), "malformed.id_odd"),
    ("too many bytes", message("x" * MAX_BYTES), "limit.size"),
    ("too many elements", message("<x/>" * 13_000), "limit.elements"),
    ("depth 60", message("<x>" * 60 + "</x>" * 60), "limit.depth"),
    ("depth 5000", message("<x>" * 5000 + "</x>" * 5000), "limit.depth"),
    (
        "many attributes",
        message("<x " + " ".join(f'a{i}="1"' for i in range(70)) + "/>"),
        "limit.attributes",
    ),
    (
        "many namespaces",
        message("<x " + " ".join(f'xmlns:n{i}="urn:x"' for i in range(300)) + "/>"),
        "limit.elements",
    ),
]


@pytest.mark.parametrize(("raw", "code"), [row[1:] for row in REFUSED], ids=[r[0] for r in REFUSED])
def test_it_is_refused_with_its_own_reason(raw: bytes, code: str) -> None:
    with pytest.raises(Refused) as refused:
        parse(raw)
    assert refused.value.code == code


@pytest.mark.parametrize(
    "raw",
    [
        message(""),
        b'<?xml version="1.0" encoding="UTF-8"?>\n' + message("x"),
        b"<?xml version='1.0' encoding='utf-8' ?>" + message("x"),
        b"\n  " + message("&amp;&lt;&#230;"),
        message(f'<x xmlns="{names.SAML}"/>'),
    ],
)
def test_an_honest_message_is_parsed(raw: bytes) -> None:
    assert parse(raw).get("ID") == "_r"


def test_character_references_are_decoded_once() -> None:
    assert parse(message("user&#64;x.dk &amp;lt;")).text == "user@x.dk &lt;"


def test_canonical_form_is_never_empty() -> None:
    assert canonical(parse(message(""))).startswith(b"<p:Response")
