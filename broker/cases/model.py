"""A case: what is asked for, who must decide which step of it, and what happened. Frozen facts."""

from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal
from uuid import UUID

from broker.organisations.model import Actor

CaseKind = Literal["organisation", "access", "idp", "service", "vendor"]
CaseState = Literal["open", "asked", "approved", "refused", "withdrawn"]
StepState = Literal["later", "open", "approved", "refused"]
Decider = Literal["operator", "service_owner", "security_officer", "applicant"]
Happening = Literal[
    "opened",
    "taken",
    "asked",
    "answered",
    "approved",
    "refused",
    "withdrawn",
    "invited",
    "noted",
]

KINDS: tuple[CaseKind, ...] = ("organisation", "access", "idp", "service", "vendor")
STATES: tuple[CaseState, ...] = ("open", "asked", "approved", "refused", "withdrawn")
STEP_STATES: tuple[StepState, ...] = ("later", "open", "approved", "refused")
DECIDERS: tuple[Decider, ...] = ("operator", "service_owner", "security_officer", "applicant")
LASTING: tuple[CaseState, ...] = ("open", "asked")  # somebody still has to do something


@dataclass(frozen=True, slots=True)
class Party:
    """Whoever acts on a case. An applicant may have no account: the login says who they are."""

    actor: Actor
    person: UUID | None = None  # of `broker.identities`; None at the host's console
    cvr: str | None = None  # as the login proved it
    name: str = field(default="", repr=False)

    def is_one_of(self, persons: Collection[UUID | None], accounts: Collection[UUID]) -> bool:
        """Whether these are oneself, under whatever identity."""
        same = self.person is not None and self.person in persons
        return same or self.actor.is_any_of(*accounts)


@dataclass(frozen=True, slots=True)
class Trace:
    """Who did something: enough to know them again, and a name to read."""

    person: UUID | None
    account: UUID | None
    name: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Planned:
    """A step of a case that is about to be opened. Steps of one stage run side by side."""

    code: str  # unique in the case: "operator", "owner:dpsd"
    decider: Decider
    stage: int = 1
    service: str | None = None
    optional: bool = False  # where it is refused, the rest of the case goes on
    own: bool = False  # work and no judgement: whoever opened the case may do it as well
    apart: bool = False  # by somebody who decided nothing else in the case, not even as the same


@dataclass(frozen=True, slots=True)
class Step:
    """One step of a case as it stands."""

    code: str
    decider: Decider
    stage: int
    service: str | None
    optional: bool
    own: bool
    apart: bool
    state: StepState
    decided_at: datetime | None = None
    by: Trace | None = None
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Case:
    """One case as it stands. `document` is what is asked for; `documents` reads it."""

    id: UUID
    reference: str
    federation: str
    kind: CaseKind
    title: str
    state: CaseState
    opened_at: datetime
    opened_by: Trace
    promised_at: datetime  # when an answer is promised; time that waits for the applicant is added
    changed_at: datetime
    version: int
    document: str = field(repr=False)
    organisation: UUID | None = None
    cvr: str | None = None
    service: str | None = None
    taken_by: Trace | None = None
    asked_step: str | None = None  # the step that waits for an answer of the applicant
    asked_at: datetime | None = None
    steps: tuple[Step, ...] = ()

    @property
    def lasting(self) -> bool:
        """Whether somebody still has to do something."""
        return self.state in LASTING

    @property
    def waiting(self) -> tuple[Step, ...]:
        """The steps that somebody may decide now."""
        return tuple(step for step in self.steps if step.state == "open") if self.lasting else ()

    def step(self, code: str) -> Step | None:
        """The step of a code."""
        return next((step for step in self.steps if step.code == code), None)

    def late(self, now: datetime) -> bool:
        """Whether the promised time has passed without an answer."""
        return self.state == "open" and now >= self.promised_at


@dataclass(frozen=True, slots=True)
class CaseEvent:
    """One line of a case's history; nothing is ever taken out of it."""

    sequence: int
    at: datetime
    what: Happening
    step: str | None
    by: Trace
    words: str = field(repr=False, default="")
    of_applicant: bool = False
