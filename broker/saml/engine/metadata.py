"""Our own EntityDescriptors through pysaml2's classes. SAML Metadata 2.0, OIOSAML 3."""

import base64
from collections.abc import Iterable
from typing import Any

from saml2 import element_to_extension_element, md, saml, xmldsig
from saml2.extension import mdui

from broker.saml import names
from broker.saml.engine.tree import to_tree
from broker.saml.entities import Localised, OwnDescriptor, OwnIdp, OwnSp
from broker.saml.instants import write_instant
from broker.saml.keys import Certificate
from broker.saml.xml import Element

_NAME_ID_FORMATS = (names.PERSISTENT, names.TRANSIENT)


def build_idp_descriptor(draft: OwnIdp) -> Element:
    """Our identity provider side as a tree, unsigned: signed requests wanted, both bindings."""
    common = draft.common
    role = md.IDPSSODescriptor(
        protocol_support_enumeration=names.SAMLP,
        want_authn_requests_signed="true",
        key_descriptor=[_key(certificate, "signing") for certificate in common.signing],
        extensions=_shown(common),
        single_logout_service=_logout(common),
        name_id_format=_formats(),
        single_sign_on_service=[
            md.SingleSignOnService(binding=binding, location=common.location)
            for binding in (names.REDIRECT, names.POST)
        ],
        attribute=[saml.Attribute(name=n, name_format=names.ATTR_URI) for n in draft.attributes],
    )
    return to_tree(_entity(common, idpsso_descriptor=role))


def build_sp_descriptor(draft: OwnSp) -> Element:
    """Our service provider side as a tree, unsigned: signed requests, signed assertions, POST."""
    common = draft.common
    requested = [
        md.RequestedAttribute(
            name=name, name_format=names.ATTR_URI, is_required="true" if required else "false"
        )
        for name, required in draft.requested
    ]
    role = md.SPSSODescriptor(
        protocol_support_enumeration=names.SAMLP,
        authn_requests_signed="true",
        want_assertions_signed="true",
        key_descriptor=[
            *(_key(certificate, "signing") for certificate in common.signing),
            *(_key(certificate, "encryption") for certificate in draft.encryption),
        ],
        extensions=_shown(common),
        single_logout_service=_logout(common),
        name_id_format=_formats(),
        assertion_consumer_service=[
            md.AssertionConsumerService(
                binding=names.POST, location=common.location, index="0", is_default="true"
            )
        ],
        attribute_consuming_service=[
            md.AttributeConsumingService(
                index="0",
                is_default="true",
                service_name=_localised(md.ServiceName, common.contact.organisation),
                requested_attribute=requested,
            )
        ],
    )
    return to_tree(_entity(common, spsso_descriptor=role))


def _entity(
    common: OwnDescriptor,
    *,
    idpsso_descriptor: md.IDPSSODescriptor | None = None,
    spsso_descriptor: md.SPSSODescriptor | None = None,
) -> md.EntityDescriptor:
    contact = common.contact
    return md.EntityDescriptor(
        id=common.id,
        entity_id=common.entity_id,
        valid_until=write_instant(common.valid_until),
        cache_duration=common.cache_duration,
        idpsso_descriptor=idpsso_descriptor,
        spsso_descriptor=spsso_descriptor,
        organization=md.Organization(
            organization_name=_localised(md.OrganizationName, contact.organisation),
            organization_display_name=_localised(md.OrganizationDisplayName, contact.organisation),
            organization_url=_localised(md.OrganizationURL, Localised(contact.url, contact.url)),
        ),
        contact_person=[
            md.ContactPerson(
                contact_type=kind,
                given_name=md.GivenName(text=contact.name),
                email_address=[md.EmailAddress(text=f"mailto:{contact.mail}")],
                telephone_number=[md.TelephoneNumber(text=contact.phone)],
            )
            for kind in ("technical", "support", "administrative")
        ],
    )


def _logout(common: OwnDescriptor) -> list[md.SingleLogoutService]:
    """Front channels first: some partners use the first one listed and no other."""
    return [
        md.SingleLogoutService(binding=binding, location=location)
        for binding, location in common.logout
    ]


def _shown(common: OwnDescriptor) -> md.Extensions:
    """How partners may show us to people. MDUI 2.1."""
    info = mdui.UIInfo(
        display_name=_localised(mdui.DisplayName, common.contact.organisation),
        description=_localised(mdui.Description, common.description),
        information_url=_localised(
            mdui.InformationURL, Localised(common.contact.url, common.contact.url)
        ),
        logo=[mdui.Logo(text=common.icon, width="64", height="64")],
    )
    return md.Extensions(extension_elements=[element_to_extension_element(info)])


def _key(certificate: Certificate, use: str) -> md.KeyDescriptor:
    text = base64.b64encode(certificate.der).decode()
    data = xmldsig.X509Data(x509_certificate=xmldsig.X509Certificate(text=text))
    return md.KeyDescriptor(use=use, key_info=xmldsig.KeyInfo(x509_data=[data]))


def _formats() -> list[md.NameIDFormat]:
    return [md.NameIDFormat(text=uri) for uri in _NAME_ID_FORMATS]


def _localised(cls: Any, text: Localised) -> list[Any]:
    pairs: Iterable[tuple[str, str]] = (("da", text.da), ("en", text.en))
    return [cls(lang=language, text=words) for language, words in pairs]
