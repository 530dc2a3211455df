"""The audit trail of the country: a chain as the broker writes it, and what it is searched by."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import fields, replace
from datetime import datetime, timedelta
from itertools import islice
from random import Random
from uuid import UUID

import sqlalchemy as sa

from broker.audit.chained import BLOCK, Place, linked
from broker.audit.events import EXAMPLES, Event, fields_of
from broker.audit.store import AUDIT, AUDIT_TAG, WRITERS, next_place
from broker.audit.tracing import tags_of
from broker.db import Connection
from broker.organisations.tables import ACCOUNT
from broker.roles.tables import ROLE
from tests.bench.country import DAY, FEDERATION, NOW
from tests.bench.progress import Say
from tests.bench.sink import CHUNK, Line, pour

_SPAN = 730 * DAY
_OFTEN = {  # what happens, and how often among a hundred events
    "login.completed": 30,
    "grant.given": 26,
    "grant.ended": 10,
    "grant.changed": 4,
    "request.sent": 8,
    "request.decided": 8,
    "account.changed": 8,
    "identity.changed": 2,
    "group.member_changed": 2,
    "mandate.given": 1,
    "trail.read": 1,
}
_WHOM = {"account", "subject"}
_ROW = ("writer", "seq", "block", "at", "reference", "event", "fields", "prev_hash", "hash")
_TAG = ("organisation_id", "tag", "at", "writer", "seq")
Homes = Mapping[UUID, Sequence[UUID]]


def trail(connection: Connection, random: Random, homes: Homes, events: int, say: Say) -> None:
    """So many events of two years, spread over organisations as people are."""
    every, tags = islice(_events(connection, random, homes), events), list[Line]()
    places = [next_place(connection, f"w{number:02}") for number in range(WRITERS)]
    rows = _chained(random, every, events, (places, tags))
    done = 0
    for more in pour(connection, AUDIT, _ROW, rows):
        done += more
        say("the audit trail", done, events)
        _pour_tags(connection, tags)


def _pour_tags(connection: Connection, tags: list[Line]) -> None:
    """In the order of their key, which the index takes twice as fast."""
    tags.sort()
    for _ in pour(connection, AUDIT_TAG, _TAG, tags):
        pass
    tags.clear()


def _chained(
    random: Random, every: Iterator[Event], events: int, to: tuple[list[Place], list[Line]]
) -> Iterator[Line]:
    """Each event as the next row of some writer, the oldest first; its tags go to a list."""
    places, tags = to
    step: timedelta = _SPAN / (events + 1)
    for number, event in enumerate(every):
        at: datetime = NOW - _SPAN + step * (number + 1)
        which = random.randrange(WRITERS)
        place, said = places[which], fields_of(event)
        row = linked(place, event.NAME, said, at, f"{number:016X}")
        after = place.seq + 1
        places[which] = Place(place.writer, after, after // BLOCK, str(row["hash"]))
        if found := tags_of(event.NAME, said):
            tags += [(found.organisation, tag, at, place.writer, place.seq) for tag in found.tags]
        yield tuple(row[name] for name in _ROW)


def _events(connection: Connection, random: Random, homes: Homes) -> Iterator[Event]:
    """The examples of the catalogue, each about somebody of the country, without an end."""
    found = {one.NAME: one for one in EXAMPLES if one.NAME in _OFTEN}
    kinds = [(one, {field.name for field in fields(one)}) for one in found.values()]
    often = [_OFTEN[name] for name in found]
    roles = [str(urn) for urn in connection.execute(_URNS).scalars()]
    where = list(homes)
    weights = [len(homes[home]) for home in where]
    while True:
        of = random.choices(where, weights, k=CHUNK)
        drawn = random.choices(kinds, often, k=CHUNK)
        for home, (event, has) in zip(of, drawn, strict=True):
            about: dict[str, object] = dict.fromkeys(has & _WHOM, str(random.choice(homes[home])))
            about["by"] = str(homes[home][-1 - random.randrange(3) % len(homes[home])])
            about |= {"organisation": str(home), "role": random.choice(roles)}
            said = {name: about[name] for name in has & about.keys()}
            yield replace(event, **said)  # type: ignore[arg-type]  # fields that it has


def homes_of(connection: Connection) -> dict[UUID, list[UUID]]:
    """Whose account is where; the last three of an organisation administer it."""
    homes: dict[UUID, list[UUID]] = {}
    for row in connection.execute(_PEOPLE):
        homes.setdefault(row.organisation_id, []).append(row.id)
    return homes


_PEOPLE: sa.Select[UUID, UUID] = sa.select(ACCOUNT.c.id, ACCOUNT.c.organisation_id).order_by(
    ACCOUNT.c.organisation_id, ACCOUNT.c.id
)
_URNS = sa.select(ROLE.c.urn).where(ROLE.c.federation == FEDERATION).order_by(ROLE.c.urn)
