"""Every kind of mail: what it tells, whether it may wait, and an example of each.

Each kind has a template of its name. The facts are few: the names of things, dates, and our own
addresses; of a person at most what they wrote as their reason.
"""

from dataclasses import dataclass, fields
from datetime import UTC, datetime

from broker.audit.masking import cleaned
from broker.saml.entities import Localised


@dataclass(frozen=True, slots=True)
class RolloverFacts:
    """A certificate switch of ours, as one partner must know it."""

    federation: Localised
    partner: Localised
    switch_at: datetime
    unpublish_at: datetime
    fingerprint: str  # SHA-256 of the new certificate, in lower-case hex
    metadata_url: str  # where this partner finds what counts after the switch
    ready: bool  # whether it was seen to follow already


@dataclass(frozen=True, slots=True)
class TakenBackFacts:
    """A switch that was taken back, for this partner or for all."""

    federation: Localised
    partner: Localised
    taken_back_at: datetime
    fingerprint: str  # SHA-256 of the certificate that counts again
    reason: str


@dataclass(frozen=True, slots=True)
class ExpiryFacts:
    """A certificate of a partner that runs out."""

    federation: Localised
    partner: Localised
    subject: str
    fingerprint: str
    not_after: datetime


@dataclass(frozen=True, slots=True)
class MetadataFacts:
    """Something about a partner's metadata that a person must look at."""

    federation: Localised
    partner: Localised
    code: str  # the reason code, as the guide explains it
    seen_at: datetime
    page_url: str  # of ours


@dataclass(frozen=True, slots=True)
class KeyFacts:
    """A key of a partner that waits for a person's approval."""

    federation: Localised
    partner: Localised
    fingerprint: str
    seen_at: datetime
    page_url: str


@dataclass(frozen=True, slots=True)
class EmergencyFacts:
    """A way into the portals past the login, made by two people on the host."""

    federation: Localised
    asked_by: str
    allowed_by: str
    reason: str
    until: datetime


@dataclass(frozen=True, slots=True)
class TryFacts:
    """Nothing happened; somebody tries the post."""

    origin: str
    at: datetime


Facts = (
    RolloverFacts
    | TakenBackFacts
    | ExpiryFacts
    | MetadataFacts
    | KeyFacts
    | EmergencyFacts
    | TryFacts
)

_FEDERATION = Localised("Sundhed", "Health")
_PARTNER = Localised("Prøvetjenesten", "The sample service")
_DIGEST = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"
_ORIGIN = "https://broker.example.dk"
_SWITCH = datetime(2027, 4, 24, 4, 0, tzinfo=UTC)
_ROLLOVER = RolloverFacts(
    federation=_FEDERATION,
    partner=_PARTNER,
    switch_at=_SWITCH,
    unpublish_at=datetime(2027, 5, 1, 4, 0, tzinfo=UTC),
    fingerprint=_DIGEST,
    metadata_url=f"{_ORIGIN}/sundhed/metadata/next",
    ready=False,
)
_METADATA = MetadataFacts(
    federation=_FEDERATION,
    partner=_PARTNER,
    code="metadata.expired",
    seen_at=_SWITCH,
    page_url=f"{_ORIGIN}/operator/metadata",
)


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of mail; an urgent one goes first, and past the limit per recipient."""

    name: str
    example: Facts
    urgent: bool = False


KINDS: dict[str, Kind] = {
    kind.name: kind
    for kind in (
        Kind("rollover-announced", _ROLLOVER),
        Kind("rollover-reminder", _ROLLOVER),
        Kind("rollover-done", _ROLLOVER),
        Kind("rollover-after", _ROLLOVER),
        Kind("rollover-removed", _ROLLOVER),
        Kind(
            "rollover-taken-back",
            TakenBackFacts(_FEDERATION, _PARTNER, _SWITCH, _DIGEST, "logins at the service failed"),
            urgent=True,
        ),
        Kind("rollover-emergency", _ROLLOVER, urgent=True),
        Kind(
            "certificate-expiry",
            ExpiryFacts(_FEDERATION, _PARTNER, "CN=Prøvetjenesten", _DIGEST, _SWITCH),
        ),
        Kind("metadata-alarm", _METADATA, urgent=True),
        Kind(
            "key-waits",
            KeyFacts(_FEDERATION, _PARTNER, _DIGEST, _SWITCH, f"{_ORIGIN}/operator/keys"),
        ),
        Kind(
            "emergency-login",
            EmergencyFacts(_FEDERATION, "anna", "bent", "NemLog-in is down", _SWITCH),
            urgent=True,
        ),
        Kind("try", TryFacts(_ORIGIN, _SWITCH)),
    )
}
# Which kind tells of a milestone; every other one is a reminder.
_OF_MILESTONE = {"announced": "announced", "done": "done", "T+1": "after", "removed": "removed"}


def rollover_kind(milestone: str) -> str:
    """The kind of mail for a milestone of a switch."""
    return f"rollover-{_OF_MILESTONE.get(milestone, 'reminder')}"


def told(facts: Facts, language: str, origin: str) -> dict[str, str | bool | datetime]:
    """The facts as a template gets them, in one language, with nothing that harms a reader.

    Text is on one line, short, and without CPR numbers. An address that is not ours loses its
    scheme: a partner must not place a link in our mail.
    """
    return {
        field.name: _told(getattr(facts, field.name), language, origin) for field in fields(facts)
    }


def _told(value: object, language: str, origin: str) -> str | bool | datetime:
    if isinstance(value, datetime | bool):
        return value
    if isinstance(value, Localised):
        value = value.of(language)
    text = cleaned(str(value))
    ours = text == origin or text.startswith(f"{origin}/")
    return text if ours else text.replace("://", " ")
