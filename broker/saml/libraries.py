"""The C libraries under us: one libxml2 for both bindings, or trees must not be shared."""

import xmlsec
from lxml import etree

from broker.errors import Unavailable


def check_libraries() -> dict[str, str]:
    """Versions of what parses and signs. Raises Unavailable("library.libxml2") when they differ.

    python-xmlsec works on lxml's own nodes; with two libxml2 in one process that is memory
    corruption waiting to happen.
    """
    lxml_has, xmlsec_has = etree.LIBXML_VERSION, xmlsec.get_libxml_version()
    if tuple(lxml_has) != tuple(xmlsec_has):
        raise Unavailable(
            "library.libxml2", f"lxml has libxml2 {lxml_has}, python-xmlsec has {xmlsec_has}"
        )
    return {
        "lxml": ".".join(map(str, etree.LXML_VERSION[:3])),
        "libxml2": ".".join(map(str, lxml_has)),
        "libxmlsec1": ".".join(map(str, _libxmlsec())),
    }


def _libxmlsec() -> tuple[int, ...]:
    version: tuple[int, ...] = xmlsec.get_libxmlsec_version()  # type: ignore[attr-defined]  # not in its stubs
    return version
