"""Grants and what is asked of them: frozen facts that services, screens and imports share."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from broker.periods import Period
from broker.roles.grants.facts import Ceiling, Scope


@dataclass(frozen=True, slots=True)
class EntitlementRecord:
    """One row of what an organisation may hand out, how far and for how long, ended or not."""

    id: UUID
    organisation: UUID
    role: UUID
    period: Period
    ceiling: tuple[Ceiling, ...] = ()  # none of a type: no limit of that type
    revoked_at: datetime | None = None
    case_no: str | None = None

    def holds_at(self, at: datetime) -> bool:
        """Whether it is in force at an instant, as it is known now."""
        return self.period.covers(at) and (self.revoked_at is None or at < self.revoked_at)

    @property
    def until(self) -> datetime:
        """When it ends or ended, whichever way."""
        return min(self.period.until, self.revoked_at or self.period.until)


@dataclass(frozen=True, slots=True)
class Wanted:
    """A grant that somebody wants to give: to an account or to a group, never to both."""

    organisation: UUID
    role: UUID
    account: UUID | None = None
    group: UUID | None = None
    scopes: tuple[Scope, ...] = ()
    since: datetime | None = None  # None is now
    until: datetime | None = None  # None is what the role says; FOREVER is without an end
    bundle: UUID | None = None
    request: UUID | None = None
    batch: UUID | None = None  # the import it came with

    def __post_init__(self) -> None:
        """Somebody holds it, and one only. Raises ValueError."""
        if (self.account is None) == (self.group is None):
            raise ValueError("a grant is held by an account or by a group")


@dataclass(frozen=True, slots=True)
class Grant:
    """Who got what, for how long, by whom and why."""

    id: UUID
    organisation: UUID
    role: UUID
    account: UUID | None
    group: UUID | None
    scopes: tuple[Scope, ...]
    period: Period
    reason: str
    case_no: str | None
    by_account: UUID | None
    by_label: str
    granted_at: datetime
    bundle: UUID | None = None
    request: UUID | None = None
    batch: UUID | None = None
    revoked_at: datetime | None = None
    reviewed_at: datetime | None = None
    used_at: datetime | None = None

    def state_at(self, at: datetime) -> str:
        """In a word how it stands: `future`, `running`, `ended` or `revoked`."""
        if self.revoked_at is not None and self.revoked_at <= at:
            return "revoked"
        if at < self.period.since:
            return "future"
        return "running" if at < self.period.until else "ended"


@dataclass(frozen=True, slots=True)
class Objection:
    """Why something is not done, or what to look at: a stable code, and what it is about."""

    code: str
    what: str = ""  # a code, a type, a date or a rule's code; never a person


@dataclass(frozen=True, slots=True)
class Given:
    """A grant as it now stands, and what to look at: nothing of it kept it from being given."""

    grant: Grant
    warnings: tuple[Objection, ...] = ()


@dataclass(frozen=True, slots=True)
class Held:
    """A role of an account for some time, directly or through a group."""

    account: UUID
    role: UUID
    period: Period


@dataclass(frozen=True, slots=True)
class Bundle:
    """A list of roles to grant from; each role of it becomes a grant that remembers it."""

    id: UUID
    organisation: UUID
    name: str
    roles: frozenset[UUID]
