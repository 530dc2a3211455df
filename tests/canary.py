"""CPR numbers that nobody has, and a search for them in whatever a broker leaves behind. I06.

A number is looked for as it is written, with anything that sets it apart, in an address, as UTF-16,
and inside base64 wherever that begins, deflated or not, in any number of layers up to three.
"""

import base64
import binascii
import html
import re
import zlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import unquote_to_bytes

CANARIES = ("0101011234", "3112994321", "6206059876")  # the last is a replacement number
LAYERS = 3
MOST = 4 * 1024 * 1024  # bytes that anything is inflated to
_BETWEEN = rb"[^0-9A-Za-z]{0,6}"
_BASE64 = re.compile(rb"[A-Za-z0-9+/_-]{16,}={0,2}")
_SPACES = re.compile(rb"[\r\n\t ]+")
_WIDE = re.compile(rb"(?:\d\0){4}")
_ESCAPES = re.compile(rb"%[0-9A-Fa-f]{2}|&#|\\u00")


@dataclass(frozen=True)
class Hit:
    """A number that was found, where, and under which layers."""

    number: str
    where: str
    layers: tuple[str, ...]


def pattern(number: str) -> re.Pattern[bytes]:
    """The number, its two parts and its days, months and years set apart in any way or not."""
    day, month, year, rest = number[:2], number[2:4], number[4:6], number[6:]
    return re.compile(_BETWEEN.join(part.encode() for part in (day, month, year, rest)))


_PATTERNS = {number: pattern(number) for number in CANARIES}


def search(data: bytes | str, where: str = "") -> list[Hit]:
    """Every canary in the data, each once for the layers that it lies under."""
    raw = data.encode("utf-8", "surrogateescape") if isinstance(data, str) else data
    return list(dict.fromkeys(_search(raw, where, ())))


def search_files(paths: Iterable[Path]) -> list[Hit]:
    """The same for files and folders, with the names of the files themselves."""
    found: list[Hit] = []
    for path in paths:
        for file in sorted(path.rglob("*")) if path.is_dir() else [path]:
            found += search(str(file), f"name of {file}")
            if file.is_file():
                found += search(file.read_bytes(), str(file))
    return found


def _search(raw: bytes, where: str, layers: tuple[str, ...]) -> Iterator[Hit]:
    yield from (Hit(n, where, layers) for n, found in _PATTERNS.items() if found.search(raw))
    if len(layers) == LAYERS:
        return
    for layer, inside in _inside(raw):
        yield from _search(inside, where, (*layers, layer))


def _inside(raw: bytes) -> Iterator[tuple[str, bytes]]:
    """What the data holds in another form, by the name of that form."""
    if _ESCAPES.search(raw):
        yield "escaped", _unescaped(raw)
    if _WIDE.search(raw):
        yield "utf-16", raw.replace(b"\0", b"")
    if (inflated := _inflated(raw)) is not None:
        yield "deflate", inflated
    spaceless = _SPACES.sub(b"", raw) if _BASE64.search(raw) else b""
    runs = {*_BASE64.findall(raw), *_BASE64.findall(spaceless)}
    for run in runs:
        yield from (("base64", decoded) for decoded in _decoded(run))


def _unescaped(raw: bytes) -> bytes:
    plain = unquote_to_bytes(raw.replace(b"\\u00", b"%"))
    return html.unescape(plain.decode("latin-1")).encode("latin-1", "replace")


def _decoded(run: bytes) -> Iterator[bytes]:
    """The bytes of a run of base64, wherever in it a message may begin."""
    plain = run.rstrip(b"=").replace(b"-", b"+").replace(b"_", b"/")
    for start in range(4):
        cut = plain[start:]
        cut = cut[: len(cut) - (len(cut) % 4 == 1)]
        try:
            yield base64.b64decode(cut + b"=" * (-len(cut) % 4))
        except binascii.Error:
            continue


def _inflated(raw: bytes) -> bytes | None:
    """What raw DEFLATE, zlib or gzip holds from its first byte on, or None."""
    for bits in (-15, 15, 31):  # bare, as SAML has it; zlib's; gzip's
        try:
            found = zlib.decompressobj(bits).decompress(raw, MOST)
        except zlib.error:
            continue
        if len(found) >= len(CANARIES[0]):
            return found
    return None
