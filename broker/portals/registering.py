"""How the portals come to be a service of their federation: key, metadata, document, attributes.

Doing it again is safe, and lets identity providers in that were connected meanwhile.
"""

import hashlib
from pathlib import Path

from broker.errors import Unavailable
from broker.metadata.defaults import LoadOptions
from broker.metadata.keyring import RSA_BITS, make_pair
from broker.metadata.model import Federation
from broker.metadata.report import Occasion
from broker.metadata.service import MetadataService
from broker.portals.partner import CODE, Partner
from broker.saml import names
from broker.saml.entities import Localised, OwnDescriptor, OwnSp, PublishedContact
from broker.saml.own_descriptor import write_sp_descriptor

NAME = Localised("Portalen", "The portal")
_DESCRIPTION = Localised(
    "Her kan man se og give adgang og administrere tjenester og føderation.",
    "Where people see and give access, and look after services and the federation.",
)
_MOTIVES = {
    "cvr": (
        "Portalen viser det, der hører til den organisation, du arbejder for.",
        "The portal shows what belongs to the organisation that you work for.",
    ),
    "org_name": (
        "Portalen viser, hvilken organisation du handler for.",
        "The portal shows which organisation you act for.",
    ),
    "full_name": (
        "Portalen viser dit navn, så du kan se, hvem du er logget ind som.",
        "The portal shows your name, so that you see whom you are logged in as.",
    ),
}


def suits(federation: Federation) -> bool:
    """Whether a federation has portals: those of people at work have."""
    return federation.identity_type != names.PERSON


def register(
    service: MetadataService,
    federation: Federation,
    keys: Path,
    occasion: Occasion,
    *,
    bits: int = RSA_BITS,
) -> bool:
    """Register the portals of one federation, with every identity provider that it has now.

    Whether a key was made. Raises Unavailable("portal.registration") where they are refused.
    """
    partner = Partner(federation, keys)
    made = not partner.key_path.exists()
    if made:
        partner.key_path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        subject = (f"{federation.name.en} portal", federation.name.en)
        make_pair(partner.key_path, subject, occasion.at, bits)
    options = LoadOptions(code=CODE, idps=("all",), start_url=partner.home, accept_key_change=True)
    known = [one for one in service.entities(federation.path) if one.code == CODE]
    if not known:
        service.load_document(
            _document(partner), source="portal", occasion=occasion, placing="in_force"
        )
    report = service.load_xml(
        metadata(partner),
        federation=federation.path,
        source="portal",
        options=options,
        occasion=occasion,
    )
    if report.refused:
        raise Unavailable("portal.registration", f"{federation.path}: the portals were refused")
    if not known:
        service.load_document(
            _mapping(),
            source="portal",
            occasion=occasion,
            federations=(federation.path,),
            placing="in_force",
        )
    return made


def metadata(partner: Partner) -> bytes:
    """The portals' own metadata: what the broker needs to know of them, signed."""
    federation, key = partner.federation, partner.signing
    contact = federation.contact
    entity = partner.entity_id
    common = OwnDescriptor(
        id=f"_{hashlib.sha256(entity.encode() + key.certificate.der).hexdigest()[:32]}",
        entity_id=entity,
        valid_until=key.certificate.not_after,
        location=partner.acs_url,
        logout=(
            (names.SOAP, partner.slo_soap_url),
            (names.REDIRECT, partner.slo_url),
            (names.POST, partner.slo_url),
        ),
        signing=(key.certificate,),
        contact=PublishedContact(
            federation.name, f"{federation.origin}/", contact.name, contact.mail, contact.phone
        ),
        description=_DESCRIPTION,
        icon=f"{federation.origin}/static/icon.svg",
    )
    requested = ((names.CVR, True), (names.ORG_NAME, False), (names.FULL_NAME, False))
    return write_sp_descriptor(OwnSp(common, (partner.decryption.certificate,), requested), key)


def _document(partner: Partner) -> dict[str, object]:
    return {
        "kind": "service",
        "code": CODE,
        "federations": [partner.federation.path],
        "entity_id": partner.entity_id,
        "name": {"da": NAME.da, "en": NAME.en},
        "owner": partner.federation.contact.name,
        "start_url": partner.home,
        "profile": "saml2int",
        "minimum": "Low",
        "require_signed_requests": True,
        "idp": [],
    }


def _mapping() -> dict[str, object]:
    return {
        "kind": "mapping",
        "service": CODE,
        "release": [
            {"source": source, "motive": {"da": da, "en": en}}
            for source, (da, en) in _MOTIVES.items()
        ],
    }
