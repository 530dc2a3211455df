"""Every statement on what became of mails, each on a given connection."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

import sqlalchemy as sa

from broker.db import Connection
from broker.db.planning import plan_for_values
from broker.mail.model import State
from broker.mail.store import Outbox
from broker.mail.tables import MAIL
from broker.mail.trail.tables import MAIL_CLEARED

_LOST = MAIL.c.state.in_(("failed", "bounced"))


@dataclass(frozen=True, slots=True)
class Sent:
    """A mail without its words."""

    id: str
    kind: str
    milestone: str
    recipient: str = field(repr=False)
    state: State
    attempts: int
    created_at: datetime
    ended_at: datetime | None
    last_error: str


@dataclass(frozen=True, slots=True)
class Failing:
    """An address to which mail did not arrive since somebody last looked at it."""

    recipient: str = field(repr=False)
    times: int
    last: datetime
    mail: str  # the id of the last one


def log(
    connection: Connection, state: str, kind: str, recipient: str, page: int, size: int
) -> tuple[tuple[Sent, ...], int, dict[str, int]]:
    """A page of all mails, the newest first; how many are found, and how many in each state.

    Empty filters are none. Most ask without any, or for a state: all mails are counted once.
    """
    plan_for_values(connection)
    counts = Outbox().counts(connection)
    narrowed = [MAIL.c.kind == kind] if kind else []
    narrowed += [MAIL.c.recipient == recipient.casefold()] if recipient else []
    wanted = [*narrowed, MAIL.c.state == state] if state else narrowed
    if narrowed:
        found = sa.select(sa.func.count()).select_from(MAIL).where(*wanted)
        total = int(connection.execute(found).scalar_one())
    else:
        total = counts.get(state, 0) if state else sum(counts.values())
    # A late page skips ids in the index, and not rows with all that mails said.
    newest = (MAIL.c.created_at.desc(), MAIL.c.id.desc())
    ids = sa.select(MAIL.c.id).where(*wanted).order_by(*newest).limit(size)
    ids = ids.offset((page - 1) * size)
    columns = [MAIL.c[name] for name in Sent.__slots__]
    rows = connection.execute(
        sa.select(*columns).where(MAIL.c.id.in_(ids)).order_by(*newest)
    ).mappings()
    return tuple(Sent(**row) for row in rows), total, counts


def failing(connection: Connection) -> tuple[Failing, ...]:
    """Addresses that do not work, the latest first."""
    found: dict[str, Failing] = {}
    for row in connection.execute(_FAILING).mappings():
        known = found.get(row["recipient"])
        found[row["recipient"]] = Failing(
            row["recipient"],
            (known.times if known else 0) + 1,
            known.last if known else row["ended_at"],
            known.mail if known else row["id"],
        )
    return tuple(found.values())


def clear(connection: Connection, recipient: str, at: datetime, by: str) -> None:
    """Keep that somebody looked at an address; the next mail that comes back tells anew."""
    values: Mapping[str, object] = {"at": at, "by_label": by[:128]}
    again = sa.update(MAIL_CLEARED).where(MAIL_CLEARED.c.recipient == recipient).values(values)
    if not connection.execute(again).rowcount:
        connection.execute(sa.insert(MAIL_CLEARED).values(recipient=recipient, **values))


_FAILING = (
    sa.select(MAIL.c.recipient, MAIL.c.ended_at, MAIL.c.id)
    .outerjoin(MAIL_CLEARED, MAIL_CLEARED.c.recipient == MAIL.c.recipient)
    .where(_LOST, sa.or_(MAIL_CLEARED.c.at.is_(None), MAIL.c.ended_at > MAIL_CLEARED.c.at))
    .order_by(MAIL.c.ended_at.desc(), MAIL.c.id)
    .limit(1000)
)
