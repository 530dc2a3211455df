"""The rows of logouts: written once a verified message or the person asked for one. R8."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from broker.db import Connection
from broker.logout.model import Initiator, Logout, Outcome, Step
from broker.logout.tables import LOGOUT, LOGOUT_STEP
from broker.sessions.store import SessionStore


@dataclass(frozen=True, slots=True)
class LogoutStore:
    """Logouts in the caller's transaction; names are sealed as sessions seal them."""

    sessions: SessionStore

    def begin(self, connection: Connection, logout: Logout) -> None:
        """Keep a logout with its steps."""
        who = logout.initiator
        values = {
            "id": logout.id,
            "federation": logout.federation,
            "side": who.side,
            "peer": who.peer,
            "request_id": who.request_id,
            "binding": who.binding,
            "relay_state": who.relay_state,
            "endpoint": who.endpoint,
            "started_at": logout.started_at,
            "until": logout.until,
            "answered_at": logout.answered_at,
            "reference": logout.reference,
        }
        connection.execute(_ADD, values)
        rows = [
            {
                "logout_id": logout.id,
                "number": step.number,
                "side": step.side,
                "peer": step.peer,
                "binding": step.binding,
                "name": self.sessions.seal_name(logout.federation, step.name),
                "session_index": step.session_index,
                "request_id": step.request_id,
                "outcome": step.outcome.value,
                "endpoint": step.endpoint,
            }
            for step in logout.steps
        ]
        if rows:
            connection.execute(_ADD_STEP, rows)

    def read(
        self, connection: Connection, federation: str, logout_id: str, now: datetime
    ) -> Logout | None:
        """A logout as it stands, or None where there is none, or its time is over."""
        row = connection.execute(_BY_ID, {"of": logout_id}).first()
        if row is None or row.federation != federation or row.until <= now:
            return None
        steps = tuple(
            Step(
                number=step.number,
                side=step.side,
                peer=step.peer,
                binding=step.binding,
                session_index=step.session_index,
                request_id=step.request_id,
                outcome=Outcome(step.outcome),
                name=self.sessions.open_name(federation, step.name),
                endpoint=step.endpoint,
            )
            for step in connection.execute(_STEPS, {"of": logout_id})
        )
        who = Initiator(
            row.side, row.peer, row.request_id, row.binding, row.relay_state, row.endpoint
        )
        return Logout(
            id=row.id,
            federation=row.federation,
            initiator=who,
            started_at=row.started_at,
            until=row.until,
            answered_at=row.answered_at,
            reference=row.reference,
            steps=steps,
        )

    def asked(self, connection: Connection, logout_id: str, number: int, request_id: str) -> None:
        """A partner is being asked through the browser, by a request of that id."""
        values = {"of": logout_id, "at": number, "request_id": request_id, "outcome": Outcome.ASKED}
        connection.execute(_STEP, values)

    def settle(
        self, connection: Connection, logout_id: str, outcomes: Sequence[tuple[int, Outcome]]
    ) -> None:
        """How steps came out."""
        for number, outcome in outcomes:
            values = {"of": logout_id, "at": number, "outcome": outcome.value}
            connection.execute(_STEP, values)

    def by_request(
        self, connection: Connection, side: str, peer: int, request_id: str
    ) -> tuple[str, int] | None:
        """The logout and the step in which that partner was asked by that request."""
        row = connection.execute(
            _BY_REQUEST, {"side_": side, "peer_": peer, "asked": request_id}
        ).first()
        return None if row is None else (row.logout_id, row.number)

    def answered(self, connection: Connection, logout_id: str, now: datetime) -> bool:
        """Say that the initiator has been answered; False where that was done before."""
        return connection.execute(_ANSWERED, {"of": logout_id, "answered_at": now}).rowcount == 1


def purge_logouts(connection: Connection, now: datetime) -> int:
    """Delete logouts whose time is over; how many rows went."""
    over = sa.select(LOGOUT.c.id).where(LOGOUT.c.until <= now)
    gone = connection.execute(
        sa.delete(LOGOUT_STEP).where(LOGOUT_STEP.c.logout_id.in_(over))
    ).rowcount
    return gone + connection.execute(sa.delete(LOGOUT).where(LOGOUT.c.until <= now)).rowcount


_OF: sa.BindParameter[str] = sa.bindparam("of")
_ADD, _ADD_STEP = sa.insert(LOGOUT), sa.insert(LOGOUT_STEP)
_BY_ID = sa.select(LOGOUT).where(LOGOUT.c.id == _OF)
_STEPS = sa.select(LOGOUT_STEP).where(LOGOUT_STEP.c.logout_id == _OF).order_by(LOGOUT_STEP.c.number)
_STEP = sa.update(LOGOUT_STEP).where(
    LOGOUT_STEP.c.logout_id == _OF, LOGOUT_STEP.c.number == sa.bindparam("at")
)
_BY_REQUEST = sa.select(LOGOUT_STEP.c.logout_id, LOGOUT_STEP.c.number).where(
    LOGOUT_STEP.c.side == sa.bindparam("side_"),
    LOGOUT_STEP.c.peer == sa.bindparam("peer_"),
    LOGOUT_STEP.c.request_id == sa.bindparam("asked"),
)
_ANSWERED = sa.update(LOGOUT).where(LOGOUT.c.id == _OF, LOGOUT.c.answered_at.is_(None))
