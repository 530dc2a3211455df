"""The catalogue of audit events: one frozen dataclass each, in words that mean one thing.

`PERSONAL` names the fields that are about a person; they hold our own random identifiers,
the name of an operator or the reason that an administrator gave, never what an identity
provider said. `EXAMPLES` has one of each, for readers and for tests.

    logins         logins and logouts
    registry       who is in the federations
    organisations  organisations, and who administers them
    people         the people in them: their accounts, identities and groups
    codelists      the code lists that delimit roles
    grants         who may hand out what, who got it, and which rules changed
    requests       requests, reviews and imports
    mappings       what services are told
    readiness      how ready partners are for our keys, and the keys of partners that are kept
    sources        where metadata comes from, what waited and what went wrong
    portals        who came into the portals
    cases          what was asked for in a case, and what was decided
    trail          who looked at the trail, what went by rule, and which key seals it
    jobs           jobs that fail, and mail that does not arrive
    rollover       how our own keys change
    services       services as their owners register and change them

A new subject is a module with its union and its EXAMPLES, and two lines here.
"""

from dataclasses import fields

from broker.audit.events.cases import EXAMPLES as CASES
from broker.audit.events.cases import CaseChanged
from broker.audit.events.codelists import EXAMPLES as CODELISTS
from broker.audit.events.codelists import CodeListLoaded
from broker.audit.events.grants import EXAMPLES as GRANTS
from broker.audit.events.grants import (
    BundleChanged,
    ConflictExcepted,
    EntitlementChanged,
    GrantChanged,
    GrantEnded,
    GrantEvent,
    GrantGiven,
    RuleChanged,
)
from broker.audit.events.jobs import EXAMPLES as JOBS
from broker.audit.events.jobs import JobEvent, JobFailed, MailCleared, MailFailed, MailWorded
from broker.audit.events.logins import EXAMPLES as LOGINS
from broker.audit.events.logins import (
    AccountChosen,
    How,
    LoginCompleted,
    LoginEvent,
    LoginRefused,
    LogoutFinished,
    LogoutRefused,
    LogoutStarted,
)
from broker.audit.events.mappings import EXAMPLES as MAPPINGS
from broker.audit.events.mappings import (
    MappingEvent,
    MappingInForce,
    MappingLoaded,
    MappingRetired,
    MappingShadowed,
)
from broker.audit.events.organisations import EXAMPLES as ORGANISATIONS
from broker.audit.events.organisations import (
    AdministratorsMissing,
    MandateGiven,
    MandateTaken,
    OrganisationChanged,
    OrganisationEvent,
    OrganisationMerged,
    SubstituteChanged,
)
from broker.audit.events.people import EXAMPLES as PEOPLE
from broker.audit.events.people import (
    AccountChanged,
    AccountMerged,
    ClaimChanged,
    GroupChanged,
    GroupMemberChanged,
    HumanConfirmed,
    IdentityChanged,
    PeopleEvent,
)
from broker.audit.events.portals import EXAMPLES as PORTALS
from broker.audit.events.portals import DeskLooked, EmergencyPass, PortalEntered, PortalEvent
from broker.audit.events.readiness import EXAMPLES as READINESS
from broker.audit.events.readiness import (
    LateAnswered,
    LateAsked,
    PartnerKeyBrought,
    PartnerKeyEnded,
    PartnerKeyKept,
    ReadinessClaimed,
    ReadinessEvent,
    TrialOffered,
)
from broker.audit.events.registry import EXAMPLES as REGISTRY
from broker.audit.events.registry import (
    ActivationChanged,
    CatalogueLoaded,
    FederationLoaded,
    KeysCreated,
    MetadataLoaded,
    RegistryEvent,
    RevocationChanged,
)
from broker.audit.events.requests import EXAMPLES as REQUESTS
from broker.audit.events.requests import (
    ImportChanged,
    RequestDecided,
    RequestEvent,
    RequestFinished,
    RequestSent,
    ReviewChanged,
    ReviewDecided,
)
from broker.audit.events.rollover import EXAMPLES as ROLLOVER
from broker.audit.events.rollover import (
    CertificateInstalled,
    KeyCompromised,
    PartnerOverridden,
    RolloverCancelled,
    RolloverEvent,
    RolloverMoved,
    RolloverPlanned,
    RolloverResumed,
    RolloverTakenBack,
)
from broker.audit.events.services import EXAMPLES as SERVICES
from broker.audit.events.services import (
    InvitationChanged,
    LoginArmed,
    ServiceBegun,
    ServiceChangeAsked,
    ServiceChangeDecided,
    ServiceEvent,
    ServiceTried,
    VendorAccessChanged,
)
from broker.audit.events.sources import EXAMPLES as SOURCES
from broker.audit.events.sources import (
    MetadataAlarm,
    MetadataDecided,
    MetadataRefreshed,
    MetadataSourceChanged,
    SourceEvent,
)
from broker.audit.events.trail import EXAMPLES as TRAIL
from broker.audit.events.trail import TrailEvent, TrailRead
from broker.audit.masking import cleaned, number

