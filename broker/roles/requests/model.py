"""Requests for roles, the decisions on them, and how they stand. Frozen facts."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal
from uuid import UUID

from broker.periods import Period
from broker.roles.grants.facts import Scope
from broker.roles.grants.model import Objection
from broker.roles.model import Approver, Stage

RequestAction = Literal["add", "remove", "change", "extend"]
State = Literal[
    "submitted", "info_needed", "approved", "rejected", "cancelled", "expired", "done", "failed"
]
Verb = Literal["approve", "reject", "ask", "answer", "forward", "withdraw"]

OPEN: frozenset[State] = frozenset({"submitted", "info_needed"})


@dataclass(frozen=True, slots=True)
class Asked:
    """One line of a cart: what somebody wants for an account."""

    action: RequestAction
    subject: UUID
    role: UUID | None = None  # for "add"; otherwise the grant says it
    grant: UUID | None = None  # for the others
    scopes: tuple[Scope, ...] = ()  # for "add" and "change"
    since: datetime | None = None  # None is as soon as it is approved
    until: datetime | None = None  # None is what the role says, and for "change" as it was


@dataclass(frozen=True, slots=True)
class Decision:
    """What somebody did to a request, for whom, and what an approval took away."""

    verb: Verb
    stage: int
    by: UUID | None
    label: str
    on_behalf_of: UUID | None
    comment: str
    at: datetime
    until: datetime | None = None  # the earlier end that was approved
    scopes: tuple[Scope, ...] | None = None  # the narrower scopes that were approved
    to: UUID | None = None  # whom it was forwarded to


@dataclass(frozen=True, slots=True)
class Request:
    """One role asked for, with everything decided on it so far, oldest first."""

    id: UUID
    number: str
    cart: UUID
    action: RequestAction
    requester: UUID
    subject: UUID
    organisation: UUID
    role: UUID
    grant: UUID | None
    scopes: tuple[Scope, ...]
    period: Period
    reason: str
    stages: tuple[Stage, ...]
    stage: int  # counted from 0; the number of stages once all are passed
    stage_since: datetime
    state: State  # as it was last written; `machine.standing` says how it is
    created_at: datetime
    assigned_to: UUID | None = None
    claimed_by: UUID | None = None
    claimed_at: datetime | None = None
    outcome: Objection | None = None  # why it failed
    given: UUID | None = None  # the grant that came of it
    decisions: tuple[Decision, ...] = ()


@dataclass(frozen=True, slots=True)
class Standing:
    """How a request is at an instant: nothing of it is written by a job."""

    state: State
    stage: int
    approvers: tuple[Approver, ...]  # who may decide it, those it was escalated to last
    due: datetime | None  # when the next of them, or the person asked, is too late
    age: int  # working days that this step has taken
    escalations: int
    alarm: bool  # nobody is left to escalate to
    claimed_by: UUID | None


@dataclass(frozen=True, slots=True)
class Kinship:
    """Which accounts are one human being: every account by the one that stands for all."""

    of: Mapping[UUID, UUID] = field(default_factory=dict)

    def human(self, account: UUID) -> UUID:
        """The account that stands for this one's human being."""
        return self.of.get(account, account)

    def meets(self, one: frozenset[UUID], other: frozenset[UUID]) -> bool:
        """Whether somebody is on both sides, under whatever account."""
        return bool({self.human(a) for a in one} & {self.human(a) for a in other})


@dataclass(frozen=True, slots=True)
class Outlook:
    """What one line of a cart would meet, before it is sent."""

    asked: Asked
    objections: tuple[Objection, ...]  # with any of these it can't be sent
    remarks: tuple[Objection, ...]
    stages: tuple[Stage, ...]
    expected: datetime | None  # when the last stage is answered at the latest; None is at once
