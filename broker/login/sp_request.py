"""Hop 1. AuthnRequest from a service: decode, verify, accept."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from broker.errors import NotAllowed, Refused, Unknown
from broker.login.seal import new_flow
from broker.login.state import Asked, AwaitingChoice, acs_mark
from broker.metadata.model import Endpoint, Federation, Service
from broker.metadata.registry import Registry
from broker.metadata.rollover.model import Slot
from broker.saml import checks, names
from broker.saml.assurance import Assurance
from broker.saml.authn_request import UnverifiedAuthnRequest
from broker.saml.messages import AuthnRequest, NameIDPolicy

SKEW = timedelta(seconds=180)
MAX_REQUESTERS = 100  # characters


@dataclass(frozen=True, slots=True)
class AcceptedRequest:
    """A verified request with the service it is from, and the checks it passed."""

    service: Service
    request: AuthnRequest
    acs: int  # acs_mark of the endpoint to answer at
    checks: tuple[str, ...]


def find_service(registry: Registry, federation: Federation, claimed: str) -> Service:
    """The service that the claimed issuer names. Raises Unknown("request.unknown_issuer")."""
    return registry.service_by_entity(federation.path, claimed)


def check_endpoint(registry: Registry, federation: Federation, endpoint: str | None) -> None:
    """An address that names an epoch names one of ours. Raises Refused("request.endpoint")."""
    slot = Slot(federation.path, "idp", "signing")
    if endpoint is not None and not registry.rollovers.knows(slot, endpoint):
        raise Refused("request.endpoint", "an address of a key that never was")


def verify(
    opened: UnverifiedAuthnRequest,
    federation: Federation,
    service: Service,
    now: datetime,
    endpoint: str | None = None,
) -> AcceptedRequest:
    """Verify with the service's own keys and check. Raises Refused, before any address is trusted.

    The ACS address comes from metadata only: what the request names must be one of them.
    `endpoint` is the epoch of the address that it came to: Destination has to say the same.
    """
    request = opened.verify(service.signing_at(now), required=service.must_sign)
    expected = checks.ExpectedRequest(
        service=service.sp.entity_id,
        sso_url=federation.sso_at(endpoint),
        signed=opened.signed,
        now=now,
        skew=SKEW,
    )
    passed = checks.run(checks.REQUEST_CHECKS, request, expected)
    acs = _acs(request, service.sp.acs)
    if not service.plaintext and not service.sp.encryption:
        raise Refused("policy.sp_no_encryption_key", "the service has no encryption key")
    signed = ("signature",) if opened.signed else ()
    return AcceptedRequest(service, request, acs, (*signed, *passed, "acs"))


def asked(
    accepted: AcceptedRequest,
    federation: Federation,
    relay_state: str | None,
    reference: str,
    now: datetime,
    endpoint: str | None = None,
) -> Asked:
    """What a verified request asks, before we know whether we can serve it."""
    request = accepted.request
    return Asked(
        federation=federation.path,
        service=accepted.service.row,
        request_id=request.id,
        acs=accepted.acs,
        relay_state=relay_state,
        force_authn=request.force_authn,
        is_passive=request.is_passive,
        demand=request.demand,
        idps=(),
        reference=reference,
        at=now,
        proxy_count=request.proxy_count,
        endpoint=endpoint,
    )


def accept(
    accepted: AcceptedRequest, asked: Asked, registry: Registry, federation: Federation
) -> AwaitingChoice:
    """A new flow for what the request asks, as far as we can serve it.

    Raises Refused or Unknown with codes that are answered with a SAML status at once (R13).
    """
    request = accepted.request
    if request.force_authn and request.is_passive:
        raise Refused("request.passive_and_force", "asks for both ForceAuthn and IsPassive")
    if request.proxy_count == 0:
        raise Refused("request.proxy_count", "may not be relayed to an IdP")
    if request.names_subject:
        raise Refused("request.subject", "asks for one person by name, which nobody here can do")
    if asked.demand is not None and asked.required is None:
        raise Refused("request.authn_context", "asks for a level that does not exist")
    if request.unknown_contexts and request.demand is None:
        raise Refused("request.authn_context", "asks for contexts that mean nothing here")
    if asked.demand is not None and asked.demand.nist and asked.required is Assurance.HIGH:
        _may_say_four(accepted.service)
    kinds = request.identity_types
    if federation.identity_type and kinds and federation.identity_type not in kinds:
        raise Refused("request.identity_type", "asks for another kind of identity")
    wanted = replace(
        asked,
        idps=_narrowed(request, registry, accepted.service),
        name_id=_name_id(request.name_id_policy, accepted.service),
        create=request.name_id_policy is None or request.name_id_policy.allow_create is not False,
        requesters=_requesters(request) if "signature" in accepted.checks else (),
        app_switch=request.app_switch if "signature" in accepted.checks else None,
    )
    return AwaitingChoice(new_flow(), wanted)


def _may_say_four(service: Service) -> None:
    if not service.speech.nist_four:
        raise Refused("request.authn_context", "asks for an AssuranceLevel of 4, not agreed on")


def _name_id(policy: NameIDPolicy | None, service: Service) -> str | None:
    """The format that is asked for, or None where the service's own will do. SAML Core 3.4.1.1."""
    if policy is None:
        return None
    if policy.sp_name_qualifier not in (None, service.sp.entity_id):
        raise Refused("request.name_id_policy", "asks for the name at another service")
    if policy.format in (None, names.UNSPECIFIED):
        return None
    if policy.format not in service.speech.profile.name_ids:
        raise Refused("request.name_id_policy", "a form of name that its profile does not have")
    return policy.format