__all__ = [
    "EXAMPLES",
    "AccountChanged",
    "AccountChosen",
    "AccountMerged",
    "ActivationChanged",
    "AdministratorsMissing",
    "BundleChanged",
    "CaseChanged",
    "CatalogueLoaded",
    "CertificateInstalled",
    "ClaimChanged",
    "CodeListLoaded",
    "ConflictExcepted",
    "DeskLooked",
    "EmergencyPass",
    "EntitlementChanged",
    "Event",
    "FederationLoaded",
    "GrantChanged",
    "GrantEnded",
    "GrantGiven",
    "GroupChanged",
    "GroupMemberChanged",
    "How",
    "HumanConfirmed",
    "IdentityChanged",
    "ImportChanged",
    "InvitationChanged",
    "JobFailed",
    "KeyCompromised",
    "KeysCreated",
    "LateAnswered",
    "LateAsked",
    "LoginArmed",
    "LoginCompleted",
    "LoginRefused",
    "LogoutFinished",
    "LogoutRefused",
    "LogoutStarted",
    "MailCleared",
    "MailFailed",
    "MailWorded",
    "MandateGiven",
    "MandateTaken",
    "MappingInForce",
    "MappingLoaded",
    "MappingRetired",
    "MappingShadowed",
    "MetadataAlarm",
    "MetadataDecided",
    "MetadataLoaded",
    "MetadataRefreshed",
    "MetadataSourceChanged",
    "OrganisationChanged",
    "OrganisationMerged",
    "PartnerKeyBrought",
    "PartnerKeyEnded",
    "PartnerKeyKept",
    "PartnerOverridden",
    "PortalEntered",
    "ReadinessClaimed",
    "RequestDecided",
    "RequestFinished",
    "RequestSent",
    "ReviewChanged",
    "ReviewDecided",
    "RevocationChanged",
    "RolloverCancelled",
    "RolloverMoved",
    "RolloverPlanned",
    "RolloverResumed",
    "RolloverTakenBack",
    "RuleChanged",
    "ServiceBegun",
    "ServiceChangeAsked",
    "ServiceChangeDecided",
    "ServiceTried",
    "SubstituteChanged",
    "TrailRead",
    "TrialOffered",
    "Value",
    "VendorAccessChanged",
    "fields_of",
]

Value = str | int | None | list[str]
Event = (
    LoginEvent
    | RegistryEvent
    | OrganisationEvent
    | PeopleEvent
    | GrantEvent
    | RequestEvent
    | CodeListLoaded
    | MappingEvent
    | ReadinessEvent
    | SourceEvent
    | JobEvent
    | RolloverEvent
    | PortalEvent
    | ServiceEvent
    | CaseChanged
    | TrailEvent
)
EXAMPLES: tuple[Event, ...] = (
    *LOGINS,
    *REGISTRY,
    *ORGANISATIONS,
    *PEOPLE,
    *CODELISTS,
    *GRANTS,
    *REQUESTS,
    *MAPPINGS,
    *READINESS,
    *SOURCES,
    *JOBS,
    *ROLLOVER,
    *PORTALS,
    *SERVICES,
    *CASES,
    *TRAIL,
)


def fields_of(event: Event) -> dict[str, Value]:
    """The fields by name, as they may be kept: capped, and without anything like a CPR number."""
    return {field.name: _kept(getattr(event, field.name)) for field in fields(event)}


def _kept(value: object) -> Value:
    if value is None:
        return None
    if isinstance(value, int):
        return number(value)
    if isinstance(value, tuple):
        return [cleaned(str(item)) for item in value]
    return cleaned(str(value))
