"""The rows of organisations, people, entitlements and groups of a synthetic country."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from random import Random
from uuid import UUID

from broker.identities import keys
from broker.identities.store import IdentityStore
from broker.periods import FOREVER
from tests.bench.country import BEGUN, DAY, FEDERATION, NOW, Country, Home, identifier
from tests.bench.sink import Line

PSEUDONYM_KEY = bytes(range(32))
BY = "bench"
_YEAR = timedelta(days=365)


@dataclass(frozen=True, slots=True)
class Group:
    """A group, and who may be in it."""

    id: UUID
    home: Home


def organisations(country: Country) -> Iterator[Line]:
    for home in country.homes:
        yield home.id, FEDERATION, home.cvr, "", BEGUN


def organisation_periods(random: Random, country: Country) -> Iterator[Line]:
    """One in five changed its name once."""
    for home in country.homes:
        began = BEGUN
        if random.random() < 0.2:
            began = BEGUN + _YEAR
            named = f"{home.name} (før)"
            yield identifier(random), home.id, BEGUN, began, named, home.kind, "active", "", BY
        yield identifier(random), home.id, began, FOREVER, home.name, home.kind, "active", "", BY


def persons(country: Country) -> Iterator[Line]:
    for person in country.people:
        yield person.person, BEGUN


def identities(country: Country) -> Iterator[Line]:
    """One key each, hashed as the broker hashes."""
    store = IdentityStore(PSEUDONYM_KEY)
    for person in country.people:
        key = keys.professional_uuid(person.home.cvr, str(person.account))
        hashed = store.hash_of(FEDERATION, key)
        yield hashed, person.person, FEDERATION, key.kind, BEGUN


def accounts(country: Country) -> Iterator[Line]:
    for person in country.people:
        yield person.account, person.home.id, person.person, person.human, BEGUN


def account_periods(random: Random, country: Country) -> Iterator[Line]:
    """One in ten moved to another unit, one in fifty left."""
    for number, person in enumerate(country.people):
        name, mail = f"Person {number:06}", f"p{number}@example.dk"
        words = (name, mail, f"{name}\n{mail}".casefold())
        began, left = BEGUN, random.random() < 0.02
        if random.random() < 0.1:
            began = BEGUN + _YEAR
            unit = random.choice(person.home.units)
            yield (
                identifier(random),
                person.account,
                person.home.id,
                BEGUN,
                began,
                "active",
                *words,
                unit,
                "hired",
                BY,
            )
        state, reason = ("left", "left") if left else ("active", "hired")
        yield (
            identifier(random),
            person.account,
            person.home.id,
            began,
            FOREVER,
            state,
            *words,
            person.unit,
            reason,
            BY,
        )


def links(random: Random, country: Country) -> Iterator[Line]:
    """Which key was linked to which account."""
    store = IdentityStore(PSEUDONYM_KEY)
    for person in country.people:
        key = keys.professional_uuid(person.home.cvr, str(person.account))
        hashed = store.hash_of(FEDERATION, key)
        yield identifier(random), hashed, person.account, "nemlogin", BEGUN, "", BY


def activity(random: Random, country: Country) -> Iterator[Line]:
    """Four in five were here once."""
    for person in country.people:
        if random.random() < 0.8:
            yield person.account, NOW - random.randrange(1, 400) * DAY


def entitlements(random: Random, country: Country) -> Iterator[tuple[Home, Line]]:
    """Each organisation's roles; a few begin again after a gap, and a few were taken back."""
    for home in country.homes:
        for role in (*home.bare, *home.narrow):
            began, revoked = BEGUN, None
            if random.random() < 0.03:
                began = BEGUN + _YEAR
                yield (
                    home,
                    (identifier(random), home.id, role, BEGUN, began - DAY, None, "S-1", BY),
                )
            if random.random() < 0.01:
                revoked = NOW - random.randrange(1, 200) * DAY
            yield home, (identifier(random), home.id, role, began, FOREVER, revoked, "S-2", BY)


def ceilings(random: Random, rows: list[tuple[Home, Line]]) -> Iterator[Line]:
    """Whatever is narrowed to units is limited to the organisation's own; some to parts too."""
    for home, row in rows:
        if row[2] in home.narrow:
            parts = random.sample(home.units[1:], min(2, len(home.units) - 1))
            for unit in (home.units[0], *(parts if random.random() < 0.3 else ())):
                yield row[0], "sor", unit, True


def groups(random: Random, country: Country) -> list[Group]:
    """The groups: as many in an organisation as it has people for."""
    weights = [len(home.people) for home in country.homes]
    homes = random.choices(country.homes, weights, k=country.size.groups)
    return [Group(identifier(random), home) for home in homes]


def group_rows(named: list[Group]) -> Iterator[Line]:
    for number, group in enumerate(named):
        yield group.id, group.home.id, f"Gruppe {number}", BEGUN, BY


def members(random: Random, named: list[Group]) -> Iterator[Line]:
    """Three to seven people each; one in twenty parted, and one in fifty was taken out."""
    for group in named:
        size = min(len(group.home.people), random.randrange(3, 8))
        for person in random.sample(group.home.people, size):
            draw = random.random()
            until = NOW - 9 * DAY if draw < 0.05 else FOREVER
            revoked = NOW - 5 * DAY if 0.05 <= draw < 0.07 else None
            own = (identifier(random), group.id, person.account, group.home.id)
            yield *own, BEGUN, until, revoked, BY
