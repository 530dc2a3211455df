"""What a grant is once it counts: facts that login, screens and reports read. Frozen."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal
from uuid import UUID

from broker.periods import Period
from broker.roles.model import ScopeMode

Via = Literal["direct", "group", "bundle", "request", "import"]


@dataclass(frozen=True, slots=True, order=True)
class Scope:
    """One thing that narrows a grant: a code of a type, or a mode that finds it at login."""

    type: str
    mode: ScopeMode = "value"
    value: str = ""  # empty unless the mode is "value"
    with_descendants: bool = True


@dataclass(frozen=True, slots=True)
class EffectiveGrant:
    """A grant that gives its role to one account at the instant that was asked for.

    `period` is the stretch around that instant in which grant, membership and entitlement
    all hold; a change of account, organisation, service or role may end it sooner.
    """

    id: UUID
    account: UUID
    organisation: UUID
    role: UUID
    via: Via
    via_name: str | None  # of the group or the bundle
    period: Period
    by: str
    granted_at: datetime
    reason: str
    case_no: str | None
    used_at: datetime | None
    scopes: tuple[Scope, ...] = ()


@dataclass(frozen=True, slots=True)
class Ceiling:
    """An outer limit: a code of a type, with everything below it or alone."""

    type: str
    value: str
    with_descendants: bool


@dataclass(frozen=True, slots=True)
class Entitlement:
    """That an organisation may hand out a role at an instant, and within which limits.

    A type without a ceiling has no limit.
    """

    id: UUID
    organisation: UUID
    role: UUID
    period: Period
    by: str
    case_no: str | None
    ceilings: tuple[Ceiling, ...] = ()
