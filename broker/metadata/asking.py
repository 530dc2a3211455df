"""One request to another server, over a connection that is looked at before anything is sent.

`requests` and what it brings are four megabytes, and few workers ever fetch: `source` imports
this where it asks.
"""

import socket
from collections.abc import Callable
from typing import TypeVar

import requests
from requests.adapters import HTTPAdapter
from urllib3 import HTTPConnectionPool, HTTPSConnectionPool
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.exceptions import HTTPError

from broker.errors import Refused, Unavailable
from broker.metadata.deadline import Deadline
from broker.metadata.public import is_public

CONNECT_SECONDS = 5.0

_T = TypeVar("_T")


def asked(
    url: str,
    body: bytes | None,
    headers: dict[str, str],
    seconds: float,
    read: Callable[[requests.Response], _T],
    *,
    loopback: bool,
) -> _T:
    """What `read` makes of the answer, which is here within so many seconds.

    Raises Refused("source.address") and Unavailable("source.unreachable" | "source.slow").
    """
    deadline = Deadline(seconds)
    session = _session(deadline, loopback=loopback)
    wait = min(CONNECT_SECONDS, seconds)
    try:
        with (
            deadline,
            session.request(
                "GET" if body is None else "POST",
                url,
                data=body,
                headers=headers,
                timeout=(wait, wait),
                allow_redirects=False,
                stream=True,
            ) as answer,
        ):
            found = read(answer)
    except (requests.RequestException, HTTPError, OSError, ValueError) as error:
        if deadline.over:
            raise _slow(seconds) from error
        raise Unavailable("source.unreachable", type(error).__name__) from error
    finally:
        session.close()
    if deadline.over:  # a connection that was cut can look like an answer that ended
        raise _slow(seconds)
    return found


def _slow(seconds: float) -> Unavailable:
    return Unavailable("source.slow", f"not here after {seconds:g} seconds")


def _session(deadline: Deadline, *, loopback: bool) -> requests.Session:
    """A session whose every connection is checked before anything is sent over it.

    A name may stand for one address when it is looked up and for another right after.
    """

    def checked(made: socket.socket) -> socket.socket:
        if is_public(str(made.getpeername()[0]), loopback=loopback):
            deadline.watch(made)
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
    session.headers["Accept-Encoding"] = "gzip"
    session.trust_env = False  # no proxy and no .netrc of whoever runs the command
    for scheme in ("https://", "http://"):
        adapter = HTTPAdapter(max_retries=0)
        adapter.poolmanager.pool_classes_by_scheme = {"http": PlainPool, "https": SecurePool}
        session.mount(scheme, adapter)
    return session
