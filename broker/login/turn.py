"""One browser request through the flow: what has been learnt so far, for refusals and records."""

from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from broker.audit.flights.model import Came
from broker.errors import BrokerError
from broker.login.state import (
    Asked,
    AwaitingChoice,
    AwaitingResponse,
    HopRecord,
    Observer,
    Sealed,
)
from broker.metadata.activations import Offer
from broker.metadata.model import ConnectedIdp, Federation, Service
from broker.metadata.registry import Registry
from broker.roles.answer import Answer
from broker.statistics.model import Source

HOPS = {
    "sp_request": 1,
    "session": 2,
    "discovery": 2,
    "idp_request": 3,
    "idp_response": 4,
    "mapping": 5,
    "organisation": 5,
    "sp_response": 6,
}


@dataclass(slots=True)
class Turn:
    """What is known of one browser request; it grows as hops succeed and is never kept."""

    registry: Registry
    federation: Federation
    now: datetime
    reference: str
    observe: Observer
    timer: Callable[[], float]
    hop: str = "sp_request"
    service: Service | None = None
    idp: ConnectedIdp | None = None
    asked: Asked | None = None
    state: Sealed | None = None
    verified: bool = False  # a peer's signature was verified inside this request (R8)
    person: UUID | None = None  # who it is, once that is known
    better: ConnectedIdp | None = None  # another login that lets this very person in
    several: bool = False  # another organisation is open to the person here (R22)
    recalled: UUID | None = None  # the person, where what they chose before decided for which
    offer: Offer | None = None  # of the IdP that was asked for last, for what a refusal says of it
    endpoint: str | None = None  # the epoch of ours whose address this came to (R25)
    rehearsal: str | None = None  # the cookie of a browser that tries our next key
    trial: UUID | None = None  # the test login that this is, in a test environment
    # For the flight recorder: the flow as it was opened, by whose choice, and what came of it.
    trail: AwaitingChoice | AwaitingResponse | None = None
    source: Source | None = None
    answer: Answer | None = field(default=None, repr=False)
    mapping: int | None = None  # the version in force
    came: tuple[Came, ...] = ()  # which attributes the IdP sent, and what shape they are of
    policy: tuple[str, ...] = ()  # what the IdP may say, checked and passed
    places: ExitStack = field(default_factory=ExitStack)  # among the logins of its peers
    hops: list[HopRecord] = field(default_factory=list)
    received: bytes | None = field(default=None, repr=False)  # the IdP's Response, for evidence
    claimed: str | None = None
    sha256: str | None = None
    took: dict[str, int] = field(default_factory=dict)

    def at(self, hop: str, peer: str = "") -> "Hop":
        """Run one hop: time it, and report it with the checks that the body adds to the list."""
        return Hop(self, hop, peer)

    def known(self) -> tuple[Service, ConnectedIdp]:
        """The service and the IdP, once both are settled."""
        if self.service is None or self.idp is None:
            raise RuntimeError("asked for the peers of a flow before they were settled")
        return self.service, self.idp


class Hop:
    """One hop while it runs; a class, since there are six of them in every login."""

    __slots__ = ("_began", "_checks", "_name", "_peer", "_turn")

    def __init__(self, turn: Turn, name: str, peer: str) -> None:
        self._turn, self._name, self._peer = turn, name, peer
        self._checks: list[str] = []

    def __enter__(self) -> list[str]:
        """The list that the body adds its checks to."""
        self._turn.hop = self._name
        self._began = self._turn.timer()
        return self._checks

    def __exit__(self, kind: object, error: BaseException | None, trace: object) -> None:
        """Report it, with the code of what stopped it."""
        turn, name = self._turn, self._name
        ms = (turn.timer() - self._began) * 1000
        turn.took[name] = round(ms)
        code = error.code if isinstance(error, BrokerError) else None
        checks = tuple(self._checks)
        record = HopRecord(turn.reference, HOPS[name], name, self._peer, checks, ms, code)
        turn.hops.append(record)
        turn.observe(record)
