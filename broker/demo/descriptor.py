"""The metadata of the demo's own parties, as their suppliers would send it."""

import base64

from lxml import etree

from broker.metadata.model import Localised
from broker.saml import names
from broker.saml.keys import Certificate
from broker.saml.xml import Element

_NSMAP = {"md": names.MD, "ds": names.DS, "mdui": names.MDUI}


def idp_xml(entity_id: str, certificate: Certificate, sso: str, slo: str, name: Localised) -> bytes:
    """An IdP that takes signed Redirect requests, and logs out by Redirect and POST."""
    root = etree.Element(_md("EntityDescriptor"), nsmap=_NSMAP, entityID=entity_id)
    role = etree.SubElement(
        root,
        _md("IDPSSODescriptor"),
        protocolSupportEnumeration=names.SAMLP,
        WantAuthnRequestsSigned="true",
    )
    _named(role, name)
    _key(role, certificate, "signing")
    _logout(role, (names.REDIRECT, slo), (names.POST, slo))
    for form in (names.PERSISTENT, names.TRANSIENT):
        etree.SubElement(role, _md("NameIDFormat")).text = form
    etree.SubElement(role, _md("SingleSignOnService"), Binding=names.REDIRECT, Location=sso)
    return etree.tostring(root)


def sp_xml(
    entity_id: str,
    certificate: Certificate,
    acs: str,
    slo: tuple[tuple[str, str], ...],
    name: Localised,
    signing_too: tuple[Certificate, ...] = (),
) -> bytes:
    """A service that signs its requests, takes encrypted assertions, and logs out at `slo`."""
    root = etree.Element(_md("EntityDescriptor"), nsmap=_NSMAP, entityID=entity_id)
    role = etree.SubElement(
        root,
        _md("SPSSODescriptor"),
        protocolSupportEnumeration=names.SAMLP,
        AuthnRequestsSigned="true",
        WantAssertionsSigned="true",
    )
    _named(role, name)
    for one in (certificate, *signing_too):
        _key(role, one, "signing")
    _key(role, certificate, "encryption")
    _logout(role, *slo)
    etree.SubElement(role, _md("NameIDFormat")).text = names.PERSISTENT
    etree.SubElement(
        role,
        _md("AssertionConsumerService"),
        Binding=names.POST,
        Location=acs,
        index="0",
        isDefault="true",
    )
    return etree.tostring(root)


def _logout(role: Element, *endpoints: tuple[str, str]) -> None:
    for binding, location in endpoints:
        etree.SubElement(role, _md("SingleLogoutService"), Binding=binding, Location=location)


def _md(name: str) -> str:
    return f"{{{names.MD}}}{name}"


def _named(role: Element, name: Localised) -> None:
    extensions = etree.SubElement(role, _md("Extensions"))
    info = etree.SubElement(extensions, f"{{{names.MDUI}}}UIInfo")
    for language in ("da", "en"):
        shown = etree.SubElement(info, f"{{{names.MDUI}}}DisplayName")
        shown.set("{http://www.w3.org/XML/1998/namespace}lang", language)
        shown.text = name.of(language)


def _key(role: Element, certificate: Certificate, use: str) -> None:
    descriptor = etree.SubElement(role, _md("KeyDescriptor"), use=use)
    info = etree.SubElement(descriptor, f"{{{names.DS}}}KeyInfo")
    data = etree.SubElement(info, f"{{{names.DS}}}X509Data")
    text = base64.b64encode(certificate.der).decode()
    etree.SubElement(data, f"{{{names.DS}}}X509Certificate").text = text
