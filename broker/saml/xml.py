"""The one hardened parse of a message: no DTD, no entities, no comments, limits, odd IDs refused.

A message is UTF-8 text whose only markup is elements and attributes. All else is
refused before the parser sees it, so that no two parsers can read it differently.
"""

import re
from typing import cast

from lxml import etree

from broker.errors import Refused
from broker.saml import dictionary, names

MAX_BYTES = 256 * 1024
MAX_ELEMENTS = 6000
MAX_DEPTH = 48
MAX_ATTRIBUTES = 64
MAX_NAMESPACES = 256

_DECLARATION = re.compile(
    rb"\A<\?xml[ \t\r\n]+version=([\"'])1\.0\1"
    rb"(?:[ \t\r\n]+encoding=([\"'])(?i:utf-8)\2)?[ \t\r\n]*\?>"
)
_MARKUP = re.compile(rb"<[!?]")
_NAMESPACE = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:[\x21-\x7e]+\Z")
_ID_SPELLED = frozenset({"ID", "Id", "iD", "id"})
_TOO_DEEP = etree.XPath(f"boolean({'/*' * (MAX_DEPTH + 1)})")
_XML = "{http://www.w3.org/XML/1998/namespace}"
_ID_OF = {names.SAML: "ID", names.SAMLP: "ID", names.DS: "Id", names.XENC: "Id", names.MD: "ID"}
Element = etree._Element


def parse(raw: bytes) -> Element:
    """Parse a message once, strictly, and return its root.

    Raises Refused with a code of `malformed.*` or `limit.*`. Every tree that a decision
    rests on comes from here.
    """
    _check_bytes(raw)
    dictionary.reading(len(raw))
    try:
        root = etree.fromstring(raw, hardened_parser())
    except etree.XMLSyntaxError as error:
        if "depth" in (error.msg or ""):
            raise Refused("limit.depth", "nested too deeply for the parser") from None
        if "URI" in (error.msg or ""):
            raise Refused("malformed.namespace", "a namespace that is no URI") from None
        raise Refused("malformed.xml", f"not well-formed at line {error.lineno}") from None
    _check_tree(root)
    return root


def text_of(element: Element) -> str:
    """The text of an element that has no children. Raises Refused("malformed.shape")."""
    if len(element):
        raise Refused("malformed.shape", f"{local_name(element)} holds more than text")
    return element.text or ""


def local_name(element: Element) -> str:
    """The element's name without its namespace."""
    return etree.QName(element).localname


def children(element: Element, namespace: str, name: str) -> list[Element]:
    """The direct children of that name, in document order."""
    return element.findall(f"{{{namespace}}}{name}")


def canonical(element: Element, prefixes: tuple[str, ...] = ()) -> bytes:
    """Exclusive canonical form without comments; empty output is an error, never a digest.

    Raises Refused("malformed.canonical").
    """
    try:
        found: bytes = etree.tostring(
            element,
            method="c14n",
            exclusive=True,
            with_comments=False,
            inclusive_ns_prefixes=list(prefixes) or None,
        )
    except etree.C14NError as error:
        raise Refused("malformed.canonical", "cannot be canonicalised") from error
    if not found:
        raise Refused("malformed.canonical", "canonicalises to nothing")
    return found


def isolate(element: Element) -> Element:
    """Move an element out into a document of its own that keeps every prefix in scope.

    The tree it came from is spent by this: its children are gone. A root stays as it is:
    moving would change prefixes where one namespace has two.
    """
    if element.getparent() is None:
        return element
    alone = like(element)
    alone.extend(list(element))
    return alone


def like(element: Element) -> Element:
    """An element of the same name, attributes, text and prefixes in scope, without children."""
    nsmap = cast(dict[str, str], element.nsmap)  # the stubs forget that None is the default prefix
    alone = etree.Element(element.tag, nsmap=nsmap)
    for name, value in element.attrib.items():
        alone.set(name, value)
    alone.text = element.text
    return alone


