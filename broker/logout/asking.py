"""Telling partners that the session is over: by themselves in parallel, or by the browser."""

from dataclasses import dataclass, replace

from broker.db import Engine, writing
from broker.logout.model import Logout, Outcome, Step
from broker.logout.outcome import Bring, Cookies, GoTo
from broker.logout.partners import Partners
from broker.logout.reading import SKEW, confirmed
from broker.logout.soap import BackChannel, Question
from broker.logout.store import LogoutStore
from broker.logout.turn import Turn
from broker.logout.writing import Message, request
from broker.metadata.model import Localised
from broker.saml import names
from broker.saml.logout import open_soap
from broker.saml.logout_checks import ExpectedLogout
from broker.saml.messages import Status

_BINDINGS = {"redirect": names.REDIRECT, "post": names.POST, "soap": names.SOAP}


@dataclass(frozen=True, slots=True)
class Asking:
    """Asks partners, and keeps how each came out."""

    engine: Engine
    store: LogoutStore
    channel: BackChannel

    def back(self, turn: Turn, logout: Logout) -> Logout:
        """Ask all that take SOAP at once; the logout with what they said."""
        waiting = [
            step
            for step in logout.steps
            if step.binding == "soap" and step.outcome is Outcome.WAITING
        ]
        if not waiting:
            return logout
        answers = self.channel.ask([self._question(turn, step) for step in waiting])
        outcomes = {
            number: Outcome.DONE if done else Outcome.UNCONFIRMED
            for number, done in answers.items()
        }
        with writing(self.engine) as connection:
            self.store.settle(connection, logout.id, list(outcomes.items()))
        steps = tuple(replace(s, outcome=outcomes.get(s.number, s.outcome)) for s in logout.steps)
        return replace(logout, steps=steps)

    def front(self, turn: Turn, logout: Logout, step: Step, cookies: Cookies = ()) -> GoTo | Bring:
        """On to one partner, through the browser, with a request made now."""
        partners = Partners(turn)
        peer = partners.peer(step.side, step.peer, step.endpoint)
        binding = _BINDINGS[step.binding]
        offered = {e.binding for e in peer.slo} if peer else set()
        if peer is None or binding not in offered:
            with writing(self.engine) as connection:
                self.store.settle(connection, logout.id, [(step.number, Outcome.CANNOT)])
            return GoTo(page_of(turn, logout), cookies)
        request_id, message = request(peer, step, binding, turn.now, None)
        with writing(self.engine) as connection:
            self.store.asked(connection, logout.id, step.number, request_id)
        if isinstance(message, bytes):
            raise TypeError("a SOAP message for a browser")
        return brought(turn, message, partners.named(step)[1], cookies)

    def _question(self, turn: Turn, step: Step) -> Question:
        """What to ask a partner, and how to know its yes: verified, in answer to this, Success."""
        partners = Partners(turn)
        peer = partners.peer(step.side, step.peer, step.endpoint)
        if peer is None:
            raise RuntimeError("a step for a partner that was gone when it was planned")
        request_id, message = request(peer, step, names.SOAP, turn.now, None)
        location = next(e.location for e in peer.slo if e.binding == names.SOAP)
        signing = partners.signing(step.side, step.peer)
        federation = turn.federation
        ours = federation.slo_soap_url if step.side == "sp" else federation.sp_slo_soap_url
        places = {ours, location, federation.slo_soap_at(step.endpoint)}
        expected = ExpectedLogout(peer.entity_id, frozenset(places), names.SOAP, turn.now, SKEW)

        def confirms(raw: bytes) -> bool:
            answer = confirmed(open_soap(raw, "LogoutResponse"), signing, expected)
            return answer.in_response_to == request_id and answer.status == Status(names.SUCCESS)

        if isinstance(message, Message):
            raise TypeError("a browser's message for SOAP")
        return Question(step.number, location, message, confirms)


def page_of(turn: Turn, logout: Logout) -> str:
    """The address at which a logout shows how it stands."""
    return f"{turn.federation.base}/saml/logout/{logout.id}"


def brought(turn: Turn, message: Message, to: Localised, cookies: Cookies = ()) -> GoTo | Bring:
    """A message on its way through the browser."""
    if message.fields:
        return Bring(turn.federation, message, to, cookies)
    return GoTo(message.url, cookies)
