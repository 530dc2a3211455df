"""The first thing that happens in a logout: the sessions end, and what is left is planned."""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from broker.db import Connection
from broker.logout.model import Binding, Initiator, Logout, Outcome, Side, Step
from broker.logout.partners import Partners
from broker.logout.record import LogoutRecorder
from broker.logout.store import LogoutStore
from broker.logout.turn import Turn
from broker.saml.messages import NameID
from broker.sessions.model import NOBODY
from broker.sessions.store import SessionStore

LIFE = timedelta(minutes=30)  # for the person to go through the steps


@dataclass(frozen=True, slots=True)
class Beginning:
    """Ends sessions and keeps a step for each partner, in one transaction."""

    sessions: SessionStore
    store: LogoutStore
    recorder: LogoutRecorder

    def begin(
        self,
        turn: Turn,
        connection: Connection,
        who: Initiator,
        found: Sequence[UUID],
        *,
        browser: bool,
    ) -> Logout | None:
        """Delete the sessions; the logout that tells their partners, or None for none there.

        Without a browser at hand, partners that take no SOAP cannot be asked at all.
        """
        participants, upstreams = self.sessions.end(connection, turn.federation.path, found)
        if not upstreams:
            return None  # somebody else ended them a moment ago
        planned: dict[tuple[Side, int, str | None], tuple[NameID, str | None, str | None]] = {}
        for told in participants:
            planned["sp", told.service, told.session_index] = (
                told.name,
                told.session_index,
                told.endpoint,
            )
        for rests in upstreams:
            planned["idp", rests.idp, rests.session_index] = (rests.name, rests.session_index, None)
        steps = tuple(
            self._step(turn, number, side, row, said, who, browser=browser)
            for number, ((side, row, _), said) in enumerate(planned.items(), start=1)
        )
        logout = Logout(
            id=secrets.token_hex(16),
            federation=turn.federation.path,
            initiator=who,
            started_at=turn.now,
            until=turn.now + LIFE,
            answered_at=None,
            reference=turn.reference,
            steps=steps,
        )
        self.store.begin(connection, logout)
        self.recorder.started(connection, turn, logout, len(upstreams))
        return logout

    def _step(
        self,
        turn: Turn,
        number: int,
        side: Side,
        row: int,
        said: tuple[NameID, str | None, str | None],
        who: Initiator,
        *,
        browser: bool,
    ) -> Step:
        name, index, endpoint = said
        peer = Partners(turn).peer(side, row, endpoint)
        binding: Binding = "none"
        outcome = Outcome.CANNOT
        if (side, row) == (who.side, who.peer):
            outcome = Outcome.DONE  # it ended its own session before it told us
        elif peer is not None and name != NOBODY:
            binding = peer.binding(browser=browser)
            outcome = Outcome.WAITING if binding != "none" else Outcome.CANNOT
            if binding == "none" and peer.front_binding(None):
                outcome = Outcome.UNCONFIRMED  # it could be reached, but not from here
        return Step(number, side, row, binding, index, None, outcome, name, endpoint)
