"""Messages as frozen facts. What is called Unverified has had no signature checked."""

from dataclasses import dataclass, field
from datetime import datetime

from broker.saml.assurance import Demand
from broker.saml.keys import Certificate


@dataclass(frozen=True, slots=True)
class NameID:
    """A NameID with the attributes that make it comparable. SAML Core 2.2.3."""

    value: str = field(repr=False)  # a person, so no trace or log shows it by accident
    format: str
    name_qualifier: str | None = None
    sp_name_qualifier: str | None = None


@dataclass(frozen=True, slots=True)
class Attribute:
    """One attribute: its Name, NameFormat, and values as text in document order."""

    name: str
    values: tuple[str, ...] = field(repr=False)  # may hold a CPR number
    name_format: str | None = None
    friendly_name: str | None = None


@dataclass(frozen=True, slots=True)
class NameIDPolicy:
    """What form of name a service asks for. SAML Core 3.4.1.1; None is not said."""

    format: str | None = None
    sp_name_qualifier: str | None = None
    allow_create: bool | None = None


@dataclass(frozen=True, slots=True)
class AppSwitch:
    """Where an app on a phone takes over again. NemLog-in, AppSwitch extension."""

    platform: str  # Android or iOS
    return_url: str


@dataclass(frozen=True, slots=True)
class AuthnRequest:
    """What a service asks for, read from a message verified as far as it had to be."""

    id: str
    issuer: str
    destination: str | None
    issue_instant: datetime
    acs_url: str | None = None
    acs_index: int | None = None
    protocol_binding: str | None = None
    force_authn: bool = False
    is_passive: bool = False
    demand: Demand | None = None
    unknown_contexts: tuple[str, ...] = ()
    names_subject: bool = False
    identity_types: tuple[str, ...] = ()
    idp_list: tuple[str, ...] = ()
    proxy_count: int | None = None
    requester_ids: tuple[str, ...] = ()
    name_id_policy: NameIDPolicy | None = None
    app_switch: AppSwitch | None = None
    verified_by: Certificate | None = None  # None where it was not signed


@dataclass(frozen=True, slots=True)
class Status:
    """A SAML status: top-level code and, where given, the second-level one."""

    code: str
    sub_code: str | None = None


@dataclass(frozen=True, slots=True)
class SubjectConfirmation:
    """How the bearer is confirmed. SAML Core 2.4.1."""

    method: str
    recipient: str | None
    in_response_to: str | None
    not_before: datetime | None
    not_on_or_after: datetime | None
    has_data: bool


@dataclass(frozen=True, slots=True)
class AuthnStatement:
    """That, when and how somebody was authenticated. SAML Core 2.7.2."""

    authn_instant: datetime
    session_index: str | None
    session_not_on_or_after: datetime | None
    class_ref: str | None
    authorities: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Conditions:
    """When and for whom an assertion counts. SAML Core 2.5."""

    not_before: datetime | None
    not_on_or_after: datetime | None
    audiences: tuple[tuple[str, ...], ...]
    one_time_use: bool = False
    proxy_restrictions: int = 0
    proxy_count: int | None = None
    proxy_audiences: tuple[str, ...] = ()
    unknown: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Assertion:
    """An assertion read from exactly the bytes whose signature was verified."""

    id: str
    issuer: str
    issue_instant: datetime
    name_id: NameID | None
    confirmations: tuple[SubjectConfirmation, ...]
    conditions: Conditions | None
    authn_statements: tuple[AuthnStatement, ...]
    attribute_statements: int
    attributes: tuple[Attribute, ...]
    encrypted_parts: bool = False


@dataclass(frozen=True, slots=True)
class AssertionDraft:
    """What we are about to assert; times are aware datetimes in UTC."""

    id: str
    issuer: str
    issued_at: datetime
    name_id: NameID
    audience: str
    recipient: str
    in_response_to: str | None
    confirm_until: datetime
    valid_until: datetime
    authn_instant: datetime
    class_ref: str
    attributes: tuple[Attribute, ...]
    session_index: str | None = None
    session_until: datetime | None = None
    authorities: tuple[str, ...] = ()
    valid_from: datetime | None = None
    proxy_count: int | None = None
    proxy_audiences: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class AuthnRequestDraft:
    """The AuthnRequest we are about to send."""

    id: str
    issuer: str
    destination: str
    issued_at: datetime
    acs_url: str
    force_authn: bool = False
    is_passive: bool = False
    class_refs: tuple[str, ...] = ()
    comparison: str = "minimum"
    requester_ids: tuple[str, ...] = ()
    idp_list: tuple[str, ...] = ()
    proxy_count: int | None = None
    name_id_format: str | None = None
    provider_name: str | None = None
    app_switch: AppSwitch | None = None


@dataclass(frozen=True, slots=True)
class Issued:
    """Bytes of a message ready for the binding, with the id it carries."""

    id: str
    xml: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class LogoutRequest:
    """That a session is over, read from verified bytes. SAML Core 3.7.1."""

    id: str
    issuer: str
    destination: str | None
    issue_instant: datetime
    not_on_or_after: datetime | None
    name_id: NameID | None  # None where it is encrypted or no NameID at all
    session_indexes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class LogoutResponse:
    """What came of a LogoutRequest, read from verified bytes. SAML Core 3.7.2."""

    id: str
    issuer: str
    destination: str | None
    in_response_to: str | None
    issue_instant: datetime
    status: Status


@dataclass(frozen=True, slots=True)
class LogoutRequestDraft:
    """The LogoutRequest we are about to send; the NameID is the one that was asserted."""

    id: str
    issuer: str
    destination: str
    issued_at: datetime
    not_on_or_after: datetime
    name_id: NameID
    session_index: str | None


@dataclass(frozen=True, slots=True)
class LogoutResponseDraft:
    """The LogoutResponse we are about to send."""

    id: str
    issuer: str
    destination: str | None
    in_response_to: str
    issued_at: datetime
    status: Status
