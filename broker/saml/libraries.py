"""The C libraries under us: which they are, which must not be, and one libxml2 for both bindings.

They lie inside wheels, where no scanner of Python packages sees them.
"""

import pyexpat
import re
import ssl
import zlib
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import NamedTuple

import xmlsec
from cryptography.hazmat.backends.openssl.backend import backend
from lxml import etree

from broker.errors import Unavailable

UNKNOWN = "unknown"


class KnownBad(NamedTuple):
    """Versions of a library from `since` up to `fixed`, and why they are refused."""

    library: str
    since: str
    fixed: str
    why: str


# What reads messages of strangers, and no more than can be reached in it. Check a row before it
# is added, against the record of the CVE and the releases of the library: these were. And a
# distribution may have mended a version without saying so in its number.
_OPENSSL = "CVE-2022-3602 in 3.0.0 to 3.0.6, names in certificates; older gets no fixes any more"
KNOWN_BAD: tuple[KnownBad, ...] = (
    KnownBad("libxml2", "0", "2.13.9", "CVE-2025-32415, schemas; CVE-2025-6021, names too long"),
    KnownBad("libxml2", "2.14.0", "2.14.4", "CVE-2025-32415 and CVE-2025-6021, as before 2.13.9"),
    KnownBad("libxmlsec1", "0", "1.2.38", "gets no security fixes any more (its SECURITY.md)"),
    KnownBad("OpenSSL of cryptography", "0", "3.0.7", _OPENSSL),
    KnownBad("OpenSSL of xmlsec", "0", "3.0.7", _OPENSSL),
    KnownBad("expat", "0", "2.4.5", "CVE-2022-25235, malformed UTF-8; CVE-2022-25236, namespaces"),
)


def check_libraries() -> dict[str, str]:
    """Versions of what parses and signs. Raises Unavailable("library.libxml2" | "library.bad").

    python-xmlsec works on lxml's own nodes; with two libxml2 in one process that is memory
    corruption waiting to happen.
    """
    lxml_has, xmlsec_has = etree.LIBXML_VERSION, xmlsec.get_libxml_version()
    if tuple(lxml_has) != tuple(xmlsec_has):
        raise Unavailable(
            "library.libxml2", f"lxml has libxml2 {lxml_has}, python-xmlsec has {xmlsec_has}"
        )
    found = versions()
    refuse_known_bad(found)
    return found


def refuse_known_bad(found: Mapping[str, str]) -> None:
    """Raises Unavailable("library.bad") for the first version that is known to be bad."""
    for bad in KNOWN_BAD:
        version = found.get(bad.library, UNKNOWN)
        if version != UNKNOWN and _parts(bad.since) <= _parts(version) < _parts(bad.fixed):
            raise Unavailable("library.bad", f"{bad.library} {version}: {bad.why}")


@cache
def versions() -> dict[str, str]:
    """Every library in the process that messages or keys go through, by what it is called here."""
    return {
        "lxml": _dotted(etree.LXML_VERSION[:3]),
        "libxml2": _dotted(etree.LIBXML_VERSION),
        "libxslt": _dotted(etree.LIBXSLT_VERSION),
        "libxmlsec1": _dotted(_libxmlsec()),
        "OpenSSL of xmlsec": _openssl_inside(Path(xmlsec.__file__)),
        "OpenSSL of cryptography": backend.openssl_version_text().split()[1],
        "OpenSSL of Python": ssl.OPENSSL_VERSION.split()[1],
        "expat": pyexpat.EXPAT_VERSION.removeprefix("expat_"),
        "zlib": zlib.ZLIB_RUNTIME_VERSION,
    }


def _openssl_inside(binding: Path) -> str:
    """The version of the OpenSSL that is linked into a binding, as its own text has it.

    No call of the binding tells. Where the library is the system's, nothing is found.
    """
    found = set(re.findall(rb"\0([3-9]\.\d{1,2}\.\d{1,2})\0", binding.read_bytes()))
    return found.pop().decode() if len(found) == 1 else UNKNOWN


def _parts(version: str) -> tuple[int, ...]:
    return tuple(int(part) for part in re.findall(r"\d+", version)[:3])


def _dotted(parts: tuple[int, ...]) -> str:
    return ".".join(map(str, parts))


def _libxmlsec() -> tuple[int, ...]:
    version: tuple[int, ...] = xmlsec.get_libxmlsec_version()  # type: ignore[attr-defined]  # not in its stubs
    return version
