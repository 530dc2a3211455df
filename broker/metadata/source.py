"""Metadata from a file or an address, with limits on both.

An address is fetched by a person's command, never while somebody signs in. It must be
https on a public host, answers within limits of time and size, and may not send us on:
a redirect could lead to a service that only this machine reaches.
"""

import socket
import zlib
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar
from urllib.parse import urlsplit

from broker.errors import Refused, Unavailable
from broker.metadata.public import is_public
from broker.saml.entity_parts import is_loopback
from broker.saml.metadata_xml import FEED

if TYPE_CHECKING:
    from requests import Response

MAX_BYTES = 5 * 1024 * 1024
MAX_LIST_BYTES = 32 * 1024 * 1024  # the lists of a national authority are long
TOTAL_SECONDS = 30.0

BLOCK = 64 * 1024
NOT_MODIFIED = 304

_T = TypeVar("_T")
Resolve = Callable[[str], Iterable[str]]


@dataclass(frozen=True, slots=True)
class FetchLimits:
    """How much may be fetched, unpacked, and for how long."""

    size: int  # bytes
    seconds: float


FEED_LIMITS = FetchLimits(FEED.bytes, 120.0)


@dataclass(frozen=True, slots=True)
class Seen:
    """By what a server tells whether we have seen its newest answer. RFC 9110 8.8."""

    etag: str | None = None
    last_modified: str | None = None

    def headers(self) -> dict[str, str]:
        """The request's headers; none where nothing was seen."""
        named = {"If-None-Match": self.etag, "If-Modified-Since": self.last_modified}
        return {name: value for name, value in named.items() if value}


@dataclass(frozen=True, slots=True)
class Fetched:
    """An answer: its content, or None where it is what was seen last."""

    content: bytes | None = field(repr=False)
    seen: Seen


def is_address(source: str) -> bool:
    """Whether a source is an address rather than a file."""
    return source.startswith(("https://", "http://"))


def read_file(path: Path, size: int | None = None) -> bytes:
    """The bytes of a file. Raises Unavailable("source.missing"), Refused("source.too_large")."""
    limit = MAX_BYTES if size is None else size
    try:
        with path.open("rb") as file:
            content = file.read(limit + 1)
    except IsADirectoryError as error:
        words = f"{path} is a folder: name the files in it"
        raise Unavailable("source.missing", words) from error
    except OSError as error:
        raise Unavailable("source.missing", f"{path}: {error.strerror}") from error
    if len(content) > limit:
        raise Refused("source.too_large", f"{path} is larger than {limit} bytes")
    return content


def addresses_of(host: str) -> Iterable[str]:
    """The addresses that a host name stands for. Raises Unavailable("source.unreachable")."""
    try:
        found = socket.getaddrinfo(host, None, type=socket.SOCK_STREAM)
    except OSError as error:
        raise Unavailable("source.unreachable", f"{host} is not known") from error
    return [str(entry[4][0]) for entry in found]


def check_address(
    url: str,
    *,
    loopback: bool,
    resolve: Resolve = addresses_of,
    schemes: tuple[str, ...] = ("https",),
) -> None:
    """Refuse an address that is not https to a public host. Raises Refused("source.address").

    With `loopback`, which an installation on loopback sets, this machine's own names pass too.
    """
    try:
        parts = urlsplit(url)
        host, port = parts.hostname or "", parts.port
    except ValueError:
        host, port = "", None
    if not host or port == 0 or "@" in parts.netloc:
        raise Refused("source.address", "the address cannot be read")
    if parts.scheme not in schemes and not (loopback and is_loopback(host)):
        raise Refused("source.address", f"only {' and '.join(schemes)} is fetched")
    for address in resolve(host):
        if not is_public(address, loopback=loopback):
            raise Refused("source.address", f"{host} is on a network that is not public")


