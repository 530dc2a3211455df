"""Hop 6. Our Response to the service: assert, sign, encrypt to its key of today."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from uuid import UUID, uuid4

from broker.attributes.written import class_ref
from broker.errors import Refused
from broker.identities import keys as spelled
from broker.identities.model import IdentityKey
from broker.login.state import Asked, Outgoing, Permitted, acs_mark
from broker.metadata.model import ConnectedIdp, Federation, FederationKeys, Service
from broker.saml import names
from broker.saml.ids import new_id
from broker.saml.messages import AssertionDraft, Issued, NameID, Status
from broker.saml.response import write_failure, write_response
from broker.trials.faults import Fault, foreign_key

CONFIRM_LIFE = timedelta(minutes=5)
ASSERTION_LIFE = timedelta(minutes=10)


@dataclass(frozen=True, slots=True)
class Answer:
    """A Response for the service and the address that its metadata gives for it."""

    target: str
    issued: Issued
    assertion_id: str | None
    relay_state: str | None
    plain: bytes | None = None  # the same unencrypted, of a test login alone


def identity_keys(permitted: Permitted, idp: ConnectedIdp) -> tuple[IdentityKey, ...]:
    """What identifies the person, strongest first, each bound to the organisation (R18, R22).

    Transient names identify nobody. Empty when nothing lasting was said.
    """
    claims, name = permitted.claims, permitted.accepted.assertion.name_id
    cvr = claims.one("cvr") or ""
    found = []
    if uuid := claims.one("professional_uuid"):
        found.append(spelled.professional_uuid(cvr, uuid))
    if rid := claims.one("rid"):
        found.append(spelled.rid(cvr, rid))
    if not cvr and (person := claims.one("cpr_uuid")):
        found.append(IdentityKey("cpr-uuid", person.lower().removeprefix("urn:uuid:")))
    if not found and name is not None and name.format == names.PERSISTENT:
        found.append(spelled.idp_subject(idp.idp.entity_id, cvr, name.value))
    return tuple(found)


def name_for(value: UUID, outgoing: Outgoing, service: Service, federation: Federation) -> NameID:
    """The person's name at the service, in the form asked for or agreed. R18.

    A transient one is new every time; an X.509 subject is spelled as OIOSAML 2 has it, which
    is not how RFC 4514 would.
    """
    profile, claims = service.speech.profile, outgoing.permitted.claims
    form = outgoing.permitted.accepted.waiting.asked.name_id or service.speech.name_id
    staff = federation.identity_type != names.PERSON
    prefix = names.NAMEID_PROFESSIONAL if staff else names.NAMEID_PERSON
    if form == names.TRANSIENT:
        return NameID(f"{prefix}{uuid4()}" if profile.uri_names else new_id(), form)
    if form == names.X509_SUBJECT:
        cvr, rid = claims.one("cvr") or "", claims.one("rid")
        serial = f"CVR:{cvr}-RID:{rid}" if rid else str(value)
        organisation = f"{_plain(claims.one('org_name'))} // CVR:{cvr}"
        person = _plain(claims.one("full_name"))
        return NameID(f"C=DK,O={organisation},CN={person},Serial={serial}", form)
    return NameID(f"{prefix}{value}" if profile.uri_names else str(value), form)


def _plain(text: str | None) -> str:
    """Words of a subject without what would end or begin a part of it."""
    return " ".join("".join(" " if c in ',=+"\\<>;/' else c for c in text or "").split())


def answer_address(asked: Asked, service: Service) -> str:
    """The address that was verified at the start, as far as metadata still holds it.

    Raises Refused("request.acs") when the service's metadata dropped it meanwhile.
    """
    for endpoint in service.sp.acs:
        if endpoint.binding == names.POST and acs_mark(endpoint.location) == asked.acs:
            return endpoint.location
    raise Refused("request.acs", "the address is gone from the service's metadata")


def respond(
    outgoing: Outgoing,
    service: Service,
    federation: Federation,
    idp: ConnectedIdp,
    keys: FederationKeys,
    *,
    name: NameID,
    session_index: str,
    session_until: datetime,
    now: datetime,
    fault: Fault | None = None,
) -> Answer:
    """Our Response in the service's profile: one assertion, encrypted unless registered plain.

    The upstream AuthnInstant is passed on, the IdP named as authority (R19). `fault` is what
    the owner of a test service wants to be wrong with it; every other login has None.
    """
    asked, speech = outgoing.permitted.accepted.waiting.asked, service.speech
    target = answer_address(asked, service)
    conditions = outgoing.permitted.accepted.assertion.conditions
    counted = conditions.proxy_count if conditions else None
    statement = outgoing.permitted.accepted.assertion.authn_statements[0]
    draft = AssertionDraft(
        id=new_id(),
        issuer=federation.idp_entity_id,
        issued_at=now,
        name_id=name,
        audience=service.sp.entity_id,
        recipient=target,
        in_response_to=asked.request_id or None,
        confirm_until=now + CONFIRM_LIFE,
        valid_until=now + ASSERTION_LIFE,
        authn_instant=statement.authn_instant,
        class_ref=class_ref(outgoing.permitted.claims, speech),
        attributes=outgoing.released.attributes,
        session_index=session_index,
        session_until=session_until,
        proxy_count=None if counted is None else counted - 1,
        proxy_audiences=conditions.proxy_audiences if conditions else (),
        authorities=(idp.idp.entity_id,),
    )
    signed = fault is None or not fault.unsigned
    if fault is not None and fault.bend is not None:
        draft = fault.bend(draft)
    write = partial(
        write_response,
        id=new_id(),
        issuer=federation.idp_entity_id,
        destination=target,
        in_response_to=draft.in_response_to,
        issued_at=draft.issued_at,
        assertion=draft,
        key=foreign_key() if fault is not None and fault.foreign else keys.idp_signing,
        sign_assertion=signed and speech.signed != "response",
        sign_response=signed and speech.signed != "assertion",
        how=speech.encryption,
    )
    issued = write(encrypt_to=None if service.plaintext else service.sp.encryption[0])
    # Signatures by RSA PKCS #1 are the same each time: this is what was sent, to the letter.
    plain = None if fault is None else write(encrypt_to=None).xml
    return Answer(target, issued, draft.id, asked.relay_state, plain)


def refuse(
    asked: Asked,
    service: Service,
    federation: Federation,
    keys: FederationKeys,
    status: Status,
    now: datetime,
) -> Answer:
    """A signed Response that says no, to an address that was verified. SAML Core 3.2.2.2."""
    target = answer_address(asked, service)
    issued = write_failure(
        id=new_id(),
        issuer=federation.idp_entity_id,
        destination=target,
        in_response_to=asked.request_id,
        issued_at=now,
        status=status,
        key=keys.idp_signing,
    )
    return Answer(target, issued, None, asked.relay_state)
