"""The audit events of roles: who may hand out what, who got it, and which rules changed.

Accounts, groups and organisations stand here by our own random ids; `by` is the id of an
account or the name of an operator, `seat` the operator who used an account's mandate at
the console, and `on_behalf_of` the account that a substitute stood in for.
"""

from dataclasses import dataclass
from typing import ClassVar, Literal

GrantEnd = Literal["revoked", "given_back", "moved", "not_moved"]

_BY = frozenset({"by", "seat", "reason"})
_ACTING = _BY | {"on_behalf_of"}


@dataclass(frozen=True, slots=True)
class EntitlementChanged:
    """What an organisation may hand out was decided: given, limited anew, or withdrawn."""

    NAME: ClassVar[str] = "entitlement.changed"
    PERSONAL: ClassVar[frozenset[str]] = _BY

    entitlement: str
    federation: str
    organisation: str
    role: str  # URN
    what: Literal["given", "ceiling", "withdrawn"]
    since: str  # ISO 8601 with an offset
    until: str | None  # None is without an end
    ceiling: tuple[str, ...]
    follows: str | None  # the entitlement that it takes the place of
    losing: int  # grants that lose something by it
    case_no: str | None
    by: str
    seat: str | None
    reason: str


@dataclass(frozen=True, slots=True)
class GrantGiven:
    """A role was granted to an account or a group."""

    NAME: ClassVar[str] = "grant.given"
    PERSONAL: ClassVar[frozenset[str]] = _ACTING | {"account"}

    grant: str
    federation: str
    organisation: str
    account: str | None
    group: str | None
    role: str
    scopes: tuple[str, ...]
    since: str
    until: str | None
    bundle: str | None
    request: str | None
    batch: str | None  # the import it came with
    warnings: tuple[str, ...]
    case_no: str | None
    by: str
    seat: str | None
    on_behalf_of: str | None
    reason: str


@dataclass(frozen=True, slots=True)
class GrantChanged:
    """A grant was extended, shortened or narrowed; a narrowed one is followed by another."""

    NAME: ClassVar[str] = "grant.changed"
    PERSONAL: ClassVar[frozenset[str]] = _ACTING | {"account"}

    grant: str
    federation: str
    organisation: str
    account: str | None
    group: str | None
    role: str
    what: Literal["extended", "shortened", "narrowed"]
    followed_by: str | None
    scopes: tuple[str, ...]
    until_before: str | None
    until: str | None
    warnings: tuple[str, ...]
    case_no: str | None
    by: str
    seat: str | None
    on_behalf_of: str | None
    reason: str


@dataclass(frozen=True, slots=True)
class GrantEnded:
    """A grant was revoked, given back by whoever held it, or left behind by a move."""

    NAME: ClassVar[str] = "grant.ended"
    PERSONAL: ClassVar[frozenset[str]] = _ACTING | {"account"}

    grant: str
    federation: str
    organisation: str
    account: str | None
    group: str | None
    role: str
    what: GrantEnd
    case_no: str | None
    by: str
    seat: str | None
    on_behalf_of: str | None
    reason: str


@dataclass(frozen=True, slots=True)
class BundleChanged:
    """A list of roles to grant from was made, changed or put away."""

    NAME: ClassVar[str] = "bundle.changed"
    PERSONAL: ClassVar[frozenset[str]] = _BY

    bundle: str
    federation: str
    organisation: str
    what: Literal["made", "roles"]
    roles: tuple[str, ...]
    by: str
    seat: str | None
    reason: str


@dataclass(frozen=True, slots=True)
class RuleChanged:
    """A rule that derives or denies a role got another state, or another version."""

    NAME: ClassVar[str] = "rule.changed"
    PERSONAL: ClassVar[frozenset[str]] = _BY

    federation: str
    rule: str
    version: int
    role: str
    effect: str
    state: str
    by: str
    seat: str | None
    reason: str


