"""Carts that are being put together, one for each account."""

from datetime import datetime
from uuid import UUID

import sqlalchemy as sa

from broker.db import Connection, Instant, insert_new
from broker.roles.grants.tables import REQUEST_DRAFT
from broker.roles.requests.drafts import KEPT, Draft, draft_document, draft_of

_D = REQUEST_DRAFT


def draft(connection: Connection, account: UUID, at: datetime) -> Draft:
    """What an account has put together so far; an empty draft where it has nothing."""
    row = connection.execute(_OF, {"account": account, "after": at - KEPT}).first()
    return Draft() if row is None else draft_of(row.content, row.changed_at)


def keep_draft(connection: Connection, account: UUID, new: Draft, at: datetime) -> None:
    """Keep a draft in the place of the one before; an empty one is forgotten."""
    if not new.picked:
        connection.execute(_FORGET, {"account": account})
        return
    values = {"content": draft_document(new), "changed_at": at}
    row = {"account_id": account, **values}
    if not insert_new(connection, REQUEST_DRAFT, [row]):
        connection.execute(_CHANGE.where(_D.c.account_id == account).values(values))


def purge_drafts(connection: Connection, now: datetime) -> int:
    """Delete what nobody went on with; how many rows went."""
    return connection.execute(sa.delete(_D).where(_D.c.changed_at < now - KEPT)).rowcount


_OF = sa.select(_D.c.content, _D.c.changed_at).where(
    _D.c.account_id == sa.bindparam("account", type_=sa.Uuid),
    _D.c.changed_at >= sa.bindparam("after", type_=Instant),
)
_FORGET = sa.delete(_D).where(_D.c.account_id == sa.bindparam("account", type_=sa.Uuid))
_CHANGE = sa.update(_D)