def detach(child: Element) -> None:
    """Remove an element from its parent and keep the text that followed it."""
    parent = child.getparent()
    if parent is None:
        return
    tail = child.tail or ""
    before = child.getprevious()
    if before is None:
        parent.text = (parent.text or "") + tail
    else:
        before.tail = (before.tail or "") + tail
    parent.remove(child)


def hardened_parser(*, drop_comments: bool = False) -> etree.XMLParser:
    """A fresh parser that loads no DTD, resolves no entity and reaches no network.

    Messages are refused for a comment before they come here; metadata has its comments and
    processing instructions dropped (R28).
    """
    return etree.XMLParser(
        resolve_entities=False,
        load_dtd=False,
        dtd_validation=False,
        attribute_defaults=False,
        no_network=True,
        huge_tree=False,
        recover=False,
        collect_ids=False,
        remove_comments=drop_comments,
        remove_pis=drop_comments,
        strip_cdata=drop_comments,
    )


def _check_bytes(raw: bytes) -> None:
    if len(raw) > MAX_BYTES:
        raise Refused("limit.size", f"{len(raw)} bytes of XML")
    if raw.startswith((b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff")) or b"\x00" in raw:
        raise Refused("malformed.encoding", "a byte order mark or NUL bytes")
    try:
        raw.decode("utf-8")
    except UnicodeDecodeError:
        raise Refused("malformed.encoding", "not UTF-8") from None
    start = 0
    if raw.startswith(b"<?xml"):
        declaration = _DECLARATION.match(raw)
        if not declaration:
            raise Refused("malformed.declaration", "an XML declaration other than 1.0 in UTF-8")
        start = declaration.end()
    if found := _MARKUP.search(raw, start):
        code = _markup_code(raw[found.start() : found.start() + 9])
        raise Refused(code, "markup beside elements")
    if raw.count(b"<") > 2 * MAX_ELEMENTS:
        raise Refused("limit.elements", "too many elements")


def _markup_code(start: bytes) -> str:
    if start.startswith(b"<?"):
        return "malformed.pi"
    if start.startswith(b"<!--"):
        return "malformed.comment"
    if start.startswith(b"<![CDATA["):
        return "malformed.cdata"
    return "malformed.doctype"


def _check_tree(root: Element) -> None:
    if root.getroottree().docinfo.internalDTD is not None:
        raise Refused("malformed.doctype", "an internal DTD")
    if _TOO_DEEP(root):
        raise Refused("limit.depth", f"nested deeper than {MAX_DEPTH}")
    namespaces = 0
    for _, declared in etree.iterwalk(root, events=("start-ns",)):
        namespaces += 1
        uri = cast(tuple[str, str], declared)[1]
        if uri and not _NAMESPACE.match(uri):
            raise Refused("malformed.namespace", "a namespace that is no absolute URI")
    seen: set[str] = set()
    for elements, element in enumerate(root.iter(), 1):
        if elements > MAX_ELEMENTS or namespaces > MAX_NAMESPACES:
            raise Refused("limit.elements", "too many elements or namespaces")
        if not isinstance(element.tag, str):
            raise Refused("malformed.node", "a node that is no element")
        attributes = cast(list[str], element.keys())
        if attributes:
            _check_attributes(element, attributes, seen)


def _check_attributes(element: Element, found: list[str], seen: set[str]) -> None:
    if len(found) > MAX_ATTRIBUTES:
        raise Refused("limit.attributes", f"{len(found)} attributes on one element")
    for name in found:
        if name[-2:] in _ID_SPELLED and re.fullmatch(r"(\{.*\})?id", name, re.IGNORECASE):
            _check_id(element, name, element.get(name, ""), seen)
        elif name == f"{_XML}base":
            raise Refused("malformed.id_odd", "xml:base")


def _check_id(element: Element, name: str, value: str, seen: set[str]) -> None:
    namespace = etree.QName(element).namespace or ""
    if name != _ID_OF.get(namespace, "Id" if namespace.startswith(names.XENC11) else None):
        raise Refused("malformed.id_odd", f"{name} on {local_name(element)} is no identifier")
    if value in seen:
        raise Refused("malformed.id_duplicate", "two elements with one identifier")
    seen.add(value)
