"""Organisations, and who administers them."""

from dataclasses import dataclass
from typing import ClassVar, Literal

OrganisationChange = Literal[
    "registered", "activated", "suspended", "closed", "renamed", "reclassified"
]


@dataclass(frozen=True, slots=True)
class OrganisationChanged:
    """An organisation was registered, or what it is changed from an instant on."""

    NAME: ClassVar[str] = "organisation.changed"
    PERSONAL: ClassVar[frozenset[str]] = frozenset({"by", "seat"})

    federation: str
    organisation: str  # our own id
    cvr: str
    change: OrganisationChange
    since: str  # ISO 8601; may lie ahead
    dropped: int  # changes that were planned, and are not any more
    reason: str
    case_no: str | None
    by: str  # our id of an account, or an operator's name
    seat: str | None  # who sat at the console where an account's mandates were used there


@dataclass(frozen=True, slots=True)
class OrganisationMerged:
    """Everything of one organisation was moved to another, and the old one was closed."""

    NAME: ClassVar[str] = "organisation.merged"
    PERSONAL: ClassVar[frozenset[str]] = frozenset({"by", "seat"})

    federation: str
    old: str
    new: str
    accounts: int
    mandates: int
    groups: int
    grants: int
    reason: str
    case_no: str | None
    by: str
    seat: str | None


@dataclass(frozen=True, slots=True)
class AdministratorsMissing:
    """A change left an organisation with one administrator, or with none: somebody must act."""

    NAME: ClassVar[str] = "organisation.administrators_missing"
    PERSONAL: ClassVar[frozenset[str]] = frozenset()

    federation: str
    organisation: str
    left: int  # how many are active from then on
    since: str


@dataclass(frozen=True, slots=True)
class MandateGiven:
    """An account may administer something from an instant on."""

    NAME: ClassVar[str] = "mandate.given"
    PERSONAL: ClassVar[frozenset[str]] = frozenset({"account", "by", "seat", "reason"})

    federation: str
    organisation: str | None
    service: str | None
    unit: str | None
    mandate: str
    mandate_id: str
    account: str
    since: str
    until: str | None
    reason: str
    case_no: str | None
    by: str
    seat: str | None
    alone: bool = False  # an organisation's first, or its rescue: no other administrator was there


@dataclass(frozen=True, slots=True)
class MandateTaken:
    """A mandate ended before its time."""

    NAME: ClassVar[str] = "mandate.taken"
    PERSONAL: ClassVar[frozenset[str]] = frozenset({"account", "by", "seat", "reason"})

    federation: str
    organisation: str | None
    mandate: str
    mandate_id: str
    account: str
    reason: str
    case_no: str | None
    by: str
    seat: str | None


@dataclass(frozen=True, slots=True)
class SubstituteChanged:
    """Somebody was named to use a mandate in the holder's place for a while, or is not any more."""

    NAME: ClassVar[str] = "substitute.changed"
    PERSONAL: ClassVar[frozenset[str]] = frozenset(
        {"principal", "substitute", "by", "seat", "reason"}
    )

    federation: str
    organisation: str | None
    change: Literal["named", "ended"]
    mandate_id: str
    principal: str
    substitute: str
    since: str
    until: str
    reason: str
    case_no: str | None
    by: str
    seat: str | None


OrganisationEvent = (
    OrganisationChanged
    | OrganisationMerged
    | AdministratorsMissing
    | MandateGiven
    | MandateTaken
    | SubstituteChanged
)

_REGION = "0f8b6c52-6f0e-4f0a-9a53-2d7c3b1e7a10"
_OTHER = "5d0d9be2-7d53-4c8e-8b0f-93b6f3a1c7d4"
_CHIEF = "c2a4a1de-1f2b-4c0d-a8e7-7b1f0e9d3c55"
_ADMIN = "ae31c7b4-90cf-4f4e-b6f4-0d8d5a2c6e19"
_MANDATE = "7be4f0d1-3a55-4d0b-b9b8-e16a7c9f2d30"
_SINCE = "2026-03-02T06:00:00+00:00"

EXAMPLES: tuple[OrganisationEvent, ...] = (
    OrganisationChanged(
        federation="sundhed",
        organisation=_REGION,
        cvr="90000004",
        change="registered",
        since=_SINCE,
        dropped=0,
        reason="agreement signed",
        case_no="26/104",
        by="operator",
        seat=None,
    ),
    OrganisationMerged(
        federation="sundhed",
        old=_REGION,
        new=_OTHER,
        accounts=2,
        mandates=2,
        groups=1,
        grants=7,
        reason="the two regions become one",
        case_no=None,
        by="operator",
        seat=None,
    ),
    AdministratorsMissing(federation="sundhed", organisation=_REGION, left=0, since=_SINCE),
    MandateGiven(
        federation="sundhed",
        organisation=_REGION,
        service=None,
        unit=None,
        mandate="org_admin",
        mandate_id=_MANDATE,
        account=_ADMIN,
        since=_SINCE,
        until=None,
        reason="colleague",
        case_no=None,
        by=_CHIEF,
        seat=None,
    ),
    MandateTaken(
        federation="sundhed",
        organisation=_REGION,
        mandate="org_admin",
        mandate_id=_MANDATE,
        account=_ADMIN,
        reason="other duties",
        case_no=None,
        by=_CHIEF,
        seat="operator",
    ),
    SubstituteChanged(
        federation="sundhed",
        organisation=_REGION,
        change="named",
        mandate_id=_MANDATE,
        principal=_CHIEF,
        substitute=_ADMIN,
        since=_SINCE,
        until="2026-03-16T06:00:00+00:00",
        reason="holiday",
        case_no=None,
        by=_CHIEF,
        seat=None,
    ),
)
