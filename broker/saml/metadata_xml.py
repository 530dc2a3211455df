"""The parse of metadata: comments dropped, DTDs and entities refused, limits of its own.

Metadata comes from administrators and is full of what a message must never hold: comments,
byte order marks, processing instructions, names in Latin-1. None of it can change what is
read, since nothing here is compared with what another parser sees (R28).
"""

import re
from dataclasses import dataclass

from lxml import etree

from broker.errors import Refused
from broker.saml import dictionary
from broker.saml.xml import Element, hardened_parser

MAX_DEPTH = 64


@dataclass(frozen=True, slots=True)
class Limits:
    """How large a metadata document may be."""

    bytes: int
    elements: int


DOCUMENT = Limits(bytes=5 * 1024 * 1024, elements=200_000)
FEED = Limits(bytes=96 * 1024 * 1024, elements=3_000_000)  # the largest known has 10,000 entities

_ENCODING = re.compile(rb"\A<\?xml[^>]{0,200}?encoding[ \t\r\n]*=[ \t\r\n]*[\"']([\w.-]+)[\"']")
_ENCODINGS = (b"utf-8", b"us-ascii", b"iso-8859-1")
_BOM = b"\xef\xbb\xbf"


def parse_metadata(raw: bytes, limits: Limits = DOCUMENT) -> Element:
    """The root of a metadata document, without comments and processing instructions.

    Raises Refused with `metadata.too_large`, `metadata.encoding`, `metadata.dtd` or
    `metadata.xml`.
    """
    if len(raw) > limits.bytes:
        raise Refused("metadata.too_large", f"{len(raw)} bytes; {limits.bytes} are allowed")
    text = raw.removeprefix(_BOM).lstrip()
    declared = _ENCODING.match(text)
    if b"\x00" in text or (declared and declared[1].lower() not in _ENCODINGS):
        raise Refused("metadata.encoding", "the file is in an odd encoding; save it as UTF-8")
    if b"<!DOCTYPE" in text or b"<!ENTITY" in text:
        raise Refused("metadata.dtd", "the document declares a DTD or entities")
    dictionary.reading(len(text))
    try:
        root = etree.fromstring(text, hardened_parser(drop_comments=True))
    except etree.XMLSyntaxError as error:
        raise Refused("metadata.xml", f"not well-formed XML at line {error.lineno}") from None
    _check_tree(root, limits)
    return root


def _check_tree(root: Element, limits: Limits) -> None:
    if root.getroottree().docinfo.internalDTD is not None:
        raise Refused("metadata.dtd", "the document declares a DTD")
    if not _FEW(root, most=float(limits.elements)) or _TOO_DEEP(root):
        raise Refused("metadata.too_large", "nested too deeply, or too many elements")


# Both run inside libxml2: a feed has hundreds of thousands of elements.
_FEW = etree.XPath("count(//*) <= $most")
_TOO_DEEP = etree.XPath(f"boolean({'/*' * (MAX_DEPTH + 1)})")