@dataclass(frozen=True, slots=True)
class ConflictExcepted:
    """An exception to a separation-of-duties rule was asked for, approved, or taken back."""

    NAME: ClassVar[str] = "conflict.excepted"
    PERSONAL: ClassVar[frozenset[str]] = _BY | {"account", "asked_by"}

    exception: str
    federation: str
    rule: str
    account: str
    what: Literal["asked", "approved", "revoked"]
    since: str
    until: str
    asked_by: str
    by: str
    seat: str | None
    reason: str


GrantEvent = (
    EntitlementChanged
    | GrantGiven
    | GrantChanged
    | GrantEnded
    | BundleChanged
    | RuleChanged
    | ConflictExcepted
)

_ACCOUNT = "5d0c9a52-3b8e-4a77-9d52-7be0c1f3a846"
_ORGANISATION = "b1f6a2c4-90de-4f4b-8a39-2c5d7e8f1a03"
_GRANT = "0e7d3c9b-6f52-4c1a-b8d4-93a5e2f7c610"
_ADMINISTRATOR = "c94e1f07-2ab3-45d8-8e6c-0f1b7d3a9e52"
_ROLE = "urn:dk:sundhed:dpsd:role:caseworker"

EXAMPLES: tuple[GrantEvent, ...] = (
    EntitlementChanged(
        entitlement="8a1b6d2e-4f3c-49d7-a05e-b6c7d8e9f012",
        federation="sundhed",
        organisation=_ORGANISATION,
        role=_ROLE,
        what="given",
        since="2026-03-02T03:00:00+00:00",
        until=None,
        ceiling=("sor=440711000016004+",),
        follows=None,
        losing=0,
        case_no="2026-1042",
        by="operator",
        seat=None,
        reason="agreed with the owner",
    ),
    GrantGiven(
        grant=_GRANT,
        federation="sundhed",
        organisation=_ORGANISATION,
        account=_ACCOUNT,
        group=None,
        role=_ROLE,
        scopes=("sor=own_unit_tree+",),
        since="2026-03-02T03:00:00+00:00",
        until="2026-12-31T23:00:00+00:00",
        bundle=None,
        request=None,
        batch=None,
        warnings=(),
        case_no=None,
        by=_ADMINISTRATOR,
        seat=None,
        on_behalf_of=None,
        reason="new in the department",
    ),
    GrantChanged(
        grant=_GRANT,
        federation="sundhed",
        organisation=_ORGANISATION,
        account=_ACCOUNT,
        group=None,
        role=_ROLE,
        what="shortened",
        followed_by=None,
        scopes=("sor=own_unit_tree+",),
        until_before="2026-12-31T23:00:00+00:00",
        until="2026-06-30T22:00:00+00:00",
        warnings=(),
        case_no=None,
        by=_ADMINISTRATOR,
        seat=None,
        on_behalf_of=None,
        reason="moves on in the summer",
    ),
    GrantEnded(
        grant=_GRANT,
        federation="sundhed",
        organisation=_ORGANISATION,
        account=_ACCOUNT,
        group=None,
        role=_ROLE,
        what="revoked",
        case_no=None,
        by=_ADMINISTRATOR,
        seat="operator",
        on_behalf_of=None,
        reason="other duties",
    ),
    BundleChanged(
        bundle="d3e9f8a7-1c2b-4d5e-9f60-718293a4b5c6",
        federation="sundhed",
        organisation=_ORGANISATION,
        what="roles",
        roles=(_ROLE,),
        by=_ADMINISTRATOR,
        seat=None,
        reason="what every new nurse gets",
    ),
    RuleChanged(
        federation="sundhed",
        rule="dpsd-caseworker",
        version=2,
        role=_ROLE,
        effect="grant",
        state="shadow",
        by="operator",
        seat=None,
        reason="asked for by the region",
    ),
    ConflictExcepted(
        exception="f0a1b2c3-d4e5-46f7-8899-aabbccddeeff",
        federation="sundhed",
        rule="report-and-close",
        account=_ACCOUNT,
        what="approved",
        since="2026-03-02T03:00:00+00:00",
        until="2026-04-01T22:00:00+00:00",
        asked_by=_ADMINISTRATOR,
        by="operator",
        seat=None,
        reason="until the colleague is back",
    ),
)
