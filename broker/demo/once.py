"""Whole logins for the command line: over real HTTP, each hop with its peer, checks and time."""

import tempfile
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from broker.clock import Clock, system_clock
from broker.demo.federation import DemoFederation, Ports, Say, build, prepare
from broker.demo.people import PEOPLE, people_of, person_of
from broker.demo.planned import PLANNED
from broker.demo.sites import served
from broker.demo.visitor import NO_WISH, Visitor
from broker.errors import Unknown
from broker.login.state import HopRecord

FEDERATION = "sundhed"
FEDERATIONS = (FEDERATION, "borger")
SERVICE = "dpsd"  # unless another is named


@dataclass(frozen=True, slots=True)
class Told:
    """One login as data: what each hop did, and what came of it."""

    federation: str
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
            "federation": self.federation,
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
            "issued": arrival.get("issued", []),
            "reference": self.hops[-1].reference if self.hops else None,
        }
        if self.logout is not None:
            facts["logout"] = self.logout
        if self.refused:
            facts["refused"] = {"code": self.refused[0], "title": self.refused[1]}
        return facts


@dataclass(frozen=True, slots=True)
class Chosen:
    """A login to play: who comes to which service through which identity provider."""

    federation: str
    service: str
    idp: str
    person: str


@dataclass(frozen=True, slots=True)
class Stage:
    """A running demo in a throw-away folder, and what the broker said of each hop."""

    demo: DemoFederation
    seen: list[HopRecord]

    def login(
        self, chosen: Chosen, wish: Mapping[str, str] = NO_WISH, *, logout: bool = False
    ) -> Told:
        """Play one login from the service's front page to its end, and its logout if wanted."""
        self.seen.clear()
        start = self.demo.sps[chosen.service].url
        visitor = Visitor()
        page = visitor.login(
            start, chosen.idp, chosen.person, {**wish, "federation": chosen.federation}
        )
        code = page.mark("code")
        arrival = None if code else visitor.arrival(start)
        refused = (code, page.title) if code else None
        if arrival is None and refused is None:
            refused = (page.mark("sub-status") or "demo.service", page.title)
        hops, left = _merged(self.seen), None
        if logout and arrival is not None:
            left = self._left(visitor, start, chosen.federation)
        return Told(
            chosen.federation,
            chosen.service,
            chosen.idp,
            chosen.person,
            hops,
            arrival,
            refused,
            left,
        )

    def _left(self, visitor: Visitor, start: str, federation: str) -> dict[str, str]:
        """What the service was told, and that nobody remembers the visitor any more."""
        page = visitor.logout(start)
        open_page = visitor.open(f"{self.demo.ports.origin}/{federation}/saml/logout")
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
    service: str | None,
    idp: str | None,
    person: str | None,
    services: Mapping[str, tuple[str, ...]],
    idps: Mapping[str, tuple[str, ...]],
) -> Chosen:
    """Fill in what was not said with a login that works. Raises Unknown that lists the known.

    `services` and `idps` are the federations that each is in, by code.
    """
    who = None if person is None else person_of(person)
    if person is not None and who is None:
        raise Unknown("demo.person", f"no person {person}; known are {_list(_keys())}")
    if service is not None:
        _known("service", service, services)
    if idp is not None:
        _known("idp", idp, idps)
    chosen_idp = idp or (who.idp if who else _usual_idp(service, services, idps))
    chosen_service = service or _usual_service(chosen_idp)
    if who is not None and who.idp != chosen_idp:
        known = _list(p.key for p in people_of(chosen_idp))
        raise Unknown("demo.person", f"{chosen_idp} does not know {who.key}; it knows {known}")
    both = [path for path in services[chosen_service] if path in idps[chosen_idp]]
    federation = (both or services[chosen_service])[0]
    planned = PLANNED.get((chosen_service, chosen_idp))
    usual = planned.person if planned else people_of(chosen_idp)[0].key
    return Chosen(federation, chosen_service, chosen_idp, who.key if who else usual)


def _usual_idp(
    service: str | None,
    services: Mapping[str, tuple[str, ...]],
    idps: Mapping[str, tuple[str, ...]],
) -> str:
    """The first identity provider that the service's first federation has."""
    home = FEDERATION if service is None else services[service][0]
    return next(code for code, paths in idps.items() if home in paths)


def _usual_service(idp: str) -> str:
    """The demo's usual service, or the first one that is active for the identity provider."""
    if (SERVICE, idp) in PLANNED:
        return SERVICE
    return next((service for service, with_idp in PLANNED if with_idp == idp), SERVICE)


def _known(what: str, value: str, known: Iterable[str]) -> None:
    listed = list(known)
    if value not in listed:
        raise Unknown(f"demo.{what}", f"no {what} {value}; known are {_list(listed)}")


def _keys() -> Iterator[str]:
    return (person.key for person in PEOPLE)


def _list(values: Iterable[str]) -> str:
    return ", ".join(values)
