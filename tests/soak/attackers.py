"""Hostile messages of every kind, at a bounded rate: forged in a flow of the attacker's own.

Each comes from another address, or what refuses an address would keep the rest from the broker;
one address floods, and is to be told to wait.
"""

import random
import secrets
import socket
import time
import zlib
from base64 import b64encode
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Protocol, cast
from urllib.parse import quote

from flask.testing import FlaskClient
from lxml import etree

from tests.box import ACS, HOST, SSO, Box
from tests.hostile.forge import Forge
from tests.hostile.test_markup import ROWS as MARKUP
from tests.hostile.test_wrapping import ROWS as WRAPPING
from tests.proxy import Answer, Browser, Proxy

CHANCE = random.Random(8)  # noqa: S311  # which attack comes next is no secret
FLOODER = "127.0.9.9"
SLOW = 40  # half-sent requests at a time


class Over(Protocol):
    """An event of threads or of processes."""

    def is_set(self) -> bool:
        """Whether it is over."""

    def wait(self, timeout: float) -> bool:
        """Wait for it so long; whether it is over."""


@dataclass
class Attackers:
    """What was sent, and what came back."""

    box: Box
    proxy: Proxy
    statuses: Counter[str] = field(default_factory=Counter)
    lost: Counter[str] = field(default_factory=Counter)
    accepted: int = 0  # honest answers that an attacker sent once, so as to send them again
    wrong: list[str] = field(default_factory=list)  # hostile, and not refused
    _slow: list[socket.socket] = field(default_factory=list)

    def go_on(self, rate: float, over: Over) -> None:
        """Attack so many times a second until told that it is over."""
        kinds = (self._wrapped, self._marked, self._replayed, self._bomb, self._garbage)
        more = (self._flood, self._slow_post, self._foreign, self._oversized, self._named)
        began, number = time.monotonic(), 0
        while not over.is_set():
            due = began + number / rate
            if over.wait(max(0.0, due - time.monotonic())):
                break
            number += 1
            act: Callable[[Browser], Answer | None] = CHANCE.choice((*kinds, *more))
            name = act.__name__.strip("_")
            host = number % 60_000
            try:
                answer = act(Browser(self.proxy, f"127.1.{host // 250}.{host % 250 + 1}"))
            except (OSError, AssertionError) as error:
                self.lost[f"{name}: {type(error).__name__} {str(error)[:80]}"] += 1
                continue
            if answer is not None:
                self.statuses[f"{name} {answer.status_code}"] += 1
                if answer.status_code < 400:
                    self.wrong.append(name)
        for link in self._slow:
            link.close()

    def _flow(self, browser: Browser) -> Forge:
        client = cast(FlaskClient, browser)
        return Forge(self.box.at_idp(client, "legacy"), self.box.clock())

    def _deliver(self, browser: Browser, xml: bytes) -> Answer:
        return cast(Answer, self.box.deliver(cast(FlaskClient, browser), xml))

    def _wrapped(self, browser: Browser) -> Answer:
        build = CHANCE.choice(WRAPPING)[1]
        return self._deliver(browser, etree.tostring(build(self._flow(browser))))

    def _marked(self, browser: Browser) -> Answer:
        change = CHANCE.choice(MARKUP)[1]
        return self._deliver(browser, change(self._flow(browser).but(encrypt=False).xml()))

    def _replayed(self, browser: Browser) -> Answer:
        xml, held = self._flow(browser).xml(), dict(browser.jar)
        if self._deliver(browser, xml).status_code == 200:
            self.accepted += 1
        browser.jar = held
        return self._deliver(browser, xml)

    def _foreign(self, browser: Browser) -> Answer:
        return self._deliver(browser, self._flow(browser).but(key="attacker").xml())

    def _bomb(self, browser: Browser) -> Answer:
        packed = zlib.compress(b" " * 4 * 2**20, 9)[2:-4]
        return browser.get(f"{SSO}?SAMLRequest={quote(b64encode(packed), safe='')}")

    def _garbage(self, browser: Browser) -> Answer:
        value = b64encode(secrets.token_bytes(CHANCE.randrange(1, 3000))).decode()
        return browser.post(ACS, data={"SAMLResponse": value, "RelayState": value})

    def _named(self, browser: Browser) -> Answer:
        """Names that nobody had before, as many as go into a form."""
        made_up = "".join(
            f"<n{secrets.token_hex(4)} a{secrets.token_hex(4)}=''/>" for _ in range(2000)
        )
        value = b64encode(f"<n>{made_up}</n>".encode()).decode()
        return browser.post(ACS, data={"SAMLResponse": value, "RelayState": "x"})

    def _oversized(self, browser: Browser) -> Answer:
        return browser.post(ACS, data={"SAMLResponse": "A" * 600_000})

    def _flood(self, browser: Browser) -> Answer:
        browser.address = FLOODER
        answer = browser.post(ACS, data={"SAMLResponse": "x"})
        for _ in range(20):
            answer = browser.get(f"/{secrets.token_hex(6)}")
        return answer

    def _slow_post(self, browser: Browser) -> None:
        link = self.proxy.connect(browser.address)
        link.sendall(f"POST {ACS} HTTP/1.1\r\nHost: {HOST}\r\nContent-Length: 9\r\n\r\nx".encode())
        self._slow.append(link)
        while len(self._slow) > SLOW:
            self._slow.pop(0).close()
