"""Facts about peers as their metadata states them, and what was noticed while reading it.

Frozen; nothing here reads a clock. `broker.metadata.model` adds what an operator decided.
"""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

from broker.saml.keys import Certificate

Language = Literal["da", "en"]
Level = Literal["info", "odd", "refused"]


@dataclass(frozen=True, slots=True)
class Localised:
    """One text in Danish and in English."""

    da: str
    en: str

    def of(self, language: str) -> str:
        """The text in the language asked for; anything but English gets Danish."""
        return self.en if language == "en" else self.da


@dataclass(frozen=True, slots=True)
class Endpoint:
    """One SAML endpoint of a peer."""

    binding: str
    location: str
    index: int | None = None
    is_default: bool = False
    response_location: str | None = None


@dataclass(frozen=True, slots=True)
class ServiceProvider:
    """The SPSSODescriptor of one entity."""

    entity_id: str
    acs: tuple[Endpoint, ...]
    slo: tuple[Endpoint, ...]
    signing: tuple[Certificate, ...]
    encryption: tuple[Certificate, ...]
    authn_requests_signed: bool
    want_assertions_signed: bool
    name_id_formats: tuple[str, ...]
    name: Localised | None
    attributes: tuple[str, ...] = ()  # that it asks for
    discovery: tuple[Endpoint, ...] = ()  # where it may be told of a choice (idpdisc)


@dataclass(frozen=True, slots=True)
class IdentityProvider:
    """The IDPSSODescriptor of one entity."""

    entity_id: str
    sso: tuple[Endpoint, ...]
    slo: tuple[Endpoint, ...]
    signing: tuple[Certificate, ...]
    want_authn_requests_signed: bool
    name_id_formats: tuple[str, ...]
    name: Localised | None
    attributes: tuple[str, ...] = ()  # that it says it can tell


@dataclass(frozen=True, slots=True)
class Finding:
    """Something noticed in metadata: how grave, a stable code, where, and words for a person.

    `info` is worth knowing, `odd` is wrong or unusual and accepted, `refused` means that
    the part it speaks of (a key, an endpoint, the entity) is not used.
    """

    level: Level
    code: str
    where: str
    words: str


@dataclass(frozen=True, slots=True)
class EntityContact:
    """Whom to write to about an entity, as its metadata says."""

    kind: str  # technical, support, administrative, billing, other
    name: str
    mail: str


@dataclass(frozen=True, slots=True)
class EntityFacts:
    """One entity of a metadata document, with what was noticed about it.

    `xml` is the document to keep: reading it again gives the same facts. `verified` says
    whether the facts were read from bytes that a pinned certificate signed.
    """

    entity_id: str
    sp: ServiceProvider | None
    idp: IdentityProvider | None
    valid_until: datetime | None
    verified: bool
    findings: tuple[Finding, ...]
    xml: bytes = field(repr=False)
    contacts: tuple[EntityContact, ...] = ()


@dataclass(frozen=True, slots=True)
class MetadataReading:
    """A whole document: its usable entities, and findings about the document itself."""

    entities: tuple[EntityFacts, ...]
    findings: tuple[Finding, ...]


@dataclass(frozen=True, slots=True)
class FeedEntity:
    """One entity of a feed as a document of its own, not examined yet."""

    entity_id: str
    xml: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class Feed:
    """What a source publishes: its entities, and what it says of itself as a whole.

    The entities' documents hold neither the signature nor the instants of the whole, which
    change at each publication, so that an entity that did not change has the same bytes.
    """

    entities: tuple[FeedEntity, ...]
    findings: tuple[Finding, ...]
    verified: bool
    published: datetime | None
    valid_until: datetime | None


@dataclass(frozen=True, slots=True)
class PublishedContact:
    """Where partners of ours get help, as our own metadata says it."""

    organisation: Localised
    url: str
    name: str
    mail: str
    phone: str


@dataclass(frozen=True, slots=True)
class OwnDescriptor:
    """What both of our own EntityDescriptors say. `id` is the one that the signature names."""

    id: str
    entity_id: str
    valid_until: datetime
    location: str
    logout: tuple[tuple[str, str], ...]  # binding and address, the preferred first
    signing: tuple[Certificate, ...]
    contact: PublishedContact
    description: Localised
    icon: str
    cache_duration: str = "PT6H"


@dataclass(frozen=True, slots=True)
class OwnIdp:
    """Our identity provider side, which services see."""

    common: OwnDescriptor
    attributes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class OwnSp:
    """Our service provider side, which identity providers see.

    `requested` are the attributes we ask for, each with whether a login fails without it.
    """

    common: OwnDescriptor
    encryption: tuple[Certificate, ...]
    requested: tuple[tuple[str, bool], ...]
