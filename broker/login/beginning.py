"""Hop 1 with the flow that it begins: a request found to be of a service, verified, accepted."""

from broker.login import sp_request
from broker.login.seal import Sealer
from broker.login.state import AwaitingChoice, Step, with_step
from broker.login.turn import Turn
from broker.metadata.model import Service
from broker.saml.authn_request import UnverifiedAuthnRequest


def begin(
    turn: Turn, opened: UnverifiedAuthnRequest, sealer: Sealer
) -> tuple[AwaitingChoice, Service]:
    """The new flow and the service that it is for. Raises Refused, Unknown or NotAllowed."""
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
    sealer.check_room(state)
    return state, service
