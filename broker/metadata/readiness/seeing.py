"""Who fetched which of our documents: by the address that is theirs, or by where they come from.

An address of a partner's own names it. At everybody's addresses, a partner is known where what
is registered of its program fits it and no other partner. What was seen never stands in the way
of the document.
"""

import logging
import threading
from datetime import datetime

from broker.db import Engine, reading, writing
from broker.errors import BrokerError
from broker.metadata.documents import Table
from broker.metadata.fetching import Fetcher, read_fetcher
from broker.metadata.published.drafting import Draft
from broker.metadata.readiness import store
from broker.metadata.readiness.model import loaded
from broker.metadata.readiness.signals import Signals
from broker.metadata.registry import Registry
from broker.metadata.rollover.model import Side

_LOG = logging.getLogger(__name__)
_Known = tuple[str, Side, str, Fetcher]  # federation, side, code


class Fetches:
    """Notes each fetch of a document."""

    def __init__(self, engine: Engine, signals: Signals) -> None:
        self._engine = engine
        self.signals = signals
        self._lock = threading.Lock()
        self._known: tuple[Registry, tuple[_Known, ...]] | None = None

    def seen(self, federation: str, draft: Draft, partner: str, now: datetime) -> None:
        """A partner, or somebody unknown, got the document that this draft became."""
        for use, epoch in draft.shown:
            detail = loaded(use, epoch)
            self.signals.add(federation, draft.side, partner, "fetched", detail, now)
        if due := self.signals.take(now):
            with writing(self._engine) as connection:
                store.keep(connection, due)

    def whose(
        self, registry: Registry, federation: str, side: Side, address: str, agent: str
    ) -> str:
        """The code of the one partner whose program this is, or nothing."""
        found = {
            code
            for path, of, code, fetcher in self._fetchers(registry)
            if (path, of) == (federation, side) and fetcher.is_meant(address, agent)
        }
        return found.pop() if len(found) == 1 else ""

    def _fetchers(self, registry: Registry) -> tuple[_Known, ...]:
        """What is registered of partners' programs, read once for each revision."""
        with self._lock:
            if self._known is not None and self._known[0] is registry:
                return self._known[1]
        with reading(self._engine) as connection:
            rows = store.fetchers(connection)
        known = []
        for federation, side, document in rows:
            code = str(document.get("code", ""))
            try:
                fetcher = read_fetcher(Table(code, document.get("fetches", {})))
            except BrokerError as error:
                _LOG.error("what fetches for %s is left out: %s", code, error)
                continue
            known.append((federation, side, code, fetcher))
        with self._lock:
            self._known = (registry, tuple(known))
        return tuple(known)
