"""Honest people: whole logins at a steady rate, whatever else goes on; each one is timed."""

import threading
import time
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import cast

from flask.testing import FlaskClient

from tests.box import Box, code_of, posted
from tests.hostile.forge import Forge
from tests.proxy import Answer, Browser, Proxy

HOUSES = tuple(f"127.0.8.{number}" for number in range(1, 200))
AT_ONCE = 8


@dataclass
class People:
    """Logins that were begun, ended well, and what each request of them took."""

    box: Box
    proxy: Proxy
    took: list[float] = field(default_factory=list)  # seconds that the broker had, each login
    failed: list[str] = field(default_factory=list)
    late: int = 0  # logins that found nobody free to begin them
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def go_on(self, rate: float, seconds: float) -> None:
        """Log in so many times a second for so long; who is late does not make others late."""
        began, number = time.monotonic(), 0
        with ThreadPoolExecutor(AT_ONCE) as pool:
            waiting: list[Future[None]] = []
            while time.monotonic() - began < seconds:
                due = began + number / rate
                time.sleep(max(0.0, due - time.monotonic()))
                waiting = [one for one in waiting if not one.done()]
                if len(waiting) < AT_ONCE:
                    waiting.append(pool.submit(self._login, number))
                else:
                    self.late += 1
                number += 1

    def _login(self, number: int) -> None:
        browser = _Timed(self.proxy, HOUSES[number % len(HOUSES)])
        client = cast(FlaskClient, browser)
        try:
            said = Forge(self.box.at_idp(client), self.box.clock()).xml()
            page = self.box.deliver(client, said)
            assert page.status_code == 200, f"{page.status_code} {code_of(page)}"
            assert posted(page)[0] == "https://one.example.dk/acs"
        except (AssertionError, OSError) as error:
            with self._lock:
                self.failed.append(f"{type(error).__name__}: {str(error)[:200]}")
            return
        with self._lock:
            self.took.append(browser.seconds)


@dataclass
class _Timed(Browser):
    """Adds up the time that answers took; what we forge ourselves in between does not count."""

    seconds: float = 0.0

    def _ask(self, url: str, form: "object" = None) -> Answer:
        began = time.perf_counter()
        try:
            return super()._ask(url, form)  # type: ignore[arg-type]  # as it came
        finally:
            self.seconds += time.perf_counter() - began