def _requesters(request: AuthnRequest) -> tuple[str, ...]:
    """For whom the service asks, the nearest first to stay, as far as a cookie has room (R2)."""
    kept: list[str] = []
    for uri in reversed(request.requester_ids):
        if not uri.isprintable() or sum(map(len, kept)) + len(uri) > MAX_REQUESTERS:
            break
        kept.insert(0, uri)
    return tuple(kept)


def _acs(request: AuthnRequest, endpoints: tuple[Endpoint, ...]) -> int:
    """The mark of the endpoint to answer at. SAML Core 3.4.1; SDP-IDP06."""
    usable = [endpoint for endpoint in endpoints if endpoint.binding == names.POST]
    if request.protocol_binding not in (None, names.POST):
        raise Refused("request.acs", "asks for a response binding that is not HTTP-POST")
    if request.acs_url is not None and request.acs_index is not None:
        raise Refused("request.acs", "names an address and an index")
    if request.acs_url is not None:
        usable = [e for e in usable if e.location == request.acs_url]
    elif request.acs_index is not None:
        usable = [e for e in usable if e.index == request.acs_index]
    if not usable:
        raise Refused("request.acs", "an address that the service's metadata does not hold")
    return acs_mark(next((e for e in usable if e.is_default), usable[0]).location)


def unasked(
    service: Service, federation: Federation, reference: str, now: datetime
) -> AwaitingChoice:
    """A flow that a link of ours begins, at a service that takes people it did not ask for."""
    return AwaitingChoice(new_flow(), asked_nothing(service, federation, reference, now))


def asked_nothing(service: Service, federation: Federation, reference: str, now: datetime) -> Asked:
    """What stands for the request of a service that sent none. Raises Refused."""
    return Asked(
        federation=federation.path,
        service=service.row,
        request_id="",
        acs=default_acs(service),
        relay_state=None,
        force_authn=False,
        is_passive=False,
        demand=None,
        idps=(),
        reference=reference,
        at=now,
    )


def default_acs(service: Service) -> int:
    """The mark of the address for a service that asked for nothing. Raises Refused."""
    usable = [endpoint for endpoint in service.sp.acs if endpoint.binding == names.POST]
    if not usable:
        raise Refused("request.acs", "the service has no address for HTTP-POST")
    return acs_mark(next((e for e in usable if e.is_default), usable[0]).location)


def _narrowed(request: AuthnRequest, registry: Registry, service: Service) -> tuple[int, ...]:
    """Rows of the service's own IdPs that an IDPList names, so that a long list stays small (R2).

    One that names none of this federation cannot be served; one that names only others of it
    asks for an IdP that is not open for the service.
    """
    if not request.idp_list:
        return ()
    named = registry.idps_by_entity(service.federation, request.idp_list)
    if not named:
        raise Unknown("request.idp_list", "an IDPList without any IdP of this federation")
    codes = {activation.idp for activation in service.activations}
    rows = tuple(idp.row for idp in named if idp.code in codes)
    if not rows:
        raise NotAllowed("policy.idp_not_active", "an IDPList without any IdP of this service")
    return rows
