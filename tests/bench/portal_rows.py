"""What the portals list beside people and grants: mandates, requests, what was done, who looks."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from random import Random
from uuid import UUID

import sqlalchemy as sa

from broker.db import Connection, Engine, reading, writing
from broker.organisations.tables import ACCOUNT, ACCOUNT_PERIOD, MANDATE
from broker.periods import FOREVER
from broker.roles.catalogue.cache import CatalogueCache
from broker.roles.grants.tables import DECISION, GRANT, REQUEST
from broker.roles.model import Stage
from broker.roles.requests.documents import stages_document
from broker.roles.tables import ENTITLEMENT
from tests.bench.country import BEGUN, DAY, FEDERATION, NOW, identifier
from tests.bench.desk_rows import desk
from tests.bench.progress import Say
from tests.bench.rows import BY
from tests.bench.sink import Line, pour, settle
from tests.bench.trail_rows import homes_of, trail

SEED = 6
EVENTS = 5  # of the audit trail, for each person
SERVICE = "dpsd"
_ASKED = 0.5  # requests, for each person
_STEP = Stage("org_approver")


@dataclass(frozen=True, slots=True)
class Visitor:
    """Somebody at the portals, by what they are there."""

    kind: str
    account: UUID
    person: UUID


def furnish(engine: Engine, say: Say) -> None:
    """Give some of the country mandates, file requests everywhere, and write down what was done."""
    random = Random(SEED)  # noqa: S311 # a data set, and no secret
    roles = [role for role in CatalogueCache(engine).current().roles if role.at(NOW)]
    roles = sorted((one for one in roles if one.federation == FEDERATION), key=lambda one: one.urn)
    with writing(engine) as connection:
        cast = tuple(_cast(connection))
        _mandates(connection, random, cast)
        say("requests", 0, 1)
        _requests(connection, random)
        say("requests", 1, 1)
        desk(connection, random, roles, cast[1].account, say)
        homes = homes_of(connection)
        events = EVENTS * sum(map(len, homes.values()))
        trail(connection, random, homes, events, say)
    settle(engine)


def _cast(connection: Connection) -> Iterator[Visitor]:
    """Those of the largest organisation who look: its administrator first, the heaviest last."""
    heaviest = (
        sa.select(GRANT.c.account_id)
        .where(GRANT.c.organisation_id == _largest(connection), GRANT.c.account_id.is_not(None))
        .group_by(GRANT.c.account_id)
        .order_by(sa.func.count().desc(), GRANT.c.account_id)
        .limit(1)
    )
    some = sa.select(ACCOUNT.c.id, ACCOUNT.c.person_id).join(
        ACCOUNT_PERIOD, ACCOUNT_PERIOD.c.account_id == ACCOUNT.c.id
    )
    active = (
        ACCOUNT.c.organisation_id == _largest(connection),
        ACCOUNT_PERIOD.c.state == "active",
        ACCOUNT_PERIOD.c.until == FOREVER,
        ACCOUNT_PERIOD.c.since <= NOW,
        ACCOUNT.c.human_id.is_(None),
    )
    heavy = connection.execute(heaviest).scalar_one()
    query = some.where(*active, ACCOUNT.c.id != heavy).order_by(ACCOUNT.c.id).limit(4)
    found = connection.execute(query).all()
    for kind, row in zip(("administrator", "operator", "owner", "employee"), found, strict=True):
        yield Visitor(kind, row.id, row.person_id)
    row = connection.execute(some.where(ACCOUNT.c.id == heavy).limit(1)).one()
    yield Visitor("employee with most", row.id, row.person_id)


def _largest(connection: Connection) -> UUID:
    query = (
        sa.select(ACCOUNT.c.organisation_id)
        .group_by(ACCOUNT.c.organisation_id)
        .order_by(sa.func.count().desc())
        .limit(1)
    )
    return UUID(str(connection.execute(query).scalar_one()))


def _mandates(connection: Connection, random: Random, cast: tuple[Visitor, ...]) -> None:
    """Two administrators and an approver for each organisation, and the mandates of the cast."""
    names: tuple[str, ...]
    names = ("id", "account_id", "federation", "mandate", "organisation_id", "service")
    names += ("since", "until", "reason", "by_label")
    rest = (BEGUN, FOREVER, "for the bench", BY)
    home = _largest(connection)
    lines: list[Line] = []
    for place, kind in ((0, "org_admin"), (1, "operator"), (2, "service_owner")):
        where = (home if place == 0 else None, SERVICE if place == 2 else None)
        lines.append((identifier(random), cast[place].account, FEDERATION, kind, *where, *rest))
    for organisation, accounts in _people(connection, 3).items():
        kinds = ("org_chief", "org_admin", "org_approver")
        for account, kind in zip(accounts, kinds, strict=False):
            if account not in {one.account for one in cast}:
                said = (identifier(random), account, FEDERATION, kind, organisation, None)
                lines.append((*said, *rest))
    for _ in pour(connection, MANDATE, names, lines):
        pass


def _people(connection: Connection, most: int) -> dict[UUID, list[UUID]]:
    """So many accounts of each organisation; those of the highest ids, whom the cast is not."""
    number = sa.func.row_number().over(
        partition_by=ACCOUNT.c.organisation_id, order_by=ACCOUNT.c.id.desc()
    )
    ranked = sa.select(ACCOUNT.c.id, ACCOUNT.c.organisation_id, number.label("n")).subquery()
    found: dict[UUID, list[UUID]] = {}
    query = sa.select(ranked).where(ranked.c.n <= most).order_by(ranked.c.n)
    for row in connection.execute(query):
        found.setdefault(row.organisation_id, []).append(row.id)
    return found


def _requests(connection: Connection, random: Random) -> None:
    """One for every second person in two years; those of the last days still wait."""
    homes: dict[UUID, list[UUID]] = {}
    for row in connection.execute(sa.select(ACCOUNT.c.id, ACCOUNT.c.organisation_id)):
        homes.setdefault(row.organisation_id, []).append(row.id)
    roles: dict[UUID, list[UUID]] = {}
    for row in connection.execute(sa.select(ENTITLEMENT.c.organisation_id, ENTITLEMENT.c.role_id)):
        roles.setdefault(row.organisation_id, []).append(row.role_id)
    names: tuple[str, ...]
    names = ("id", "number", "cart_id", "action", "requester_id", "subject_id", "organisation_id")
    names += ("role_id", "scopes", "since", "until", "reason", "stages", "stage", "stage_since")
    lines = list(_asked(random, homes, roles))
    for _ in pour(connection, REQUEST, (*names, "state", "created_at"), lines):
        pass
    names = ("id", "request_id", "n", "stage", "decision", "decided_label", "requester_id")
    decided = (
        (identifier(random), one[0], 0, 0, "approve", BY, one[4], one[5], "", one[14])
        for one in lines
        if one[15] == "done"
    )
    for _ in pour(connection, DECISION, (*names, "subject_id", "comment", "at"), decided):
        pass


def _asked(
    random: Random, homes: dict[UUID, list[UUID]], roles: dict[UUID, list[UUID]]
) -> Iterator[Line]:
    stages, number = json.dumps(stages_document([_STEP])), 0
    for home in sorted(homes):
        people = sorted(homes[home])
        for _ in range(max(1, round(len(people) * _ASKED))):
            number += 1
            at: datetime = NOW - random.randrange(1, 730 * 24) * (DAY / 24)
            waits = at > NOW - 9 * DAY
            subject = random.choice(people)
            asker = random.choice(people) if random.random() < 0.2 else subject
            state = "submitted" if waits else random.choice(("done", "done", "done", "rejected"))
            yield (
                *(identifier(random), f"B{number:07}", identifier(random), "add", asker, subject),
                *(home, random.choice(roles[home]), "[]", at, FOREVER, "for the work", stages),
                *(0 if waits else 1, at, state, at),
            )


def cast_of(engine: Engine) -> tuple[Visitor, ...]:
    """Who to look as in a country that is furnished already."""
    with reading(engine) as connection:
        return tuple(_cast(connection))
