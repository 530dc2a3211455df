"""Which account somebody chose to act for at a service: one for each, until the next. R22."""

from datetime import datetime
from uuid import UUID

import sqlalchemy as sa

from broker.db import Connection, Instant, insert_new
from broker.organisations.tables import ACCOUNT, ACCOUNT_CHOICE, ORGANISATION_PERIOD


def chosen_account(connection: Connection, person: UUID, service: str) -> UUID | None:
    """The account that a person chose at a service, or None. It may have ended since."""
    asked = {"person": person, "service": service}
    return connection.execute(_CHOSEN, asked).scalar_one_or_none()


def chosen_at_services(connection: Connection, person: UUID, at: datetime) -> dict[str, str]:
    """The name of the organisation that a person chose, by the code of the service."""
    rows = connection.execute(_AT_SERVICES, {"person": person, "at": at})
    return {row.service: row.name for row in rows}


def choose_account(
    connection: Connection, person: UUID, service: str, account: UUID, at: datetime
) -> None:
    """Remember which account a person acts for at a service."""
    values = {"person_id": person, "service": service, "account_id": account, "chosen_at": at}
    if not insert_new(connection, ACCOUNT_CHOICE, [values]):
        connection.execute(
            _CHANGE, {"person": person, "of": service, "account": account, "now": at}
        )


def forget_account(connection: Connection, person: UUID, service: str) -> None:
    """Let the person be asked again at a service."""
    connection.execute(_FORGET, {"person": person, "service": service})


_THIS = sa.and_(
    ACCOUNT_CHOICE.c.person_id == sa.bindparam("person", type_=sa.Uuid),
    ACCOUNT_CHOICE.c.service == sa.bindparam("service"),
)
_CHOSEN = sa.select(ACCOUNT_CHOICE.c.account_id).where(_THIS)
_A, _Q = ACCOUNT, ORGANISATION_PERIOD
_AT_SERVICES = (
    sa.select(ACCOUNT_CHOICE.c.service, _Q.c.name)
    .join(_A, _A.c.id == ACCOUNT_CHOICE.c.account_id)
    .join(_Q, _Q.c.organisation_id == _A.c.organisation_id)
    .where(
        ACCOUNT_CHOICE.c.person_id == sa.bindparam("person", type_=sa.Uuid),
        _Q.c.since <= sa.bindparam("at", type_=Instant),
        _Q.c.until > sa.bindparam("at", type_=Instant),
    )
)
_CHANGE = (
    sa.update(ACCOUNT_CHOICE)
    .where(
        ACCOUNT_CHOICE.c.person_id == sa.bindparam("person", type_=sa.Uuid),
        ACCOUNT_CHOICE.c.service == sa.bindparam("of"),
    )
    .values(account_id=sa.bindparam("account"), chosen_at=sa.bindparam("now"))
)
_FORGET = sa.delete(ACCOUNT_CHOICE).where(_THIS)
