"""Every kind of mail: whether it may wait, and an example. Each has a template of its name."""

from dataclasses import dataclass, fields, replace
from datetime import UTC, datetime

from broker.audit.masking import cleaned
from broker.mail.cases import EXAMPLES as CASES
from broker.mail.facts import (
    EmergencyFacts,
    EmergencyLoginFacts,
    ExpiryFacts,
    Facts,
    KeyFacts,
    MetadataFacts,
    RolloverFacts,
    TakenBackFacts,
    TryFacts,
)
from broker.mail.people import EXAMPLES as PEOPLE
from broker.mail.people import URGENT
from broker.mail.vendors import EXAMPLES as VENDORS
from broker.saml.entities import Localised

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
    rollback_until=datetime(2027, 5, 1, 4, 0, tzinfo=UTC),
)
_METADATA = MetadataFacts(
    federation=_FEDERATION,
    partner=_PARTNER,
    code="metadata.runs_out",
    words=Localised(
        "Metadata udløber 27. april 2027 kl. 08.00.", "It runs out 2027-04-27 06:00 UTC."
    ),
    seen_at=_SWITCH,
    waits=False,
)
_HELD = replace(_ROLLOVER, held=True)
_EMERGENCY = EmergencyFacts(
    federation=_FEDERATION,
    partner=_PARTNER,
    since=_SWITCH,
    stolen=(_DIGEST,),
    fingerprints=(_DIGEST[::-1],),
    switched=True,
    metadata_url=f"{_ORIGIN}/sundhed/metadata/idp.xml",
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
        Kind("rollover-held", _HELD),
        Kind(
            "rollover-taken-back",
            TakenBackFacts(_FEDERATION, _PARTNER, _SWITCH, _DIGEST, "logins failed", alone=True),
            urgent=True,
        ),
        Kind("rollover-emergency", _EMERGENCY, urgent=True),
        Kind(
            "certificate-expiry",
            ExpiryFacts(_FEDERATION, _PARTNER, "CN=Prøvetjenesten", _DIGEST, _SWITCH, ours=False),
        ),
        Kind("metadata-alarm", _METADATA, urgent=True),
        Kind(
            "key-waits",
            KeyFacts(_FEDERATION, _PARTNER, _DIGEST, _SWITCH),
        ),
        Kind(
            "emergency-login",
            EmergencyLoginFacts(_FEDERATION, "anna", "bent", "NemLog-in is down", _SWITCH),
            urgent=True,
        ),
        Kind("try", TryFacts(_ORIGIN, _SWITCH)),
        *(Kind(name, facts, urgent=name in URGENT) for name, facts in PEOPLE.items()),
        *(Kind(name, facts) for name, facts in (*CASES.items(), *VENDORS.items())),
    )
}
# Which kind tells of a milestone; every other one is a reminder.
_OF_MILESTONE = {"announced": "announced", "done": "done", "T+1": "after", "removed": "removed"}
_HOLDING = "held"  # and held-1w and so on, the same kind again


def rollover_kind(milestone: str) -> str:
    """The kind of mail for a milestone of a switch."""
    if milestone.startswith(_HOLDING):
        return "rollover-held"
    return f"rollover-{_OF_MILESTONE.get(milestone, 'reminder')}"


Told = str | bool | int | datetime | tuple[str, ...]


def told(facts: Facts, language: str, origin: str) -> dict[str, Told]:
    """The facts as a template gets them, in one language, with nothing that harms a reader.

    Text is on one line, short, and without CPR numbers. An address that is not ours loses its
    scheme: a partner must not place a link in our mail.
    """
    return {
        field.name: _told(getattr(facts, field.name), language, origin) for field in fields(facts)
    }


def _told(value: object, language: str, origin: str) -> Told:
    if isinstance(value, datetime | bool | int):
        return value
    if isinstance(value, tuple):
        return tuple(str(_told(one, language, origin)) for one in value)
    if isinstance(value, Localised):
        value = value.of(language)
    text = cleaned(str(value))
    ours = text == origin or text.startswith(f"{origin}/")
    return text if ours else text.replace("://", " ")
