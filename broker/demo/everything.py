"""Every service with every identity provider of its federation, and whether it went as planned."""

from collections.abc import Iterator
from dataclasses import dataclass

from broker.demo.once import FEDERATIONS, Chosen, Stage, Told
from broker.demo.people import people_of
from broker.demo.planned import NOT_ACTIVE, PLANNED, Planned, differences
from broker.demo.told import Role


@dataclass(frozen=True, slots=True)
class Played:
    """One login, what was planned for it, and what was otherwise."""

    told: Told
    issued: tuple[Role, ...]
    planned: Planned | None  # None is not active, and refused
    wrong: tuple[str, ...]

    def facts(self) -> dict[str, object]:
        """The login as plain data, with its plan."""
        return {
            **self.told.facts(),
            "planned": self.planned.facts() if self.planned else None,
            "otherwise": list(self.wrong),
        }


def play_all(play: Stage) -> Iterator[Played]:
    """Each service with each identity provider in the same federation, in the registry's order."""
    registry = play.demo.services.registry.current()
    for federation in FEDERATIONS:
        services = (s for s in registry.services(federation) if s.code in play.demo.sps)
        for service in services:
            for idp in registry.idps(federation):
                yield _played(play, federation, service.code, idp.code)


def _played(play: Stage, federation: str, service: str, idp: str) -> Played:
    planned = PLANNED.get((service, idp))
    person = planned.person if planned else people_of(idp)[0].key
    told = play.login(Chosen(federation, service, idp, person))
    arrived = play.demo.sps[service].last
    issued = arrived.roles if told.refused is None and arrived is not None else ()
    return Played(told, issued, planned, _wrong(play, told, issued, planned))


def _wrong(
    play: Stage, told: Told, issued: tuple[Role, ...], planned: Planned | None
) -> tuple[str, ...]:
    if told.refused is not None:
        code = told.refused[0]
        if planned is None and code == NOT_ACTIVE:
            return ()
        return (f"refused with {code}",)
    if planned is None:
        return ("logged in through an identity provider that is not active",)
    catalogue = play.demo.words.cache.current()
    return differences(planned, issued, catalogue, told.federation, told.service)
