"""People of a whole federation by name or mail, for whoever helps them wherever they work."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import sqlalchemy as sa

from broker.db import Connection, several
from broker.organisations.model import Account
from broker.organisations.store.read_accounts import FACTS, account_of
from broker.organisations.tables import ACCOUNT, ACCOUNT_PERIOD, ORGANISATION, ORGANISATION_PERIOD

MOST = 50


@dataclass(frozen=True, slots=True)
class FoundPerson:
    """Somebody, and what the place where they work is called now."""

    account: Account
    organisation: str


def find_people(
    connection: Connection,
    federation: str,
    text: str,
    at: datetime,
    limit: int = MOST,
    *,
    few: int = 1000,
) -> tuple[FoundPerson, ...]:
    """People in whose name or mail each of the words stands, whatever the case; by name.

    The `few` are found by parts of their names and then put in order. Where there are more, the
    first by name are near, and everybody is looked at in that order until there are enough.
    """
    words = [_pattern(word) for word in text.casefold().split()[:5]]
    if not words:
        return ()
    said: dict[str, object] = {"federation": federation, "at": at, "limit": limit}
    said |= {"few": few} | {f"word{n}": word for n, word in enumerate(words)}
    like = [_SEARCHED.like(sa.bindparam(f"word{n}"), escape="!") for n in range(len(words))]
    some = list(connection.execute(_SOME.where(*like), said).scalars())
    if len(some) < few:
        rows = connection.execute(_THESE, said | {"ids": several(some)}).mappings() if some else ()
    else:
        rows = connection.execute(_FEDERATION.where(*like), said).mappings()
    return tuple(FoundPerson(account_of(row), row["organisation_name"]) for row in rows)


def accounts_of_person(connection: Connection, person: UUID, at: datetime) -> tuple[Account, ...]:
    """Every account that a person's login finds, whatever state it is in."""
    rows = connection.execute(_OF_PERSON, {"person": person, "at": at}).mappings()
    return tuple(account_of(row) for row in rows)


def homes_of_person(connection: Connection, person: UUID) -> tuple[tuple[UUID, UUID], ...]:
    """Every account that a person ever had, each with its organisation."""
    rows = connection.execute(_HOMES, {"person": person})
    return tuple((row.id, row.organisation_id) for row in rows)


def _pattern(word: str) -> str:
    escaped = "".join(f"!{letter}" if letter in "!%_" else letter for letter in word)
    return f"%{escaped}%"


_HOMES = (
    sa.select(ACCOUNT.c.id, ACCOUNT.c.organisation_id)
    .where(ACCOUNT.c.person_id == sa.bindparam("person"))
    .order_by(ACCOUNT.c.id)
)
_NAMED = sa.and_(
    ORGANISATION_PERIOD.c.organisation_id == ACCOUNT.c.organisation_id,
    ORGANISATION_PERIOD.c.since <= sa.bindparam("at"),
    ORGANISATION_PERIOD.c.until > sa.bindparam("at"),
)
_SEARCHED = ACCOUNT_PERIOD.c.search
# By parts of the name from their index; the order would have the server choose another way.
_SOME = (
    sa.select(ACCOUNT_PERIOD.c.account_id)
    .join(ACCOUNT, ACCOUNT.c.id == ACCOUNT_PERIOD.c.account_id)
    .join(ORGANISATION, ORGANISATION.c.id == ACCOUNT.c.organisation_id)
    .where(
        ORGANISATION.c.federation == sa.bindparam("federation"),
        ACCOUNT_PERIOD.c.since <= sa.bindparam("at"),
        ACCOUNT_PERIOD.c.until > sa.bindparam("at"),
    )
    .limit(sa.bindparam("few"))
)
_FEDERATION = (
    FACTS.add_columns(ORGANISATION_PERIOD.c.name.label("organisation_name"))
    .join(ORGANISATION_PERIOD, _NAMED)
    .where(ORGANISATION.c.federation == sa.bindparam("federation"))
    .order_by(ACCOUNT_PERIOD.c.display_name, ACCOUNT.c.id)
    .limit(sa.bindparam("limit"))
)
_THESE = _FEDERATION.where(ACCOUNT.c.id.in_(sa.bindparam("ids", expanding=True)))
_OF_PERSON = FACTS.where(ACCOUNT.c.person_id == sa.bindparam("person")).order_by(ACCOUNT.c.id)
