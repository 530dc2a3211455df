"""What came of asking for somebody's roles at a service: issued, left out, and why. Frozen.

The same answer goes to the service, to the audit row, to the screen that explains, and to
whoever asks what would be the case on another day.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal
from uuid import UUID

from broker.organisations.model import Account, Organisation
from broker.periods import Period
from broker.roles.model import Delimitation, HeldRole, Role, RoleVersion, ServiceVersion
from broker.saml.assurance import Assurance
from broker.saml.messages import Attribute
from broker.saml.privileges import PrivilegeGroup

SourceKind = Literal["grant", "rule"]


@dataclass(frozen=True, slots=True)
class Said:
    """What an IdP said of a person, as far as roles look at it; it passed the policy."""

    idp: str  # code
    idp_cvrs: frozenset[str] | None  # whom it may speak for; None is everybody
    cvr: str | None
    assurance: Assurance | None
    values: Mapping[str, tuple[str, ...]] = field(repr=False)  # by our short names
    groups: tuple[PrivilegeGroup, ...] = field(default=(), repr=False)
    malformed: tuple[str, ...] = ()  # codes of privileges that could not be read


@dataclass(frozen=True, slots=True)
class Source:
    """Where a role comes from: the grant and who gave it, or the rule and who approved it."""

    kind: SourceKind
    id: UUID
    name: str  # how it came: "direct", a group's name, a rule's code …
    via: str
    by: str
    period: Period
    version: int | None = None  # of a rule
    reason: str = ""
    case_no: str | None = None


@dataclass(frozen=True, slots=True)
class Issued:
    """A role that is told to the service, from one source."""

    role: Role
    version: RoleVersion
    source: Source
    held: tuple[HeldRole, ...]


@dataclass(frozen=True, slots=True)
class LeftOut:
    """Something that gives no role, and why. `detail` holds codes and URNs, never a person."""

    code: str
    role: Role | None = None
    source: Source | None = None
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Answer:
    """The roles of one account at one service at one instant."""

    at: datetime
    account: Account | None = None
    organisation: Organisation | None = None
    service: ServiceVersion | None = None
    issued: tuple[Issued, ...] = ()
    left_out: tuple[LeftOut, ...] = ()
    shadow: tuple[Issued, ...] = ()  # what rules in shadow would have given beside it
    shadow_denied: tuple[LeftOut, ...] = ()
    warnings: tuple[LeftOut, ...] = ()  # issued all the same, and somebody should look at it
    attributes: tuple[Attribute, ...] = field(default=(), repr=False)

    @property
    def until(self) -> datetime | None:
        """When the first of the issued roles ends, or None where no end is known."""
        ends = [issued.source.period.ends for issued in self.issued]
        ends += [issued.version.period.ends for issued in self.issued]
        if self.issued:
            for holder in (self.account, self.organisation, self.service):
                ends.append(holder.period.ends if holder is not None else None)
        return min((end for end in ends if end is not None), default=None)

    @property
    def trace(self) -> tuple[str, ...]:
        """What happened, in counts and codes, for the trace of a login."""
        sources = {one.source.id for one in self.issued}
        out: dict[str, int] = {}
        for left in self.left_out:
            out[left.code] = out.get(left.code, 0) + 1
        whom = "nobody known here" if self.account is None else "an account"
        lines = [f"roles: {len(self.held)} of {len(sources)} sources for {whom}"]
        lines += [f"roles: left out {count} times, {code}" for code, count in sorted(out.items())]
        lines += [f"roles: warned, {one.detail}" for one in self.warnings]
        if self.shadow:
            lines.append(f"roles: {len(self.shadow)} more by rules in shadow")
        return tuple(lines)

    @property
    def held(self) -> tuple[HeldRole, ...]:
        """Every role that is told, once each, in a lasting order."""
        return tuple(sorted({held for issued in self.issued for held in issued.held}))


@dataclass(frozen=True, slots=True)
class Candidate:
    """A role that somebody may get: from a source, with its units, before anything is checked.

    Values of one type are alternatives; types narrow together.
    """

    role: Role
    source: Source
    units: tuple[Delimitation, ...] = ()
    trouble: str | None = None  # why a scope could not be worked out
