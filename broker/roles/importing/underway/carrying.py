"""A long piece of work in a thread of its own, which says how far it is.

A process that dies takes its transaction with it: the batch is as it was, and whoever looks
after some minutes sees that nobody is at it any more.
"""

import logging
import threading
from collections.abc import Callable
from dataclasses import dataclass
from uuid import UUID

from broker.clock import Clock
from broker.db import Engine, writing
from broker.errors import BrokerError, Refused
from broker.roles.importing.model import Progress
from broker.roles.importing.underway import store
from broker.roles.importing.underway.store import DeedName

EACH = 100  # rows between two signs
_LOG = logging.getLogger("broker.roles.importing")


@dataclass(frozen=True, slots=True)
class Carrier:
    """Lets batches be worked on while their browsers look on."""

    engine: Engine
    clock: Clock

    def start(
        self, batch: UUID, deed: DeedName, total: int, run: Callable[[Progress], object]
    ) -> threading.Thread:
        """Begin, and come back at once. Raises Refused("import.state") where somebody is at it."""
        with writing(self.engine) as connection:
            if not store.begin(connection, batch, deed, total, self.clock()):
                raise Refused("import.state", "it is being worked on")
        thread = threading.Thread(target=self._carry, args=(batch, run), name=f"import {batch}")
        thread.start()  # no daemon: a process that is told to stop ends it first
        return thread

    def _carry(self, batch: UUID, run: Callable[[Progress], object]) -> None:
        code: str | None = None
        try:
            run(self._progress(batch))
        except BrokerError as error:
            code = error.code
            _LOG.info(error.code, extra={"batch": str(batch), "detail": error.detail})
        except Exception:  # noqa: BLE001 # whatever it is, somebody waits to hear that it is over
            code = "internal.error"
            _LOG.exception("an import failed", extra={"batch": str(batch)})
        with writing(self.engine) as connection:
            store.ended(connection, batch, code, self.clock())

    def _progress(self, batch: UUID) -> Progress:
        # SQLite lets one transaction write at a time, and the work itself is that one.
        may_say = self.engine.dialect.name != "sqlite"

        def moved(done: int, total: int) -> None:
            if may_say and done % EACH == 0:
                with writing(self.engine) as connection:
                    store.moved(connection, batch, done, total, self.clock())

        return moved
