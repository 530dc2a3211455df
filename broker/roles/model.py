"""The catalogue and what is issued from it: services, roles, delimitations, rules. Frozen facts.

Whatever may change over time carries the period it holds, so that the same facts answer
for today, for last March and for next week.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Literal, Protocol, TypeVar
from uuid import UUID

from broker.periods import Period
from broker.saml.assurance import Assurance
from broker.saml.entities import Localised

RoleSource = Literal["local_only", "idp_only", "union"]
EnvironmentCode = Literal["test", "production"]
ServiceState = Literal["draft", "test", "production", "closing", "closed"]
RoleState = Literal["draft", "active", "deprecated", "retired"]
Sensitivity = Literal["normal", "sensitive", "extra_sensitive"]
RuleState = Literal["draft", "shadow", "active", "retired"]
Approver = Literal["org_approver", "org_chief", "service_owner", "operator"]
Effect = Literal["grant", "deny"]
FormKind = Literal["oiobpp", "simple", "classic", "plain"]
Subtree = Literal["code", "expand"]
ScopeMode = Literal["value", "own_unit", "own_unit_tree", "own_cvr"]

ISSUING: frozenset[RoleState] = frozenset({"active", "deprecated"})
OPEN: frozenset[ServiceState] = frozenset({"test", "production", "closing"})
MAX_COMBINED = 500  # combinations of units of several types, of one grant or rule


class _Dated(Protocol):
    @property
    def period(self) -> Period: ...


_T = TypeVar("_T", bound=_Dated)


def at_instant(dated: Sequence[_T], at: datetime) -> _T | None:
    """The one of these that holds at an instant, or None; they never overlap."""
    return next((one for one in dated if one.period.covers(at)), None)


@dataclass(frozen=True, slots=True)
class DelimitationType:
    """A kind of unit that narrows a role, and how it is spelled in OIOBPP."""

    id: str  # "sor", "shak", "sks", "cvr", "pnumber", or a service's own
    urn: str  # the Name of the Constraint
    name: Localised
    input: Literal["tree", "list", "pattern", "fixed"]
    list_id: str | None  # the code list that its values come from
    pattern: str | None
    hierarchical: bool  # whether a value can stand for everything below it


@dataclass(frozen=True, slots=True)
class RoleDelimitation:
    """That a role takes values of a type: how many, and whether "own unit" is one."""

    type: str
    least: int = 1  # 0 lets a role be granted without it
    most: int | None = None
    own_unit: bool = False
    forbidden: Mapping[str, Localised] = field(default_factory=dict)  # value to reason


@dataclass(frozen=True, slots=True)
class RoleVersion:
    """What a role was from one instant until another."""

    version: int
    period: Period
    state: RoleState
    name: Localised
    description: Localised
    sensitivity: Sensitivity = "normal"
    minimum: Assurance | None = None
    delimitations: tuple[RoleDelimitation, ...] = ()
    default_duration: timedelta | None = None
    max_duration: timedelta | None = None
    end_required: bool = False
    max_holders: int | None = None  # in one organisation; more is warned of, not refused
    policy: str | None = None  # code of the approval policy; None is the default one
    replaced_by: str | None = None  # URN
    example: bool = False  # the real list of the service is not public
    aliases: tuple[str, ...] = ()  # further URNs that it is issued as, beside its own

    def takes(self, type_id: str) -> RoleDelimitation | None:
        """What the role says of a delimitation type, or None where it takes none of it."""
        return next((d for d in self.delimitations if d.type == type_id), None)


@dataclass(frozen=True, slots=True)
class Role:
    """A role by the name it never loses; what it means stands in its versions."""

    id: UUID
    federation: str
    service: str | None  # None is a national role, which means the same everywhere
    code: str  # what SEB Classic strings and plain attributes call it; holds no underscore
    urn: str
    versions: tuple[RoleVersion, ...] = ()

    def at(self, instant: datetime) -> RoleVersion | None:
        """The version that holds at an instant, or None before the first."""
        return at_instant(self.versions, instant)


@dataclass(frozen=True, slots=True)
class RoleForm:
    """One way in which a service is told roles; it may have several."""

    kind: FormKind
    attribute: str | None = None  # the wire name; None is what the service's profile has
    version: Literal["1.0.1", "1.2"] = "1.2"  # of OIOBPP
    template: str = "{role}"  # of {role}, {urn}, {delimitation} and {cvr}
    none: str = "0"  # the {delimitation} of a role without one
    delimitation: str | None = None  # the type that {delimitation} is of
    national: bool = True  # whether national roles are told in this form too


@dataclass(frozen=True, slots=True)
class Environment:
    """Where an interface is called."""

    code: EnvironmentCode
    address: str


@dataclass(frozen=True, slots=True)
class Interface:
    """One way to reach a service, and the dates it can be used between."""

    code: str  # "web", "idws", "dgws", "xmldsig" …
    name: Localised
    opens: datetime | None = None
    closes: datetime | None = None  # exclusive
    successor: str | None = None
    note: Localised | None = None
    system: bool = False  # system to system: vendors ask for access to its test environment
    documentation: str | None = None  # where it is described
    contact: str | None = None  # a mail address for whoever builds against it
    environments: tuple[Environment, ...] = ()

    def environment(self, code: EnvironmentCode) -> Environment | None:
        """Where it is called in test or in production, where that is written down."""
        return next((one for one in self.environments if one.code == code), None)

    def open_at(self, now: datetime) -> bool:
        """Whether it can be used at this instant."""
        return (self.opens is None or self.opens <= now) and (
            self.closes is None or now < self.closes
        )


@dataclass(frozen=True, slots=True)
class ServiceVersion:
    """What a service was, in the catalogue, from one instant until another."""

    period: Period
    state: ServiceState
    name: Localised
    owner: str
    sla: Literal["standard", "society-critical"]
    source: RoleSource
    delimitation: str  # a delimitation type, "none" or "national": what the catalogue shows
    subtree: Subtree = "code"
    national: tuple[str, ...] = ()  # URNs of the national roles it takes
    forms: tuple[RoleForm, ...] = ()
    interfaces: tuple[Interface, ...] = ()


@dataclass(frozen=True, slots=True)
class CatalogueService:
    """A service in the catalogue, beside its SAML side in the registry."""

    federation: str
    code: str
    versions: tuple[ServiceVersion, ...]

    def at(self, instant: datetime) -> ServiceVersion | None:
        """The version that holds at an instant, or None before the first."""
        return at_instant(self.versions, instant)


# --- rules -----------------------------------------------------------------------------------


Op = Literal["eq", "in", "prefix", "gte", "has_privilege", "in_subtree", "present"]


@dataclass(frozen=True, slots=True)
class Condition:
    """One question to what the IdP said; `negate` turns the answer round."""

    attribute: str  # our short name, "privileges", "loa" or "cvr"
    op: Op
    values: tuple[str, ...] = ()
    negate: bool = False


@dataclass(frozen=True, slots=True)
class DerivedScope:
    """Where a derived role's delimitation comes from: written here, an attribute, a constraint."""

    type: str
    source: Literal["literal", "attribute", "privilege"]
    value: str = ""  # the literal value, or the attribute's short name
    with_descendants: bool = False  # whether whoever says the unit means all below it too


