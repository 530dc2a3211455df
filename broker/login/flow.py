"""LoginFlow: loads the state, runs hops until the browser must act, seals, records."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from uuid import UUID

from broker.audit.store import TrailClosed
from broker.clock import Clock
from broker.db import Connection, Engine, writing
from broker.db.prepared import undoing
from broker.errors import BrokerError, NotAllowed
from broker.login import hint, seal, session
from broker.login.acting import SeveralAccounts
from broker.login.arriving import Arriving
from broker.login.choosing import Choosing, no_login, read_account
from broker.login.closing import Closing, permit
from broker.login.departing import Departing
from broker.login.discovery import open_idps
from broker.login.elsewhere import elsewhere
from broker.login.opening import Browser, Opening, known
from broker.login.ours import OurKeys
from broker.login.outcome import Cookies, GoTo, Outcome, PostOn, Refusal
from broker.login.picking import Picking
from broker.login.record import Recorder
from broker.login.refusing import make_room, refused
from broker.login.rounds import ended
from broker.login.starting import start
from broker.login.state import AwaitingChoice, Observer
from broker.login.turn import Turn
from broker.login.visiting import Pressed, Visit
from broker.metadata.model import Service
from broker.metadata.registry import RegistryCache
from broker.saml.authn_request import UnverifiedAuthnRequest
from broker.sessions.model import Session


@dataclass(frozen=True, slots=True)
class LoginFlow:
    """The six hops over one set of services; holds no state between browser requests."""

    registry: RegistryCache
    keys: OurKeys
    sealer: seal.Sealer
    engine: Engine
    recorder: Recorder
    opening: Opening
    arriving: Arriving
    closing: Closing
    choosing: Choosing
    picking: Picking
    departing: Departing
    clock: Clock
    timer: Callable[[], float]
    new_reference: Callable[[], str]
    observe: Observer

    # --- what the views call ------------------------------------------------------------

    def start(
        self,
        path: str,
        read: Callable[[], UnverifiedAuthnRequest],
        browser: Browser,
        visit: Visit,
        *,
        stop: bool = False,
    ) -> Outcome:
        """Hop 1, and on until the browser must act; it `stop`s after a form, at our page (R5)."""
        return self._guarded(
            path, lambda turn: self._start(turn, read(), browser, visit, stop=stop), browser
        )

    def start_link(self, path: str, service: str, browser: Browser, visit: Visit) -> Outcome:
        """A link to a service and a login of it, as people keep among their bookmarks."""
        return self._guarded(
            path,
            lambda turn: self.picking.start_link(turn, service, browser, visit, self.departing.ask),
            browser,
        )

    def choices(self, path: str, browser: Browser, visit: Visit) -> Outcome:
        """Hop 2 as a page, or past it: a session fits, one IdP is open or was remembered."""
        return self._guarded(path, lambda turn: self._choices(turn, browser, visit), browser)

    def choose(self, path: str, pressed: Pressed, browser: Browser) -> Outcome:
        """Hop 2 as the person's choice, then hop 3."""
        return self._guarded(path, lambda turn: self._choose(turn, pressed, browser), browser)

    def respond(
        self, path: str, values: list[str], relay_states: list[str], browser: Browser
    ) -> Outcome:
        """Hops 4, 5 and 6: the IdP's Response in, ours out."""
        return self._guarded(
            path, lambda turn: self._respond(turn, values, relay_states, browser), browser
        )

    def organisations(
        self, path: str, flow: str, browser: Browser, account: str | None = None
    ) -> Outcome:
        """Between hops 4 and 5: for which organisation; asked, or chosen by its account. R22."""
        return self._guarded(
            path, lambda turn: self._organisations(turn, flow, browser, account), browser
        )

    def choose_again(self, path: str, service: str, token: str, browser: Browser) -> Outcome:
        """On to a service where the person shall be asked again for which organisation."""
        return self._guarded(path, lambda turn: self.choosing.again(turn, service, token, browser))

    def refuse(self, path: str, error: BrokerError) -> Outcome:
        """A refusal that a view found before any hop: an embedded request, a wrong content type."""

        def refuse(_turn: Turn) -> Outcome:
            raise error

        return self._guarded(path, refuse)

    # --- hops 1 to 3 ----------------------------------------------------------------------

    def _start(
        self,
        turn: Turn,
        opened: UnverifiedAuthnRequest,
        browser: Browser,
        visit: Visit,
        *,
        stop: bool = False,
    ) -> Outcome:
        state = start(turn, opened, self.recorder)
        service = known(turn, state)
        self.sealer.check_room(state)
        evicted = make_room(self.sealer, turn.federation.path, browser.flows)
        page = visit.page(turn.federation, hint.write(state.flow, service.row))
        if stop:
            return GoTo(page, (self.sealer.seal(state), *evicted))
        outcome = self._onward(turn, state, service, browser, visit, evicted)
        return outcome or GoTo(page, (self.sealer.seal(state), *evicted))

    def _onward(
        self,
        turn: Turn,
        state: AwaitingChoice,
        service: Service,
        browser: Browser,
        visit: Visit,
        evicted: Cookies = (),
    ) -> Outcome | None:
        """On without asking, where a session fits or it is settled which IdP; else None."""
        remembered = self.opening.session(turn, browser)
        if remembered is not None:
            joined = replace(state, asked=replace(state.asked, session=remembered.id))
            turn.state = state = joined
            try:
                reused = None if visit.again else self._reuse(turn, state, service, remembered)
            except SeveralAccounts:
                return self.choosing.ask(turn, state, evicted)
            if reused is not None:
                return reused
        with turn.at("discovery") as checks:
            idps = open_idps(
                turn.registry, service, state.asked.idps, turn.now, testers=visit.again
            )
            picked = self.picking.pick(turn, state, idps, browser, visit)
            checks.append("idps_active")
        if picked is None:
            return None
        sent = self.departing.ask(turn, picked.chosen, service, (*picked.cookies, *evicted))
        return self.picking.onward(turn, picked, sent)

    def _reuse(
        self,
        turn: Turn,
        state: AwaitingChoice,
        service: Service,
        remembered: Session,
        chosen: UUID | None = None,
    ) -> Outcome | None:
        """Single sign-on: the answer at once, or None where the session does not fit. R19.

        Raises SeveralAccounts with nothing written; `chosen` is the account that was chosen.
        """
        with turn.at("session", service.code) as checks:
            left = remembered.started_at if session.begun_by(state.asked, remembered) else None
            idps = open_idps(turn.registry, service, state.asked.idps, turn.now, left=left)
            accepted = session.reuse(state, remembered, service, idps, turn.federation, turn.now)
            if accepted is None:
                return None
            turn.idp = next(idp for idp in idps if idp.row == remembered.idp)
            try:
                permitted = permit(turn, accepted)
            except NotAllowed:
                turn.idp = None
                return None
            checks.extend(permitted.accepted.checks)
        turn.verified = True
        with writing(self.engine) as connection:
            try:
                with undoing(connection):  # refused, it is still good for another login
                    self.recorder.spend(connection, turn, accepted)
                    closed = self.closing.close(
                        turn, connection, permitted, remembered, chosen=chosen
                    )
            except BrokerError as error:
                return self._refused(turn, error, connection)
        self.recorder.announce(turn)
        return PostOn(turn.federation, service, closed.answer, closed.cookies)

    def _choices(self, turn: Turn, browser: Browser, visit: Visit) -> Outcome:
        state, service = self.opening.discovery(turn, visit.flow, browser)
        if isinstance(state, AwaitingChoice):
            outcome = self._onward(turn, state, service, browser, visit)
            if outcome is not None:
                return outcome
        return self.picking.page(turn, state, browser, visit)

    def _choose(self, turn: Turn, pressed: Pressed, browser: Browser) -> Outcome:
        state, service = self.opening.discovery(turn, pressed.flow, browser)
        remembered = self.opening.session(turn, browser)
        if remembered is not None:
            state = replace(state, asked=replace(state.asked, session=remembered.id))
        picked = self.picking.choose(turn, state, pressed, browser)
        return self.departing.ask(turn, picked.chosen, service, picked.cookies)

    # --- hops 4 to 6 ----------------------------------------------------------------------

    def _respond(
        self, turn: Turn, values: list[str], relay_states: list[str], browser: Browser
    ) -> Outcome:
        turn.hop = "idp_response"
        accepted = self.arriving.accept(turn, values, relay_states, browser)
        candidates = self.opening.candidates(turn, browser)
        with writing(self.engine) as connection:
            try:
                self.recorder.spend(connection, turn, accepted)
                self.recorder.answered(turn, accepted.answered)  # once: a replay is nobody's return
                turn.state = ended(turn, accepted.waiting)
                # What a refusal from here on wrote is taken back; what it spent stays spent.
                with undoing(connection):
                    permitted = permit(turn, accepted)
                    try:
                        closed = self.closing.close(turn, connection, permitted, None, candidates)
                    except SeveralAccounts as several:
                        return self.choosing.after_login(
                            turn, connection, permitted, several, candidates, browser.flows
                        )
            except BrokerError as error:
                return self._refused(turn, error, connection)
        self.recorder.announce(turn)
        return PostOn(turn.federation, turn.known()[0], closed.answer, closed.cookies)

    def _organisations(
        self, turn: Turn, flow: str, browser: Browser, account: str | None
    ) -> Outcome:
        state, remembered = self.choosing.opened(turn, flow, browser)
        account_id = None if account is None else read_account(account)
        try:
            done = self._reuse(turn, state, known(turn, state), remembered, account_id)
        except SeveralAccounts as several:
            return self.choosing.page(turn, state, several)
        if done is None:
            raise no_login("the session that is open does not fit this flow")
        return done

    # --- opening and closing ----------------------------------------------------------------

    def _guarded(
        self, path: str, work: Callable[[Turn], Outcome], browser: Browser | None = None
    ) -> Outcome:
        registry = self.registry.current()
        federation = registry.federation(path)
        turn = Turn(
            registry,
            federation,
            self.clock(),
            self.new_reference(),
            self.observe,
            self.timer,
            rehearsal=browser.rehearsal if browser else None,
            endpoint=browser.endpoint if browser else None,
        )
        try:
            with turn.places:
                return work(turn)
        except BrokerError as error:
            if not turn.verified or isinstance(error, TrailClosed):
                return self._refused(turn, error, None)
            with writing(self.engine) as connection:
                return self._refused(turn, error, connection)

    def _refused(
        self, turn: Turn, error: BrokerError, connection: Connection | None
    ) -> Refusal | PostOn:
        if connection is not None:
            if isinstance(error, TrailClosed):
                raise error  # so that nothing stays which could not be recorded
            if turn.trial is not None:
                self.closing.trials.failed(connection, turn.trial, error.code, turn.now)
            self.choosing.unlearn(turn, connection, error)
            turn.better = elsewhere(connection, turn, self.closing.actors, error)
        self.recorder.refused(connection, turn, error)
        return refused(turn, error.code, self.keys, self.sealer)
