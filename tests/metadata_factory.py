"""Metadata of our own making, with the quirks of real metadata switched on one at a time."""

import base64
from dataclasses import dataclass, field

from broker.saml import names
from tests.factories import key_pair

SP = "https://service.example.dk/saml"
IDP_ID = "https://idp.example.dk/saml"
ACS_URL = "https://service.example.dk/saml/acs"
SSO_URL = "https://idp.example.dk/saml/sso"


def cert(name: str, bits: int = 2048) -> str:
    """The base64 of a certificate of that name."""
    made = key_pair(name) if bits == 2048 else key_pair(name, bits)  # one cache entry a name
    return base64.b64encode(made[1].der).decode()


def key(name: str, use: str | None = "signing", text: str | None = None) -> str:
    """A KeyDescriptor; `text` is what stands in X509Certificate instead of plain base64."""
    attribute = f' use="{use}"' if use else ""
    return (
        f'<md:KeyDescriptor{attribute}><ds:KeyInfo xmlns:ds="{names.DS}"><ds:X509Data>'
        f"<ds:X509Certificate>{text or cert(name)}</ds:X509Certificate>"
        "</ds:X509Data></ds:KeyInfo></md:KeyDescriptor>"
    )


def endpoint(name: str, location: str, binding: str = names.POST, more: str = "") -> str:
    """One endpoint element."""
    return f'<md:{name} Binding="{binding}" Location="{location}"{more}/>'


def acs(location: str = ACS_URL, index: int | None = 0, binding: str = names.POST) -> str:
    """One AssertionConsumerService."""
    more = "" if index is None else f' index="{index}"'
    return endpoint("AssertionConsumerService", location, binding, more)


def sso(location: str = SSO_URL, binding: str = names.REDIRECT) -> str:
    """One SingleSignOnService."""
    return endpoint("SingleSignOnService", location, binding)


@dataclass(frozen=True)
class Sp:
    """A service provider's document; every part can be replaced."""

    entity_id: str = SP
    keys: str = field(default_factory=lambda: key("sp") + key("sp-enc", "encryption"))
    endpoints: str = field(default_factory=acs)
    attributes: str = ""
    role: str = 'AuthnRequestsSigned="true" WantAssertionsSigned="true"'
    protocols: str = names.SAMLP
    before_keys: str = ""
    after_keys: str = ""
    tail: str = ""

    def entity(self) -> str:
        """The EntityDescriptor."""
        return (
            f'<md:EntityDescriptor xmlns:md="{names.MD}" entityID="{self.entity_id}"'
            f" {self.attributes}>"
            f'<md:SPSSODescriptor {self.role} protocolSupportEnumeration="{self.protocols}">'
            f"{self.before_keys}{self.keys}{self.after_keys}{self.endpoints}"
            f"</md:SPSSODescriptor>{self.tail}</md:EntityDescriptor>"
        )

    def xml(self) -> bytes:
        """The document."""
        return self.entity().encode()


@dataclass(frozen=True)
class Idp:
    """An identity provider's document; every part can be replaced."""

    entity_id: str = IDP_ID
    keys: str = field(default_factory=lambda: key("idp"))
    endpoints: str = field(default_factory=sso)
    attributes: str = ""
    protocols: str = names.SAMLP
    before_keys: str = ""
    after_keys: str = ""
    tail: str = ""

    def entity(self) -> str:
        """The EntityDescriptor."""
        return (
            f'<md:EntityDescriptor xmlns:md="{names.MD}" entityID="{self.entity_id}"'
            f" {self.attributes}>"
            f'<md:IDPSSODescriptor WantAuthnRequestsSigned="true"'
            f' protocolSupportEnumeration="{self.protocols}">'
            f"{self.before_keys}{self.keys}{self.after_keys}{self.endpoints}"
            f"</md:IDPSSODescriptor>{self.tail}</md:EntityDescriptor>"
        )

    def xml(self) -> bytes:
        """The document."""
        return self.entity().encode()


def aggregate(*entities: Sp | Idp, attributes: str = "") -> bytes:
    """An EntitiesDescriptor around them."""
    inside = "".join(entity.entity() for entity in entities)
    return (
        f'<md:EntitiesDescriptor xmlns:md="{names.MD}" {attributes}>{inside}'
        "</md:EntitiesDescriptor>"
    ).encode()


def contact(*, empty: bool = False) -> str:
    """A technical contact, with or without content."""
    name = "" if empty else "Ditte Drift"
    return (
        f'<md:ContactPerson contactType="technical"><md:GivenName>{name}</md:GivenName>'
        "<md:EmailAddress>mailto:drift@example.dk</md:EmailAddress></md:ContactPerson>"
    )


def organisation(name: str = "Eksempelregionen") -> str:
    """An Organization with a display name."""
    return (
        f'<md:Organization><md:OrganizationName xml:lang="da">{name}</md:OrganizationName>'
        f'<md:OrganizationDisplayName xml:lang="da">{name}</md:OrganizationDisplayName>'
        '<md:OrganizationURL xml:lang="da">https://example.dk/</md:OrganizationURL>'
        "</md:Organization>"
    )
