"""A service's metadata, written from what its owner filled in: one EntityDescriptor, unsigned.

For owners who have no document, or correct one in a form. SAML Metadata 2.0.
"""

import base64

from lxml import etree

from broker.saml import names
from broker.saml.entities import EntityContact, ServiceProvider
from broker.saml.keys import Certificate
from broker.saml.xml import Element

_NSMAP = {"md": names.MD, "ds": names.DS, "mdui": names.MDUI}
_LANG = "{http://www.w3.org/XML/1998/namespace}lang"


def write_service(sp: ServiceProvider, contacts: tuple[EntityContact, ...] = ()) -> bytes:
    """The document: `read_metadata` reads the same facts from it."""
    root = etree.Element(_md("EntityDescriptor"), nsmap=_NSMAP, entityID=sp.entity_id)
    role = etree.SubElement(
        root,
        _md("SPSSODescriptor"),
        protocolSupportEnumeration=names.SAMLP,
        AuthnRequestsSigned=_flag(value=sp.authn_requests_signed),
        WantAssertionsSigned=_flag(value=sp.want_assertions_signed),
    )
    if sp.name is not None:
        _names(role, sp)
    for use, certificates in (("signing", sp.signing), ("encryption", sp.encryption)):
        for certificate in certificates:
            _key(role, certificate, use)
    for endpoint in sp.slo:
        said = {"Binding": endpoint.binding, "Location": endpoint.location}
        if endpoint.response_location:
            said["ResponseLocation"] = endpoint.response_location
        etree.SubElement(role, _md("SingleLogoutService"), said)
    for form in sp.name_id_formats:
        etree.SubElement(role, _md("NameIDFormat")).text = form
    for index, endpoint in enumerate(sp.acs):
        said = {
            "Binding": endpoint.binding,
            "Location": endpoint.location,
            "index": str(endpoint.index if endpoint.index is not None else index),
        }
        if endpoint.is_default:
            said["isDefault"] = "true"
        etree.SubElement(role, _md("AssertionConsumerService"), said)
    for contact in contacts:
        person = etree.SubElement(root, _md("ContactPerson"), contactType=contact.kind)
        if contact.name:
            etree.SubElement(person, _md("GivenName")).text = contact.name
        etree.SubElement(person, _md("EmailAddress")).text = f"mailto:{contact.mail}"
    return etree.tostring(root, xml_declaration=True, encoding="UTF-8", pretty_print=True)


def _names(role: Element, sp: ServiceProvider) -> None:
    if sp.name is None:
        return
    extensions = etree.SubElement(role, _md("Extensions"))
    info = etree.SubElement(extensions, f"{{{names.MDUI}}}UIInfo")
    for language, text in (("da", sp.name.da), ("en", sp.name.en)):
        etree.SubElement(info, f"{{{names.MDUI}}}DisplayName", {_LANG: language}).text = text


def _key(role: Element, certificate: Certificate, use: str) -> None:
    key = etree.SubElement(role, _md("KeyDescriptor"), use=use)
    info = etree.SubElement(key, f"{{{names.DS}}}KeyInfo")
    data = etree.SubElement(info, f"{{{names.DS}}}X509Data")
    text = base64.b64encode(certificate.der).decode()
    etree.SubElement(data, f"{{{names.DS}}}X509Certificate").text = text


def _flag(*, value: bool) -> str:
    return "true" if value else "false"


def _md(name: str) -> str:
    return f"{{{names.MD}}}{name}"
