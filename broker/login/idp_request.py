"""Hop 3. Our AuthnRequest to the IdP: signed, by HTTP-Redirect, with the service's demands."""

from dataclasses import dataclass
from datetime import datetime

from broker.errors import NotAllowed, Unavailable
from broker.login.seal import request_id
from broker.login.state import MAX_TRIES, AwaitingResponse, IdPChosen, Try
from broker.metadata.model import ConnectedIdp, Federation, FederationKeys, Service
from broker.saml import bindings, names
from broker.saml.assurance import Assurance
from broker.saml.authn_request import write_authn_request
from broker.saml.messages import AuthnRequestDraft


@dataclass(frozen=True, slots=True)
class Sent:
    """Where the browser goes next, and the state that waits for the answer."""

    url: str
    waiting: AwaitingResponse


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
    location = next((e.location for e in idp.idp.sso if e.binding == names.REDIRECT), None)
    if location is None:
        raise Unavailable("idp.no_endpoint", f"{idp.code} takes no Redirect requests")
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
        requester_ids=(service.sp.entity_id,),
        name_id_format=names.PERSISTENT,
    )
    url = bindings.encode_redirect(
        location,
        write_authn_request(draft, sign_with=None).xml,
        parameter="SAMLRequest",
        relay_state=waiting.flow,
        key=keys.sp_signing,
    )
    return Sent(url, AwaitingResponse(waiting.flow, asked, (*earlier, made), waiting.trace))


def class_refs(
    idp: ConnectedIdp, service: Service, federation: Federation, requested: Assurance | None
) -> tuple[str, ...]:
    """The level to ask for, and the kind of identity where both sides know it. OIO-SP-06."""
    level = max(service.minimum, requested or service.minimum)
    kind = federation.identity_type
    return (level.uri, kind) if kind and kind in idp.identity_types else (level.uri,)
