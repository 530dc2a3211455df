"""Decisions about activations: added, never changed."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from broker.db import Connection
from broker.metadata.history.tables import ACTIVATION_CHANGE


@dataclass(frozen=True, slots=True)
class Decision:
    """What was decided about one IdP at one service."""

    federation: str
    service: str
    idp: str
    at: datetime
    by: str
    reason: str
    source: str
    case_no: str | None
    document: Mapping[str, object] | None  # None: not relevant any more


def add(connection: Connection, decision: Decision) -> None:
    """Keep a decision."""
    values = {
        "federation": decision.federation,
        "service": decision.service,
        "idp": decision.idp,
        "at": decision.at,
        "by": decision.by,
        "reason": decision.reason,
        "source": decision.source,
        "case_no": decision.case_no,
        "document": decision.document,
    }
    connection.execute(sa.insert(ACTIVATION_CHANGE).values(values))


def decisions(
    connection: Connection, federation: str, service: str | None = None, idp: str | None = None
) -> Sequence[Decision]:
    """The decisions about a service, an IdP or both, the newest first."""
    table = ACTIVATION_CHANGE
    query = sa.select(*(column for column in table.c if column.name != "id"))
    query = query.where(table.c.federation == federation)
    if service is not None:
        query = query.where(table.c.service == service)
    if idp is not None:
        query = query.where(table.c.idp == idp)
    return [Decision(*row) for row in connection.execute(query.order_by(table.c.id.desc()))]
