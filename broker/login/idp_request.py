"""Hop 3. Our AuthnRequest to the IdP: signed, by HTTP-Redirect, with the service's demands."""

from dataclasses import dataclass
from datetime import datetime

from broker.errors import NotAllowed, Unavailable
from broker.login import hint
from broker.login.seal import request_id
from broker.login.state import MAX_TRIES, AwaitingResponse, IdPChosen, Try
from broker.metadata.model import ConnectedIdp, Federation, FederationKeys, Service
from broker.saml import bindings, names
from broker.saml.assurance import NIST_PREFIX, Assurance, nist_of
from broker.saml.authn_request import write_authn_request
from broker.saml.messages import AuthnRequestDraft


@dataclass(frozen=True, slots=True)
class Sent:
    """Where the browser goes next, and the state that waits for the answer."""

    url: str
    waiting: AwaitingResponse
    fields: tuple[tuple[str, str], ...] = ()  # to be posted there; none is a redirect


def ask(
    chosen: IdPChosen,
    idp: ConnectedIdp,
    service: Service,
    federation: Federation,
    keys: FederationKeys,
    now: datetime,
) -> Sent:
    """Write and sign the request; the flow remembers it among at most three tries (R4).

    Raises NotAllowed("policy.tries") on the fourth, Unavailable("idp.no_endpoint") where the
    IdP's metadata has no Redirect endpoint.
    """
    waiting = chosen.waiting
    earlier = waiting.tries if isinstance(waiting, AwaitingResponse) else ()
    if len(earlier) >= MAX_TRIES:
        raise NotAllowed("policy.tries", "three choices in one login")
    usable = {e.binding: e.location for e in reversed(idp.idp.sso)}
    binding = next((b for b in (names.REDIRECT, names.POST) if b in usable), None)
    if binding is None:
        raise Unavailable("idp.no_endpoint", f"{idp.code} takes neither Redirect nor POST")
    location = usable[binding]
    made = Try(request_id(waiting.flow), idp.row, now)
    asked = waiting.asked
    draft = AuthnRequestDraft(
        id=made.request_id,
        issuer=federation.sp_entity_id,
        destination=location,
        issued_at=now,
        acs_url=federation.acs_url,
        force_authn=asked.force_authn,
        is_passive=asked.is_passive,
        class_refs=class_refs(idp, service, federation, asked.required),
        comparison="minimum",
        requester_ids=(*asked.requesters, service.sp.entity_id),
        proxy_count=None if asked.proxy_count is None else asked.proxy_count - 1,
        name_id_format=names.PERSISTENT,
        app_switch=asked.app_switch if idp.speech.app_switch else None,
    )
    state = AwaitingResponse(waiting.flow, asked, (*earlier, made), waiting.trace)
    relay_state = hint.write(waiting.flow, service.row)
    if binding == names.POST:
        issued = write_authn_request(draft, sign_with=keys.sp_signing)
        fields = (("SAMLRequest", bindings.encode_post(issued.xml)), ("RelayState", relay_state))
        return Sent(location, state, fields)
    url = bindings.encode_redirect(
        location,
        write_authn_request(draft, sign_with=None).xml,
        parameter="SAMLRequest",
        relay_state=relay_state,
        key=keys.sp_signing,
    )
    return Sent(url, state)


def class_refs(
    idp: ConnectedIdp, service: Service, federation: Federation, requested: Assurance | None
) -> tuple[str, ...]:
    """The level to ask for, and the kind of identity where both sides know it. OIO-SP-06."""
    level = max(service.minimum, requested or service.minimum)
    if idp.speech.asks_for is None:
        return ()
    if idp.speech.asks_for == "nist":
        return (f"{NIST_PREFIX}{nist_of(level, four=False)}",)
    kind = federation.identity_type
    return (level.uri, kind) if kind and kind in idp.identity_types else (level.uri,)
