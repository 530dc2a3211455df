"""pysaml2 objects to lxml elements and back, without serialising in between."""

from typing import Any
from xml.etree import ElementTree

import saml2
from lxml import etree

from broker.errors import Refused
from broker.saml import names
from broker.saml.xml import Element, local_name

_PREFIXES = {
    "samlp": names.SAMLP,
    "saml": names.SAML,
    "md": names.MD,
    "mdui": names.MDUI,
    "ds": names.DS,
}
MAX_DIGITS = 9
_XSI_TYPE = f"{{{names.XSI}}}type"
_XML = "{http://www.w3.org/XML/1998/namespace}"


def to_tree(instance: Any) -> Element:
    """The element of a pysaml2 object, as the root of a new lxml document.

    xsi:type marks are left out: they hang on a prefix that exclusive canonical form drops.
    """
    source = instance._to_element_tree()  # noqa: SLF001  # its only way that is not a serialiser
    used = {
        name.partition("}")[0][1:] for item in source.iter() for name in (item.tag, *item.keys())
    }
    root = etree.Element(
        source.tag, nsmap={prefix: uri for prefix, uri in _PREFIXES.items() if uri in used}
    )
    _fill(root, source)
    return root


def _fill(target: Element, source: ElementTree.Element) -> None:
    for name, value in source.items():
        if name != _XSI_TYPE and not name.startswith("xmlns"):
            target.set(name, value)
    target.text = source.text
    for child in source:
        _fill(etree.SubElement(target, child.tag), child)


def read_number(text: str) -> int:
    """A number that a message counts with; one of endless digits is refused, not converted.

    Raises Refused("malformed.number").
    """
    digits = text.strip().lstrip("+").lstrip("0") or "0"
    if len(digits) > MAX_DIGITS or not digits.isascii() or not digits.isdigit():
        raise Refused("malformed.number", "a number that counts nothing")
    return int(digits)


def from_tree(cls: Any, element: Element) -> Any:
    """A pysaml2 object of `cls` read from a verified element. Raises Refused("malformed.shape")."""
    made = saml2.create_class_from_element_tree(cls, element)
    if made is None:
        raise Refused("malformed.shape", f"{local_name(element)} is not what belongs there")
    return made
