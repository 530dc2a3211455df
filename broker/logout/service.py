"""LogoutService: what happens in a logout, in which order. The session ends first."""

from collections.abc import Callable
from dataclasses import dataclass

from broker.clock import Clock
from broker.db import Engine, reading, writing
from broker.errors import BrokerError
from broker.login.failure import verdict
from broker.logout.handling import Handling
from broker.logout.model import Initiator, Logout, Side
from broker.logout.outcome import Cookies, Open, Progress, Refusal, Soap
from broker.logout.outcome import Outcome as Answer
from broker.logout.partners import Partners
from broker.logout.turn import Turn
from broker.metadata.keyrings import Keyrings
from broker.metadata.registry import RegistryCache
from broker.organisations.store import chosen_at_services
from broker.saml import soap
from broker.saml.logout import open_post, open_redirect
from broker.sessions.cookie import SessionCookie, name_for
from broker.sessions.store import SessionStore


@dataclass(frozen=True, slots=True)
class LogoutService:
    """Single logout over one set of services; holds no state between requests."""

    registry: RegistryCache
    keyrings: Keyrings
    engine: Engine
    sessions: SessionStore
    handling: Handling
    clock: Clock
    new_reference: Callable[[], str]

    # --- what the views call ------------------------------------------------------------

    def redirected(
        self,
        path: str,
        side: Side,
        query: bytes,
        cookie: str | None,
        *,
        alone: bool,
        endpoint: str | None = None,
    ) -> Answer:
        """A message by HTTP-Redirect. `alone` is in a frame, where no page of ours is shown;
        `endpoint` is the epoch whose address it came to (R25).
        """
        return self._guarded(
            path,
            lambda turn: self.handling.front(turn, side, open_redirect(query), cookie, alone=alone),
            endpoint,
        )

    def posted(
        self,
        path: str,
        side: Side,
        values: tuple[list[str], list[str], list[str]],
        cookie: str | None,
        *,
        alone: bool,
        endpoint: str | None = None,
    ) -> Answer:
        """A message by HTTP-POST: values of SAMLRequest, SAMLResponse and RelayState."""
        return self._guarded(
            path,
            lambda turn: self.handling.front(turn, side, open_post(*values), cookie, alone=alone),
            endpoint,
        )

    def soap(self, path: str, side: Side, raw: bytes, endpoint: str | None = None) -> Answer:
        """A LogoutRequest on the back channel, answered there."""
        found = self._guarded(path, lambda turn: self.handling.back(turn, side, raw), endpoint)
        if isinstance(found, Refusal):
            return Soap(soap.fault(found.code), found.http)
        return found

    def page(self, path: str, cookie: str | None) -> Answer:
        """Our own page: what is open in this browser."""
        return self._guarded(path, lambda turn: self._page(turn, SessionCookie.read(cookie)))

    def begin(self, path: str, cookie: str | None, token: str) -> Answer:
        """Log out by our own page. Raises nothing for somebody who has no session."""
        return self._guarded(path, lambda turn: self._own(turn, SessionCookie.read(cookie), token))

    def progress(self, path: str, logout_id: str) -> Answer:
        """How a logout stands."""
        return self._guarded(
            path, lambda turn: self._progress(turn, self.handling.known(turn, logout_id))
        )

    def step(self, path: str, logout_id: str, number: int) -> Answer:
        """On to one partner, through the browser."""

        def go(turn: Turn) -> Answer:
            logout = self.handling.known(turn, logout_id)
            found = [s for s in logout.services if s.number == number and s.open]
            if not found:
                return self._progress(turn, logout)
            return self.handling.asking.front(turn, logout, found[0])

        return self._guarded(path, go)

    def finish(self, path: str, logout_id: str) -> Answer:
        """No more steps: the identity provider if it waits, then who began it."""
        return self._guarded(
            path, lambda turn: self.handling.onward(turn, self.handling.known(turn, logout_id))
        )

    def refuse(self, path: str, error: BrokerError) -> Answer:
        """A refusal that a view found."""

        def refuse(_turn: Turn) -> Answer:
            raise error

        return self._guarded(path, refuse)

    # --- our own pages ----------------------------------------------------------------------

    def _page(self, turn: Turn, cookie: SessionCookie | None) -> Answer:
        partners = Partners(turn)
        if cookie is not None:
            with reading(self.engine) as connection:
                path = turn.federation.path
                session = self.sessions.open(connection, path, cookie, turn.now)
                rows = self.sessions.services(connection, cookie.id) if session else ()
                person = session.person if session else None
                acting = chosen_at_services(connection, person, turn.now) if person else {}
            if session is not None:
                services = tuple(s for row in rows if (s := partners.service(row)))
                idp = partners.idp(session.idp)
                began, token = session.started_at, cookie.token
                return Open(turn.federation, services, idp, began, token, acting)
        return Open(turn.federation, (), None, None, None)

    def _own(self, turn: Turn, cookie: SessionCookie | None, token: str) -> Answer:
        if cookie is None or cookie.token != token:
            return self._page(turn, cookie)
        nothing = Open(turn.federation, (), None, None, None)
        with writing(self.engine) as connection:
            session = self.sessions.open(connection, turn.federation.path, cookie, turn.now)
            if session is None:
                return nothing
            logout = self.handling.beginning.begin(
                turn, connection, Initiator("page"), (session.id,), browser=True
            )
        if logout is None:
            return nothing
        self.handling.recorder.announce(turn, logout)
        logout = self.handling.asking.back(turn, logout)
        gone: Cookies = ((name_for(turn.federation.path), None),)
        return self.handling.on_from(turn, logout, gone)

    def _progress(self, turn: Turn, logout: Logout, cookies: Cookies = ()) -> Progress:
        partners = Partners(turn)
        named = tuple((s.number, *partners.named(s)) for s in logout.steps)
        who = logout.initiator
        waits = logout.answered_at is None and who.side != "page" and who.peer is not None
        back = partners.initiator(who) if waits else None
        return Progress(turn.federation, logout, named, back, partners.home(logout), cookies)

    def _guarded(
        self, path: str, work: Callable[[Turn], Answer], endpoint: str | None = None
    ) -> Answer:
        registry = self.registry.current()
        federation = registry.federation(path)
        reference = self.new_reference()
        turn = Turn(registry, federation, self.keyrings, self.clock(), reference, endpoint)
        try:
            return work(turn)
        except BrokerError as error:
            if turn.verified:
                with writing(self.engine) as connection:
                    self.handling.recorder.refused(connection, turn, error)
            else:
                self.handling.recorder.refused(None, turn, error)
            http = verdict(error.code, passive=False).http
            return Refusal(error.code, http, turn.reference, federation)
