"""A partner on the back channel that takes one request and then acts as it likes."""

import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from broker.saml.logout import open_soap
from broker.saml.messages import LogoutRequest
from tests.box import Box

LIMIT = 1.0  # seconds that the broker waits for one partner here


@dataclass
class Wire:
    """One connection of the broker to a partner that is not honest."""

    link: socket.socket
    raw: bytes  # what was asked, as it came
    sent: int = 0
    closed: bool = False
    asked: LogoutRequest | None = None

    def say(self, data: bytes) -> None:
        """Send, until the other side has had enough."""
        try:
            self.link.sendall(data)
            self.sent += len(data)
        except OSError:
            self.closed = True

    def drip(self, data: bytes, pause: float = 0.2) -> None:
        """A byte at a time, for as long as anybody listens, or four times the limit."""
        end = time.monotonic() + 4 * LIMIT
        while not self.closed and time.monotonic() < end:
            self.say(data)
            time.sleep(pause)


@dataclass
class Served:
    """What was seen of the connections."""

    wires: list[Wire] = field(default_factory=list)


@contextmanager
def partner(box: Box, act: Callable[[Wire], None]) -> Iterator[tuple[str, Served]]:
    """A TCP server that takes one LogoutRequest at a time and then acts as it likes."""
    served = Served()
    keys = box.services.flow.keys.keyrings.first("sundhed").published_idp

    def serve(link: socket.socket) -> None:
        with link:
            raw = b""
            while b"</soap:Envelope>" not in raw:
                got = link.recv(65536)
                if not got:
                    return
                raw += got
            body = raw.partition(b"\r\n\r\n")[2]
            asked = open_soap(body, "LogoutRequest").verify(keys)
            assert isinstance(asked, LogoutRequest)
            wire = Wire(link, raw, asked=asked)
            served.wires.append(wire)
            act(wire)

    def accept() -> None:
        while True:
            try:
                link, _ = listener.accept()
            except OSError:
                return
            threading.Thread(target=serve, args=(link,), daemon=True).start()

    with socket.create_server(("127.0.0.1", 0)) as listener:
        threading.Thread(target=accept, daemon=True).start()
        yield f"http://127.0.0.1:{listener.getsockname()[1]}/slo", served
        listener.shutdown(socket.SHUT_RDWR)
