"""Metadata from a file or an address, with limits on both.

An address is fetched by a person's command, never while somebody signs in. It must be
https on a public host, answers within limits of time and size, and may not send us on:
a redirect could lead to a service that only this machine reaches.
"""

import ipaddress
import socket
import time
from collections.abc import Callable, Iterable
from pathlib import Path
from urllib.parse import urlsplit

import requests
from requests.adapters import HTTPAdapter
from urllib3 import HTTPConnectionPool, HTTPSConnectionPool
from urllib3.connection import HTTPConnection, HTTPSConnection

from broker.errors import Refused, Unavailable
from broker.saml.entity_parts import is_loopback

MAX_BYTES = 5 * 1024 * 1024
MAX_LIST_BYTES = 32 * 1024 * 1024  # the lists of a national authority are long
CONNECT_SECONDS = 5.0
TOTAL_SECONDS = 30.0

Resolve = Callable[[str], Iterable[str]]


def is_address(source: str) -> bool:
    """Whether a source is an address rather than a file."""
    return source.startswith(("https://", "http://"))


def read_file(path: Path) -> bytes:
    """The bytes of a file. Raises Unavailable("source.missing"), Refused("source.too_large")."""
    try:
        with path.open("rb") as file:
            content = file.read(MAX_BYTES + 1)
    except IsADirectoryError as error:
        words = f"{path} is a folder: name the files in it"
        raise Unavailable("source.missing", words) from error
    except OSError as error:
        raise Unavailable("source.missing", f"{path}: {error.strerror}") from error
    if len(content) > MAX_BYTES:
        raise Refused("source.too_large", f"{path} is larger than {MAX_BYTES} bytes")
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
        if not _allowed(address, loopback=loopback):
            raise Refused("source.address", f"{host} is on a network that is not public")


def fetch(url: str, *, loopback: bool, resolve: Resolve = addresses_of) -> bytes:
    """The bytes at an address.

    Raises Refused("source.address" | "source.redirect" | "source.too_large") and
    Unavailable("source.unreachable" | "source.slow" | "source.status").
    """
    check_address(url, loopback=loopback, resolve=resolve)
    ends = time.monotonic() + TOTAL_SECONDS
    session = _session(loopback=loopback)
    try:
        with session.get(
            url, timeout=(CONNECT_SECONDS, CONNECT_SECONDS), allow_redirects=False, stream=True
        ) as answer:
            if answer.is_redirect or 300 <= answer.status_code < 400:
                raise Refused("source.redirect", "the address sends elsewhere; give the real one")
            if answer.status_code != 200:
                raise Unavailable("source.status", f"the answer is status {answer.status_code}")
            return _body(answer, ends, MAX_BYTES)
    except requests.RequestException as error:
        raise Unavailable("source.unreachable", type(error).__name__) from error
    finally:
        session.close()


def fetch_listed(
    url: str, body: bytes | None, *, loopback: bool, resolve: Resolve = addresses_of
) -> bytes:
    """What an authority tells of revocation at an address that a policy allows: a list, an answer.

    Plain http is usual there, since each answer is signed; limits and networks are as in `fetch`.
    Raises Refused and Unavailable as it does.
    """
    check_address(url, loopback=loopback, resolve=resolve, schemes=("http", "https"))
    ends = time.monotonic() + TOTAL_SECONDS
    session = _session(loopback=loopback)
    try:
        with session.request(
            "GET" if body is None else "POST",
            url,
            data=body,
            headers={} if body is None else {"Content-Type": "application/ocsp-request"},
            timeout=(CONNECT_SECONDS, CONNECT_SECONDS),
            allow_redirects=False,
            stream=True,
        ) as answer:
            if answer.status_code != 200:
                raise Unavailable("source.status", f"the answer is status {answer.status_code}")
            return _body(answer, ends, MAX_LIST_BYTES)
    except requests.RequestException as error:
        raise Unavailable("source.unreachable", type(error).__name__) from error
    finally:
        session.close()


def _allowed(address: str, *, loopback: bool) -> bool:
    ip = ipaddress.ip_address(address.partition("%")[0])
    return (ip.is_global and not ip.is_multicast) or (loopback and ip.is_loopback)


def _session(*, loopback: bool) -> requests.Session:
    """A session whose every connection is checked before anything is sent over it.

    A name may stand for one address when it is looked up and for another right after.
    """

    def checked(made: socket.socket) -> socket.socket:
        if _allowed(str(made.getpeername()[0]), loopback=loopback):
            return made
        made.close()
        raise Refused("source.address", "the connection went to a network that is not public")

    class Plain(HTTPConnection):
        def _new_conn(self) -> socket.socket:
            return checked(super()._new_conn())

    class Secure(HTTPSConnection):
        def _new_conn(self) -> socket.socket:
            return checked(super()._new_conn())

    class PlainPool(HTTPConnectionPool):
        ConnectionCls = Plain

    class SecurePool(HTTPSConnectionPool):
        ConnectionCls = Secure

    session = requests.Session()
    session.trust_env = False  # no proxy and no .netrc of whoever runs the command
    for scheme in ("https://", "http://"):
        adapter = HTTPAdapter(max_retries=0)
        adapter.poolmanager.pool_classes_by_scheme = {"http": PlainPool, "https": SecurePool}
        session.mount(scheme, adapter)
    return session


def _body(answer: requests.Response, ends: float, most: int) -> bytes:
    content = bytearray()
    for block in answer.iter_content(64 * 1024):
        content += block
        if len(content) > most:
            raise Refused("source.too_large", f"larger than {most} bytes")
        if time.monotonic() > ends:
            raise Unavailable("source.slow", f"not here after {TOTAL_SECONDS:.0f} seconds")
    return bytes(content)
