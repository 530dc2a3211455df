"""Campaigns, what was frozen of each grant, and what was decided. Frozen facts."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal
from uuid import UUID

from broker.roles.grants.facts import Scope, Via
from broker.roles.model import Sensitivity

Answer = Literal["keep", "revoke", "shorten", "change", "unknown"]
Unanswered = Literal["keep", "flag", "revoke"]
Phase = Literal["planned", "open", "late", "closed"]
Why = Literal["moved", "unused", "code_closed", "role_deprecated"]


@dataclass(frozen=True, slots=True)
class NewReview:
    """A campaign to plan: of an organisation, of a service, or of one in the other."""

    name: str
    federation: str
    opens_at: datetime
    due_at: datetime
    organisation: UUID | None = None
    service: str | None = None
    only_sensitive: bool = False
    unanswered: Unanswered = "flag"


@dataclass(frozen=True, slots=True)
class Review:
    """A campaign, from its plan on."""

    id: UUID
    plan: NewReview
    by_account: UUID | None
    by_label: str
    frozen_at: datetime | None = None
    closed_at: datetime | None = None

    def phase_at(self, at: datetime) -> Phase:
        """How far it is at an instant."""
        if self.closed_at is not None:
            return "closed"
        if at < self.plan.opens_at:
            return "planned"
        return "open" if at < self.plan.due_at else "late"


@dataclass(frozen=True, slots=True)
class Snapshot:
    """A grant as it was when the campaign opened: what whoever decides looks at."""

    organisation: UUID
    role: UUID
    role_urn: str
    service: str | None
    sensitivity: Sensitivity
    scopes: tuple[Scope, ...]
    origin: Via
    by: str
    granted_at: datetime
    since: datetime
    until: datetime
    used_at: datetime | None
    account: UUID | None
    group: UUID | None
    holders: tuple[UUID, ...]  # the account, or the members of the group
    orphaned: bool  # whoever holds it has left or is suspended, or nobody is in the group


@dataclass(frozen=True, slots=True)
class Item:
    """One grant of a campaign, and what became of it."""

    review: UUID
    grant: UUID
    snapshot: Snapshot
    answer: Answer | None = None
    until: datetime | None = None
    comment: str = ""
    decided_by: UUID | None = None
    decided_label: str = ""
    decided_at: datetime | None = None
    applied_at: datetime | None = None
    outcome: str | None = None

    @property
    def answered(self) -> bool:
        """Whether somebody said what becomes of it; "don't know" says nothing."""
        return self.answer is not None and self.answer != "unknown"


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a campaign is."""

    review: Review
    items: int
    answered: int
    applied: int

    @property
    def open(self) -> int:
        """How many items nobody has answered."""
        return self.items - self.answered


@dataclass(frozen=True, slots=True)
class Candidate:
    """A grant to look at now, and why; `what` is a code, a day or a role."""

    grant: UUID
    account: UUID
    organisation: UUID
    why: Why
    what: str = ""
