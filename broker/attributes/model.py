"""Claims in, roles and attributes out, and the mapping between them. Frozen facts."""

from collections.abc import Callable
from collections.abc import Mapping as Map
from dataclasses import dataclass, field

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
class Mapping:
    """What one service is told, and the steps that make it."""

    service: str
    release: tuple[ReleaseRule, ...]
    steps: tuple[Step, ...] = ()


@dataclass(frozen=True, slots=True)
class Released:
    """What goes to a service, and the trace of how it came about, without values."""

    attributes: tuple[Attribute, ...] = field(repr=False)
    trace: tuple[str, ...]
