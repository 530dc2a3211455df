"""LoginFlow: loads the state, runs hops until the browser must act, seals, records."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from uuid import UUID

from broker.clock import Clock
from broker.db import Connection, Engine, writing
from broker.errors import BrokerError, NotAllowed, Unavailable
from broker.login import discovery, hint, idp_request, seal, session, sp_request
from broker.login.acting import SeveralAccounts
from broker.login.admitting import choosable
from broker.login.arriving import Arriving
from broker.login.choosing import Choosing, no_login, read_account
from broker.login.closing import Closing, permit
from broker.login.opening import Browser, Opening, known
from broker.login.outcome import Choose, Cookies, GoTo, Outcome, PostOn, PostTo, Refusal
from broker.login.record import Recorder
from broker.login.refusing import make_room, refused
from broker.login.state import AwaitingChoice, Finished, IdPChosen, Observer, Step, anew, with_step
from broker.login.turn import Turn
from broker.metadata.model import FederationKeys, Service
from broker.metadata.registry import RegistryCache
from broker.saml.authn_request import UnverifiedAuthnRequest, open_post, open_redirect
from broker.sessions.model import Session


@dataclass(frozen=True, slots=True)
class LoginFlow:
    """The six hops over one set of services; holds no state between browser requests."""

    registry: RegistryCache
    keys: Mapping[str, FederationKeys]  # by federation path
    sealer: seal.Sealer
    engine: Engine
    recorder: Recorder
    opening: Opening
    arriving: Arriving
    closing: Closing
    choosing: Choosing
    clock: Clock
    timer: Callable[[], float]
    new_reference: Callable[[], str]
    observe: Observer

    # --- what the views call ------------------------------------------------------------

    def start_redirect(self, path: str, query: bytes, browser: Browser) -> Outcome:
        """Hop 1 from a Redirect, and on until the browser must act."""
        return self._guarded(path, lambda turn: self._start(turn, open_redirect(query), browser))

    def start_post(
        self, path: str, values: list[str], relay_states: list[str], browser: Browser
    ) -> Outcome:
        """Hop 1 from a form; ends in a redirect to ourselves, which sees our cookies (R5)."""
        return self._guarded(
            path,
            lambda turn: self._start(turn, open_post(values, relay_states), browser, stop=True),
        )

    def choices(self, path: str, flow: str, browser: Browser, *, again: bool = False) -> Outcome:
        """Hop 2 as a page, or past it: a session fits, or only one IdP is open.

        `again` is for somebody who wants another login than the one that is known.
        """
        return self._guarded(path, lambda turn: self._choices(turn, flow, browser, again=again))

    def choose(self, path: str, flow: str, code: str, browser: Browser) -> Outcome:
        """Hop 2 as the person's choice, then hop 3."""
        return self._guarded(path, lambda turn: self._choose(turn, flow, code, browser))

    def respond(
        self, path: str, values: list[str], relay_states: list[str], browser: Browser
    ) -> Outcome:
        """Hops 4, 5 and 6: the IdP's Response in, ours out."""
        return self._guarded(path, lambda turn: self._respond(turn, values, relay_states, browser))

    def organisations(
        self, path: str, flow: str, browser: Browser, account: str | None = None
    ) -> Outcome:
        """Between hops 4 and 5: for which organisation; asked, or chosen by its account. R22."""
        return self._guarded(path, lambda turn: self._organisations(turn, flow, browser, account))

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
        *,
        stop: bool = False,
    ) -> Outcome:
        turn.claimed = opened.unverified_issuer
        with turn.at("sp_request", opened.unverified_issuer) as checks:
            turn.service = service = sp_request.find_service(
                turn.registry, turn.federation, opened.unverified_issuer
            )
            accepted = sp_request.verify(opened, turn.federation, service, turn.now)
            turn.asked = sp_request.asked(
                accepted, turn.federation, opened.relay_state, turn.reference, turn.now
            )
            state = sp_request.accept(accepted, turn.asked, turn.registry, turn.federation)
            turn.asked, turn.state = state.asked, state
            checks.extend(accepted.checks)
        state = with_step(state, Step(1, service.row, turn.took["sp_request"]))
        self.sealer.check_room(state)
        evicted = make_room(self.sealer, turn.federation.path, browser.flows)
        page = f"{turn.federation.base}/saml/discovery?flow={hint.write(state.flow, service.row)}"
        if stop:
            return GoTo(page, (self.sealer.seal(state), *evicted))
        outcome = self._onward(turn, state, service, browser, evicted)
        return outcome or GoTo(page, (self.sealer.seal(state), *evicted))

    def _onward(
        self,
        turn: Turn,
        state: AwaitingChoice,
        service: Service,
        browser: Browser,
        evicted: Cookies = (),
        *,
        again: bool = False,
    ) -> Outcome | None:
        """On without asking, where a session fits or one IdP is open; else None."""
        remembered = self.opening.session(turn, browser)
        if remembered is not None:
            joined = replace(state, asked=replace(state.asked, session=remembered.id))
            turn.state = state = joined
            try:
                reused = None if again else self._reuse(turn, state, service, remembered)
            except SeveralAccounts:
                return self.choosing.ask(turn, state, evicted)
            if reused is not None:
                return reused
        with turn.at("discovery") as checks:
            idps = discovery.open_idps(
                turn.registry, service, state.asked.idps, turn.now, testers=again
            )
            chosen = discovery.settle(state, idps)
            checks.append("idps_active")
        return None if chosen is None else self._ask(turn, chosen, service, evicted)

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
            own = session.begun_by(state.asked, remembered)
            left = remembered.started_at if own else None
            idps = discovery.open_idps(
                turn.registry, service, state.asked.idps, turn.now, testers=own, left=left
            )
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
                with connection.begin_nested():  # refused, it is still good for another login
                    self.recorder.spend(connection, turn, accepted)
                    closed = self.closing.close(
                        turn, connection, permitted, remembered, chosen=chosen
                    )
            except BrokerError as error:
                return self._refused(turn, error, connection)
        self.recorder.announce(turn)
        return PostOn(turn.federation, service, closed.answer, closed.cookies)

    def _choices(self, turn: Turn, flow: str, browser: Browser, *, again: bool) -> Outcome:
        state, service = self.opening.discovery(turn, flow, browser)
        if isinstance(state, AwaitingChoice):
            outcome = self._onward(turn, state, service, browser, again=again)
            if outcome is not None:
                return outcome
        idps = discovery.open_idps(
            turn.registry, service, state.asked.idps, turn.now, testers=again
        )
        return Choose(turn.federation, service, idps, hint.write(state.flow, service.row))

    def _choose(self, turn: Turn, flow: str, code: str, browser: Browser) -> Outcome:
        state, service = self.opening.discovery(turn, flow, browser)
        remembered = self.opening.session(turn, browser)
        if remembered is not None:
            state = replace(state, asked=replace(state.asked, session=remembered.id))
        with turn.at("discovery", code) as checks:
            choosable(turn, code)
            idps = discovery.open_idps(
                turn.registry, service, state.asked.idps, turn.now, testers=True
            )
            chosen = discovery.choose(state, idps, code)
            checks.extend(["flow", "idp_active"])
        return self._ask(turn, chosen, service, ())

    def _ask(self, turn: Turn, chosen: IdPChosen, service: Service, evicted: Cookies) -> Outcome:
        turn.idp = idp = turn.registry.idp_by_row(turn.federation.path, chosen.idp)
        keys = self.keys[turn.federation.path]
        with turn.at("idp_request", idp.idp.entity_id) as checks:
            sent = idp_request.ask(anew(chosen), idp, service, turn.federation, keys, turn.now)
            checks.extend(["endpoint", "tries"])
        waiting = with_step(sent.waiting, Step(3, idp.row, turn.took["idp_request"]))
        self.recorder.instead(turn, chosen.waiting, idp.row)
        self.recorder.started(turn.federation.path, service, idp, turn.now)
        cookies = (self.sealer.seal(waiting), *evicted)
        if sent.fields:
            return PostTo(turn.federation, idp, sent.url, sent.fields, cookies)
        return GoTo(sent.url, cookies)

    # --- hops 4 to 6 ----------------------------------------------------------------------

    def _respond(
        self, turn: Turn, values: list[str], relay_states: list[str], browser: Browser
    ) -> Outcome:
        turn.hop = "idp_response"
        accepted = self.arriving.accept(turn, values, relay_states, browser)
        self.recorder.answered(turn, accepted.answered)
        candidates = self.opening.candidates(turn, browser)
        with writing(self.engine) as connection:
            try:
                self.recorder.spend(connection, turn, accepted)
                turn.state = Finished(accepted.waiting.flow, accepted.waiting.asked)
                # What a refusal from here on wrote is taken back; what it spent stays spent.
                with connection.begin_nested():
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
        service, _ = turn.known()
        return PostOn(turn.federation, service, closed.answer, closed.cookies)

    def _organisations(
        self, turn: Turn, flow: str, browser: Browser, account: str | None
    ) -> Outcome:
        state, remembered = self.choosing.opened(turn, flow, browser)
        chosen = None if account is None else read_account(account)
        try:
            done = self._reuse(turn, state, known(turn, state), remembered, chosen)
        except SeveralAccounts as several:
            return self.choosing.page(turn, state, several)
        if done is None:
            raise no_login("the session that is open does not fit this flow")
        return done

    # --- opening and closing ----------------------------------------------------------------

    def _guarded(self, path: str, work: Callable[[Turn], Outcome]) -> Outcome:
        registry = self.registry.current()
        federation = registry.federation(path)
        if path not in self.keys:
            raise Unavailable("key.not_loaded", f"{path} was added after this node started")
        turn = Turn(
            registry,
            federation,
            self.clock(),
            self.new_reference(),
            self.observe,
            self.timer,
        )
        try:
            return work(turn)
        except BrokerError as error:
            if not turn.verified:
                return self._refused(turn, error, None)
            with writing(self.engine) as connection:
                return self._refused(turn, error, connection)

    def _refused(
        self, turn: Turn, error: BrokerError, connection: Connection | None
    ) -> Refusal | PostOn:
        if connection is not None:
            self.choosing.unlearn(turn, connection, error)
        self.recorder.refused(connection, turn, error)
        return refused(turn, error.code, self.keys[turn.federation.path], self.sealer)
