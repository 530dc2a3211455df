"""Services as their owners register and change them."""

from dataclasses import dataclass
from typing import ClassVar, Literal


@dataclass(frozen=True, slots=True)
class ServiceBegun:
    """Somebody began to register a service and looks after it from then on."""

    NAME: ClassVar[str] = "service.begun"
    PERSONAL: ClassVar[frozenset[str]] = frozenset({"by"})

    federation: str
    service: str
    by: str


@dataclass(frozen=True, slots=True)
class InvitationChanged:
    """Somebody was invited into the team of a service, or what became of it."""

    NAME: ClassVar[str] = "invitation.changed"
    PERSONAL: ClassVar[frozenset[str]] = frozenset({"account", "reason", "by", "seat"})

    federation: str
    service: str
    invitation: str  # our id of it; name and address stay in the invitation itself
    mandate: str
    change: Literal["sent", "accepted", "missed", "withdrawn"]
    cvr: str  # the organisation that the login must be of
    account: str | None  # who accepted
    until: str  # when the invitation ends
    reason: str
    by: str
    seat: str | None


@dataclass(frozen=True, slots=True)
class VendorAccessChanged:
    """A vendor's access to the test environment of an interface, or what became of it."""

    NAME: ClassVar[str] = "vendor.access_changed"
    PERSONAL: ClassVar[frozenset[str]] = frozenset({"subject", "reason", "by", "seat"})

    federation: str
    service: str
    interface: str
    access: str  # our id of it; names and addresses stay in the access itself
    change: Literal["granted", "extended", "certificate", "revoked", "given_back"]
    cvr: str  # the vendor
    certificate: str | None  # SHA-256 of the one that counts from now on
    until: str
    subject: str | None  # our id of the person, where no account says who it was
    reason: str
    case_no: str | None
    by: str
    seat: str | None


@dataclass(frozen=True, slots=True)
class ServiceTried:
    """What was saved of a service came into operation in the test environment."""

    NAME: ClassVar[str] = "service.tried"
    PERSONAL: ClassVar[frozenset[str]] = frozenset({"by"})

    federation: str  # the test environment
    service: str
    by: str


@dataclass(frozen=True, slots=True)
class ServiceChangeAsked:
    """Production, a change of it or a removal from it is asked for."""

    NAME: ClassVar[str] = "service.change_asked"
    PERSONAL: ClassVar[frozenset[str]] = frozenset({"by", "reason"})

    federation: str
    service: str
    change: str  # our UUID of it
    kind: str
    wanted_at: str | None
    by: str
    reason: str


@dataclass(frozen=True, slots=True)
class ServiceChangeDecided:
    """Somebody else said yes or no to it, it was withdrawn, or it came into operation."""

    NAME: ClassVar[str] = "service.change_decided"
    PERSONAL: ClassVar[frozenset[str]] = frozenset({"by", "reason"})

    federation: str
    service: str
    change: str
    kind: str
    state: str
    opens: str | None
    by: str
    reason: str


@dataclass(frozen=True, slots=True)
class LoginArmed:
    """An owner chose what the next login at their own test service shall be told."""

    NAME: ClassVar[str] = "service.test_login"
    PERSONAL: ClassVar[frozenset[str]] = frozenset({"by"})

    federation: str
    service: str
    fault: str
    by: str


ServiceEvent = (
    ServiceBegun
    | InvitationChanged
    | VendorAccessChanged
    | ServiceTried
    | ServiceChangeAsked
    | ServiceChangeDecided
    | LoginArmed
)

_WHO = "5d3f9a52-1e0b-4f7a-8a6e-0c9d8b7a6f51"
_CHANGE = "1a6b1f0e-3c55-4a0f-9d61-2f1f6a7c8b90"
EXAMPLES: tuple[ServiceEvent, ...] = (
    ServiceBegun(federation="sundhed", service="vaccination", by=_WHO),
    InvitationChanged(
        federation="sundhed",
        service="vaccination",
        invitation=_CHANGE,
        mandate="service_tech",
        change="accepted",
        cvr="90000013",
        account=_WHO,
        until="2027-01-11T06:00:00+00:00",
        reason="Runs the service for us",
        by=_WHO,
        seat=None,
    ),
    VendorAccessChanged(
        federation="sundhed",
        service="sei2",
        interface="idws",
        access=_CHANGE,
        change="granted",
        cvr="90000276",
        certificate="9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
        until="2027-11-26T07:00:00+00:00",
        subject=None,
        reason="They build reporting for hospices",
        case_no="S26-7KQ4MB",
        by=_WHO,
        seat=None,
    ),
    ServiceTried(federation="sundhed-test", service="vaccination", by=_WHO),
    ServiceChangeAsked(
        federation="sundhed",
        service="vaccination",
        change=_CHANGE,
        kind="launch",
        wanted_at="2027-01-04T06:00:00+01:00",
        by=_WHO,
        reason="The service opens",
    ),
    ServiceChangeDecided(
        federation="sundhed",
        service="vaccination",
        change=_CHANGE,
        kind="launch",
        state="approved",
        opens="2027-01-04T06:00:00+01:00",
        by=_WHO,
        reason="Everything is in order",
    ),
    LoginArmed(federation="sundhed-test", service="vaccination", fault="none", by=_WHO),
)
