"""People of a whole federation by name or mail, for whoever helps them wherever they work."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import sqlalchemy as sa

from broker.db import Connection
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
    connection: Connection, federation: str, text: str, at: datetime, limit: int = MOST
) -> tuple[FoundPerson, ...]:
    """People in whose name or mail each of the words stands, whatever the case; by name."""
    words = [_pattern(word) for word in text.casefold().split()[:5]]
    if not words:
        return ()
    statement = _FEDERATION
    for word in words:
        statement = statement.where(ACCOUNT_PERIOD.c.search.like(word, escape="!"))
    said = {"federation": federation, "at": at, "limit": limit}
    rows = connection.execute(statement, said).mappings()
    return tuple(FoundPerson(account_of(row), row["organisation_name"]) for row in rows)


def accounts_of_person(connection: Connection, person: UUID, at: datetime) -> tuple[Account, ...]:
    """Every account that a person's login finds, whatever state it is in."""
    rows = connection.execute(_OF_PERSON, {"person": person, "at": at}).mappings()
    return tuple(account_of(row) for row in rows)


def _pattern(word: str) -> str:
    escaped = "".join(f"!{letter}" if letter in "!%_" else letter for letter in word)
    return f"%{escaped}%"


_NAMED = sa.and_(
    ORGANISATION_PERIOD.c.organisation_id == ACCOUNT.c.organisation_id,
    ORGANISATION_PERIOD.c.since <= sa.bindparam("at"),
    ORGANISATION_PERIOD.c.until > sa.bindparam("at"),
)
_FEDERATION = (
    FACTS.add_columns(ORGANISATION_PERIOD.c.name.label("organisation_name"))
    .join(ORGANISATION_PERIOD, _NAMED)
    .where(ORGANISATION.c.federation == sa.bindparam("federation"))
    .order_by(ACCOUNT_PERIOD.c.display_name, ACCOUNT.c.id)
    .limit(sa.bindparam("limit"))
)
_OF_PERSON = FACTS.where(ACCOUNT.c.person_id == sa.bindparam("person")).order_by(ACCOUNT.c.id)
