"""Hop 4. The IdP's Response: match the flow, verify, check, accept; then what the IdP may say.

The order is the security of it. The claims of the envelope find the flow and nothing
else; the numbered checks then run on what was verified. R4, R13–R16.
"""

from datetime import datetime, timedelta

from broker.attributes import policy
from broker.attributes.model import Claims
from broker.attributes.steps import normalise
from broker.errors import NotAllowed, Refused
from broker.login.state import Accepted, AwaitingResponse, Permitted, Try
from broker.metadata.model import ConnectedIdp, Federation, FederationKeys, Service
from broker.saml import checks, names
from broker.saml.response import UnverifiedResponse, Verified

# IdPs that a person gave up on say so in these ways.
_CANCELLED = frozenset({names.AUTHN_FAILED, names.REQUEST_DENIED})
_SUB_CODES = {
    names.NO_AUTHN_CONTEXT: "idp.no_authn_context",
    names.NO_PASSIVE: "idp.no_passive",
}


def answered_try(opened: UnverifiedResponse, waiting: AwaitingResponse) -> Try:
    """Which of our requests is answered. Raises Refused("context.in_response_to"). R4."""
    for made in waiting.tries:
        if made.request_id == opened.unverified.in_response_to:
            return made
    raise Refused("context.in_response_to", "answers a request that this flow did not make")


def expectation(
    waiting: AwaitingResponse,
    made: Try | None,
    idp: ConnectedIdp,
    service: Service,
    federation: Federation,
    now: datetime,
) -> checks.ExpectedResponse:
    """What the answer to this try has to fit, or an answer to nothing where none was made."""
    return checks.ExpectedResponse(
        idp=idp.idp.entity_id,
        our_entity_id=federation.sp_entity_id,
        acs_url=federation.acs_url,
        request_id=made.request_id if made else None,
        service=service.sp.entity_id,
        now=now,
        skew=timedelta(seconds=idp.skew),
        conditions_lifetime=timedelta(seconds=idp.conditions_lifetime),
        bearer_not_before=idp.bearer_not_before,
        authenticated_after=made.at if made and waiting.asked.force_authn else None,
    )


def envelope(opened: UnverifiedResponse, expected: checks.ExpectedResponse) -> tuple[str, ...]:
    """The claims around the assertion fit the flow, and what failed at the IdP is told.

    A failure needs no signature: it can only end in failure (R14). Raises Refused with
    `context.*`, or NotAllowed with `idp.*` for a status other than Success.
    """
    passed = checks.run(checks.ENVELOPE_CHECKS, opened.unverified, expected)
    status = opened.unverified.status
    if status.code == names.SUCCESS:
        if not opened.has_assertion:
            raise Refused("context.status", "Success without an assertion")
        return passed
    if opened.has_assertion:
        raise Refused("context.status", "a failure with an assertion")
    if status.sub_code in _CANCELLED:
        raise NotAllowed("idp.cancelled", "the person gave up, or the IdP said no")
    raise NotAllowed(_SUB_CODES.get(status.sub_code or "", "idp.failed"), "the IdP failed")


def verify(
    opened: UnverifiedResponse, idp: ConnectedIdp, keys: FederationKeys, now: datetime
) -> Verified:
    """The assertion, verified with the keys of the IdP that was asked and no others. R15."""
    return opened.verify(
        idp.signing_at(now),
        keys.sp_decryption,
        demand_encryption=idp.encrypted,
        allow_cbc=idp.allow_cbc,
    )


def accept(
    verified: Verified,
    waiting: AwaitingResponse,
    made: Try | None,
    expected: checks.ExpectedResponse,
    passed: tuple[str, ...],
) -> Accepted:
    """Every numbered check on what was verified. Raises Refused with a code of `context.*`."""
    if verified.signed:
        checks.run(checks.ENVELOPE_CHECKS, verified.envelope, expected)
    ran = checks.run(checks.ASSERTION_CHECKS, verified.assertion, expected)
    how = ("decryption", "signature") if verified.encrypted else ("signature",)
    return Accepted(waiting, made, verified.assertion, (*passed, *how, *ran))


def permit(
    accepted: Accepted, idp: ConnectedIdp, service: Service, federation: Federation
) -> Permitted:
    """What this IdP may say of this person, and strongly enough. Raises NotAllowed (policy.*)."""
    trace: list[str] = []
    claims: Claims = normalise(accepted.assertion.attributes, idp.nist, trace, idp.attributes)
    bounds = policy.Bounds(
        idp=idp,
        minimum=service.minimum,
        demand=accepted.waiting.asked.demand,
        identity_type=federation.identity_type,
        nist_minimum=service.speech.nist_minimum,
        name_id=accepted.assertion.name_id,
    )
    ran = checks.run(policy.POLICY, claims, bounds)
    checked = Accepted(
        accepted.waiting, accepted.answered, accepted.assertion, (*accepted.checks, *ran)
    )
    return Permitted(checked, claims, tuple(trace))
