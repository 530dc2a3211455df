"""Refusals that no transaction was open for: kept in memory, bounded, and handed over. R8.

Whoever was not verified may write no row each, or a flood of bad answers would be a flood of
rows. So only flows that we began ourselves count, so many a minute and no more, and they are
written with the minute's sums.
"""

import threading
from datetime import datetime

from broker.audit.flights.model import Flight

MOST = 60  # a minute and process


class WaitingFlights:
    """What this process refused since it last handed over."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._flights: list[Flight] = []
        self._minute: datetime | None = None
        self._seen = 0

    def add(self, flight: Flight) -> None:
        """Keep one for later, where this minute has room."""
        minute = flight.at.replace(second=0, microsecond=0)
        with self._lock:
            if minute != self._minute:
                self._minute, self._seen = minute, 0
            self._seen += 1
            if self._seen <= MOST and len(self._flights) < 10 * MOST:
                self._flights.append(flight)

    def take(self) -> list[Flight]:
        """Hand over what was kept, once."""
        with self._lock:
            taken, self._flights = self._flights, []
        return taken
