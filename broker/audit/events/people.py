"""People in organisations: their accounts, their identities, and their groups."""

from dataclasses import dataclass
from typing import ClassVar, Literal

AccountChange = Literal[
    "added", "changed", "moved", "activated", "suspended", "returned", "left", "undone"
]


@dataclass(frozen=True, slots=True)
class AccountChanged:
    """Somebody was added to an organisation, changed in it, or left it, from an instant on."""

    NAME: ClassVar[str] = "account.changed"
    PERSONAL: ClassVar[frozenset[str]] = frozenset({"account", "by", "seat", "reason"})

    federation: str
    organisation: str
    account: str  # our own id
    change: AccountChange
    since: str  # ISO 8601; may lie ahead
    dropped: int  # changes that were planned, and are not any more
    reason: str
    case_no: str | None
    by: str  # our id of an account, an operator's name, or `login`
    seat: str | None  # who sat at the console where an account's mandates were used there


@dataclass(frozen=True, slots=True)
class AccountMerged:
    """Two accounts of one person in one organisation became one."""

    NAME: ClassVar[str] = "account.merged"
    PERSONAL: ClassVar[frozenset[str]] = frozenset({"old", "new", "by", "seat", "reason"})

    federation: str
    organisation: str
    old: str
    new: str
    grants: int
    reason: str
    case_no: str | None
    by: str
    seat: str | None


@dataclass(frozen=True, slots=True)
class HumanConfirmed:
    """Accounts in several organisations were confirmed to be one human being."""

    NAME: ClassVar[str] = "account.human_confirmed"
    PERSONAL: ClassVar[frozenset[str]] = frozenset({"accounts", "by", "seat", "reason"})

    federation: str
    accounts: tuple[str, ...]
    reason: str
    case_no: str | None
    by: str
    seat: str | None


@dataclass(frozen=True, slots=True)
class IdentityChanged:
    """A way to sign in was linked to an account, or is not any more; never which key it was."""

    NAME: ClassVar[str] = "identity.changed"
    PERSONAL: ClassVar[frozenset[str]] = frozenset({"account", "by", "seat", "reason"})

    federation: str
    organisation: str
    account: str
    change: Literal["linked", "unlinked", "let_go"]
    kind: str
    idp: str | None
    reason: str
    case_no: str | None
    by: str
    seat: str | None


@dataclass(frozen=True, slots=True)
class ClaimChanged:
    """A code that takes an account over was made, used, tried in vain, or withdrawn."""

    NAME: ClassVar[str] = "claim.changed"
    PERSONAL: ClassVar[frozenset[str]] = frozenset({"account", "by", "seat"})

    federation: str
    organisation: str
    account: str
    change: Literal["issued", "used", "missed", "withdrawn"]
    until: str
    by: str
    seat: str | None


@dataclass(frozen=True, slots=True)
class GroupChanged:
    """A group was made, or has another name."""

    NAME: ClassVar[str] = "group.changed"
    PERSONAL: ClassVar[frozenset[str]] = frozenset({"by", "seat"})

    federation: str
    organisation: str
    group: str
    change: Literal["created", "renamed"]
    reason: str
    case_no: str | None
    by: str
    seat: str | None


@dataclass(frozen=True, slots=True)
class GroupMemberChanged:
    """An account is in a group for a while, or is not any more."""

    NAME: ClassVar[str] = "group.member_changed"
    PERSONAL: ClassVar[frozenset[str]] = frozenset({"account", "by", "seat", "reason"})

    federation: str
    organisation: str
    group: str
    account: str
    change: Literal["added", "removed"]
    since: str
    until: str | None
    reason: str
    case_no: str | None
    by: str
    seat: str | None


PeopleEvent = (
    AccountChanged
    | AccountMerged
    | HumanConfirmed
    | IdentityChanged
    | ClaimChanged
    | GroupChanged
    | GroupMemberChanged
)

_REGION = "0f8b6c52-6f0e-4f0a-9a53-2d7c3b1e7a10"
_ANNA = "ae31c7b4-90cf-4f4e-b6f4-0d8d5a2c6e19"
_AGAIN = "d94e6a7b-58c1-4e02-a3b9-c0f71d5e8a26"
_CHIEF = "c2a4a1de-1f2b-4c0d-a8e7-7b1f0e9d3c55"
_GROUP = "e7c25f90-b14d-4a68-9c3e-2f8d6b0a7e41"
_SINCE = "2026-03-02T06:00:00+00:00"

EXAMPLES: tuple[PeopleEvent, ...] = (
    AccountChanged(
        federation="sundhed",
        organisation=_REGION,
        account=_ANNA,
        change="added",
        since=_SINCE,
        dropped=0,
        reason="new in the ward",
        case_no=None,
        by=_CHIEF,
        seat=None,
    ),
    AccountMerged(
        federation="sundhed",
        organisation=_REGION,
        old=_AGAIN,
        new=_ANNA,
        grants=3,
        reason="added twice",
        case_no=None,
        by=_CHIEF,
        seat=None,
    ),
    HumanConfirmed(
        federation="sundhed",
        accounts=(_ANNA, _AGAIN),
        reason="both shown at the desk",
        case_no=None,
        by="operator",
        seat=None,
    ),
    IdentityChanged(
        federation="sundhed",
        organisation=_REGION,
        account=_ANNA,
        change="linked",
        kind="idp-subject",
        idp="region-nordjylland",
        reason="signs in with the region from March",
        case_no=None,
        by=_CHIEF,
        seat=None,
    ),
    ClaimChanged(
        federation="sundhed",
        organisation=_REGION,
        account=_ANNA,
        change="issued",
        until="2026-03-09T06:00:00+00:00",
        by=_CHIEF,
        seat=None,
    ),
    GroupChanged(
        federation="sundhed",
        organisation=_REGION,
        group=_GROUP,
        change="created",
        reason="one for each ward",
        case_no=None,
        by=_CHIEF,
        seat=None,
    ),
    GroupMemberChanged(
        federation="sundhed",
        organisation=_REGION,
        group=_GROUP,
        account=_ANNA,
        change="added",
        since=_SINCE,
        until=None,
        reason="works there",
        case_no=None,
        by=_CHIEF,
        seat=None,
    ),
)
