"""Claims in, roles and attributes out, and the mapping between them. Frozen facts."""

from collections.abc import Callable
from collections.abc import Mapping as Map
from dataclasses import dataclass, field
from datetime import datetime

from broker.saml.assurance import Assurance
from broker.saml.entities import Localised
from broker.saml.messages import Attribute

Values = Map[str, tuple[str, ...]]  # by our short names
Say = Callable[[str], None]  # one line of the trace: names and counts, never a value


@dataclass(frozen=True, slots=True)
class Claims:
    """What an IdP says of a person, under our short names, level of assurance worked out."""

    values: Values = field(repr=False)
    assurance: Assurance | None
    nist: int | None = None  # AssuranceLevel as it was said; worth no NSIS level by itself

    @property
    def level(self) -> str:
        """The level for people and records to read."""
        return self.assurance.word if self.assurance else f"NIST {self.nist}"

    def one(self, short: str) -> str | None:
        """The first value under a short name, or None."""
        return next(iter(self.values.get(short, ())), None)


@dataclass(frozen=True, slots=True)
class Right:
    """One privilege a person holds, with the unit it is narrowed to, if any."""

    privilege: str
    delimitation: str | None = None


@dataclass(frozen=True, slots=True, order=True)
class Role:
    """One role at one service, with the unit it is narrowed to, if any."""

    name: str
    delimitation: str = ""


@dataclass(frozen=True, slots=True)
class ReleaseRule:
    """That a service gets an attribute: our short name, and the name it goes out under."""

    source: str
    name: str | None  # None is what the service's profile calls it
    name_format: str | None
    friendly_name: str | None = None
    motive: Localised | None = None  # the purpose or legal basis; old documents may lack it
    required: bool = False  # the service cannot do without
    omit: bool = False  # what is required and missing is left out instead of refused


@dataclass(frozen=True, slots=True)
class Step:
    """One step of a mapping, its arguments bound: claims in, claims out, and what it says."""

    number: int
    name: str
    apply: Callable[[Claims, Say], Values] = field(repr=False)
    reads: frozenset[str] = frozenset()
    writes: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class RoleRule:
    """When a person holds a role: by a privilege, or by belonging to an organisation, or both."""

    role: str
    privilege: str | None
    cvrs: frozenset[str]
    delimited: bool  # carries the SOR unit of the privilege's constraint
    since: datetime | None = None
    until: datetime | None = None

    def counts_at(self, now: datetime) -> bool:
        """Whether it gives anything at this instant: since inclusive, until exclusive."""
        return (self.since is None or self.since <= now) and (
            self.until is None or now < self.until
        )


@dataclass(frozen=True, slots=True)
class Mapping:
    """What one service is told and how roles are written for it."""

    service: str
    release: tuple[ReleaseRule, ...]
    roles: tuple[RoleRule, ...]
    role_attribute: str
    role_template: str  # of {role} and {delimitation}, the latter "0" for none
    steps: tuple[Step, ...] = ()


@dataclass(frozen=True, slots=True)
class Released:
    """What goes to a service, and the trace of how it came about, without values."""

    attributes: tuple[Attribute, ...] = field(repr=False)
    roles: tuple[Role, ...]
    trace: tuple[str, ...]
    until: datetime | None = None  # when the first of the roles ends
