"""Bytes of a file to lines of text: one at a time, in the right encoding, within limits.

The files are public and come over the network, so they are read as if anybody had written
them. A line that is too long or holds a NUL is left out and told of; a file that is too large,
too long or no text at all is refused.
"""

import codecs
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from broker.codelists.model import Finding
from broker.errors import Refused, Unavailable

MAX_BYTES = 256 * 1024 * 1024
MAX_LINE = 16 * 1024  # bytes
MAX_ROWS = 500_000

_BLOCK = 1024 * 1024


@dataclass(frozen=True, slots=True)
class Limits:
    """How much of a file is read at most."""

    size: int = MAX_BYTES
    line: int = MAX_LINE
    rows: int = MAX_ROWS


STANDARD = Limits()


@dataclass(frozen=True, slots=True)
class Line:
    """One line of text without its end; `read` is how far into the file it reaches."""

    number: int
    text: str
    read: int


@dataclass(frozen=True, slots=True)
class TextFile:
    """A file of lines, opened by `text_file`."""

    stream: BinaryIO
    encoding: str
    size: int  # bytes
    limits: Limits

    def lines(self) -> Iterator[Line | Finding]:
        """Every line that is not empty, or why one is left out. Raises Refused at the limits."""
        self.stream.seek(0)
        number = read = rows = 0
        while raw := self.stream.readline(self.limits.line + 1):
            number, read = number + 1, read + len(raw)
            if len(raw) > self.limits.line:
                read += self._skip(raw)
                yield _left_out("codelist.line_too_long", "the line is too long", number)
                continue
            if b"\0" in raw:
                yield _left_out(
                    "codelist.binary", "the line holds a NUL, which no text does", number
                )
                continue
            text = raw.decode(self.encoding, errors="replace").rstrip("\r\n")
            if not text.strip():
                continue
            rows += 1
            if rows > self.limits.rows + 1:  # one is the heading
                raise Refused("codelist.too_many_rows", f"more than {self.limits.rows} rows")
            yield Line(number, text, read)

    def _skip(self, raw: bytes) -> int:
        """Read to the end of a line that is too long; how many bytes that took."""
        skipped = 0
        while raw and not raw.endswith(b"\n"):
            raw = self.stream.readline(_BLOCK)
            skipped += len(raw)
        return skipped


def text_file(stream: BinaryIO, limits: Limits) -> TextFile:
    """A file as text, after one look through it for its size and encoding.

    It is UTF-8 where all of it can be, with or without a byte order mark, and Windows-1252
    (which holds Latin-1's letters) otherwise. Raises Refused("codelist.too_large" |
    "codelist.empty" | "codelist.format").
    """
    stream.seek(0)
    decoder = codecs.getincrementaldecoder("utf-8")()
    size, encoding = 0, "utf-8-sig"
    while block := stream.read(_BLOCK):
        if size == 0 and b"\0" in block[:1024]:
            raise Refused("codelist.format", "the file is no text")
        size += len(block)
        if size > limits.size:
            raise Refused("codelist.too_large", f"the file is larger than {limits.size} bytes")
        if encoding == "utf-8-sig":
            encoding = _still(decoder, block)
    if encoding == "utf-8-sig":
        encoding = _still(decoder, b"", last=True)
    if size == 0:
        raise Refused("codelist.empty", "the file is empty")
    return TextFile(stream, encoding, size, limits)


def open_file(path: Path) -> BinaryIO:
    """A file of this machine. Raises Unavailable("codelist.missing")."""
    try:
        return path.open("rb")
    except OSError as error:
        raise Unavailable("codelist.missing", f"{path}: {error.strerror}") from error


def _still(decoder: codecs.IncrementalDecoder, block: bytes, *, last: bool = False) -> str:
    try:
        decoder.decode(block, final=last)
    except UnicodeDecodeError:
        return "cp1252"
    return "utf-8-sig"


def _left_out(code: str, words: str, number: int) -> Finding:
    return Finding("refused", code, words, number)
