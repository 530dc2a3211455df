"""Metadata of honest peers, small and of our own making."""

import base64
from collections.abc import Sequence

from broker.saml import names
from broker.saml.keys import Certificate


def _key(certificate: Certificate, use: str) -> str:
    text = base64.b64encode(certificate.der).decode()
    return (
        f'<md:KeyDescriptor use="{use}"><ds:KeyInfo><ds:X509Data>'
        f"<ds:X509Certificate>{text}</ds:X509Certificate>"
        "</ds:X509Data></ds:KeyInfo></md:KeyDescriptor>"
    )


def _entity(entity_id: str, role: str) -> bytes:
    return (
        f'<md:EntityDescriptor xmlns:md="{names.MD}" xmlns:ds="{names.DS}" '
        f'entityID="{entity_id}">{role}</md:EntityDescriptor>'
    ).encode()


Endpoints = Sequence[tuple[str, str]]  # binding and address


def _logout(endpoints: Endpoints) -> str:
    return "".join(
        f'<md:SingleLogoutService Binding="{binding}" Location="{location}"/>'
        for binding, location in endpoints
    )


def idp_metadata(
    entity_id: str, certificate: Certificate, slo: Endpoints = (), sso: str = names.REDIRECT
) -> bytes:
    """An IdP that takes requests by one binding, and logout messages at these addresses."""
    return _entity(
        entity_id,
        f'<md:IDPSSODescriptor protocolSupportEnumeration="{names.SAMLP}" '
        f'WantAuthnRequestsSigned="true">{_key(certificate, "signing")}{_logout(slo)}'
        f'<md:SingleSignOnService Binding="{sso}" Location="{entity_id}/sso"/>'
        "</md:IDPSSODescriptor>",
    )


def sp_metadata(entity_id: str, certificate: Certificate, slo: Endpoints = ()) -> bytes:
    """A service that signs its requests, takes encrypted assertions, and logs out at these."""
    keys = _key(certificate, "signing") + _key(certificate, "encryption")
    return _entity(
        entity_id,
        f'<md:SPSSODescriptor protocolSupportEnumeration="{names.SAMLP}" '
        f'AuthnRequestsSigned="true" WantAssertionsSigned="true">{keys}{_logout(slo)}'
        f'<md:AssertionConsumerService Binding="{names.POST}" Location="{entity_id}/acs" '
        'index="0" isDefault="true"/>'
        f'<md:AssertionConsumerService Binding="{names.POST}" Location="{entity_id}/acs2" '
        'index="1"/></md:SPSSODescriptor>',
    )
