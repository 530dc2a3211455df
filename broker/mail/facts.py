"""What each kind of mail tells. The facts are few: the names of things, dates, and our own
addresses; of a person at most what they wrote as their reason.
"""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Literal

from broker.mail.cases import CaseMailFacts
from broker.mail.people import PeopleFacts
from broker.mail.vendors import VendorMailFacts
from broker.saml.entities import Localised

LONG_AGO = datetime(1970, 1, 1, tzinfo=UTC)
Way = Literal["both", "alone", "moment"]
"""How a partner gets to the new certificate: it holds both for a time; it can hold one alone and
takes the document of the new one when it likes; or it changes as we do.
"""


@dataclass(frozen=True, slots=True)
class RolloverFacts:
    """A certificate switch of ours, as one partner must know it."""

    federation: Localised
    partner: Localised
    switch_at: datetime
    unpublish_at: datetime
    fingerprint: str  # SHA-256 of the new certificate, in lower-case hex
    metadata_url: str  # where this partner finds what it must load
    ready: bool  # whether it was seen to follow already
    held: bool = False  # whether it keeps the old certificate because it is not ready
    way: Way = "both"
    encryption_fingerprint: str = ""  # of the new certificate to encrypt to; empty without one
    rollback_until: datetime = LONG_AGO  # until when the switch can be taken back


@dataclass(frozen=True, slots=True)
class TakenBackFacts:
    """A switch that was taken back, for this partner alone or for all."""

    federation: Localised
    partner: Localised
    taken_back_at: datetime
    fingerprint: str  # SHA-256 of the certificate that counts again
    reason: str
    alone: bool


@dataclass(frozen=True, slots=True)
class EmergencyFacts:
    """A key of ours that others know."""

    federation: Localised
    partner: Localised
    since: datetime  # from when it counts for nothing here
    stolen: tuple[str, ...]  # SHA-256 of its certificates
    fingerprints: tuple[str, ...]  # of those that count now
    switched: bool  # whether we used it until then
    metadata_url: str


@dataclass(frozen=True, slots=True)
class EmergencyLoginFacts:
    """A way into the portals past the login, made by two people on the host."""

    federation: Localised
    asked_by: str
    allowed_by: str
    reason: str
    until: datetime


@dataclass(frozen=True, slots=True)
class ExpiryFacts:
    """A certificate that runs out, of a partner or of our own."""

    federation: Localised
    partner: Localised
    subject: str
    fingerprint: str
    not_after: datetime
    ours: bool


@dataclass(frozen=True, slots=True)
class MetadataFacts:
    """Something about metadata that a person must look at."""

    federation: Localised
    partner: Localised  # or the source, where all of it is meant
    code: str  # the reason code
    words: Localised
    seen_at: datetime
    waits: bool  # for approval


@dataclass(frozen=True, slots=True)
class KeyFacts:
    """A key of a partner that waits for a person's approval."""

    federation: Localised
    partner: Localised
    fingerprint: str
    seen_at: datetime


@dataclass(frozen=True, slots=True)
class TryFacts:
    """Nothing happened; somebody tries the post."""

    origin: str
    at: datetime


Facts = (
    RolloverFacts
    | TakenBackFacts
    | EmergencyFacts
    | EmergencyLoginFacts
    | ExpiryFacts
    | MetadataFacts
    | KeyFacts
    | PeopleFacts
    | CaseMailFacts
    | VendorMailFacts
    | TryFacts
)
