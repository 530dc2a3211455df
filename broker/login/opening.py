"""Opening what a browser carries: the flow of an id, the flow of an answer, its session."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from uuid import UUID

from broker.db import Engine, reading
from broker.errors import Refused
from broker.login import hint, seal
from broker.login.state import AwaitingChoice, AwaitingResponse, Finished, Sealed
from broker.login.turn import Turn
from broker.metadata.model import Service
from broker.sessions.cookie import SessionCookie
from broker.sessions.model import Session
from broker.sessions.store import SessionStore


@dataclass(frozen=True, slots=True)
class Browser:
    """What a browser sent along: flow cookies by name, the others if we see them, its address."""

    flows: Mapping[str, str] = field(default_factory=dict)
    session: str | None = field(default=None, repr=False)
    rehearsal: str | None = field(default=None, repr=False)
    endpoint: str | None = None  # the epoch of ours whose address it came to (R25)
    memory: str | None = field(default=None, repr=False)  # the cookie of choices
    address: str = ""


@dataclass(frozen=True, slots=True)
class Opening:
    """Reads the browser's cookies for one turn."""

    sealer: seal.Sealer
    sessions: SessionStore
    engine: Engine

    def choice(self, turn: Turn, asked: str, browser: Browser) -> AwaitingChoice | AwaitingResponse:
        """The flow that the discovery page names; one that is lost is a way back at least."""
        flow, row = hint.read(asked)
        try:
            return self.flow(turn, flow, browser)
        except Refused:
            hint.follow(turn, row)
            raise

    def discovery(
        self, turn: Turn, asked: str, browser: Browser
    ) -> tuple[AwaitingChoice | AwaitingResponse, Service]:
        """The flow in which a login is chosen. Raises Refused("flow.no_login") in an unasked one:
        which IdP and which service it is of has been agreed on, and is nobody's choice.
        """
        turn.hop = "discovery"
        state = self.choice(turn, asked, browser)
        if not state.asked.solicited:
            raise Refused("flow.no_login", "no service asked, so no other login can be chosen")
        return state, known(turn, state)

    def flow(self, turn: Turn, flow: str, browser: Browser) -> AwaitingChoice | AwaitingResponse:
        """The flow of that id; one that is over still tells which service it was for (R3)."""
        name = seal.PREFIX + flow
        if name not in browser.flows:
            raise Refused("flow.missing", "no such flow in this browser")
        state = self.sealer.open(name, browser.flows[name], turn.federation.path)
        turn.state, turn.asked, turn.reference = state, state.asked, state.asked.reference
        known(turn, state)
        if isinstance(state, Finished):
            raise Refused("flow.finished", "this login has been used")
        turn.trail = state
        if turn.now >= state.valid_until:
            raise Refused("flow.expired", "this login took too long")
        return state

    def waiting(self, turn: Turn, in_response_to: str, browser: Browser) -> AwaitingResponse:
        """The flow that a Response belongs to, opened as one that waits for it. R4."""
        flow = seal.flow_of(in_response_to)
        if flow is None:
            raise Refused("context.in_response_to", "answers a request that is not ours")
        try:
            state = self.flow(turn, flow, browser)
        except Refused as refused:
            if refused.code == "flow.finished":
                raise Refused("context.replay", "this flow was answered before") from None
            raise
        if not isinstance(state, AwaitingResponse):
            raise Refused("context.in_response_to", "this flow has asked no IdP yet")
        return state

    def session(self, turn: Turn, browser: Browser) -> Session | None:
        """The browser's session of this federation, where it has one that has not ended."""
        cookie = SessionCookie.read(browser.session)
        if cookie is None:
            return None
        with reading(self.engine) as connection:
            return self.sessions.open(connection, turn.federation.path, cookie, turn.now)

    def candidates(self, turn: Turn, browser: Browser) -> Sequence[UUID]:
        """Sessions that this browser has had, by what its flows remember of them.

        An answer by HTTP-POST comes without the session's cookie (R5), and other tabs may have
        logged in meanwhile.
        """
        opened = turn.trail  # as it came; `state` may have been spent meanwhile
        own = None if opened is None else seal.PREFIX + opened.flow
        flows = [(name, value) for name, value in browser.flows.items() if name != own]
        states = seal.open_any(self.sealer, flows, turn.federation.path)
        if opened is not None:
            states.append(opened)
        return [state.asked.session for state in states if state.asked.session is not None]


def known(turn: Turn, state: Sealed) -> Service:
    """The service that a flow is for, as it is registered now."""
    turn.service = turn.registry.service_by_row(turn.federation.path, state.asked.service)
    return turn.service
