"""What the rule lets go: whole sealed blocks, the oldest first, each leaving a signed tombstone."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from broker.audit.events.trail import TrailShortened
from broker.audit.proof import store
from broker.audit.proof.keys import AuditKey
from broker.audit.proof.model import Seal
from broker.audit.store import AuditStore
from broker.db import Connection, Engine, reading, writing


@dataclass(frozen=True, slots=True)
class Removing:
    """Keeps the trail for as long as it shall be kept, and no longer."""

    engine: Engine
    audit: AuditStore
    kept: timedelta

    def due(self, now: datetime) -> tuple[Seal, ...]:
        """The blocks that may go: every record in them is older than the rule has it.

        Only from the beginning of a chain, so that what is left is one piece.
        """
        found: list[Seal] = []
        with reading(self.engine) as connection:
            for writer in store.writers(connection):
                for seal in store.seals(connection, writer):
                    if seal.removed_at is not None:
                        continue
                    if seal.newest >= now - self.kept:
                        break
                    found.append(seal)
        return tuple(found)

    def remove(
        self,
        key: AuditKey,
        now: datetime,
        by: str,
        reference: str,
        goes_on: Callable[[], bool] = lambda: True,
    ) -> int:
        """Remove what is due, a block at a time, each with its event; how many records went."""
        gone = 0
        for seal in self.due(now):
            if not goes_on():
                break
            with writing(self.engine) as connection:
                gone += self._one(connection, key, seal, now, by, reference)
        return gone

    def _one(
        self,
        connection: Connection,
        key: AuditKey,
        seal: Seal,
        now: datetime,
        by: str,
        reference: str,
    ) -> int:
        dated = replace(seal, removed_at=now)
        gone = store.remove(connection, replace(dated, removed=key.sign(dated.removal_said())))
        event = TrailShortened(
            writer=seal.writer,
            block=seal.block,
            records=gone,
            newest=seal.newest.isoformat(),
            days=self.kept.days,
            by=by,
        )
        self.audit.append(connection, event, at=now, reference=reference)
        return gone
