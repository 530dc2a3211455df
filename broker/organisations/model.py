"""Organisations, the accounts of people in them, and the mandates to administer. Frozen facts."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal
from uuid import UUID

from broker.identities.model import Kind
from broker.periods import Period
from broker.saml.assurance import Assurance

OrganisationState = Literal["pending", "active", "suspended", "closed"]
OrganisationKind = Literal[
    "region", "municipality", "state", "private", "practice", "pharmacy", "other"
]
AccountState = Literal["pending", "active", "suspended", "left"]
MandateKind = Literal[
    "operator",
    "operator_publisher",
    "auditor",
    "service_owner",
    "service_tech",
    "org_chief",
    "org_admin",
    "org_approver",
    "org_reader",
]


@dataclass(frozen=True, slots=True)
class Organisation:
    """One user organisation at an instant."""

    id: UUID
    federation: str
    cvr: str
    unit_key: str  # empty unless one CVR holds several user organisations
    name: str
    kind: OrganisationKind
    state: OrganisationState
    period: Period  # since when and until when it was as it says here


@dataclass(frozen=True, slots=True)
class Account:
    """One person in one organisation at an instant; a professional identity."""

    id: UUID
    organisation: UUID
    federation: str
    cvr: str
    person: UUID | None  # of `broker.identities`; None until a login or a link says who
    human: UUID | None  # the same for all accounts of one human being, where confirmed
    state: AccountState
    display_name: str = field(repr=False)
    email: str | None = field(repr=False)
    home_code: str | None  # SOR id of the employing unit
    period: Period


@dataclass(frozen=True, slots=True)
class Mandate:
    """That an account may administer something; `on_behalf_of` where a substitute holds it."""

    id: UUID
    account: UUID
    kind: MandateKind
    federation: str
    organisation: UUID | None
    service: str | None
    unit_code: str | None  # only people and scopes at or below this unit
    period: Period
    on_behalf_of: UUID | None = None


@dataclass(frozen=True, slots=True)
class Actor:
    """Whoever does something: an account with its mandates, or an operator at the host's console.

    Made by the edge for one piece of work; `accounts` are all accounts known to be of the
    same human being, so that four eyes are two people and not two cards of one.
    """

    label: str  # stays readable in records without the account
    federation: str | None  # None at the console, which is above all of them
    account: UUID | None = None
    accounts: frozenset[UUID] = frozenset()
    organisation: UUID | None = None
    mandates: tuple[Mandate, ...] = ()
    assurance: Assurance = Assurance.SUBSTANTIAL
    console: bool = False
    seat: str | None = None  # who sat at the console where an account's mandates were used there

    @property
    def by(self) -> str:
        """Who it is for the audit trail: our own id of the account, or the label without one."""
        return self.label if self.account is None else str(self.account)

    @staticmethod
    def at_console(label: str) -> "Actor":
        """Whoever may run commands on the host: an operator of every federation."""
        return Actor(label=label, federation=None, assurance=Assurance.HIGH, console=True)

    def is_any_of(self, *accounts: UUID | None) -> bool:
        """Whether one of these accounts is the actor's own, under whatever identity."""
        own = self.accounts | ({self.account} if self.account else frozenset())
        return any(account in own for account in accounts if account is not None)


@dataclass(frozen=True, slots=True)
class Group:
    """Accounts of one organisation that are granted roles together."""

    id: UUID
    organisation: UUID
    name: str


@dataclass(frozen=True, slots=True)
class Membership:
    """That an account is in a group for a while."""

    id: UUID
    group: UUID
    account: UUID
    period: Period


@dataclass(frozen=True, slots=True)
class Substitution:
    """That somebody uses a mandate in its holder's place for a while."""

    id: UUID
    mandate: UUID
    principal: UUID
    substitute: UUID
    period: Period


@dataclass(frozen=True, slots=True)
class Identity:
    """A way to sign in as an account: of which kind and since when, never which key."""

    id: UUID
    account: UUID
    kind: Kind
    idp: str | None  # code, where it came through one or holds at one alone
    linked_at: datetime
    by: str


@dataclass(frozen=True, slots=True)
class Claim:
    """A code that lets whoever signs in with it take an account over, once."""

    id: UUID
    account: UUID
    code_hash: str = field(repr=False)
    period: Period
    attempts: int
    open: bool  # neither used nor withdrawn


@dataclass(frozen=True, slots=True)
class Deed:
    """When something is done and why: what every change is recorded with."""

    at: datetime
    reason: str
    reference: str
    case_no: str | None = None
