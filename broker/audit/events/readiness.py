"""How ready partners are for our keys, and their own keys; the catalogue in `events` lists them."""

from dataclasses import dataclass
from typing import ClassVar


@dataclass(frozen=True, slots=True)
class ReadinessClaimed:
    """Somebody answers for how ready a partner is, or signs have shown it; 0 takes it back."""

    NAME: ClassVar[str] = "rollover.readiness_claimed"
    PERSONAL: ClassVar[frozenset[str]] = frozenset({"said_by", "by"})

    federation: str
    plan: str
    slot: str  # idp-signing, sp-signing or sp-encryption
    partner: str
    level: int
    said_by: str
    by: str
    reason: str


@dataclass(frozen=True, slots=True)
class TrialOffered:
    """Somebody made a link with which one browser gets the next key at one service."""

    NAME: ClassVar[str] = "rollover.trial_offered"
    PERSONAL: ClassVar[frozenset[str]] = frozenset({"by"})

    federation: str
    plan: str
    slot: str
    partner: str
    epoch: str  # the key that is tried
    until: str  # ISO 8601 with an offset; until when the link can be followed
    by: str


@dataclass(frozen=True, slots=True)
class PartnerKeyKept:
    """A certificate that a partner's metadata dropped counts on until an instant."""

    NAME: ClassVar[str] = "metadata.key_kept"
    PERSONAL: ClassVar[frozenset[str]] = frozenset({"by"})

    federation: str
    kind: str  # sp or idp
    code: str
    fingerprint: str
    until: str  # ISO 8601 with an offset
    by: str
    reason: str


@dataclass(frozen=True, slots=True)
class PartnerKeyEnded:
    """A certificate that had been kept counts no more."""

    NAME: ClassVar[str] = "metadata.key_ended"
    PERSONAL: ClassVar[frozenset[str]] = frozenset({"by"})

    federation: str
    kind: str  # sp or idp
    code: str
    fingerprint: str
    by: str
    reason: str


@dataclass(frozen=True, slots=True)
class PartnerKeyBrought:
    """A partner's next certificate counts beside those of its metadata until an instant."""

    NAME: ClassVar[str] = "metadata.key_brought"
    PERSONAL: ClassVar[frozenset[str]] = frozenset({"by"})

    federation: str
    kind: str  # sp or idp
    code: str
    fingerprint: str
    until: str  # ISO 8601 with an offset
    by: str
    reason: str


@dataclass(frozen=True, slots=True)
class LateAsked:
    """Somebody at a service asks that it be switched later than the others."""

    NAME: ClassVar[str] = "rollover.late_asked"
    PERSONAL: ClassVar[frozenset[str]] = frozenset({"by"})

    federation: str
    plan: str
    partner: str
    until: str  # ISO 8601 with an offset
    by: str
    reason: str


@dataclass(frozen=True, slots=True)
class LateAnswered:
    """What became of that: granted, declined, or taken back by the service."""

    NAME: ClassVar[str] = "rollover.late_answered"
    PERSONAL: ClassVar[frozenset[str]] = frozenset({"by"})

    federation: str
    plan: str
    partner: str
    state: str
    by: str
    reason: str


ReadinessEvent = (
    ReadinessClaimed
    | TrialOffered
    | PartnerKeyKept
    | PartnerKeyEnded
    | PartnerKeyBrought
    | LateAsked
    | LateAnswered
)

EXAMPLES: tuple[ReadinessEvent, ...] = (
    ReadinessClaimed(
        federation="sundhed",
        plan="autumn",
        slot="idp-signing",
        partner="dpsd",
        level=3,
        said_by="Anna Eksempel, driften",
        by="operator",
        reason="signed in with the new key",
    ),
    TrialOffered(
        federation="sundhed",
        plan="autumn",
        slot="idp-signing",
        partner="dpsd",
        epoch="oces3",
        until="2026-03-09T08:15:00+00:00",
        by="operator",
    ),
    PartnerKeyKept(
        federation="sundhed",
        kind="sp",
        code="dpsd",
        fingerprint="ab" * 32,
        until="2026-04-02T06:00:00+00:00",
        by="operator",
        reason="two of its servers still sign with the old one",
    ),
    PartnerKeyEnded(
        federation="sundhed",
        kind="sp",
        code="dpsd",
        fingerprint="ab" * 32,
        by="operator",
        reason="not seen for 14 days",
    ),
    PartnerKeyBrought(
        federation="sundhed",
        kind="sp",
        code="dpsd",
        fingerprint="ab" * 32,
        until="2026-04-02T06:00:00+00:00",
        by="account",
        reason="the next certificate",
    ),
    LateAsked(
        federation="sundhed",
        plan="autumn",
        partner="dpsd",
        until="2026-04-12T06:00:00+00:00",
        by="account",
        reason="frozen until the holidays are over",
    ),
    LateAnswered(
        federation="sundhed",
        plan="autumn",
        partner="dpsd",
        state="granted",
        by="operator",
        reason="both keys are published until then",
    ),
)
