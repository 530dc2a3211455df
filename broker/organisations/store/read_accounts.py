"""People in organisations at an instant, and which accounts are one human being."""

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

import sqlalchemy as sa

from broker.db import Connection
from broker.db.planning import plan_for_values
from broker.organisations.model import Account, AccountState
from broker.organisations.tables import ACCOUNT, ACCOUNT_PERIOD, ORGANISATION
from broker.periods import Period

PAGE = 50
EVERY_STATE: tuple[AccountState, ...] = ("pending", "active", "suspended", "left")


def account(connection: Connection, account_id: UUID, at: datetime) -> Account | None:
    """One account as it was at an instant, or None before it was made."""
    found = connection.execute(_ONE, {"id": account_id, "at": at}).mappings().first()
    return None if found is None else account_of(found)


def accounts(
    connection: Connection,
    organisation_id: UUID,
    at: datetime,
    *,
    text: str = "",
    units: Collection[str] | None = None,
    states: Collection[AccountState] = EVERY_STATE,
    after: Account | None = None,
    limit: int = PAGE,
) -> tuple[Account, ...]:
    """People of an organisation at an instant, by name, a page at a time.

    `text` is looked for anywhere in name and mail, whatever the case; `units` are the units
    that people are employed in, None is any. The next page begins after the last of this one.
    """
    pattern = "".join(f"!{letter}" if letter in "!%_" else letter for letter in text.casefold())
    said: dict[str, object] = {
        "organisation": organisation_id,
        "at": at,
        "states": list(states),
        "limit": limit,
    }
    plan_for_values(connection)
    statement = _PAGE
    if pattern:
        statement, said["pattern"] = statement.where(_LIKE), f"%{pattern}%"
    if units is not None:
        statement, said["units"] = statement.where(_IN_UNITS), list(units)
    if after is not None:
        statement = statement.where(_AFTER)
        said |= {"name": after.display_name, "last": after.id}
    return tuple(account_of(row) for row in connection.execute(statement, said).mappings())


def everybody(connection: Connection, organisation_id: UUID, at: datetime) -> list[Account]:
    """All people of an organisation at an instant, those who left too."""
    said = {"organisation": organisation_id, "at": at}
    return [account_of(row) for row in connection.execute(_EVERYBODY, said).mappings()]


def account_history(connection: Connection, account_id: UUID) -> tuple[sa.RowMapping, ...]:
    """Every period of an account, oldest first, planned ones too."""
    return tuple(connection.execute(_HISTORY, {"id": account_id}).mappings())


def same_human(connection: Connection, account_id: UUID) -> frozenset[UUID]:
    """All accounts of the same human being, itself included.

    Those that one login finds, and those that somebody confirmed; however many steps away.
    """
    found = connection.execute(_SAME, {"id": account_id}).scalars()
    return frozenset(found) | {account_id}


def lock_account(connection: Connection, *account_ids: UUID) -> int:
    """Let nobody else change these accounts until the transaction ends; how many are there.

    After the lock of their organisation; in one order, so that nobody waits in a circle.
    """
    said = {"ids": list(account_ids)}
    return len(connection.execute(_LOCK, said).all())


def account_of(row: sa.RowMapping) -> Account:
    """The account in a row that has FACTS."""
    return Account(
        id=row["id"],
        organisation=row["organisation_id"],
        federation=row["federation"],
        cvr=row["cvr"],
        person=row["person_id"],
        human=row["human_id"],
        state=row["state"],
        display_name=row["display_name"],
        email=row["email"],
        home_code=row["home_code"],
        period=Period(row["since"], row["until"]),
    )


_A, _P, _O = ACCOUNT, ACCOUNT_PERIOD, ORGANISATION
HELD = sa.and_(
    _P.c.account_id == _A.c.id,
    _P.c.since <= sa.bindparam("at"),
    _P.c.until > sa.bindparam("at"),
)
FACTS = (
    sa.select(
        _A.c.id,
        _A.c.organisation_id,
        _O.c.federation,
        _O.c.cvr,
        _A.c.person_id,
        _A.c.human_id,
        _P.c.state,
        _P.c.display_name,
        _P.c.email,
        _P.c.home_code,
        _P.c.since,
        _P.c.until,
    )
    .join(_O, _O.c.id == _A.c.organisation_id)
    .join(_P, HELD)
)
_ONE = FACTS.where(_A.c.id == sa.bindparam("id"))
_BY_NAME = (_P.c.display_name, _P.c.account_id)  # as the index of an organisation's people is
_EVERYBODY = FACTS.where(_P.c.organisation_id == sa.bindparam("organisation")).order_by(*_BY_NAME)
_PAGE = (
    FACTS.where(
        _P.c.organisation_id == sa.bindparam("organisation"),
        _P.c.state.in_(sa.bindparam("states", expanding=True)),
    )
    .order_by(*_BY_NAME)
    .limit(sa.bindparam("limit"))
)
_LIKE = _P.c.search.like(sa.bindparam("pattern"), escape="!")
_IN_UNITS = _P.c.home_code.in_(sa.bindparam("units", expanding=True))
_AFTER = sa.and_(
    _P.c.display_name >= sa.bindparam("name"),  # where the index is entered
    sa.or_(_P.c.display_name > sa.bindparam("name"), _P.c.account_id > sa.bindparam("last")),
)
_HISTORY = sa.select(_P).where(_P.c.account_id == sa.bindparam("id")).order_by(_P.c.since)
_LOCK = (
    sa.select(_A.c.id)
    .where(_A.c.id.in_(sa.bindparam("ids", expanding=True)))
    .order_by(_A.c.id)
    .with_for_update(key_share=True)
)
_KIN = (
    sa.select(_A.c.id, _A.c.person_id, _A.c.human_id)
    .where(_A.c.id == sa.bindparam("id"))
    .cte("kin", recursive=True)
)
_FURTHER = sa.select(_A.c.id, _A.c.person_id, _A.c.human_id).join(
    _KIN, sa.or_(_A.c.person_id == _KIN.c.person_id, _A.c.human_id == _KIN.c.human_id)
)
_SAME = sa.select(_KIN.union(_FURTHER).c.id)
