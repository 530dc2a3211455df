"""Several nodes with one database, as real processes, and people who log in at them meanwhile.

Every request of a browser goes to the next node, so that each login is begun, chosen and
answered by three of them. The clock is the real one.
"""

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from http.client import HTTPConnection, HTTPMessage
from http.cookies import SimpleCookie
from itertools import count, cycle
from pathlib import Path
from typing import cast
from urllib.parse import urlencode, urlsplit

from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from broker.metadata.rollover.model import Slot
from broker.saml.response import open_response
from broker.settings import Settings
from tests.box import HOST, Box, Moved, code_of, make_box, posted
from tests.factories import decryption_key
from tests.hostile.forge import Forge

SIGNING = Slot("sundhed", "idp", "signing")
PATIENCE = 20  # seconds
PAUSE = 0.4  # between two logins of one person, so that commands get their share of the machine


class RealTime(Moved):
    """The clock of this machine, which nobody moves."""

    def __call__(self) -> datetime:
        return datetime.now(UTC)


@dataclass(frozen=True)
class Answer:
    """What a node answered, as far as tests look at it."""

    status_code: int
    headers: HTTPMessage
    text: str


@dataclass
class Browser:
    """A browser with a cookie jar of its own, whose every request goes to the next node.

    Its methods are those of a FlaskClient that `tests.box` uses.
    """

    ports: Iterator[int]
    jar: dict[str, str] = field(default_factory=dict)
    last: int = 0  # the port of the node that answered last

    def get(self, url: str, **_: str) -> Answer:
        """Follow a link."""
        parts = urlsplit(url)
        return self._ask("GET", f"{parts.path}?{parts.query}", None)

    def post(self, url: str, *, data: dict[str, str], **_: str) -> Answer:
        """Send a form."""
        return self._ask("POST", url, urlencode(data))

    def delete_cookie(self, name: str, **_: str) -> None:
        """Forget a cookie."""
        self.jar.pop(name, None)

    def _ask(self, method: str, path: str, form: str | None) -> Answer:
        self.last = next(self.ports)
        headers = {"Host": HOST, "Cookie": "; ".join(f"{k}={v}" for k, v in self.jar.items())}
        if form is not None:
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        connection = HTTPConnection("127.0.0.1", self.last, timeout=PATIENCE)
        try:
            connection.request(method, path, form, headers)
            answer = connection.getresponse()
            text = answer.read().decode()
        finally:
            connection.close()
        for line in answer.headers.get_all("Set-Cookie", []):
            self.jar.update({m.key: m.value for m in SimpleCookie(line).values()})
        return Answer(answer.status, answer.headers, text)


@dataclass(frozen=True)
class Seen:
    """One answer to a service: which node signed it with which key, and when."""

    service: str
    node: int  # its port
    epoch: str
    issued: datetime  # its IssueInstant, in whole seconds
    sent: datetime  # when the browser came with what the identity provider had said
    received: datetime


