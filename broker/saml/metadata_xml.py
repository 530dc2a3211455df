"""The parse of metadata: comments dropped, DTDs and entities refused, limits of its own.

Metadata comes from administrators and is full of what a message must never hold: comments,
byte order marks, processing instructions, names in Latin-1. None of it can change what is
read, since nothing here is compared with what another parser sees (R28).
"""

import re

from lxml import etree

from broker.errors import Refused
from broker.saml.xml import Element, hardened_parser

MAX_BYTES = 5 * 1024 * 1024
MAX_ELEMENTS = 200_000
MAX_DEPTH = 64

_ENCODING = re.compile(rb"\A<\?xml[^>]{0,200}?encoding[ \t\r\n]*=[ \t\r\n]*[\"']([\w.-]+)[\"']")
_ENCODINGS = (b"utf-8", b"us-ascii", b"iso-8859-1")
_BOM = b"\xef\xbb\xbf"


def parse_metadata(raw: bytes) -> Element:
    """The root of a metadata document, without comments and processing instructions.

    Raises Refused with `metadata.too_large`, `metadata.encoding`, `metadata.dtd` or
    `metadata.xml`.
    """
    if len(raw) > MAX_BYTES:
        raise Refused("metadata.too_large", f"{len(raw)} bytes; {MAX_BYTES} are allowed")
    text = raw.removeprefix(_BOM).lstrip()
    declared = _ENCODING.match(text)
    if b"\x00" in text or (declared and declared[1].lower() not in _ENCODINGS):
        raise Refused("metadata.encoding", "the file is in an odd encoding; save it as UTF-8")
    if b"<!DOCTYPE" in text or b"<!ENTITY" in text:
        raise Refused("metadata.dtd", "the document declares a DTD or entities")
    try:
        root = etree.fromstring(text, hardened_parser(drop_comments=True))
    except etree.XMLSyntaxError as error:
        raise Refused("metadata.xml", f"not well-formed XML at line {error.lineno}") from None
    if root.getroottree().docinfo.internalDTD is not None:
        raise Refused("metadata.dtd", "the document declares a DTD")
    _check_size(root)
    return root


def _check_size(root: Element) -> None:
    depth = elements = 0
    for event, _element in etree.iterwalk(root, events=("start", "end")):
        depth += 1 if event == "start" else -1
        elements += event == "start"
        if depth > MAX_DEPTH or elements > MAX_ELEMENTS:
            raise Refused("metadata.too_large", "nested too deeply, or too many elements")
