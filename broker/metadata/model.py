"""Facts about who is in a federation. Frozen; nothing here reads a clock or a database."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Protocol

from broker.metadata.activation import Activation
from broker.metadata.certificate_policy import CertificatePolicy
from broker.metadata.kept_keys.model import Kept, still
from broker.metadata.showing import Duty, IdpPage, Look, Network, ServicePage, Statement
from broker.metadata.speech import IdpSpeech, Reads, Speech
from broker.saml.assurance import Assurance
from broker.saml.entities import (
    Endpoint,
    IdentityProvider,
    Language,
    Localised,
    ServiceProvider,
)
from broker.saml.keys import Certificate, DecryptionKey, SigningKey

__all__ = [
    "Activation",
    "ConnectedIdp",
    "Contact",
    "Endpoint",
    "Federation",
    "FederationKeys",
    "IdentityProvider",
    "Language",
    "Localised",
    "Service",
    "ServiceProvider",
    "SessionLimits",
]


@dataclass(frozen=True, slots=True)
class Contact:
    """Where a person gets help: a name, a mail address, a phone number and its hours."""

    name: str
    mail: str
    phone: str
    hours: Localised


@dataclass(frozen=True, slots=True)
class SessionLimits:
    """How long one login counts: without being used, and at all. R19."""

    idle: timedelta
    absolute: timedelta


@dataclass(frozen=True, slots=True)
class Federation:
    """One federation in one environment, with entityIDs and addresses of its own."""

    path: str  # first part of every URL, unique in the installation: "sundhed-test"
    code: str  # "sundhed"
    environment: str
    name: Localised
    origin: str  # public origin without a trailing slash
    idp_entity_id: str
    sp_entity_id: str
    identity_type: str | None  # names.PERSON, names.PROFESSIONAL or None
    ribbon: Localised | None  # shown on every page where it is not production
    contact: Contact
    session: SessionLimits
    certificates: CertificatePolicy = field(default_factory=CertificatePolicy)
    look: Look = field(default_factory=Look)
    statement: Statement | None = None
    networks: tuple[Network, ...] = ()
    duty: tuple[Duty, ...] = ()  # phones for services of an SLA class
    tried_in: str | None = None  # path of the federation in which services are tried first
    test_login: bool = False  # whether made-up people may log in here

    def duty_for(self, sla: str) -> Duty | None:
        """The phone that is answered for services of a class, beside the service desk's."""
        return next((duty for duty in self.duty if duty.sla == sla), None)

    @property
    def base(self) -> str:
        """Origin and path, the beginning of every address of this federation."""
        return f"{self.origin}/{self.path}"

    @property
    def sso_url(self) -> str:
        """Where services send AuthnRequests, both bindings."""
        return f"{self.base}/saml/sso"

    @property
    def acs_url(self) -> str:
        """Where IdPs send Responses."""
        return f"{self.base}/saml/acs"

    @property
    def slo_url(self) -> str:
        """Where services send logout messages through the browser."""
        return f"{self.base}/saml/slo"

    @property
    def slo_soap_url(self) -> str:
        """Where services send logout messages by themselves."""
        return f"{self.base}/saml/slo/soap"

    def sso_at(self, endpoint: str | None) -> str:
        """Where services send AuthnRequests that hold the document of one epoch alone (R25)."""
        return self.sso_url if endpoint is None else f"{self.base}/saml/e/{endpoint}/sso"

    def slo_at(self, endpoint: str | None) -> str:
        """Where they send logout messages through the browser."""
        return self.slo_url if endpoint is None else f"{self.base}/saml/e/{endpoint}/slo"

    def slo_soap_at(self, endpoint: str | None) -> str:
        """Where they send logout messages by themselves."""
        return self.slo_soap_url if endpoint is None else f"{self.base}/saml/e/{endpoint}/slo/soap"

    @property
    def sp_slo_url(self) -> str:
        """Where IdPs send logout messages through the browser."""
        return f"{self.base}/saml/sp/slo"

    @property
    def sp_slo_soap_url(self) -> str:
        """Where IdPs send logout messages by themselves."""
        return f"{self.base}/saml/sp/slo/soap"

    @property
    def idp_metadata_url(self) -> str:
        """Our metadata for services."""
        return f"{self.base}/metadata/idp.xml"

    @property
    def sp_metadata_url(self) -> str:
        """Our metadata for identity providers."""
        return f"{self.base}/metadata/sp.xml"


@dataclass(frozen=True, slots=True)
class Service:
    """A health service as its owner registered it."""

    row: int  # small stable number, carried in flow cookies instead of the entityID
    code: str
    federation: str  # Federation.path
    name: Localised
    owner: str
    group: str  # services of one group know a person by the same NameID
    start_url: str  # where a person begins again; on a host of the service's own metadata
    minimum: Assurance
    activations: tuple[Activation, ...]
    require_signed_requests: bool
    plaintext: bool  # may be answered without encryption, and then never with a CPR number
    require_role: bool
    unsolicited: bool  # may be sent people that did not come from it
    session_max: timedelta | None  # takes no login older than this; None is the federation's limit
    speech: Speech
    sp: ServiceProvider
    reads: Reads = "several"  # what it makes of our metadata
    kept: tuple[Kept, ...] = ()  # certificates that it dropped and that still count
    page: ServicePage = field(default_factory=ServicePage)
    sla: str = "standard"  # society-critical for systems used in patient care

    @property
    def must_sign(self) -> bool:
        """Whether only a signed request of its is served; any other could be anybody's."""
        return self.sp.authn_requests_signed or self.require_signed_requests

    def signing_at(self, now: datetime) -> tuple[Certificate, ...]:
        """The certificates that verify its messages at an instant."""
        return still(self.sp.signing, self.kept, now)


@dataclass(frozen=True, slots=True)
class ConnectedIdp:
    """An identity provider as the operator connected it."""

    row: int
    code: str
    federation: str
    name: Localised
    maximum: Assurance  # the level it is registered for; it may not assert a higher one
    cvrs: frozenset[str] | None  # organisations it may speak for; None is any, empty is none
    identity_types: frozenset[str]
    encrypted: bool  # demands EncryptedAssertion
    nist: Assurance | None  # the NSIS level an OIOSAML 2 AssuranceLevel 3 counts as; None: refused
    allow_cbc: bool  # AES-CBC inside a verified signed Response
    bearer_not_before: bool  # OIOSAML profiles accept a bearer NotBefore, SAML2Int refuses it
    skew: int  # seconds
    conditions_lifetime: int  # seconds
    speech: IdpSpeech
    idp: IdentityProvider
    attributes: frozenset[str] | None = None  # what it may speak of; None is all we understand
    reads: Reads = "several"  # what it makes of our metadata
    kept: tuple[Kept, ...] = ()  # certificates that it dropped and that still count
    page: IdpPage = field(default_factory=IdpPage)

    def signing_at(self, now: datetime) -> tuple[Certificate, ...]:
        """The certificates that verify its messages at an instant."""
        return still(self.idp.signing, self.kept, now)


class FederationKeys(Protocol):
    """The keys of one federation that count now, by side and use."""

    @property
    def idp_signing(self) -> SigningKey:
        """What signs for services."""

    @property
    def sp_signing(self) -> SigningKey:
        """What signs for identity providers."""

    @property
    def sp_decryption(self) -> tuple[DecryptionKey, ...]:
        """What opens answers of identity providers, the key of today first."""

    @property
    def published_idp(self) -> tuple[Certificate, ...]:
        """What today's document for services shows."""

    @property
    def published_sp(self) -> tuple[Certificate, ...]:
        """What today's document for identity providers shows."""