@dataclass
class Fleet:
    """The nodes, their one database, and keys; `box` is what partners know of them."""

    box: Box
    ports: tuple[int, ...]
    processes: list[subprocess.Popen[bytes]] = field(default_factory=list)
    _numbers: Iterator[int] = field(default_factory=count)

    def command(self, *arguments: str) -> str:
        """Run the real `broker …` in a process of its own; what it said."""
        command = [sys.executable, "-m", "broker.cli", *arguments]
        environ = environment(self.box.settings)
        done = subprocess.run(command, env=environ, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    def login(self, service: str) -> Seen:
        """One whole login across the nodes, its answer verified as the service does."""
        ports, start = cycle(self.ports), next(self._numbers) % len(self.ports)
        browser = Browser(ports)
        for _ in range(start):
            next(ports)
        client = cast(FlaskClient, browser)
        trip = self.box.at_idp(client, service=service)
        said = Forge(trip, self.box.clock()).xml()
        sent = self.box.clock()
        page = self.box.deliver(client, said)
        received = self.box.clock()
        epoch, issued = self._signer(service, page)
        return Seen(service, browser.last, epoch, issued, sent, received)

    def _signer(self, service: str, page: TestResponse) -> tuple[str, datetime]:
        assert page.status_code == 200, code_of(page)
        keyrings = self.box.services.flow.keys.keyrings
        epochs = {"first": keyrings.signing(SIGNING, "first").certificate}
        if (keyrings.home("sundhed", "second") / "idp-signing.crt").exists():
            epochs["second"] = keyrings.signing(SIGNING, "second").certificate
        verified = open_response([posted(page)[1]["SAMLResponse"]]).verify(
            tuple(epochs.values()),
            [decryption_key(service)],
            demand_encryption=True,
            allow_cbc=False,
        )
        (epoch,) = (name for name, known in epochs.items() if known == verified.verified_by)
        return epoch, verified.envelope.issue_instant


class Load:
    """People who log in again and again, one for each service named, until the block ends."""

    def __init__(self, fleet: Fleet, services: tuple[str, ...]) -> None:
        self._fleet = fleet
        self._changed = threading.Condition()
        self._over = threading.Event()
        self.seen: list[Seen] = []
        self.failed: list[BaseException] = []
        self._threads = [
            threading.Thread(target=self._go_on, args=(service,), daemon=True)
            for service in services
        ]

    def __enter__(self) -> "Load":
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        for thread in self._threads:
            thread.join(PATIENCE)

    def wait(self, service: str, since: datetime, *, times: int = 2) -> None:
        """Until every node has answered that often what was sent to it after an instant."""

        def enough() -> bool:
            found = [s.node for s in self.seen if s.service == service and s.sent > since]
            return bool(self.failed) or all(found.count(p) >= times for p in self._fleet.ports)

        with self._changed:
            assert self._changed.wait_for(enough, PATIENCE), f"too few logins at {service}"
        assert not self.failed, self.failed

    def _go_on(self, service: str) -> None:
        while not self._over.wait(PAUSE):
            try:
                seen = self._fleet.login(service)
            except BaseException as error:  # noqa: BLE001  # kept for the test, which fails by it
                with self._changed:
                    self.failed.append(error)
                    self._changed.notify_all()
                return
            with self._changed:
                self.seen.append(seen)
                self._changed.notify_all()


@contextmanager
def fleet(folder: Path, database_url: str, ports: tuple[int, ...]) -> Iterator[Fleet]:
    """Set a broker up in a folder and a database, and serve it from that many nodes."""
    data = folder / "data"
    data.mkdir(mode=0o700)
    made = make_box(data, database_url)
    box = Box(made.app, made.settings, RealTime(), made.hops)
    several = Fleet(box, ports)
    with ExitStack() as stack:
        stack.callback(made.services.engine.dispose)
        for port in ports:
            environ = environment(box.settings) | {"BROKER_LISTEN": f"127.0.0.1:{port}"}
            log = stack.enter_context((folder / f"{port}.log").open("wb"))
            command = [sys.executable, "-m", "broker.cli", "serve"]
            node = subprocess.Popen(command, env=environ, stdout=log, stderr=log)
            stack.callback(_end, node)
            several.processes.append(node)
        for port, node in zip(ports, several.processes, strict=True):
            _until_up(port, node)
        yield several


def environment(settings: Settings) -> dict[str, str]:
    """What a process of this installation is started with."""
    return {
        **os.environ,
        "BROKER_DATA": str(settings.data),
        "BROKER_ORIGIN": settings.origin,
        "BROKER_EVIDENCE_KEY": settings.evidence_key or "none",
        "BROKER_DATABASE_URL": settings.database_url,
        "BROKER_WORKERS": "1",
    }


def _until_up(port: int, node: subprocess.Popen[bytes]) -> None:
    for _ in range(300):
        try:
            assert Browser(iter((port,))).get("/").status_code == 200
        except OSError:
            assert node.poll() is None
            time.sleep(0.1)
        else:
            return
    raise AssertionError("the node did not start")


def _end(node: subprocess.Popen[bytes]) -> None:
    node.send_signal(signal.SIGTERM)
    node.wait(timeout=30)