@dataclass(frozen=True, slots=True)
class DeriveRule:
    """When what an IdP says gives or denies a role: all conditions of at least one clause hold."""

    id: UUID
    code: str
    version: int
    period: Period
    role: UUID
    effect: Effect
    state: RuleState
    idps: frozenset[str] = frozenset()  # codes; empty is every IdP
    cvrs: frozenset[str] = frozenset()  # empty is every organisation
    clauses: tuple[tuple[Condition, ...], ...] = ()
    scopes: tuple[DerivedScope, ...] = ()
    by: str = ""
    approved_by: str | None = None


@dataclass(frozen=True, slots=True)
class SodRule:
    """Two sets of roles that one person should not hold at once, and what happens if so."""

    id: UUID
    code: str
    period: Period
    name: Localised
    explanation: Localised
    reach: Literal["identity", "person"]
    action: Literal["block", "exception", "warn"]
    a: frozenset[UUID]
    b: frozenset[UUID]


@dataclass(frozen=True, slots=True)
class Stage:
    """One step of an approval: who may take it, how many of them, and what if nobody does."""

    approver: Approver
    approvals: int = 1
    within: timedelta = timedelta(days=5)
    on_timeout: Literal["escalate", "reject"] = "escalate"


@dataclass(frozen=True, slots=True)
class Policy:
    """The stages that a request for a role goes through, in order; none is approved at once."""

    federation: str
    code: str
    period: Period
    name: Localised
    stages: tuple[Stage, ...] = ()


# --- what is issued --------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, order=True)
class Delimitation:
    """One unit that narrows a role: its type, its code, and whether all below it counts too."""

    type: str
    value: str
    with_descendants: bool = True


@dataclass(frozen=True, slots=True, order=True)
class HeldRole:
    """One role in one organisation with at most one value of each type: what a form writes.

    Several units are several of these, so that nobody can read them as one that is wider.
    """

    urn: str
    code: str
    cvr: str
    delimitations: tuple[Delimitation, ...] = ()  # sorted by type
    aliases: tuple[str, ...] = ()
    national: bool = False
