"""The catalogue of one process; one cheap statement tells when to read it anew."""

import threading

from broker.db import Connection, Engine, reading
from broker.roles.catalogue import store
from broker.roles.catalogue.snapshot import Catalogue, read_catalogue

ATTEMPTS = 3  # how often a catalogue that changes while it is read is read again


class CatalogueCache:
    """The snapshot that is known, given out for as long as its revision is the newest."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._lock = threading.Lock()
        self._known = Catalogue()

    def current(self) -> Catalogue:
        """The catalogue as it stands now."""
        with reading(self._engine) as connection:
            return self.current_in(connection)

    def current_in(self, connection: Connection) -> Catalogue:
        """The catalogue as this transaction sees it: one statement where nothing changed.

        A change that the transaction made itself is seen, and forgotten if it rolls back, for
        a stamp never comes twice.
        """
        revision = store.revision(connection)
        known = self._known
        if known.revision == revision:
            return known
        with self._lock:  # one thread reads; those behind it find it read
            if self._known.revision != revision:
                self._known = _read(connection)
            return self._known


def _read(connection: Connection) -> Catalogue:
    """One moment's catalogue, also where each statement sees a moment of its own."""
    for _ in range(ATTEMPTS):
        found = read_catalogue(connection)
        if store.revision(connection) == found.revision:
            break
    return found
