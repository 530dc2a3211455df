"""Logins through a hub by HTTP: by one client or by several at once, and what they took."""

import base64
import json
import socket
import subprocess
import time
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from html import unescape
from http.client import HTTPConnection, RemoteDisconnected
from re import search
from urllib.parse import urlencode

from tests.bench.hubs.gauge import FLOOR, PROFILE, USED
from tests.bench.hubs.peers import Hub, Peers, request_url, response_to

PATIENCE = 60  # seconds that a hub has to start


@dataclass(frozen=True, slots=True)
class Took:
    """What some logins took: the worker's CPU seconds for each, and each one's waiting."""

    cpu: float
    children: float  # of it, in processes that the worker started
    waited: tuple[float, ...]  # seconds for both answers of the hub, a login each
    elapsed: float  # seconds for all of them
    resident: float  # bytes at the end

    @property
    def per_second(self) -> float:
        """Logins a second."""
        return len(self.waited) / self.elapsed


class Client:
    """One browser's connection to a hub, new at each login but for the connection."""

    def __init__(self, hub: Hub, peers: Peers, port: int) -> None:
        self.hub, self.peers = hub, peers
        self._connection = HTTPConnection("127.0.0.1", port, timeout=60)
        self._connect()

    def _connect(self) -> None:
        self.close()
        self._connection.connect()
        # Headers and body go in two pieces; without this the second waits 40 ms for the first.
        self._connection.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def close(self) -> None:
        """Leave."""
        self._connection.close()

    def login(self) -> float:
        """One whole login; how long the hub let us wait, without what peers did meanwhile."""
        cookies: dict[str, str] = {}
        path = request_url(self.hub, self.peers)
        waited, status, headers, body = self._ask("GET", path, cookies)
        location = dict(headers).get("location", "")
        if self.hub.choice and location.startswith(self.hub.choice):
            chosen, status, location = self._choose(location, cookies)
            waited += chosen
        if status not in (302, 303) or not location.startswith(f"{self.peers.idp_entity}/sso"):
            raise RuntimeError(
                f"{self.hub.name}: no way to the IdP: {status} {location} {body[:2000]!r}"
            )
        form = response_to(self.hub, self.peers, location)
        more, status, _, body = self._ask("POST", self.hub.acs_path, cookies, form)
        target = search(rb'<form[^>]*action="([^"]+)"', body)
        arrived = unescape(target[1].decode()) if target else ""
        value = search(rb'name="SAMLResponse"[^>]*value="([^"]+)"', body)
        told = base64.b64decode(value[1]) if value else b""
        sealed = b"status:Success" in told and b"EncryptedAssertion" in told
        if status != 200 or arrived != f"{self.peers.service_entity}/acs" or not sealed:
            raise RuntimeError(
                f"{self.hub.name}: does not answer the service: {status}, {told or body!r}"
            )
        return waited + more

    def _choose(self, page: str, cookies: dict[str, str]) -> tuple[float, int, str]:
        """The page that asks where to log in, and the press on the first of the logins."""
        path = page.removeprefix(page.partition("/sundhed/")[0])
        waited, _, _, body = self._ask("GET", path, cookies)
        found = {
            name: unescape(value.decode())
            for name in ("flow", "shown")
            if (value := _value(name, body)) is not None
        }
        form = {**found, "idp": self.peers.idp}
        more, status, headers, _ = self._ask("POST", path.partition("?")[0], cookies, form)
        return waited + more, status, dict(headers).get("location", "")

    def _ask(
        self, method: str, path: str, cookies: dict[str, str], form: Mapping[str, str] | None = None
    ) -> tuple[float, int, list[tuple[str, str]], bytes]:
        headers = {"Host": self.hub.host}
        if cookies:
            headers["Cookie"] = "; ".join(f"{k}={v}" for k, v in cookies.items())
        data = urlencode(form).encode() if form else None
        if data is not None:
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        began = time.perf_counter()
        try:
            self._connection.request(method, path, data, headers)
            answer = self._connection.getresponse()
        except (RemoteDisconnected, ConnectionResetError, BrokenPipeError):
            # The hub closed a connection that was idle for long; browsers ask again as well.
            self._connect()
            self._connection.request(method, path, data, headers)
            answer = self._connection.getresponse()
        body = answer.read()
        waited = time.perf_counter() - began
        found = [(name.lower(), value) for name, value in answer.getheaders()]
        for name, value in found:
            if name == "set-cookie":
                key, _, rest = value.partition("=")
                cookies[key] = rest.partition(";")[0]
        return waited, answer.status, found, body


def _value(name: str, body: bytes) -> bytes | None:
    found = search(rf'name="{name}" value="([^"]*)"'.encode(), body)
    return found[1] if found else None


def profile(port: int) -> str:
    """Where the worker's time went since it was asked last, where it looks."""
    connection = HTTPConnection("127.0.0.1", port, timeout=60)
    connection.request("GET", PROFILE)
    text = connection.getresponse().read().decode()
    connection.close()
    return text


def used(port: int) -> dict[str, float]:
    """What the worker has used so far."""
    return _get(port, USED)


def floor(port: int, rounds: int) -> float:
    """CPU seconds of one round of the floor, run inside the worker.

    A request each, as a login's own cryptography is done: a loop would find everything warm.
    """
    return sum(_get(port, FLOOR)["took"] for _ in range(rounds)) / rounds


def logins(hub: Hub, peers: Peers, port: int, number: int, clients: int = 1) -> Took:
    """That many logins by so many browsers at once."""
    browsers = [Client(hub, peers, port) for _ in range(clients)]
    each = number // clients
    before, began = used(port), time.perf_counter()
    with ThreadPoolExecutor(clients) as pool:
        rows = list(pool.map(lambda one: [one.login() for _ in range(each)], browsers))
    elapsed, after = time.perf_counter() - began, used(port)
    for browser in browsers:
        browser.close()
    done = each * clients
    return Took(
        cpu=(after["cpu"] - before["cpu"]) / done,
        children=(after["children"] - before["children"]) / done,
        waited=tuple(one for row in rows for one in row),
        elapsed=elapsed,
        resident=after["resident"],
    )


@contextmanager
def started(command: list[str], environ: Mapping[str, str], port: int) -> Iterator[None]:
    """A hub's process, from when it answers until this ends."""
    with subprocess.Popen(
        command, env=dict(environ), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    ) as process:
        try:
            until = time.monotonic() + PATIENCE
            while True:
                try:
                    used(port)
                    break
                except OSError:
                    if process.poll() is not None or time.monotonic() > until:
                        raise RuntimeError(f"{command[:3]} did not start") from None
                    time.sleep(0.1)
            yield
        finally:
            process.terminate()
            process.wait(timeout=30)


def _get(port: int, path: str) -> dict[str, float]:
    connection = HTTPConnection("127.0.0.1", port, timeout=60)
    connection.request("GET", path)
    found = json.loads(connection.getresponse().read())
    connection.close()
    return {str(name): float(value) for name, value in found.items()}
