"""Hop 4 with the flow it belongs to: a Response opened, matched, verified and accepted.

An identity provider may also send somebody unasked, where it and one service are both
registered for that: then the service is the fixed one, and nothing in the message chooses it.
"""

from dataclasses import dataclass

from broker.errors import Refused, Unknown
from broker.login import hint, idp_response, seal
from broker.login.crowds import Crowds
from broker.login.opening import Browser, Opening, known
from broker.login.ours import OurKeys
from broker.login.sp_request import asked_nothing
from broker.login.state import Accepted, AwaitingResponse, Try
from broker.login.turn import Turn
from broker.metadata.readiness.signals import Signals
from broker.saml.response import UnverifiedResponse, Verified, open_response


@dataclass(frozen=True, slots=True)
class Arriving:
    """Takes an identity provider's answer in."""

    keys: OurKeys
    opening: Opening
    signals: Signals
    crowds: Crowds

    def accept(
        self, turn: Turn, values: list[str], relay_states: list[str], browser: Browser
    ) -> Accepted:
        """The assertion that passed every check on messages. Raises Refused or NotAllowed."""
        opened = open_response(values)
        turn.claimed, turn.sha256 = opened.unverified.issuer, opened.sha256
        turn.received = opened.raw
        if opened.unverified.in_response_to is None:
            waiting, made = self._unsolicited(turn, opened), None
        else:
            try:
                waiting = self.opening.waiting(turn, opened.unverified.in_response_to, browser)
            except Refused:
                if len(relay_states) == 1:
                    hint.follow(turn, hint.read(relay_states[0])[1])
                raise
            known(turn, waiting)
            made = idp_response.answered_try(opened, waiting)
            turn.idp = turn.registry.idp_by_row(turn.federation.path, made.idp)
        return self._verified(turn, opened, waiting, made)

    def _verified(
        self, turn: Turn, opened: UnverifiedResponse, waiting: AwaitingResponse, made: Try | None
    ) -> Accepted:
        service, idp = turn.known()
        keys = self.keys.of(turn)
        with turn.at("idp_response", idp.idp.entity_id) as checks:
            expected = idp_response.expectation(
                waiting, made, idp, service, turn.federation, turn.now
            )
            passed = idp_response.envelope(opened, expected)
            verified = idp_response.verify(opened, idp, keys, turn.now)
            turn.verified = True
            place = self.crowds.place((turn.federation.path, "idp", idp.code), turn.now)
            turn.places.enter_context(place)
            accepted = idp_response.accept(verified, waiting, made, expected, passed)
            checks.extend(accepted.checks)
        self._note(turn, verified)
        return accepted

    def _note(self, turn: Turn, verified: Verified) -> None:
        """Which key of the identity provider signed, and which of ours it encrypted to."""
        path, (_service, idp) = turn.federation.path, turn.known()
        signer = verified.verified_by.fingerprint
        self.signals.verified(path, "sp", idp.code, signer, turn.now)
        if verified.opened_by is not None:
            opener = self.keys.decrypted(turn, verified.opened_by)
            if opener is not None:
                self.signals.add(path, "sp", idp.code, "opened", opener, turn.now)

    def _unsolicited(self, turn: Turn, opened: UnverifiedResponse) -> AwaitingResponse:
        """A flow that nobody began, to the one service that both sides agreed on. D05, D21."""
        refusal = Refused("context.unsolicited", "answers no request")
        claimed = opened.unverified.issuer
        named = turn.registry.idps_by_entity(turn.federation.path, [claimed or ""])
        idp = named[0] if named else None
        if idp is None or idp.speech.unsolicited is None:
            raise refusal
        try:
            service = turn.registry.service_by_code(turn.federation.path, idp.speech.unsolicited)
        except Unknown:
            raise refusal from None
        if not service.unsolicited:
            raise refusal
        turn.idp, turn.service = idp, service
        asked = asked_nothing(service, turn.federation, turn.reference, turn.now)
        made = Try("", idp.row, turn.now)
        return AwaitingResponse(seal.new_flow(), asked, (made,))
