"""Hop 1 with what it needs to know: a request opened, verified, and turned into a flow."""

from typing import Literal

from broker.audit.evidence.keeping import Evidence
from broker.audit.evidence.model import Message
from broker.login import sp_request
from broker.login.record import Recorder
from broker.login.state import AwaitingChoice, Step, with_step
from broker.login.turn import Turn
from broker.saml import names
from broker.saml.authn_request import UnverifiedAuthnRequest


def start(turn: Turn, opened: UnverifiedAuthnRequest, recorder: Recorder) -> AwaitingChoice:
    """The flow that a service's request begins. Raises Refused, Unknown or NotAllowed."""
    sp_request.check_endpoint(turn.registry, turn.federation, turn.endpoint)
    turn.claimed = opened.unverified_issuer
    with turn.at("sp_request", opened.unverified_issuer) as checks:
        turn.service = service = sp_request.find_service(
            turn.registry, turn.federation, opened.unverified_issuer
        )
        accepted = sp_request.verify(opened, turn.federation, service, turn.now, turn.endpoint)
        place = recorder.crowds.place((turn.federation.path, "service", service.code), turn.now)
        turn.places.enter_context(place)
        turn.asked = sp_request.asked(
            accepted, turn.federation, opened.relay_state, turn.reference, turn.now, turn.endpoint
        )
        state = sp_request.accept(accepted, turn.asked, turn.registry, turn.federation)
        turn.asked, turn.state = state.asked, state
        checks.extend(accepted.checks)
    if (verifier := accepted.request.verified_by) is not None:
        path, seen = turn.federation.path, verifier.fingerprint
        recorder.signals.verified(path, "idp", service.code, seen, turn.now)
        _keep(turn, opened, recorder.evidence)
    return with_step(state, Step(1, service.row, turn.took["sp_request"]))


def _keep(turn: Turn, opened: UnverifiedAuthnRequest, evidence: Evidence) -> None:
    """The request to the byte: one whose signature was verified, and no other."""
    if turn.asked is None or turn.service is None:
        return
    binding: Literal["redirect", "post"] = (
        "redirect" if opened.binding == names.REDIRECT else "post"
    )
    evidence.asked(
        Message("request", binding, opened.raw),
        reference=turn.reference,
        federation=turn.federation.path,
        service=turn.service.code,
        request_id=turn.asked.request_id,
        at=turn.now,
    )
