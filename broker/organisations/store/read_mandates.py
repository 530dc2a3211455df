"""Who may administer what at an instant, and the actor that every service asks for."""

from datetime import datetime
from uuid import UUID

import sqlalchemy as sa

from broker.db import Connection, Instant
from broker.errors import Unknown
from broker.organisations.model import Actor, Mandate
from broker.organisations.store.read_accounts import account, same_human
from broker.organisations.tables import (
    ACCOUNT,
    ACCOUNT_PERIOD,
    MANDATE,
    ORGANISATION_PERIOD,
    SUBSTITUTE,
)
from broker.periods import Period
from broker.saml.assurance import Assurance


def mandates(connection: Connection, account_id: UUID, at: datetime) -> tuple[Mandate, ...]:
    """What an account may administer at an instant: its own, and what it is a substitute for.

    Nothing unless holder and substitute are active then, in organisations that are.
    """
    said = {"account": account_id, "at": at}
    own = [mandate_of(row) for row in connection.execute(_OWN, said).mappings()]
    held = [mandate_of(row) for row in connection.execute(_HELD, said).mappings()]
    return (*own, *held)


def actor(connection: Connection, account_id: UUID, at: datetime, assurance: Assurance) -> Actor:
    """The account as whoever does something, with all it may do at an instant.

    Raises Unknown("account.unknown").
    """
    who = account(connection, account_id, at)
    if who is None:
        raise Unknown("account.unknown", "no such account then")
    return Actor(
        label=f"account {account_id} of {who.cvr}",
        federation=who.federation,
        account=account_id,
        accounts=same_human(connection, account_id),
        organisation=who.organisation,
        mandates=mandates(connection, account_id, at),
        assurance=assurance,
    )


def federation_mandates(
    connection: Connection, federation: str, kind: str, at: datetime
) -> tuple[Mandate, ...]:
    """Everybody's own mandates of a kind in a federation at an instant: operators, owners."""
    said = {"federation": federation, "kind": kind, "at": at}
    return tuple(mandate_of(row) for row in connection.execute(_OF_KIND, said).mappings())


def mandate_of(row: sa.RowMapping) -> Mandate:
    """The mandate in a row that has FACTS, `by_way`, and both periods."""
    ends = [row["until"], row["revoked_at"], row["way_until"], row["way_revoked_at"]]
    since = max(filter(None, (row["since"], row["way_since"])))
    return Mandate(
        id=row["id"],
        account=row["holder"],
        kind=row["mandate"],
        federation=row["federation"],
        organisation=row["organisation_id"],
        service=row["service"],
        unit_code=row["unit_code"],
        period=Period(since, min(filter(None, ends))),
        on_behalf_of=row["on_behalf_of"],
    )


_M, _S, _A, _P, _Q = MANDATE, SUBSTITUTE, ACCOUNT, ACCOUNT_PERIOD, ORGANISATION_PERIOD


def in_force(table: sa.Table) -> sa.ColumnElement[bool]:
    """That a row with a period and `revoked_at` holds at :at."""
    at = sa.bindparam("at", type_=Instant)
    revoked = sa.or_(table.c.revoked_at.is_(None), table.c.revoked_at > at)
    return sa.and_(table.c.since <= at, table.c.until > at, revoked)


def active(account_id: sa.ColumnElement[UUID]) -> sa.ColumnElement[bool]:
    """That an account is active at :at, in an organisation that is."""
    at, one = sa.bindparam("at", type_=Instant), _A.alias()
    person, place = _P.alias(), _Q.alias()
    return sa.exists(
        sa.select(sa.literal(1))
        .select_from(one)
        .join(person, person.c.account_id == one.c.id)
        .join(place, place.c.organisation_id == one.c.organisation_id)
        .where(
            one.c.id == account_id,
            *(person.c.since <= at, person.c.until > at, person.c.state == "active"),
            *(place.c.since <= at, place.c.until > at, place.c.state == "active"),
        )
    )


_FACTS = (
    _M.c.id,
    _M.c.mandate,
    _M.c.federation,
    _M.c.organisation_id,
    _M.c.service,
    _M.c.unit_code,
    _M.c.since,
    _M.c.until,
    _M.c.revoked_at,
)
_NEVER = sa.null()
_OWN = (
    sa.select(
        *_FACTS,
        _M.c.account_id.label("holder"),
        _NEVER.label("on_behalf_of"),
        _NEVER.label("way_since"),
        _NEVER.label("way_until"),
        _NEVER.label("way_revoked_at"),
    )
    .where(_M.c.account_id == sa.bindparam("account"), in_force(_M), active(_M.c.account_id))
    .order_by(_M.c.since, _M.c.id)
)
_OF_KIND = sa.select(
    *_FACTS,
    _M.c.account_id.label("holder"),
    _NEVER.label("on_behalf_of"),
    _NEVER.label("way_since"),
    _NEVER.label("way_until"),
    _NEVER.label("way_revoked_at"),
).where(
    _M.c.federation == sa.bindparam("federation"),
    _M.c.mandate == sa.bindparam("kind"),
    in_force(_M),
    active(_M.c.account_id),
)
_HELD = (
    sa.select(
        *_FACTS,
        _S.c.substitute_id.label("holder"),
        _S.c.principal_id.label("on_behalf_of"),
        _S.c.since.label("way_since"),
        _S.c.until.label("way_until"),
        _S.c.revoked_at.label("way_revoked_at"),
    )
    .join(_S, _S.c.mandate_id == _M.c.id)
    .where(
        _S.c.substitute_id == sa.bindparam("account"),
        *(in_force(_M), in_force(_S), active(_S.c.substitute_id), active(_S.c.principal_id)),
    )
    .order_by(_M.c.since, _M.c.id)
)
