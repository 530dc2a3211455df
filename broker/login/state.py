"""What is known at each hop, one frozen dataclass each, and the whole machine as a table.

Only AwaitingChoice and AwaitingResponse cross the browser; Finished is the tombstone
that lets a dead flow still know its service.
"""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import TypeVar
from uuid import UUID

from broker.attributes.model import Claims, Released
from broker.roles.answer import Answer
from broker.saml.assurance import Assurance, Demand
from broker.saml.messages import AppSwitch, Assertion

CHOOSING_LIFE = timedelta(minutes=60)
ANSWERING_LIFE = timedelta(minutes=30)
COOKIE_LIFE = timedelta(hours=24)
MAX_TRIES = 3
MAX_STEPS = 8


@dataclass(frozen=True, slots=True)
class HopRecord:
    """What one hop did: for the observer, the log and the flight recorder. Holds no person."""

    reference: str
    hop: int
    name: str
    peer: str
    checks: tuple[str, ...]
    ms: float
    code: str | None = None


Observer = Callable[[HopRecord], None]


@dataclass(frozen=True, slots=True)
class Asked:
    """What a service asked for; ids of rows instead of URLs keep the cookie small (R2)."""

    federation: str
    service: int  # Service.row
    request_id: str
    acs: int  # acs_mark of the endpoint to answer at
    relay_state: str | None
    force_authn: bool
    is_passive: bool
    demand: Demand | None
    idps: tuple[int, ...]  # rows that an IDPList narrowed to; empty is no narrowing
    reference: str
    at: datetime
    name_id: str | None = None  # the format that was asked for
    create: bool = True  # whether somebody new may be given a name
    proxy_count: int | None = None  # how many more may stand between us and the person
    requesters: tuple[str, ...] = ()  # for whom the service itself asks
    app_switch: AppSwitch | None = None
    session: UUID | None = None  # the browser's session as we saw it on the way, or made it
    endpoint: str | None = None  # the epoch whose address the service used (R25)
    begun: UUID | None = None  # the session that this flow's own login began; then R22 asks

    @property
    def solicited(self) -> bool:
        """Whether a service asked at all; an identity provider may send people unasked."""
        return bool(self.request_id)

    @property
    def required(self) -> Assurance | None:
        """The least level that the request itself would accept, or None where it says nothing."""
        if self.demand is None or not self.demand.levels:
            return None
        return min((level for level in Assurance if self.demand.met_by(level)), default=None)


@dataclass(frozen=True, slots=True)
class Step:
    """One line of the trace that travels with the flow: hop, peer's row, milliseconds.

    `how` says by whose choice, counted from 1 in `broker.statistics.model.SOURCES`.
    """

    hop: int
    peer: int
    ms: int
    how: int = 0


@dataclass(frozen=True, slots=True)
class AwaitingChoice:
    """The person has to choose: where to log in, or for which organisation they are here (R22)."""

    flow: str
    asked: Asked
    trace: tuple[Step, ...] = ()

    @property
    def valid_until(self) -> datetime:
        """When choosing has taken too long."""
        return self.asked.at + CHOOSING_LIFE


@dataclass(frozen=True, slots=True)
class Try:
    """One request of ours to one IdP. R4."""

    request_id: str
    idp: int
    at: datetime


@dataclass(frozen=True, slots=True)
class AwaitingResponse:
    """The person is at an IdP; any of the tries may be answered, one of them once."""

    flow: str
    asked: Asked
    tries: tuple[Try, ...]
    trace: tuple[Step, ...] = ()
    failed: datetime | None = None  # when an IdP sent somebody back whom we did not let in

    @property
    def valid_until(self) -> datetime:
        """When the last try has waited too long."""
        return self.tries[-1].at + ANSWERING_LIFE


@dataclass(frozen=True, slots=True)
class Finished:
    """A spent flow: it knows its service and nothing can be issued from it."""

    flow: str
    asked: Asked
    failed: tuple[int, datetime] | None = None  # the IdP by its row, where it ended in a refusal

    @property
    def valid_until(self) -> datetime:
        """The end of the cookie itself; a tombstone has nothing to run out."""
        return self.asked.at + COOKIE_LIFE


Sealed = AwaitingChoice | AwaitingResponse | Finished


@dataclass(frozen=True, slots=True)
class IdPChosen:
    """Where to log in is settled: the only one active, or the one the person chose."""

    waiting: AwaitingChoice | AwaitingResponse
    idp: int


@dataclass(frozen=True, slots=True)
class Accepted:
    """An assertion that passed every check on messages; nothing is decided about the person."""

    waiting: AwaitingChoice | AwaitingResponse
    answered: Try | None  # None where nothing was asked: a session used again, or unsolicited
    assertion: Assertion = field(repr=False)
    checks: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Permitted:
    """Claims that passed the policy on what this IdP may say."""

    accepted: Accepted
    claims: Claims = field(repr=False)
    trace: tuple[str, ...] = ()  # what was understood of it, and what was dropped


@dataclass(frozen=True, slots=True)
class Outgoing:
    """What the service will be told, in its own terms."""

    permitted: Permitted
    released: Released
    answer: Answer = field(repr=False)


TRANSITIONS: tuple[tuple[str, str, str], ...] = (
    ("AuthnRequest", "sp_request", "AwaitingChoice"),
    ("AwaitingChoice", "session", "Accepted"),
    ("AwaitingChoice", "discovery", "AwaitingChoice | IdPChosen"),
    ("AwaitingResponse", "discovery", "IdPChosen"),
    ("IdPChosen", "idp_request", "AwaitingResponse"),
    ("AwaitingResponse", "idp_response", "Accepted"),
    ("Accepted", "idp_response", "Permitted"),
    ("Permitted", "mapping", "AwaitingChoice | Outgoing"),
    ("AwaitingChoice", "organisation", "AwaitingChoice | Accepted"),
    ("Outgoing", "sp_response", "Finished"),
)


def draw() -> str:
    """The machine as aligned text, one transition a line, as the package's docstring shows it."""
    width = max(len(before) for before, _, _ in TRANSITIONS)
    hop_width = max(len(hop) for _, hop, _ in TRANSITIONS)
    return "\n".join(
        f"    {before:<{width}}  {hop:<{hop_width}}  {after}" for before, hop, after in TRANSITIONS
    )


Traced = TypeVar("Traced", AwaitingChoice, AwaitingResponse)


def with_step(state: Traced, step: Step) -> Traced:
    """The same state with one more line of trace; the oldest lines go when there are many."""
    return replace(state, trace=(*state.trace, step)[-MAX_STEPS:])


def anew(chosen: IdPChosen) -> IdPChosen:
    """The same without a login that this flow began before; ForceAuthn needs another now."""
    waiting = chosen.waiting
    return replace(chosen, waiting=replace(waiting, asked=replace(waiting.asked, begun=None)))


def acs_mark(location: str) -> int:
    """Five bytes that stand for an address in a cookie; metadata may be reordered meanwhile."""
    return int.from_bytes(hashlib.sha256(location.encode()).digest()[:5])


def epoch(instant: datetime) -> int:
    """Whole seconds since 1970, as carried in cookies."""
    return int(instant.timestamp())


def from_epoch(seconds: int) -> datetime:
    """The aware UTC instant of whole seconds since 1970."""
    return datetime.fromtimestamp(seconds, UTC)
