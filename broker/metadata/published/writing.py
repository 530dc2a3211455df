"""A draft and its keys, written as a signed EntityDescriptor: the same draft, the same bytes."""

import hashlib

from broker.metadata.model import Federation
from broker.metadata.published.drafting import Draft
from broker.metadata.published.keys import OwnKeys
from broker.metadata.rollover.model import Slot
from broker.saml import names
from broker.saml.entities import Localised, OwnDescriptor, OwnIdp, OwnSp, PublishedContact
from broker.saml.own_descriptor import write_idp_descriptor, write_sp_descriptor

_DESCRIPTION = Localised(
    "Her logger man ind på sundhedsvæsenets tjenester med det login, man har i forvejen.",
    "Services in health care log in here, and are relayed to the login that people have already.",
)
_NEEDED = (names.SPEC_VERSION, names.LOA)
_NEEDED_OF_STAFF = (names.CVR, names.ORG_NAME)
_WISHED = (names.FULL_NAME, names.EMAIL, names.CPR_UUID)
_WISHED_OF_STAFF = (names.PROFESSIONAL_UUID, names.RID, names.PRODUCTION_UNIT, names.PRIVILEGES)


def write(federation: Federation, draft: Draft, keys: OwnKeys) -> bytes:
    """The document. Raises Unknown or Unavailable where a key of it is not there."""
    signer = keys.signing(Slot(federation.path, draft.side, "signing"), draft.signer)
    common = _common(federation, draft, keys)
    if draft.side == "idp":
        attributes = tuple(name for name, _needed in _attributes(federation.identity_type))
        return write_idp_descriptor(OwnIdp(common, attributes), signer)
    encryption = tuple(
        keys.decryption(federation.path, epoch).certificate for epoch in draft.encryption
    )
    requested = _attributes(federation.identity_type)
    return write_sp_descriptor(OwnSp(common, encryption, requested), signer)


def addresses(federation: Federation, draft: Draft) -> tuple[str, tuple[tuple[str, str], ...]]:
    """Where messages go, and where logout messages go by which binding."""
    if draft.side == "sp":
        location, front = federation.acs_url, federation.sp_slo_url
        return location, _logout(front, federation.sp_slo_soap_url)
    at = draft.endpoint
    return federation.sso_at(at), _logout(federation.slo_at(at), federation.slo_soap_at(at))


def _logout(front: str, back: str) -> tuple[tuple[str, str], ...]:
    return ((names.REDIRECT, front), (names.POST, front), (names.SOAP, back))


def _attributes(identity_type: str | None) -> tuple[tuple[str, bool], ...]:
    """What we ask for and pass on, each with whether a login fails without it. OIOSAML 3."""
    needed: tuple[str, ...] = _NEEDED
    wished: tuple[str, ...] = _WISHED
    if identity_type == names.PROFESSIONAL:
        needed, wished = (*_NEEDED, *_NEEDED_OF_STAFF), (*_WISHED, *_WISHED_OF_STAFF)
    elif identity_type is None:
        wished = (*_WISHED, *_NEEDED_OF_STAFF, *_WISHED_OF_STAFF)
    return (*((name, True) for name in needed), *((name, False) for name in wished))


def _common(federation: Federation, draft: Draft, keys: OwnKeys) -> OwnDescriptor:
    entity_id = federation.idp_entity_id if draft.side == "idp" else federation.sp_entity_id
    location, logout = addresses(federation, draft)
    slot = Slot(federation.path, draft.side, "signing")
    contact = federation.contact
    return OwnDescriptor(
        id=f"_{hashlib.sha256(f'{entity_id}|{draft!r}'.encode()).hexdigest()[:32]}",
        entity_id=entity_id,
        valid_until=draft.valid_until,
        cache_duration=draft.cache_duration,
        location=location,
        logout=logout,
        signing=tuple(keys.signing(slot, epoch).certificate for epoch in draft.signing),
        contact=PublishedContact(
            federation.name, f"{federation.origin}/", contact.name, contact.mail, contact.phone
        ),
        description=_DESCRIPTION,
        icon=f"{federation.origin}/static/icon.svg",
    )
