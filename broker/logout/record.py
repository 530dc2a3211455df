"""What is written of a logout: audit rows in its transaction, and the security log. R8."""

from collections import Counter
from dataclasses import dataclass

from broker.audit.events import LogoutFinished, LogoutRefused, LogoutStarted
from broker.audit.log import SecurityLog
from broker.audit.store import AuditStore
from broker.db import Connection
from broker.errors import BrokerError
from broker.logout.model import Logout, Outcome
from broker.logout.turn import Turn


@dataclass(frozen=True, slots=True)
class LogoutRecorder:
    """Writes what a logout leaves behind, in the transaction it is given."""

    audit: AuditStore
    log: SecurityLog

    def started(self, connection: Connection, turn: Turn, logout: Logout, sessions: int) -> None:
        """Sessions were ended, so many of them."""
        event = LogoutStarted(
            federation=turn.federation.path,
            side=logout.initiator.side,
            peer=turn.peer,
            sessions=sessions,
            partners=len(logout.steps),
        )
        self.audit.append(connection, event, at=turn.now, reference=logout.reference)

    def finished(self, connection: Connection, turn: Turn, logout: Logout) -> None:
        """Nothing more will be asked of anybody: how many confirmed, and how many did not."""
        counted = Counter(step.outcome for step in logout.steps)
        event = LogoutFinished(
            federation=turn.federation.path,
            done=counted[Outcome.DONE],
            unconfirmed=counted[Outcome.UNCONFIRMED],
            cannot=counted[Outcome.CANNOT],
        )
        self.audit.append(connection, event, at=turn.now, reference=logout.reference)

    def announce(self, turn: Turn, logout: Logout) -> None:
        """One line for a logout that was kept."""
        self.log.record("logout", reference=logout.reference, code="ok", fields=_fields(turn))

    def refused(self, connection: Connection | None, turn: Turn, error: BrokerError) -> None:
        """One event in the security log, and an audit row where a transaction is given."""
        fields = _fields(turn) | {"detail": error.detail}
        self.log.record("logout.refused", reference=turn.reference, code=error.code, fields=fields)
        if connection is not None:
            event = LogoutRefused(turn.federation.path, turn.peer, error.code)
            self.audit.append(connection, event, at=turn.now, reference=turn.reference)


def _fields(turn: Turn) -> dict[str, str | int | None]:
    return {
        "federation": turn.federation.path,
        "peer": turn.peer,
        "unverified_issuer": turn.claimed,
        "sha256": turn.sha256,
    }
