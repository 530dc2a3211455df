"""Who holds a mandate at an instant: to list them, and to write to them."""

from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

import sqlalchemy as sa

from broker.db import Connection
from broker.organisations.model import MandateKind
from broker.organisations.store.read_mandates import in_force
from broker.organisations.tables import ACCOUNT_PERIOD, MANDATE


@dataclass(frozen=True, slots=True)
class Holder:
    """Somebody with a mandate, pending where they have not signed in yet."""

    account: UUID
    kind: MandateKind
    state: str
    name: str = field(repr=False)
    email: str | None = field(repr=False)


def holders(
    connection: Connection,
    federation: str,
    at: datetime,
    *kinds: MandateKind,
    service: str | None = None,
    organisation: UUID | None = None,
) -> tuple[Holder, ...]:
    """Those who hold one of these mandates, for a service or in an organisation, by name."""
    query = _HOLDERS.where(_M.c.mandate.in_(kinds), _M.c.federation == federation)
    if service is not None:
        query = query.where(_M.c.service == service)
    if organisation is not None:
        query = query.where(_M.c.organisation_id == organisation)
    rows = connection.execute(query, {"at": at}).mappings()
    return tuple(
        Holder(row["account_id"], row["mandate"], row["state"], row["display_name"], row["email"])
        for row in rows
    )


_M, _P = MANDATE, ACCOUNT_PERIOD
_HOLDERS = (
    sa.select(_M.c.account_id, _M.c.mandate, _P.c.state, _P.c.display_name, _P.c.email)
    .join(
        _P,
        sa.and_(
            _P.c.account_id == _M.c.account_id,
            _P.c.since <= sa.bindparam("at"),
            _P.c.until > sa.bindparam("at"),
            _P.c.state.in_(("pending", "active")),
        ),
    )
    .where(in_force(_M))
    .order_by(_P.c.display_name, _M.c.account_id)
)
