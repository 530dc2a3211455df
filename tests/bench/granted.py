"""The grants of a synthetic country: skewed, some through groups, some over, some still to come."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from random import Random
from uuid import UUID

from broker.periods import FOREVER
from broker.roles.grants.facts import Scope
from broker.roles.grants.scopes import canonical, scope_key
from tests.bench.country import BEGUN, DAY, NOW, Country, Home, identifier
from tests.bench.rows import BY, Group
from tests.bench.sink import Line

MOST = 60  # grants of one person
NARROWED = 0.6  # of the grants
_TRIES = 30


@dataclass(frozen=True, slots=True)
class Grant:
    """A row of a grant, with what narrows it."""

    row: Line
    scopes: tuple[Scope, ...]

    def scope_rows(self) -> Iterator[Line]:
        """The rows of its scopes."""
        for one in self.scopes:
            yield self.row[0], one.type, one.mode, one.value, one.with_descendants


def grants(random: Random, country: Country, groups: list[Group]) -> Iterator[Grant]:
    """As many grants as the country has, to people and to groups."""
    owed = 0  # by people whose organisation has no more to give
    for person, count in zip(country.people, _counts(random, country), strict=True):
        others = [one.account for one in person.home.people[:2] if one.account != person.account]
        made = list(_given(random, person.home, count + owed, person.account, None, others))
        owed += count - len(made)
        yield from made
    share, more = divmod(country.size.to_groups, len(groups))
    owed = 0
    for number, group in enumerate(groups):
        count = share + (number < more)
        others = [one.account for one in group.home.people[:1]]
        made = list(_given(random, group.home, count + owed, None, group.id, others))
        owed += count - len(made)
        yield from made


def _counts(random: Random, country: Country) -> list[int]:
    """How many grants each person has: most have few, the heaviest MOST."""
    people = sum(len(home.people) for home in country.homes)
    heavy = set(random.sample(range(people), country.size.heaviest))
    left = country.size.grants - country.size.to_groups - MOST * len(heavy)
    weights = [0.0 if n in heavy else min(random.expovariate(1), 10) for n in range(people)]
    whole = sum(weights)
    counts = [MOST if n in heavy else int(left * w / whole) for n, w in enumerate(weights)]
    missing = left + MOST * len(heavy) - sum(counts)
    for number in random.sample(range(people), people):
        if missing <= 0:
            break
        if number not in heavy:
            counts[number] += 1
            missing -= 1
    return counts


def _given(
    random: Random,
    home: Home,
    count: int,
    account: UUID | None,
    group: UUID | None,
    others: list[UUID],
) -> Iterator[Grant]:
    """Grants to one holder, no two alike."""
    seen: set[tuple[UUID, str]] = set()
    for _ in range(count):
        for attempt in range(_TRIES):
            narrowed = attempt > 3 or random.random() < NARROWED
            role = random.choice(home.narrow if narrowed else home.bare)
            scopes = canonical(_scopes(random, home)) if narrowed else ()
            key = scope_key(scopes)
            if (role, key) not in seen:
                break
        else:
            return
        seen.add((role, key))
        since, until, revoked = _when(random)
        used = NOW - random.randrange(1, 200) * DAY if random.random() < 0.6 else None
        yield Grant(
            (
                identifier(random),
                account,
                group,
                home.id,
                role,
                key,
                since,
                until,
                "needed for the work",
                f"S-{random.randrange(10_000)}",
                random.choice(others) if others else None,
                BY,
                since,
                revoked,
                used,
            ),
            scopes,
        )


def _scopes(random: Random, home: Home) -> Iterator[Scope]:
    """One to three; one in five stands for the unit that the person is employed in."""
    units = {random.choice(home.units) for _ in range(random.choice((1, 1, 1, 2, 2, 3)))}
    for unit in sorted(units):
        if random.random() < 0.2:
            yield Scope("sor", random.choice(("own_unit", "own_unit_tree")))
        else:
            yield Scope("sor", "value", unit, with_descendants=random.random() < 0.7)


def _when(random: Random) -> tuple[datetime, datetime, datetime | None]:
    """One in ten is over, one in twenty is still to come, three in a hundred were taken back."""
    draw, since = random.random(), BEGUN + random.randrange(1, 500) * DAY
    if draw < 0.10:
        return since, NOW - random.randrange(1, 300) * DAY, None
    if draw < 0.15:
        return NOW + random.randrange(1, 60) * DAY, FOREVER, None
    until = NOW + random.randrange(1, 360) * DAY if random.random() < 0.5 else FOREVER
    return since, until, NOW - 3 * DAY if draw < 0.18 else None
