"""Logout messages of partners, from the first check to the last answer."""

from dataclasses import dataclass, replace
from datetime import timedelta

from broker.db import Engine, reading, writing
from broker.errors import Refused
from broker.login.failure import verdict
from broker.login.store import LoginStore
from broker.logout.asking import Asking, brought, page_of
from broker.logout.beginning import Beginning
from broker.logout.model import Initiator, Logout, Outcome, Side
from broker.logout.outcome import Cookies, GoTo, Refusal, Soap
from broker.logout.outcome import Outcome as Answer
from broker.logout.partners import Partners
from broker.logout.reading import Received, receive
from broker.logout.record import LogoutRecorder
from broker.logout.store import LogoutStore
from broker.logout.turn import Turn
from broker.logout.writing import answer, response
from broker.saml import names, soap
from broker.saml.logout import UnverifiedLogout, open_soap
from broker.saml.messages import LogoutRequest, Status
from broker.sessions.cookie import SessionCookie, name_for
from broker.sessions.store import SessionStore

REPLAY_MARGIN = timedelta(minutes=20)
NOBODY_KNOWN = Status(names.REQUESTER, names.UNKNOWN_PRINCIPAL)


@dataclass(frozen=True, slots=True)
class Handling:
    """What partners' messages do to sessions, and what they are answered."""

    engine: Engine
    sessions: SessionStore
    logins: LoginStore
    store: LogoutStore
    beginning: Beginning
    asking: Asking
    recorder: LogoutRecorder

    def front(
        self, turn: Turn, side: Side, opened: UnverifiedLogout, cookie: str | None, *, alone: bool
    ) -> Answer:
        federation = turn.federation
        location = federation.slo_at(turn.endpoint) if side == "sp" else federation.sp_slo_url
        got = receive(turn, side, opened, location)
        if not isinstance(got.message, LogoutRequest):
            return self._answered(turn, side, got)
        who = Initiator(
            side, got.row, got.message.id, opened.binding, opened.relay_state, turn.endpoint
        )
        logout = self._ended(turn, who, got, browser=not alone)
        if logout is None:
            return self._unknown(turn, who, got)
        gone = self._forgotten(turn, cookie)
        logout = self.asking.back(turn, logout)
        if alone:
            return self._answer(turn, logout, gone)
        return self.on_from(turn, logout, gone)

    def back(self, turn: Turn, side: Side, raw: bytes) -> Answer:
        federation = turn.federation
        ours = federation.slo_soap_at(turn.endpoint)
        location = ours if side == "sp" else federation.sp_slo_soap_url
        opened = open_soap(raw, "LogoutRequest")
        got = receive(turn, side, opened, location)
        if not isinstance(got.message, LogoutRequest):
            raise Refused("malformed.root", "not a LogoutRequest")
        who = Initiator(side, got.row, got.message.id, names.SOAP, endpoint=turn.endpoint)
        logout = self._ended(turn, who, got, browser=False)
        status = NOBODY_KNOWN
        if logout is not None:
            logout = self._closed(turn, self.asking.back(turn, logout))
            status = logout.status
        xml = response(got.peer, got.message.id, status, turn.now, None, enveloped=True)
        return Soap(soap.envelope(xml))

    def _ended(self, turn: Turn, who: Initiator, got: Received, *, browser: bool) -> Logout | None:
        """The sessions that the request names are over; None where it names none."""
        if not isinstance(got.message, LogoutRequest) or got.message.name_id is None:
            raise Refused("context.subject", "no NameID")
        request, name = got.message, got.message.name_id
        with writing(self.engine) as connection:
            spent = [(got.peer.entity_id, request.id)]
            path = turn.federation.path
            self.logins.spend(connection, path, spent, turn.now + REPLAY_MARGIN)
            find = self.sessions.by_participant if who.side == "sp" else self.sessions.by_upstream
            found = find(connection, path, got.row, name, request.session_indexes)
            logout = None
            if found:
                logout = self.beginning.begin(turn, connection, who, found, browser=browser)
            if logout is None:
                error = Refused("context.no_session", "names no session of this partner")
                self.recorder.refused(connection, turn, error)
                return None
        self.recorder.announce(turn, logout)
        return logout

    def _unknown(self, turn: Turn, who: Initiator, got: Received) -> Answer:
        """Nothing was touched, and the partner is told that it named nobody."""
        message = answer(who, got.peer, NOBODY_KNOWN, turn.now)
        if message is None:
            code = "context.no_session"  # recorded already
            return Refusal(code, verdict(code, passive=False).http, turn.reference, turn.federation)
        return brought(turn, message, Partners(turn).initiator(who))

    def _answered(self, turn: Turn, side: Side, got: Received) -> Answer:
        """A partner's answer through the browser: to a request of ours, and only once."""
        message = got.message
        if isinstance(message, LogoutRequest):
            raise Refused("malformed.root", "not a LogoutResponse")
        done = message.status == Status(names.SUCCESS)
        with writing(self.engine) as connection:
            found = self.store.by_request(connection, side, got.row, message.in_response_to or "")
            if found is None:
                raise Refused("context.in_response_to", "answers no logout request of ours")
            logout = self.store.read(connection, turn.federation.path, found[0], turn.now)
            asked = [s for s in logout.steps if s.number == found[1]] if logout else []
            if logout is None or asked[0].outcome is not Outcome.ASKED:
                raise Refused("context.replay", "this step was answered before, or is over")
            outcome = Outcome.DONE if done else Outcome.UNCONFIRMED
            self.store.settle(connection, logout.id, [(found[1], outcome)])
        logout = self.known(turn, found[0])
        return self.onward(turn, logout) if side == "idp" else GoTo(page_of(turn, logout))

    def on_from(self, turn: Turn, logout: Logout, cookies: Cookies) -> Answer:
        """Without a page where all have confirmed, or only the login itself is left to be told.

        Else the page says who did not: somebody at a shared computer has to know.
        """
        services = all(step.outcome is Outcome.DONE for step in logout.services)
        login = all(step.outcome is Outcome.DONE or step.open for step in logout.upstream)
        if services and login:
            return self.onward(turn, logout, cookies)
        return GoTo(page_of(turn, logout), cookies)

    def onward(self, turn: Turn, logout: Logout, cookies: Cookies = ()) -> Answer:
        """The identity provider, where it has not been asked; else the answer."""
        waiting = [s for s in logout.upstream if s.outcome is Outcome.WAITING and s.open]
        if waiting and logout.answered_at is None:
            return self.asking.front(turn, logout, waiting[0], cookies)
        return self._answer(turn, logout, cookies)

    def _answer(self, turn: Turn, logout: Logout, cookies: Cookies = ()) -> Answer:
        """Tell who began it how it came out; once. What has not answered is not confirmed."""
        first = logout.answered_at is None
        logout = self._closed(turn, logout)
        who = logout.initiator
        peer = Partners(turn).peer(who.side, who.peer, who.endpoint)
        message = answer(who, peer, logout.status, turn.now) if peer and first else None
        if message is None:
            return GoTo(page_of(turn, logout), cookies)
        return brought(turn, message, Partners(turn).initiator(who), cookies)

    def _closed(self, turn: Turn, logout: Logout) -> Logout:
        """Nothing more is asked of anybody; whatever is open was not confirmed."""
        left = [(s.number, Outcome.UNCONFIRMED) for s in logout.steps if s.open]
        with writing(self.engine) as connection:
            self.store.settle(connection, logout.id, left)
            settled = dict(left)
            steps = tuple(
                replace(s, outcome=settled.get(s.number, s.outcome)) for s in logout.steps
            )
            closed = replace(logout, steps=steps, answered_at=turn.now)
            if self.store.answered(connection, logout.id, turn.now):
                self.recorder.finished(connection, turn, closed)
        return closed

    def known(self, turn: Turn, logout_id: str) -> Logout:
        """A logout as it stands. Raises Refused("logout.over")."""
        with reading(self.engine) as connection:
            found = self.store.read(connection, turn.federation.path, logout_id, turn.now)
        if found is None:
            raise Refused("logout.over", "no such logout, or one that is over")
        turn.reference = found.reference
        return found

    def _forgotten(self, turn: Turn, cookie: str | None) -> Cookies:
        """The browser's cookie goes where its session went."""
        carried = SessionCookie.read(cookie)
        if carried is None:
            return ()
        with reading(self.engine) as connection:
            path = turn.federation.path
            there = self.sessions.open(connection, path, carried, turn.now) is not None
        return () if there else ((name_for(path), None),)
