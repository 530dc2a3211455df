"""Make accounts and change them; whose they are stands beside what they are."""

import uuid
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite

from broker.db import Connection
from broker.db.prepared import Prepared
from broker.organisations.store.periods import Succession, Values, amend, succeed
from broker.organisations.tables import (
    ACCOUNT,
    ACCOUNT_ACTIVITY,
    ACCOUNT_MERGE,
    ACCOUNT_PERIOD,
    folded,
)


def add_account(
    connection: Connection,
    organisation_id: uuid.UUID,
    at: datetime,
    *,
    person: uuid.UUID | None = None,
    human: uuid.UUID | None = None,
) -> uuid.UUID:
    """A new account; what it is comes with `account_from`."""
    fresh = uuid.uuid4()
    row = {
        "id": fresh,
        "organisation_id": organisation_id,
        "person_id": person,
        "human_id": human,
        "created_at": at,
    }
    connection.execute(sa.insert(ACCOUNT), [row])
    return fresh


def account_from(
    connection: Connection, account_id: uuid.UUID, at: datetime, values: Values
) -> Succession:
    """What an account is from an instant on; plans after it are dropped."""
    key = {"account_id": account_id}
    home = connection.execute(_HOME, {"account": account_id}).scalar_one()
    said = {**_searched(values), "organisation_id": home}
    return succeed(connection, ACCOUNT_PERIOD, key, at, said)


def account_amended(
    connection: Connection, account_id: uuid.UUID, at: datetime, values: Values
) -> None:
    """The same for facts that no plan speaks of."""
    amend(connection, ACCOUNT_PERIOD, {"account_id": account_id}, at, _searched(values))


def account_begun(
    connection: Connection, account_id: uuid.UUID, at: datetime, values: Values
) -> None:
    """A pending account is active; a plan to suspend it or to leave stays as it is."""
    key = {"account_id": account_id}
    amend(connection, ACCOUNT_PERIOD, key, at, values, only={"state": "pending"})


def person_of(connection: Connection, account_id: uuid.UUID, person: uuid.UUID | None) -> None:
    """Whom a login must find to use the account."""
    connection.execute(_PERSON, {"account": account_id, "person": person})


def human_of(connection: Connection, account_ids: frozenset[uuid.UUID], human: uuid.UUID) -> None:
    """That these accounts are one human being."""
    connection.execute(_HUMAN, {"accounts": list(account_ids), "human": human})


def share_human(connection: Connection, account_ids: frozenset[uuid.UUID]) -> None:
    """Where one of these accounts is confirmed to be somebody's, say it of all of them."""
    known = connection.execute(_HUMANS, {"accounts": list(account_ids)}).scalars().first()
    if known is not None:
        human_of(connection, account_ids, known)


def accounts_of(connection: Connection, person: uuid.UUID) -> tuple[uuid.UUID, ...]:
    """Every account that a login of this person finds, in whatever state."""
    return tuple(row.id for row in _OF_PERSON.all(connection, {"person": person}))


def account_merged(
    connection: Connection, old: uuid.UUID, new: uuid.UUID, at: datetime, by: Values
) -> None:
    """That one account became another."""
    row = {
        "old_id": old,
        "new_id": new,
        "at": at,
        "by_account": by["by_account"],
        "by_label": by["by_label"],
    }
    connection.execute(sa.insert(ACCOUNT_MERGE), [row])


def merged_account(connection: Connection, old: uuid.UUID) -> uuid.UUID | None:
    """What an account became, where it was merged."""
    return connection.execute(_INTO, {"old": old}).scalar_one_or_none()


def signed_in(connection: Connection, account_id: uuid.UUID, at: datetime) -> None:
    """When somebody last signed in as the account."""
    fresh = {"account_id": account_id, "last_login_at": at}
    _SIGNED_IN.change(connection, fresh)


def last_login(connection: Connection, account_id: uuid.UUID) -> datetime | None:
    """When somebody last signed in as the account."""
    return connection.execute(_LAST, {"account": account_id}).scalar_one_or_none()


def _searched(values: Values) -> Values:
    if "display_name" not in values:
        return values
    mail = values["email"]
    return {
        **values,
        "search": folded(str(values["display_name"]), None if mail is None else str(mail)),
    }


_HOME = sa.select(ACCOUNT.c.organisation_id).where(ACCOUNT.c.id == sa.bindparam("account"))
_PERSON = (
    sa.update(ACCOUNT)
    .where(ACCOUNT.c.id == sa.bindparam("account"))
    .values(person_id=sa.bindparam("person"))
)
_HUMAN = (
    sa.update(ACCOUNT)
    .where(ACCOUNT.c.id.in_(sa.bindparam("accounts", expanding=True)))
    .values(human_id=sa.bindparam("human"))
)
_HUMANS = (
    sa.select(ACCOUNT.c.human_id)
    .where(
        ACCOUNT.c.id.in_(sa.bindparam("accounts", expanding=True)), ACCOUNT.c.human_id.is_not(None)
    )
    .order_by(ACCOUNT.c.human_id)
)
_OF_PERSON = Prepared(
    sa.select(ACCOUNT.c.id)
    .where(ACCOUNT.c.person_id == sa.bindparam("person"))
    .order_by(ACCOUNT.c.id)
)
_INTO = sa.select(ACCOUNT_MERGE.c.new_id).where(ACCOUNT_MERGE.c.old_id == sa.bindparam("old"))
_ON_SQLITE, _ON_POSTGRES = sqlite.insert(ACCOUNT_ACTIVITY), postgresql.insert(ACCOUNT_ACTIVITY)
_SIGNED_IN = Prepared(
    {
        "sqlite": _ON_SQLITE.on_conflict_do_update(
            ["account_id"], set_={"last_login_at": _ON_SQLITE.excluded.last_login_at}
        ),
        "postgresql": _ON_POSTGRES.on_conflict_do_update(
            index_elements=["account_id"],
            set_={"last_login_at": _ON_POSTGRES.excluded.last_login_at},
        ),
    }
)
_LAST = sa.select(ACCOUNT_ACTIVITY.c.last_login_at).where(
    ACCOUNT_ACTIVITY.c.account_id == sa.bindparam("account")
)
