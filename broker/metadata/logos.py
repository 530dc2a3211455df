"""Logos: a small picture that a document names, taken into the document and checked.

A document says `logo = "logos/region.svg"`, beside the file or one folder up. What is kept is
the picture itself, so that every node has it and no page asks another site for it. A picture is
told by its first bytes, never by its name, and an SVG holds nothing but shapes.
"""

import base64
import binascii
import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from broker.errors import Refused
from broker.metadata.documents import Table
from broker.saml.drawings import check_drawing

MAX_BYTES = 16 * 1024
_DATA = re.compile(r"data:image/[a-z+]{3,8};base64,([A-Za-z0-9+/]+={0,2})\Z")
_RASTER = {b"\x89PNG\r\n\x1a\n": "image/png", b"\xff\xd8\xff": "image/jpeg"}
_TABLES = ("page", "look")


@dataclass(frozen=True, slots=True)
class Logo:
    """A picture as it is served: its type and bytes, and digits that change when it does."""

    media_type: str
    content: bytes = field(repr=False)

    @property
    def version(self) -> str:
        """Ten digits of its hash, for an address that may be kept for long."""
        return hashlib.sha256(self.content).hexdigest()[:10]


def read_logo(table: Table, key: str = "logo") -> Logo | None:
    """The picture that a document carries. Raises Refused("metadata.document")."""
    text = table.optional(key)
    if text is None:
        return None
    found = _DATA.match(text)
    try:
        content = base64.b64decode(found[1], validate=True) if found else b""
    except binascii.Error:
        content = b""
    if not content:
        raise table.wrong(key, "is neither a file beside the document nor a picture as data:")
    if len(content) > MAX_BYTES:
        raise table.wrong(key, f"is larger than {MAX_BYTES // 1024} kB")
    media_type = _media_type(content)
    if media_type is None:
        raise table.wrong(key, "is no PNG, JPEG, WebP or SVG")
    if media_type == "image/svg+xml":
        try:
            check_drawing(content)
        except Refused as refused:
            raise table.wrong(key, f"is no plain drawing: {refused.detail}") from None
    return Logo(media_type, content)


def with_pictures(document: Mapping[str, object], where: Path) -> dict[str, object]:
    """The document with the files that its tables name as logos put into it as `data:`.

    `where` is the file of the document. Raises Refused("metadata.document").
    """
    found = dict(document)
    for name in _TABLES:
        table = document.get(name)
        if isinstance(table, Mapping):
            logo = table.get("logo")
            if isinstance(logo, str) and not logo.startswith("data:"):
                found[name] = {**table, "logo": _taken_in(logo, where)}
    return found


def _taken_in(name: str, where: Path) -> str:
    asked = Path(name)
    if asked.is_absolute() or ".." in asked.parts:
        raise Refused("metadata.document", f"{where.name}: logo {name!r} leads out of its folder")
    for folder in (where.parent, where.parent.parent):
        path = folder / asked
        if path.is_file() and path.stat().st_size <= MAX_BYTES:
            content = path.read_bytes()
            kind = _media_type(content) or "image/unknown"
            return f"data:{kind};base64,{base64.b64encode(content).decode()}"
    words = f"{where.name}: logo {name!r} is not there, or larger than {MAX_BYTES // 1024} kB"
    raise Refused("metadata.document", words)


def _media_type(content: bytes) -> str | None:
    for begins, media_type in _RASTER.items():
        if content.startswith(begins):
            return media_type
    if content[:4] == b"RIFF" and content[8:12] == b"WEBP":
        return "image/webp"
    start = content.removeprefix(b"\xef\xbb\xbf").lstrip()
    return "image/svg+xml" if start.startswith((b"<svg", b"<?xml")) else None
