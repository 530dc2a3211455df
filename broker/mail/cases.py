"""What mails about cases tell: which case, what is needed, and where. Names of nobody."""

from dataclasses import dataclass
from datetime import UTC, datetime

from broker.saml.entities import Localised


@dataclass(frozen=True, slots=True)
class CaseLinkFacts:
    """A link for the security officer of an organisation that applies."""

    federation: Localised
    organisation: str
    reference: str
    url: str


@dataclass(frozen=True, slots=True)
class CaseFacts:
    """A case that waits for its reader, or that something happened in."""

    federation: Localised
    title: str
    reference: str
    what: Localised  # what happened, or what is asked of the reader
    words: str  # a question or a reason, as somebody wrote it; may be empty
    url: str


@dataclass(frozen=True, slots=True)
class ClaimFacts:
    """That somebody administers an organisation as soon as they log in by a link."""

    federation: Localised
    organisation: str
    url: str
    until: datetime


@dataclass(frozen=True, slots=True)
class InvitationFacts:
    """That somebody is invited to look after a service."""

    federation: Localised
    service: Localised
    owner: bool  # or a technician
    url: str
    until: datetime


CaseMailFacts = CaseLinkFacts | CaseFacts | ClaimFacts | InvitationFacts

_FEDERATION = Localised("Sundhed", "Health")
_PORTAL = "https://broker.example.dk/sundhed/portal"
_WHAT = Localised("Sagen er godkendt.", "The case has been approved.")
EXAMPLES: dict[str, CaseMailFacts] = {
    "case-link": CaseLinkFacts(
        _FEDERATION, "Prøveklinikken", "S27-7KQ4MB", f"{_PORTAL}/cases/officer/c0de"
    ),
    "case-waits": CaseFacts(
        _FEDERATION, "Prøveklinikken", "S27-7KQ4MB", _WHAT, "", f"{_PORTAL}/cases/S27-7KQ4MB"
    ),
    "case-news": CaseFacts(
        _FEDERATION,
        "Prøveklinikken",
        "S27-7KQ4MB",
        _WHAT,
        "Velkommen til",
        f"{_PORTAL}/cases/S27-7KQ4MB",
    ),
    "case-claim": ClaimFacts(
        _FEDERATION,
        "Prøveklinikken",
        f"{_PORTAL}/cases/claim/ABCD",
        datetime(2027, 4, 24, 4, 0, tzinfo=UTC),
    ),
    "team-invitation": InvitationFacts(
        _FEDERATION,
        Localised("Prøvetjenesten", "The sample service"),
        owner=False,
        url=f"{_PORTAL}/service/invited/ABCD",
        until=datetime(2027, 4, 24, 4, 0, tzinfo=UTC),
    ),
}
