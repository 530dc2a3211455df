"""What mails about roles, requests and administrators tell, with an example for each."""

from dataclasses import dataclass, replace
from datetime import UTC, datetime

from broker.saml.entities import Localised

_NOTHING = Localised("", "")
_NEVER = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class PeopleFacts:
    """Names of people at work, roles and dates; no numbers of people, and nobody's reasons.

    What a kind does not tell of is empty, and an instant that is not said is long ago.
    """

    federation: Localised
    organisation: str
    link: str  # where the reader goes next
    settings: str  # where the reader chooses what to be told
    who: str = ""
    by: str = ""
    role: Localised = _NOTHING
    service: Localised = _NOTHING
    what: Localised = _NOTHING  # the mandate
    state: str = ""  # how a request ended: done, rejected, failed
    number: str = ""  # of a request
    days: str = ""
    until: datetime = _NEVER
    at: datetime = _NEVER
    count: int = 0  # notices that one mail gathers


_ORIGIN = "https://broker.example.dk"
_BASE = PeopleFacts(
    federation=Localised("Sundhed", "Health"),
    organisation="Plejecenter Egely",
    link=f"{_ORIGIN}/sundhed/portal/mine/",
    settings=f"{_ORIGIN}/sundhed/portal/mine/mail",
    who="Anna Holm",
    by="Bo Lind",
)
_ROLE = replace(
    _BASE,
    role=Localised("Sagsbehandler", "Caseworker"),
    service=Localised("Prøvetjenesten", "The sample service"),
    until=datetime(2027, 12, 31, 23, 0, tzinfo=UTC),
)
_REQUEST = replace(_ROLE, number="7KQ2-9F4M", state="done")
_MANDATE = replace(_BASE, what=Localised("administrator", "administrator"))
EXAMPLES: dict[str, PeopleFacts] = {
    "request-received": _REQUEST,
    "request-waiting": _REQUEST,
    "request-asked": _REQUEST,
    "request-decided": _REQUEST,
    "request-expired": replace(_REQUEST, state="expired"),
    "role-granted": _ROLE,
    "role-changed": _ROLE,
    "role-ended": _ROLE,
    "role-ending": replace(_ROLE, days="14"),
    "administrators-none": _BASE,
    "administrators-one": _BASE,
    "mandate-granted": _MANDATE,
    "mandate-received": _MANDATE,
    "mandate-ended": _MANDATE,
    "person-moved": replace(_BASE, at=datetime(2027, 3, 1, 6, 0, tzinfo=UTC)),
    "person-left": replace(_BASE, at=datetime(2027, 3, 1, 6, 0, tzinfo=UTC)),
    "digest": replace(_BASE, count=3),
}
URGENT = frozenset({"mandate-granted", "administrators-none"})
