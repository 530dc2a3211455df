"""Addresses that are refused again and again wait: a page with 429 and Retry-After. R17.

Each worker counts in its own memory, and counts refusals alone: whoever logs in well is never
stopped, however many share the address. A registered network (a region is one address) is exempt,
and so is this machine: what comes from there came by a proxy that we were not told to believe.

Addresses are counted in a fixed number of places, by a keyed hash: a flood from everywhere fills
no memory, and nobody can choose to share the place of somebody else. A moving window would keep
every instant of every place; the sliding counter keeps a number for each of the last minutes.
"""

import hashlib
import logging
import math
import secrets
import threading
import time
from collections.abc import Callable
from ipaddress import IPv6Address, ip_address, ip_network

from flask import Flask, Response, g, request
from limits import RateLimitItemPerMinute
from limits.storage import MemoryStorage
from limits.strategies import SlidingWindowCounterRateLimiter

from broker.web.errors import error_page
from broker.web.reference import new_reference

REFUSALS = 60  # a minute, at one worker
PLACES = 16384
FEW = 100  # refusals between two looks for counters that have ended, or more where there are more
CODE = "limit.rate"
HERE = frozenset({"127.0.0.1", "::1", ""})  # a proxy on this machine, or its socket
# What a stranger can bring about at will. What an identity provider said of a person is no attack.
COUNTED = frozenset({"malformed", "limit", "signature", "context", "flow", "request", "web"})
_LOG = logging.getLogger("broker.web")

Exempt = Callable[[str], bool]


class _Asleep(threading.Timer):
    """Never runs, and says that it does."""

    def is_alive(self) -> bool:
        return True


class _Storage(MemoryStorage):
    """Counters that are forgotten after their time is over, by those who are refused next.

    Each is of one place in one minute, and nobody reads it after the next. The library's own
    sweep goes through all of them in a thread of its own, as often as every hundredth of a
    second of a flood.
    """

    def __init__(self) -> None:
        super().__init__()
        self.timer.join()
        self.timer = _Asleep(0, self.check)
        self._hits = 0  # since what has ended was forgotten

    def incr(self, key: str, expiry: float, amount: int = 1) -> int:
        """Count; after a quarter as many as there are counters, forget those that have ended."""
        self._hits += 1
        if self._hits > max(FEW, len(self.expirations) // 4):
            self._hits = 0
            for known in list(self.expirations):
                self.get(known)  # which drops it where its time is over
        return super().incr(key, expiry, amount)


class Limiter:
    """Refusals of one worker by address, of which only so many are in a minute."""

    def __init__(self, exempt: Exempt, refusals: int = REFUSALS) -> None:
        self._exempt = exempt
        self._item = RateLimitItemPerMinute(refusals)
        self._storage = _Storage()
        self._window = SlidingWindowCounterRateLimiter(self._storage)
        self._key = secrets.token_bytes(16)
        self._told: dict[str, tuple[float, str]] = {}

    def refused(self, address: str, code: str) -> None:
        """Count a refusal of somebody at that address."""
        if code != CODE and code.partition(".")[0] in COUNTED and not self._free(address):
            self._window.hit(self._item, self._place(address))

    def waits(self, address: str) -> int | None:
        """How many seconds that address should wait, or None. Waiting is not counted."""
        if not self._storage.storage:  # nobody was refused lately
            return None
        if self._window.test(self._item, self._place(address)) or self._free(address):
            return None
        return int(self._item.get_expiry())

    def reference(self, address: str) -> str:
        """The reference of an address that waits: one line in the log a minute, not one a request.

        A flood would otherwise fill the log in place of the memory.
        """
        place, now = self._place(address), time.monotonic()
        since, known = self._told.get(place, (-math.inf, ""))
        if now - since < self._item.get_expiry():
            return known
        made = new_reference()
        self._told[place] = (now, made)
        _LOG.warning(CODE, extra={"reference": made, "status": 429, "address": address})
        return made

    def size(self) -> int:
        """How many counters are kept."""
        return len(self._storage.storage) + len(self._told)

    def _place(self, address: str) -> str:
        mark = hashlib.blake2b(_who(address), key=self._key, digest_size=4).digest()
        return str(int.from_bytes(mark) % PLACES)

    def _free(self, address: str) -> bool:
        return address in HERE or self._exempt(address)


def install_limits(
    app: Flask, limiter: Limiter, spared: frozenset[str], waits: Callable[[], None]
) -> None:
    """Count what this application refuses, and answer 429 where it was too often.

    `spared` are endpoints that are neither counted nor refused, such as the back channel, where
    the caller is a partner's server and not a browser. `waits` hears of every 429.
    """

    def is_spared() -> bool:
        return request.endpoint in spared

    def check() -> Response | None:
        address = request.remote_addr or ""
        wait = None if is_spared() else limiter.waits(address)
        if wait is None:
            return None
        waits()
        response = error_page(CODE, 429, limiter.reference(address))
        response.headers["Retry-After"] = str(wait)
        return response

    def count(response: Response) -> Response:
        code = g.pop("refusal", None)
        if code is not None and not is_spared():
            limiter.refused(request.remote_addr or "", code)
        return response

    app.before_request(check)
    app.after_request(count)


def _who(address: str) -> bytes:
    """What counts as one: an IPv4 address, or the /64 that one IPv6 household has."""
    try:
        found = ip_address(address)
    except ValueError:
        return address.encode()
    if not isinstance(found, IPv6Address):
        return found.packed
    if found.ipv4_mapped is not None:
        return found.ipv4_mapped.packed
    return ip_network((found, 64), strict=False).network_address.packed
