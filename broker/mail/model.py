"""A mail, and how it stands."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

from broker.mail.facts import Facts
from broker.mail.kinds import KINDS

Language = Literal["da", "en", "both"]
Capacity = Literal[
    "technical",
    "administrative",
    "support",
    "contact",
    "operator",
    "instead",
    "asked",
    "person",
]
"""As what somebody is told: `contact` is whoever a service's owner named, and `instead` the
operator in place of a partner that nobody can be written to at. A `person` has an account, and
chooses what to be told.
"""

State = Literal["waiting", "sent", "failed", "bounced"]
STATES: tuple[State, ...] = ("waiting", "sent", "failed", "bounced")


@dataclass(frozen=True, slots=True)
class Recipient:
    """Who is told, in which language, and as what: every mail says why its reader got it.

    Contacts from metadata have no language of their own, so they get both.
    """

    address: str = field(repr=False)
    capacity: Capacity
    language: Language = "both"


@dataclass(frozen=True, slots=True)
class Event:
    """What is told: a kind, about which thing, at which milestone of it, and the facts.

    Nobody gets two mails about the same three, so `about` names the thing for good, such as the
    plan and the partner, and `milestone` the occasion, with its instant where it can come again.
    """

    kind: str
    about: str
    milestone: str
    facts: Facts

    def __post_init__(self) -> None:
        """The facts are those of the kind. Raises ValueError."""
        if self.kind not in KINDS or type(self.facts) is not type(KINDS[self.kind].example):
            raise ValueError(f"a mail of kind {self.kind} is not about {type(self.facts).__name__}")


@dataclass(frozen=True, slots=True)
class Mail:
    """A mail as it will be read."""

    kind: str
    about: str
    milestone: str
    recipient: str = field(repr=False)
    language: Language
    subject: str
    body: str = field(repr=False)
    urgent: bool = False


@dataclass(frozen=True, slots=True)
class Kept:
    """A mail in the outbox, and how it stands."""

    id: str
    mail: Mail
    created_at: datetime
    state: State
    attempts: int
    next_at: datetime
    ended_at: datetime | None
    last_error: str
