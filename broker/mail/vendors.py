"""What mails to vendors tell: of their access to a test environment, and of interfaces that end."""

from dataclasses import dataclass
from datetime import UTC, datetime

from broker.saml.entities import Localised


@dataclass(frozen=True, slots=True)
class VendorFacts:
    """That an access ends soon, or that something became of it."""

    federation: Localised
    service: Localised
    interface: Localised
    product: str
    what: Localised  # what happened, or what is asked of the reader
    words: str  # a reason, as somebody wrote it; may be empty
    until: datetime
    url: str


@dataclass(frozen=True, slots=True)
class InterfaceFacts:
    """That an interface ends, or has ended."""

    federation: Localised
    service: Localised
    interface: Localised
    product: str
    closes: datetime
    ended: bool
    successor: Localised  # empty where nothing takes its place
    note: Localised  # what the service's owner writes about it; may be empty
    url: str  # where one asks for what takes its place


VendorMailFacts = VendorFacts | InterfaceFacts

_FEDERATION = Localised("Sundhed", "Health")
_SERVICE = Localised("Prøvetjenesten", "The sample service")
_NOTHING = Localised("", "")
_PORTAL = "https://broker.example.dk/sundhed/portal/vendor"
_UNTIL = datetime(2027, 4, 24, 4, 0, tzinfo=UTC)
EXAMPLES: dict[str, VendorMailFacts] = {
    "vendor-access": VendorFacts(
        _FEDERATION,
        _SERVICE,
        Localised("System til system", "System to system"),
        "Prøvesystemet",
        Localised("Adgangen udløber snart.", "The access ends soon."),
        "",
        _UNTIL,
        f"{_PORTAL}/access/1a6b1f0e-3c55-4a0f-9d61-2f1f6a7c8b90",
    ),
    "interface-ending": InterfaceFacts(
        _FEDERATION,
        _SERVICE,
        Localised("Den gamle snitflade", "The old interface"),
        "Prøvesystemet",
        _UNTIL,
        ended=False,
        successor=Localised("Den nye snitflade", "The new interface"),
        note=_NOTHING,
        url=f"{_PORTAL}/new",
    ),
}
