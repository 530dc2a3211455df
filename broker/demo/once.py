"""Whole logins for the command line: over real HTTP, each hop with its peer, checks and time."""

import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from broker.clock import Clock, system_clock
from broker.demo.federation import DemoFederation, Ports, Say, build, prepare
from broker.demo.people import PEOPLE, people_of
from broker.demo.sites import served
from broker.demo.visitor import NO_WISH, Visitor
from broker.errors import Unknown
from broker.login.state import HopRecord

FEDERATION = "sundhed"
SERVICE = "dpsd"  # unless another is named


@dataclass(frozen=True, slots=True)
class Told:
    """One login as data: what each hop did, and what came of it."""

    service: str
    idp: str
    person: str
    hops: tuple[HopRecord, ...]
    arrival: dict[str, object] | None
    refused: tuple[str, str] | None  # code and title
    logout: dict[str, str] | None = None  # how the logout went, and how each partner did

    def facts(self) -> dict[str, object]:
        """The login as plain data, the same keys whether it went well or not."""
        arrival = self.arrival or {}
        facts: dict[str, object] = {
            "service": self.service,
            "idp": self.idp,
            "person": self.person,
            "hops": [
                {
                    "hop": hop.hop,
                    "name": hop.name,
                    "peer": hop.peer,
                    "checks": list(hop.checks),
                    **({"code": hop.code} if hop.code else {}),
                    "ms": round(hop.ms, 2),
                }
                for hop in self.hops
            ],
            "name_id": arrival.get("name_id"),
            "assurance": arrival.get("assurance"),
            "attributes": arrival.get("attributes", {}),
            "roles": arrival.get("roles", []),
            "reference": self.hops[-1].reference if self.hops else None,
        }
        if self.logout is not None:
            facts["logout"] = self.logout
        if self.refused:
            facts["refused"] = {"code": self.refused[0], "title": self.refused[1]}
        return facts


@dataclass(frozen=True, slots=True)
class Stage:
    """A running demo in a throw-away folder, and what the broker said of each hop."""

    demo: DemoFederation
    seen: list[HopRecord]

    def members(self) -> tuple[list[str], list[str]]:
        """The codes of the services and of the identity providers that meet in `sundhed`."""
        registry = self.demo.services.registry.current()
        services = [service.code for service in registry.services(FEDERATION)]
        return services, [idp.code for idp in registry.idps(FEDERATION)]

    def login(
        self,
        service: str,
        idp: str,
        person: str,
        wish: Mapping[str, str] = NO_WISH,
        *,
        logout: bool = False,
    ) -> Told:
        """Play one login from the service's front page to its end, and its logout if wanted."""
        self.seen.clear()
        start = self.demo.sps[service].url
        visitor = Visitor()
        page = visitor.login(start, idp, person, wish)
        code = page.mark("code")
        arrival = None if code else visitor.arrival(start)
        refused = (code, page.title) if code else None
        if arrival is None and refused is None:
            refused = (page.mark("sub-status") or "demo.service", page.title)
        hops, left = _merged(self.seen), None
        if logout and arrival is not None:
            left = self._left(visitor, start)
        return Told(service, idp, person, hops, arrival, refused, left)

    def _left(self, visitor: Visitor, start: str) -> dict[str, str]:
        """What the service was told, and that nobody remembers the visitor any more."""
        page = visitor.logout(start)
        open_page = visitor.open(f"{self.demo.ports.origin}/{FEDERATION}/saml/logout")
        return {
            "service": page.left or "not told",
            "broker": "open" if open_page.form() else "ended",
        }


def _merged(seen: list[HopRecord]) -> tuple[HopRecord, ...]:
    """One record for each hop of the last flow: discovery runs once to ask and once to choose."""
    last = seen[-1].reference if seen else ""
    found: dict[int, HopRecord] = {}
    for record in (r for r in seen if r.reference == last):
        before = found.get(record.hop)
        checks = tuple(dict.fromkeys((*(before.checks if before else ()), *record.checks)))
        spent = record.ms + (before.ms if before else 0)
        found[record.hop] = HopRecord(
            last, record.hop, record.name, record.peer, checks, spent, record.code
        )
    return tuple(found[number] for number in sorted(found))


@contextmanager
def stage(say: Say, clock: Clock = system_clock) -> Iterator[Stage]:
    """A demo on free ports in a temporary folder that is gone afterwards."""
    seen: list[HopRecord] = []
    with tempfile.TemporaryDirectory(prefix="broker-demo-") as name:
        folder = Path(name) / "demo"
        prepare(folder, fresh=False)
        demo = build(folder, Ports.free(), clock=clock, say=say, observe=seen.append)
        with served(demo):
            yield Stage(demo, seen)


def plan(
    service: str | None, idp: str | None, person: str | None, services: list[str], idps: list[str]
) -> tuple[str, str, str]:
    """Fill in what was not said with a login that works. Raises Unknown that lists the known."""
    who = next((p for p in PEOPLE if p.key == person), None)
    if person is not None and who is None:
        raise Unknown(
            "demo.person", f"no person {person}; known are {_list(p.key for p in PEOPLE)}"
        )
    chosen_service = _known(
        "service", service or (SERVICE if SERVICE in services else services[0]), services
    )
    chosen_idp = _known("idp", idp or (who.idp if who else "nemlogin"), idps)
    if who is not None and who.idp != chosen_idp:
        known = _list(p.key for p in people_of(chosen_idp))
        raise Unknown("demo.person", f"{chosen_idp} does not know {who.key}; it knows {known}")
    return chosen_service, chosen_idp, who.key if who else people_of(chosen_idp)[0].key


def _known(what: str, value: str, known: list[str]) -> str:
    if value not in known:
        raise Unknown(f"demo.{what}", f"no {what} {value}; known are {_list(iter(known))}")
    return value


def _list(values: Iterator[str]) -> str:
    return ", ".join(values)


def expected(demo: DemoFederation, service: str, idp: str) -> bool:
    """Whether the activation table lets this IdP be used for this service now."""
    registry = demo.services.registry.current()
    found = registry.service_by_code(FEDERATION, service)
    return idp in {active.code for active in registry.active_idps(found, system_clock())}
