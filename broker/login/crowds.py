"""How many logins of one service, or by one identity provider, a worker has in hand at once. R17.

A service or provider whose logins are slow must not take every thread from all the others. So one
peer has so many places in a worker; the next waits a moment for one, and is then told to come
again. That is a 503, never a 429: thousands of people come by one peer, and none of them did wrong.
Only peers whose signature holds are counted, or a stranger could fill the places of a service.
"""

import logging
import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta

from broker.audit.tallies.counting import Tallies
from broker.errors import Unavailable

PLACES = 3  # of the four threads of a worker
PATIENCE = 2.0  # seconds; a login takes hundredths of one
AGAIN = timedelta(minutes=1)  # how often the alarm of one peer is given
_LOG = logging.getLogger("broker.login")

Peer = tuple[str, str, str]  # federation, "service" or "idp", code


class Crowds:
    """The logins in hand by peer. Only registered peers are counted, so it cannot grow."""

    def __init__(self, tallies: Tallies, places: int = PLACES, patience: float = PATIENCE) -> None:
        self._tallies, self._places, self._patience = tallies, places, patience
        self._changed = threading.Condition()
        self._held: Counter[Peer] = Counter()
        self._alarmed: dict[Peer, datetime] = {}

    @contextmanager
    def place(self, peer: Peer, now: datetime) -> Iterator[None]:
        """Have one of the peer's places meanwhile. Raises Unavailable("limit.crowded")."""
        with self._changed:
            if self._held[peer] >= self._places:
                self._alarm(peer, now)
                came = self._changed.wait_for(
                    lambda: self._held[peer] < self._places, self._patience
                )
                self._tallies.add("crowd.waited" if came else "crowd.refused", *peer)
                if not came:
                    raise Unavailable("limit.crowded", f"too many at once by {peer[1]} {peer[2]}")
            self._held[peer] += 1
        try:
            yield
        finally:
            with self._changed:
                self._held[peer] -= 1
                if not self._held[peer]:
                    del self._held[peer]
                self._changed.notify_all()

    def _alarm(self, peer: Peer, now: datetime) -> None:
        """One line a minute for a peer of which more come than there is room for."""
        last = self._alarmed.get(peer)
        if last is not None and last <= now < last + AGAIN:
            return
        self._alarmed[peer] = now
        federation, side, code = peer
        _LOG.warning("peer.crowded", extra={"federation": federation, "side": side, "peer": code})
