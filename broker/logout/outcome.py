"""What a logout answers to its views."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from broker.logout.model import Logout
from broker.logout.writing import Message
from broker.metadata.model import ConnectedIdp, Federation, Localised, Service

Cookies = tuple[tuple[str, str | None], ...]


@dataclass(frozen=True, slots=True)
class GoTo:
    """Redirect the browser to a page of ours, or to a partner."""

    url: str
    cookies: Cookies = ()


@dataclass(frozen=True, slots=True)
class Bring:
    """Have the browser post a message to a partner."""

    federation: Federation
    message: Message
    to: Localised
    cookies: Cookies = ()


@dataclass(frozen=True, slots=True)
class Open:
    """Our own page: the session there is, or that there is none."""

    federation: Federation
    services: tuple[Service, ...]
    idp: ConnectedIdp | None
    since: datetime | None
    token: str | None
    acting: Mapping[str, str] = field(default_factory=dict, repr=False)  # chosen, by service


@dataclass(frozen=True, slots=True)
class Progress:
    """How a logout stands, service by service."""

    federation: Federation
    logout: Logout
    names: tuple[tuple[int, str, Localised], ...]  # step, code and name of its partner
    back: Localised | None  # who began it and waits for an answer
    home: Service | None  # the service that began it
    cookies: Cookies = ()


@dataclass(frozen=True, slots=True)
class Refusal:
    """The error page, or for a partner without a browser the fault."""

    code: str
    http: int
    reference: str
    federation: Federation | None = None
    home: str | None = None


@dataclass(frozen=True, slots=True)
class Soap:
    """An answer on the back channel."""

    body: bytes
    http: int = 200


Outcome = GoTo | Bring | Open | Progress | Refusal | Soap
