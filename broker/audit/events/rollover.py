"""How our own keys change: plans, what was decided about partners, keys known to others.

`slot` is the side and use of a key, such as idp-signing; `instants` are those of the plan in
their order: announce, early_from, switch, rollback_until, unpublish, destroy.
"""

from dataclasses import dataclass
from typing import ClassVar

_BY: frozenset[str] = frozenset({"by"})


@dataclass(frozen=True, slots=True)
class RolloverPlanned:
    """A change from one epoch of a key to the next was planned."""

    NAME: ClassVar[str] = "rollover.planned"
    PERSONAL: ClassVar[frozenset[str]] = _BY

    federation: str
    slot: str
    plan: str
    before: str
    after: str
    style: str
    instants: tuple[str, ...]
    by: str
    reason: str


@dataclass(frozen=True, slots=True)
class RolloverMoved:
    """A plan happens at other times."""

    NAME: ClassVar[str] = "rollover.moved"
    PERSONAL: ClassVar[frozenset[str]] = _BY

    federation: str
    slot: str
    plan: str
    instants: tuple[str, ...]
    by: str
    reason: str


@dataclass(frozen=True, slots=True)
class RolloverCancelled:
    """A plan counts no more; what it led to signs nothing."""

    NAME: ClassVar[str] = "rollover.cancelled"
    PERSONAL: ClassVar[frozenset[str]] = _BY

    federation: str
    slot: str
    plan: str
    by: str
    reason: str


@dataclass(frozen=True, slots=True)
class PartnerOverridden:
    """One partner is treated otherwise than the plan says, or as the plan says again."""

    NAME: ClassVar[str] = "rollover.overridden"
    PERSONAL: ClassVar[frozenset[str]] = _BY

    federation: str
    slot: str
    plan: str
    partner: str
    kind: str  # early, late, back, waive (it switches unready) or follow (as the plan says)
    since: str
    until: str | None
    by: str
    reason: str


@dataclass(frozen=True, slots=True)
class RolloverTakenBack:
    """Everybody is back on the old key."""

    NAME: ClassVar[str] = "rollover.taken_back"
    PERSONAL: ClassVar[frozenset[str]] = _BY

    federation: str
    slot: str
    plan: str
    by: str
    reason: str


@dataclass(frozen=True, slots=True)
class RolloverResumed:
    """A plan that was taken back goes on, at new times."""

    NAME: ClassVar[str] = "rollover.resumed"
    PERSONAL: ClassVar[frozenset[str]] = _BY

    federation: str
    slot: str
    plan: str
    instants: tuple[str, ...]
    by: str
    reason: str


@dataclass(frozen=True, slots=True)
class KeyCompromised:
    """A key of ours is known to others and signs nothing from now on."""

    NAME: ClassVar[str] = "key.compromised"
    PERSONAL: ClassVar[frozenset[str]] = _BY

    federation: str
    slot: str
    epoch: str
    counts: str  # the epoch that counts instead
    by: str
    reason: str


@dataclass(frozen=True, slots=True)
class CertificateInstalled:
    """A certificate that an authority issued was put beside its key."""

    NAME: ClassVar[str] = "key.certified"
    PERSONAL: ClassVar[frozenset[str]] = _BY

    federation: str
    name: str
    sha256: str
    by: str


RolloverEvent = (
    RolloverPlanned
    | RolloverMoved
    | RolloverCancelled
    | PartnerOverridden
    | RolloverTakenBack
    | RolloverResumed
    | KeyCompromised
    | CertificateInstalled
)

_AT = (
    "2026-03-02T05:00:00+00:00",
    "2026-03-02T05:00:00+00:00",
    "2026-04-24T04:00:00+00:00",
    "2026-05-01T04:00:00+00:00",
    "2026-05-08T04:00:00+00:00",
    "2026-06-07T04:00:00+00:00",
)
_PLAN = ("sundhed", "idp-signing", "oces3")

EXAMPLES: tuple[RolloverEvent, ...] = (
    RolloverPlanned(*_PLAN, "first", "oces3", "overlap", _AT, "operator", "OCES2 runs out"),
    RolloverMoved(*_PLAN, _AT, "operator", "the region asked for it"),
    RolloverCancelled(*_PLAN, "operator", "the issuer took the certificate back"),
    PartnerOverridden(
        *_PLAN, "dpsd", "late", "2026-04-24T04:00:00+00:00", None, "operator", "on holiday"
    ),
    RolloverTakenBack(*_PLAN, "operator", "three services refuse the new key"),
    RolloverResumed(*_PLAN, _AT, "operator", "the services loaded the new document"),
    KeyCompromised("sundhed", "idp-signing", "first", "oces3", "operator", "seen in a log"),
    CertificateInstalled("sundhed", "sundhed/oces3/idp-signing", "9f86d081884c7d65", "operator"),
)
