"""Who in an organisation can answer a request, by name: for whoever needs to know whom to ask."""

from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

import sqlalchemy as sa

from broker.db import Connection
from broker.organisations.model import MandateKind
from broker.organisations.store.read_mandates import active, in_force
from broker.organisations.tables import ACCOUNT_PERIOD, MANDATE

DECIDING: tuple[MandateKind, ...] = ("org_admin", "org_approver", "org_chief")


@dataclass(frozen=True, slots=True)
class Decider:
    """Somebody who may decide requests: for all of the organisation, or at and below a unit."""

    account: UUID
    name: str = field(repr=False)
    kind: MandateKind
    unit_code: str | None


def deciders(connection: Connection, organisation: UUID, at: datetime) -> tuple[Decider, ...]:
    """Everybody active who may decide requests in an organisation, by name.

    Names alone: no address leaves the organisation's own list of people.
    """
    rows = connection.execute(_DECIDERS, {"organisation": organisation, "at": at})
    return tuple(
        Decider(row.account_id, row.display_name, row.mandate, row.unit_code) for row in rows
    )


_P = ACCOUNT_PERIOD
_DECIDERS = (
    sa.select(MANDATE.c.account_id, _P.c.display_name, MANDATE.c.mandate, MANDATE.c.unit_code)
    .join(_P, _P.c.account_id == MANDATE.c.account_id)
    .where(
        MANDATE.c.organisation_id == sa.bindparam("organisation", type_=sa.Uuid),
        MANDATE.c.mandate.in_(DECIDING),
        in_force(MANDATE),
        active(MANDATE.c.account_id),
        _P.c.since <= sa.bindparam("at"),
        _P.c.until > sa.bindparam("at"),
    )
    .order_by(_P.c.display_name, MANDATE.c.account_id, MANDATE.c.mandate)
)
