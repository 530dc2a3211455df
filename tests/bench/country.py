"""The synthetic country: organisations with their units, people and what may be handed out there.

Everything is drawn from one seed, in one order, so that two loads are alike. Nobody exists.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from random import Random
from uuid import UUID

from broker.codelists.numbers import cvr_checks, make_sor
from broker.roles.catalogue.snapshot import Catalogue
from tests.bench.sizes import BIG, MIDDLE, Size

FEDERATION = "sundhed"
BEGUN = datetime(2024, 1, 1, tzinfo=UTC)
NOW = datetime(2026, 6, 1, 9, tzinfo=UTC)  # the morning that the bench is about
DAY = timedelta(days=1)

_FIRST_CVR = 90_000_004  # CVR numbers that begin with 9 are given to nobody
_FIRST_UNIT = 1_000_000
_CHILDREN = 8  # units directly below a unit


@dataclass(frozen=True, slots=True)
class Person:
    """One account with the person it is of."""

    account: UUID
    person: UUID
    home: "Home" = field(repr=False)
    unit: str
    human: UUID | None = None


@dataclass(slots=True)
class Home:
    """An organisation: its units, the first of them the whole, and its roles."""

    id: UUID
    cvr: str
    name: str
    kind: str
    units: list[str]
    bare: list[UUID]  # roles that take no unit
    narrow: list[UUID]  # roles that are narrowed to units of SOR
    people: list[Person] = field(default_factory=list)

    def above(self, number: int) -> str | None:
        """The unit that one of the units hangs below."""
        return self.units[(number - 1) // _CHILDREN] if number else None


@dataclass(frozen=True, slots=True)
class Country:
    """Everybody, by organisation."""

    size: Size
    homes: tuple[Home, ...]

    @property
    def people(self) -> Iterator[Person]:
        """Everybody, organisation by organisation."""
        for home in self.homes:
            yield from home.people


def identifier(random: Random) -> UUID:
    """A random UUID that is the same in each load."""
    return UUID(int=random.getrandbits(128), version=4)


def country(size: Size, catalogue: Catalogue) -> Country:
    """Draw the organisations and the people of a country that has these roles."""
    random = Random(size.seed)  # noqa: S311 # a data set, and no secret
    numbers, units = _cvr_numbers(), _unit_ids()
    bare, narrow = _roles(catalogue)
    homes = []
    for place, share in enumerate(size.shares()):
        big, middle = place < BIG, place < BIG + MIDDLE
        kind = "region" if big else "municipality" if middle else "private"
        take = 1.0 if big else 0.6 if middle else 0.3
        number = next(numbers)
        homes.append(
            Home(
                id=identifier(random),
                cvr=number,
                name=f"Enhed {number}",
                kind=kind,
                units=[next(units) for _ in range(max(1, round(size.units * share)))],
                bare=_some(random, bare, take),
                narrow=_some(random, narrow, take),
            )
        )
    counts = [max(1, int(size.people * share)) for share in size.shares()]
    counts[0] += max(0, size.people - sum(counts))
    for home, count in zip(homes, counts, strict=True):
        for _ in range(count):
            home.people.append(
                Person(identifier(random), identifier(random), home, random.choice(home.units))
            )
    _link(random, homes)
    return Country(size, tuple(homes))


def _link(random: Random, homes: list[Home]) -> None:
    """One in a hundred works in two places, and somebody confirmed that it is one human being."""
    for home in homes:
        for number in range(0, len(home.people) - 99, 100):
            other = random.choice(homes)
            there = random.randrange(len(other.people))
            first, second = home.people[number], other.people[there]
            if first.human is None and second.human is None and home is not other:
                human = identifier(random)
                home.people[number] = _of(first, human)
                other.people[there] = _of(second, human)


def _of(person: Person, human: UUID) -> Person:
    return Person(person.account, person.person, person.home, person.unit, human)


def _roles(catalogue: Catalogue) -> tuple[list[UUID], list[UUID]]:
    """The roles of the federation: those without units, and those with units of SOR."""
    bare, narrow = [], []
    for role in sorted(catalogue.roles, key=lambda role: role.urn):
        version = role.at(NOW)
        if role.federation != FEDERATION or version is None:
            continue
        types = {taken.type for taken in version.delimitations}
        if not types:
            bare.append(role.id)
        elif types == {"sor"}:
            narrow.append(role.id)
    return bare, narrow


def _some(random: Random, roles: list[UUID], share: float) -> list[UUID]:
    return random.sample(roles, max(4, round(len(roles) * share)))


def _cvr_numbers() -> Iterator[str]:
    number = _FIRST_CVR
    while True:
        if cvr_checks(str(number)):
            yield str(number)
        number += 1


def _unit_ids() -> Iterator[str]:
    item = _FIRST_UNIT
    while True:
        yield make_sor(item)
        item += 1
