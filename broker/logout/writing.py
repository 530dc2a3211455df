"""Logout messages out: signed, by the binding that the partner's metadata names."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from broker.logout.model import BINDINGS, Binding, Initiator, Step
from broker.metadata.model import ConnectedIdp, Endpoint, Federation, FederationKeys, Service
from broker.saml import bindings, names
from broker.saml.bindings import Parameter
from broker.saml.ids import new_id
from broker.saml.keys import SigningKey
from broker.saml.logout import write_logout_request, write_logout_response
from broker.saml.messages import LogoutRequestDraft, LogoutResponseDraft, Status

LIFE = timedelta(minutes=5)
_FRONT = (names.REDIRECT, names.POST)


@dataclass(frozen=True, slots=True)
class Peer:
    """A partner in a logout: a service we assert to, or an identity provider we ask."""

    entity_id: str
    slo: tuple[Endpoint, ...]
    ours: str  # the entityID it knows us by
    key: SigningKey

    @staticmethod
    def of_service(service: Service, federation: Federation, keys: FederationKeys) -> "Peer":
        """A service, which knows our identity provider side."""
        found = service.sp
        return Peer(found.entity_id, found.slo, federation.idp_entity_id, keys.idp_signing)

    @staticmethod
    def of_idp(idp: ConnectedIdp, federation: Federation, keys: FederationKeys) -> "Peer":
        """An identity provider, which knows our service provider side."""
        found = idp.idp
        return Peer(found.entity_id, found.slo, federation.sp_entity_id, keys.sp_signing)

    def binding(self, *, browser: bool) -> Binding:
        """How to ask it: by SOAP where it takes that, else the first of its front channels."""
        offered = [endpoint.binding for endpoint in self.slo]
        if names.SOAP in offered:
            return "soap"
        front = next((binding for binding in offered if binding in _FRONT), None)
        return BINDINGS[front] if front and browser else "none"

    def front_binding(self, asked_by: str | None) -> str | None:
        """How to answer it: as it asked where it can be answered so, else by its first."""
        offered = [e.binding for e in self.slo if e.binding in _FRONT]
        if asked_by in offered:
            return asked_by
        return offered[0] if offered else None


@dataclass(frozen=True, slots=True)
class Message:
    """A message for the browser to bring: an address, and the form for it if it is posted."""

    url: str
    fields: tuple[tuple[str, str], ...] = ()


def request(
    peer: Peer, step: Step, binding: str, now: datetime, relay_state: str | None
) -> tuple[str, Message | bytes]:
    """The id of our LogoutRequest, and it: bytes for SOAP, else for the browser to bring."""
    location = next(e.location for e in peer.slo if e.binding == binding)
    draft = LogoutRequestDraft(
        id=new_id(),
        issuer=peer.ours,
        destination=location,
        issued_at=now,
        not_on_or_after=now + LIFE,
        name_id=step.name,
        session_index=step.session_index,
    )
    enveloped = None if binding == names.REDIRECT else peer.key
    xml = write_logout_request(draft, sign_with=enveloped).xml
    if binding == names.SOAP:
        return draft.id, xml
    return draft.id, _brought(location, xml, binding, "SAMLRequest", relay_state, peer.key)


def answer(who: Initiator, peer: Peer, status: Status, now: datetime) -> Message | None:
    """Our LogoutResponse to who began it, or None where it has no address to take one."""
    binding = peer.front_binding(who.binding)
    if binding is None:
        return None
    endpoint = next(e for e in peer.slo if e.binding == binding)
    location = endpoint.response_location or endpoint.location
    xml = response(
        peer, who.request_id or "", status, now, location, enveloped=binding == names.POST
    )
    return _brought(location, xml, binding, "SAMLResponse", who.relay_state, peer.key)


def response(
    peer: Peer,
    in_response_to: str,
    status: Status,
    now: datetime,
    destination: str | None,
    *,
    enveloped: bool,
) -> bytes:
    """The bytes of a LogoutResponse."""
    draft = LogoutResponseDraft(
        id=new_id(),
        issuer=peer.ours,
        destination=destination,
        in_response_to=in_response_to,
        issued_at=now,
        status=status,
    )
    return write_logout_response(draft, sign_with=peer.key if enveloped else None).xml


def _brought(
    location: str,
    xml: bytes,
    binding: str,
    parameter: Parameter,
    relay_state: str | None,
    key: SigningKey,
) -> Message:
    if binding == names.REDIRECT:
        return Message(
            bindings.encode_redirect(
                location, xml, parameter=parameter, relay_state=relay_state, key=key
            )
        )
    fields: list[tuple[str, str]] = [(parameter, bindings.encode_post(xml))]
    if relay_state is not None:
        fields.append(("RelayState", relay_state))
    return Message(location, tuple(fields))