def fetch(url: str, *, loopback: bool, resolve: Resolve = addresses_of) -> bytes:
    """The bytes at an address.

    Raises Refused("source.address" | "source.redirect" | "source.too_large" |
    "source.encoding") and Unavailable("source.unreachable" | "source.slow" | "source.status").
    """
    limits = FetchLimits(MAX_BYTES, TOTAL_SECONDS)
    fetched = fetch_if_changed(url, Seen(), limits, loopback=loopback, resolve=resolve)
    return fetched.content or b""


def fetch_if_changed(
    url: str, seen: Seen, limits: FetchLimits, *, loopback: bool, resolve: Resolve = addresses_of
) -> Fetched:
    """What is at an address, where it is not what was seen last. Raises as `fetch` does."""
    check_address(url, loopback=loopback, resolve=resolve)

    def read(answer: "Response") -> Fetched:
        return _fetched(answer, seen, limits.size)

    return _asked(url, None, seen.headers(), limits, read, loopback=loopback)


def fetch_listed(
    url: str, body: bytes | None, *, loopback: bool, resolve: Resolve = addresses_of
) -> bytes:
    """What an authority tells of revocation at an address that a policy allows: a list, an answer.

    Plain http is usual there, since each answer is signed; limits and networks are as in `fetch`.
    Raises Refused and Unavailable as it does.
    """
    check_address(url, loopback=loopback, resolve=resolve, schemes=("http", "https"))
    headers = {} if body is None else {"Content-Type": "application/ocsp-request"}

    def read(answer: "Response") -> bytes:
        if answer.status_code != 200:
            raise Unavailable("source.status", f"the answer is status {answer.status_code}")
        return _body(answer, MAX_LIST_BYTES)

    limits = FetchLimits(MAX_LIST_BYTES, TOTAL_SECONDS)
    return _asked(url, body, headers, limits, read, loopback=loopback)


def _asked(
    url: str,
    body: bytes | None,
    headers: dict[str, str],
    limits: FetchLimits,
    read: "Callable[[Response], _T]",
    *,
    loopback: bool,
) -> _T:
    from broker.metadata.asking import asked  # noqa: PLC0415  # requests: 5 MB, and logins never fetch

    return asked(url, body, headers, limits.seconds, read, loopback=loopback)


def _fetched(answer: "Response", seen: Seen, size: int) -> Fetched:
    etag, modified = answer.headers.get("ETag"), answer.headers.get("Last-Modified")
    if answer.status_code == NOT_MODIFIED and seen.headers():
        return Fetched(None, Seen(etag or seen.etag, modified or seen.last_modified))
    if answer.is_redirect or 300 <= answer.status_code < 400:
        raise Refused("source.redirect", "the address sends elsewhere; give the real one")
    if answer.status_code != 200:
        raise Unavailable("source.status", f"the answer is status {answer.status_code}")
    return Fetched(_body(answer, size), Seen(_short(etag), _short(modified)))


def _short(validator: str | None) -> str | None:
    """A validator that we are ready to keep and to send again."""
    return validator if validator and len(validator) <= 256 and validator.isprintable() else None


def _body(answer: "Response", size: int) -> bytes:
    """The body, unpacked by ourselves: no block of it may become more than the limit."""
    encoding = answer.headers.get("Content-Encoding", "identity").strip().lower()
    if encoding not in ("identity", "gzip"):
        raise Refused("source.encoding", f"the answer is packed as {encoding[:20]!r}")
    packed = zlib.decompressobj(wbits=31) if encoding == "gzip" else None
    content = bytearray()
    while block := answer.raw.read(BLOCK, decode_content=False):
        if packed and packed.eof:  # zlib would keep all that follows, however much that is
            raise Refused("source.encoding", "something follows the gzip")
        try:
            content += packed.decompress(block, size - len(content) + 1) if packed else block
        except zlib.error as error:
            raise Refused("source.encoding", "the answer is no gzip") from error
        if len(content) > size:
            raise Refused("source.too_large", f"larger than {size} bytes")
    if packed and packed.unused_data:
        raise Refused("source.encoding", "something follows the gzip")
    if packed and not packed.eof:
        raise Refused("source.encoding", "the answer ends before its gzip does")
    return bytes(content)
