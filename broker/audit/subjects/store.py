"""The records of the trail that are about somebody."""

import json
from collections.abc import Collection, Iterator
from uuid import UUID

import sqlalchemy as sa

from broker.audit.store import AUDIT, AUDIT_TAG, Entry
from broker.audit.tracing import account_tag
from broker.db import Connection


def about(
    connection: Connection,
    persons: Collection[UUID],
    accounts: Collection[tuple[UUID, UUID]],
) -> Iterator[Entry]:
    """What was recorded of persons and of their accounts, the oldest first.

    `accounts` are with the organisation that they are in.
    """
    ids = {*persons, *(account for account, _ in accounts)}
    mine = [_A.c.subject.in_(sorted(ids))]
    for account, organisation in sorted(accounts):
        tagged = sa.select(AUDIT_TAG.c.writer, AUDIT_TAG.c.seq).where(
            AUDIT_TAG.c.organisation_id == str(organisation),
            AUDIT_TAG.c.tag == account_tag(account),
        )
        mine.append(sa.tuple_(_A.c.writer, _A.c.seq).in_(tagged))
    # Each by its own index, and then once.
    found = sa.union(*(sa.select(_A.c.writer, _A.c.seq).where(one) for one in mine)).subquery()
    here = sa.and_(_A.c.writer == found.c.writer, _A.c.seq == found.c.seq)
    ordered = sa.select(_A).join(found, here).order_by(_A.c.at, _A.c.writer, _A.c.seq)
    for row in connection.execute(ordered):
        yield Entry(row.at, row.reference, row.event, json.loads(row.fields))


_A = AUDIT
