"""LoginFlow: loads the state, runs hops until the browser must act, seals, records."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from broker.attributes import pipeline
from broker.clock import Clock
from broker.db import Connection, Engine, writing
from broker.errors import BrokerError, NotAllowed, Refused, Unavailable
from broker.login import (
    discovery,
    idp_request,
    idp_response,
    mapping,
    seal,
    sp_request,
    sp_response,
)
from broker.login.outcome import Choose, Cookies, GoTo, Outcome, PostOn, Refusal
from broker.login.record import Recorder
from broker.login.refusing import make_room, refused
from broker.login.sp_response import Answer
from broker.login.state import (
    Accepted,
    AwaitingChoice,
    AwaitingResponse,
    Finished,
    IdPChosen,
    Observer,
    Sealed,
    Step,
    with_step,
)
from broker.login.turn import Turn
from broker.metadata.model import FederationKeys, Service
from broker.metadata.registry import RegistryCache
from broker.saml.authn_request import UnverifiedAuthnRequest, open_post, open_redirect
from broker.saml.response import open_response

FlowCookies = Mapping[str, str]  # by cookie name, flow cookies only


@dataclass(frozen=True, slots=True)
class LoginFlow:
    """The six hops over one set of services; holds no state between browser requests."""

    registry: RegistryCache
    keys: Mapping[str, FederationKeys]  # by federation path
    sealer: seal.Sealer
    engine: Engine
    recorder: Recorder
    clock: Clock
    timer: Callable[[], float]
    new_reference: Callable[[], str]
    observe: Observer

    # --- what the views call ------------------------------------------------------------

    def start_redirect(self, path: str, query: bytes, cookies: FlowCookies) -> Outcome:
        """Hop 1 from a Redirect, and on until the browser must act."""
        return self._guarded(path, lambda turn: self._start(turn, open_redirect(query), cookies))

    def start_post(
        self, path: str, values: list[str], relay_states: list[str], cookies: FlowCookies
    ) -> Outcome:
        """Hop 1 from a form; ends in a redirect to ourselves, which sees our cookies (R5)."""
        return self._guarded(
            path,
            lambda turn: self._start(turn, open_post(values, relay_states), cookies, stop=True),
        )

    def choices(self, path: str, flow: str, cookies: FlowCookies) -> Outcome:
        """Hop 2 as a page, or past it where only one IdP is open."""
        return self._guarded(path, lambda turn: self._choices(turn, flow, cookies))

    def choose(self, path: str, flow: str, code: str, cookies: FlowCookies) -> Outcome:
        """Hop 2 as the person's choice, then hop 3."""
        return self._guarded(path, lambda turn: self._choose(turn, flow, code, cookies))

    def respond(self, path: str, values: list[str], cookies: FlowCookies) -> Outcome:
        """Hops 4, 5 and 6: the IdP's Response in, ours out."""
        return self._guarded(path, lambda turn: self._respond(turn, values, cookies))

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
        cookies: FlowCookies,
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
        evicted = make_room(self.sealer, turn.federation.path, cookies)
        page = f"{turn.federation.base}/saml/discovery?flow={state.flow}"
        if stop:
            return GoTo(page, (self.sealer.seal(state), *evicted))
        chosen = self._settle(turn, state, service)
        if chosen is None:
            return GoTo(page, (self.sealer.seal(state), *evicted))
        return self._ask(turn, chosen, service, evicted)

    def _settle(self, turn: Turn, state: AwaitingChoice, service: Service) -> IdPChosen | None:
        with turn.at("discovery") as checks:
            idps = discovery.open_idps(turn.registry, service, state.asked.idps, turn.now)
            chosen = discovery.settle(state, idps)
            checks.append("idps_active")
        return chosen

    def _choices(self, turn: Turn, flow: str, cookies: FlowCookies) -> Outcome:
        turn.hop = "discovery"
        state = self._opened(turn, flow, cookies)
        service = self._known(turn, state)
        if isinstance(state, AwaitingChoice):
            chosen = self._settle(turn, state, service)
            if chosen is not None:
                return self._ask(turn, chosen, service, ())
        idps = discovery.open_idps(turn.registry, service, state.asked.idps, turn.now)
        return Choose(turn.federation, service, idps, flow)

    def _choose(self, turn: Turn, flow: str, code: str, cookies: FlowCookies) -> Outcome:
        turn.hop = "discovery"
        state = self._opened(turn, flow, cookies)
        service = self._known(turn, state)
        with turn.at("discovery", code) as checks:
            idps = discovery.open_idps(turn.registry, service, state.asked.idps, turn.now)
            chosen = discovery.choose(state, idps, code)
            checks.extend(["flow", "idp_active"])
        return self._ask(turn, chosen, service, ())

    def _ask(self, turn: Turn, chosen: IdPChosen, service: Service, evicted: Cookies) -> Outcome:
        turn.idp = idp = turn.registry.idp_by_row(turn.federation.path, chosen.idp)
        keys = self.keys[turn.federation.path]
        with turn.at("idp_request", idp.idp.entity_id) as checks:
            sent = idp_request.ask(chosen, idp, service, turn.federation, keys, turn.now)
            checks.extend(["endpoint", "tries"])
        waiting = with_step(sent.waiting, Step(3, idp.row, turn.took["idp_request"]))
        self.recorder.started(turn.federation.path, service, idp, turn.now)
        return GoTo(sent.url, (self.sealer.seal(waiting), *evicted))

    # --- hops 4 to 6 ----------------------------------------------------------------------

    def _respond(self, turn: Turn, values: list[str], cookies: FlowCookies) -> Outcome:
        turn.hop = "idp_response"
        opened = open_response(values)
        turn.claimed, turn.sha256 = opened.unverified.issuer, opened.sha256
        waiting = self._waiting(turn, opened.unverified.in_response_to, cookies)
        service = self._known(turn, waiting)
        made = idp_response.answered_try(opened, waiting)
        turn.idp = idp = turn.registry.idp_by_row(turn.federation.path, made.idp)
        keys = self.keys[turn.federation.path]
        with turn.at("idp_response", idp.idp.entity_id) as checks:
            expected = idp_response.expectation(
                waiting, made, idp, service, turn.federation, turn.now
            )
            passed = idp_response.envelope(opened, expected)
            verified = idp_response.verify(opened, idp, keys)
            turn.verified = True
            accepted = idp_response.accept(verified, waiting, made, expected, passed)
            checks.extend(accepted.checks)
        with writing(self.engine) as connection:
            try:
                self.recorder.spend(connection, turn, accepted)
                turn.state = finished = Finished(waiting.flow, waiting.asked)
                # What a refusal from here on wrote is taken back; what it spent stays spent.
                with connection.begin_nested():
                    answer = self._complete(turn, connection, accepted)
            except BrokerError as error:
                return self._refused(turn, error, connection)
        self.recorder.announce(turn)
        return PostOn(turn.federation, service, answer, (self.sealer.seal(finished),))

    def _complete(self, turn: Turn, connection: Connection, accepted: Accepted) -> Answer:
        service, idp = turn.known()
        federation, keys = turn.federation, self.keys[turn.federation.path]
        active = discovery.open_idps(turn.registry, service, (), turn.now)
        if idp.row not in {other.row for other in active}:
            raise NotAllowed("policy.idp_not_active", "closed while the person was there")
        permitted = idp_response.permit(accepted, idp, service, federation)
        with turn.at("mapping", service.code) as checks:
            document = turn.registry.mapping_document(service)
            outgoing = mapping.map_attributes(
                permitted, service, pipeline.read_mapping(service.code, document)
            )
            checks.extend(outgoing.released.trace)
        with turn.at("sp_response", service.sp.entity_id) as checks:
            named = self.recorder.name(connection, turn, sp_response.identity_keys(permitted, idp))
            session = self.recorder.session(connection, turn, permitted, named)
            answer = sp_response.respond(
                outgoing,
                service,
                federation,
                idp,
                keys,
                name_id=named.value,
                session_index=session,
                session_until=self.recorder.session_end(turn, permitted),
                now=turn.now,
            )
            checks.extend(["schema", "signed", "plain" if service.plaintext else "encrypted"])
        self.recorder.completed(connection, turn, permitted, named, len(outgoing.released.roles))
        return answer

    # --- opening and closing ----------------------------------------------------------------

    def _opened(
        self, turn: Turn, flow: str, cookies: FlowCookies
    ) -> AwaitingChoice | AwaitingResponse:
        """The flow of that id; one that is over still tells which service it was for (R3)."""
        name = seal.PREFIX + flow
        if name not in cookies:
            raise Refused("flow.missing", "no such flow in this browser")
        state = self.sealer.open(name, cookies[name], turn.federation.path)
        turn.state, turn.asked, turn.reference = state, state.asked, state.asked.reference
        self._known(turn, state)
        if isinstance(state, Finished):
            raise Refused("flow.finished", "this login has been used")
        if turn.now >= state.valid_until:
            raise Refused("flow.expired", "this login took too long")
        return state

    def _waiting(
        self, turn: Turn, in_response_to: str | None, cookies: FlowCookies
    ) -> AwaitingResponse:
        """The flow that a Response belongs to, opened as one that waits for it. R4."""
        if in_response_to is None:
            raise Refused("context.unsolicited", "answers no request")
        flow = seal.flow_of(in_response_to)
        if flow is None:
            raise Refused("context.in_response_to", "answers a request that is not ours")
        try:
            state = self._opened(turn, flow, cookies)
        except Refused as refused:
            if refused.code == "flow.finished":
                raise Refused("context.replay", "this flow was answered before") from None
            raise
        if not isinstance(state, AwaitingResponse):
            raise Refused("context.in_response_to", "this flow has asked no IdP yet")
        return state

    def _known(self, turn: Turn, state: Sealed) -> Service:
        turn.service = turn.registry.service_by_row(turn.federation.path, state.asked.service)
        return turn.service

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
        self.recorder.refused(connection, turn, error)
        return refused(turn, error.code, self.keys[turn.federation.path], self.sealer)
