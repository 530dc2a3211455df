"""A rehearsal of NemLog-in's integration tests, against the demo's identity provider.

The cases bear NemLog-in's names; what each asks is our reading of the report that a service
provider hands in, written in its docstring. Each returns what was seen, or raises Failed.
"""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from broker.clock import system_clock
from broker.demo.federation import Say
from broker.demo.once import FEDERATION, Stage, stage
from broker.demo.visitor import NO_WISH, Page, Visitor
from broker.errors import BrokerError


class Failed(Exception):
    """A case was not as it has to be."""


@dataclass(slots=True)
class Shifted:
    """The time of day, moved forward by hand."""

    by: timedelta = field(default_factory=timedelta)

    def __call__(self) -> datetime:
        """Now, and a while more."""
        return system_clock() + self.by


@dataclass(frozen=True, slots=True)
class Act:
    """A running federation and its clock; each case has visitors of its own."""

    play: Stage
    clock: Shifted

    def start(self, service: str) -> str:
        """Where a service begins."""
        return self.play.demo.sps[service].url

    def login(
        self,
        visitor: Visitor,
        service: str,
        person: str,
        idp: str = "nemlogin",
        wish: Mapping[str, str] = NO_WISH,
    ) -> Page:
        """A login of a visitor; the page where it ended."""
        self.play.seen.clear()
        return visitor.login(self.start(service), idp, person, wish)

    def arrived(self, visitor: Visitor, service: str) -> dict[str, object]:
        """What the service knows of the visitor. Raises Failed for nobody."""
        found = visitor.arrival(self.start(service))
        demand(found is not None, f"nobody arrived at {service}")
        return found or {}

    def hops(self) -> list[str]:
        """The names of the hops since the last login began."""
        return [hop.name for hop in self.play.seen if hop.code is None]


def demand(holds: object, otherwise: str) -> None:
    """Raise Failed unless it holds."""
    if not holds:
        raise Failed(otherwise)


@contextmanager
def rehearsing(say: Say) -> Iterator[Act]:
    """A federation to rehearse in."""
    clock = Shifted()
    with stage(say, clock) as play:
        yield Act(play, clock)


@dataclass(frozen=True, slots=True)
class Result:
    """One line of the report."""

    case: str
    mandatory: bool
    passed: bool
    seen: str


Case = Callable[[Act], str]


def run(act: Act, name: str, case: Case, *, mandatory: bool) -> Result:
    """One case played; a surprise counts as failed."""
    try:
        return Result(name, mandatory, passed=True, seen=case(act))
    except (Failed, BrokerError) as failed:
        return Result(name, mandatory, passed=False, seen=str(failed))


def ended_at_broker(act: Act, visitor: Visitor) -> bool:
    """Whether the broker has no session for the visitor."""
    page = visitor.open(f"{act.play.demo.ports.origin}/{FEDERATION}/saml/logout")
    return page.form() is None
