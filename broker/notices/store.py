"""Every statement on notices and on what people want of them, in the caller's transaction."""

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from uuid import UUID, uuid4

import sqlalchemy as sa

from broker.db import Connection, Instant, insert_new
from broker.notices.model import HOWS, Kept, Notice, due
from broker.notices.tables import NOTICE, NOTICE_CHOICE
from broker.notices.topics import OF_KIND
from broker.organisations.tables import ACCOUNT, ACCOUNT_PERIOD
from broker.roles.grants.tables import GRANT

KEPT = timedelta(days=90)  # after a notice was told; beyond what any milestone repeats within
LANGUAGE = "language"


def add(connection: Connection, notices: Iterable[Notice], at: datetime) -> int:
    """Let people be told, each as they want; how many of it is new."""
    rows = []
    for notice in notices:
        topic = OF_KIND[notice.kind]
        said = "" if topic.fixed else choices(connection, notice.account).get(topic.name, "")
        when = due(next((how for how in HOWS if how == said), topic.usual), at)
        if when is not None:
            rows.append(_row(notice, at, when))
    if not rows:
        return 0
    # In an order that everybody keeps: two transactions that tell the same people don't wait
    # for each other in a circle.
    return insert_new(connection, NOTICE, sorted(rows, key=lambda row: str(row["account_id"])))


def choices(connection: Connection, account: UUID) -> dict[str, str]:
    """What somebody chose, by topic."""
    return {row.topic: row.how for row in connection.execute(_CHOICES, {"account": account})}


def choose(connection: Connection, account: UUID, said: Mapping[str, str], at: datetime) -> None:
    """Keep what somebody wants, in place of what they wanted before."""
    connection.execute(_FORGET, {"account": account})
    rows = [
        {"account_id": account, "topic": topic, "how": how, "changed_at": at}
        for topic, how in sorted(said.items())
    ]
    if rows:
        connection.execute(sa.insert(NOTICE_CHOICE), rows)


def waiting(connection: Connection, now: datetime, most: int) -> tuple[UUID, ...]:
    """Whom something is due for, who has waited longest first."""
    found = connection.execute(_WAITING, {"now": now, "most": most})
    return tuple(found.scalars())


def due_for(connection: Connection, account: UUID, now: datetime) -> tuple[Kept, ...]:
    """What is due for somebody, oldest first, locked until the transaction ends."""
    found = connection.execute(_DUE, {"account": account, "now": now}).mappings()
    return tuple(
        Kept(
            row["id"],
            Notice(row["account_id"], row["kind"], row["about"], row["milestone"], row["facts"]),
            row["created_at"],
        )
        for row in found
    )


def told(connection: Connection, kept: Iterable[Kept], now: datetime) -> None:
    """They have been told, or nobody can tell them."""
    ids = [one.id for one in kept]
    for start in range(0, len(ids), 500):
        connection.execute(_TOLD, {"ids": ids[start : start + 500], "now": now})


def ending(
    connection: Connection, since: datetime, until: datetime, most: int = 5000
) -> tuple[sa.RowMapping, ...]:
    """Grants that people hold themselves and that end within two instants, the first first."""
    asked = {"since": since, "until": until, "most": most}
    return tuple(connection.execute(_ENDING, asked).mappings())


def has_grants(connection: Connection, account: UUID, at: datetime) -> bool:
    """Whether somebody holds a role themselves."""
    return connection.execute(_HOLDS, {"account": account, "at": at}).first() is not None


def purge(connection: Connection, now: datetime) -> int:
    """Forget what was told long ago; how many."""
    return connection.execute(sa.delete(NOTICE).where(NOTICE.c.told_at <= now - KEPT)).rowcount


def _row(notice: Notice, at: datetime, when: datetime) -> dict[str, object]:
    return {
        "id": uuid4(),
        "account_id": notice.account,
        "kind": notice.kind,
        "about": notice.about,
        "milestone": notice.milestone,
        "facts": dict(notice.facts),
        "created_at": at,
        "due_at": when,
    }


_N, _C = NOTICE, NOTICE_CHOICE
_OPEN = sa.and_(_N.c.told_at.is_(None), _N.c.due_at <= sa.bindparam("now", type_=Instant))
_CHOICES = sa.select(_C.c.topic, _C.c.how).where(_C.c.account_id == sa.bindparam("account"))
_FORGET = sa.delete(_C).where(_C.c.account_id == sa.bindparam("account"))
_WAITING = (
    sa.select(_N.c.account_id)
    .where(_OPEN)
    .group_by(_N.c.account_id)
    .order_by(sa.func.min(_N.c.due_at), _N.c.account_id)
    .limit(sa.bindparam("most"))
)
_DUE = (
    sa.select(_N)
    .where(_N.c.account_id == sa.bindparam("account"), _OPEN)
    .order_by(_N.c.created_at, _N.c.id)
    .with_for_update()
)
_TOLD = (
    sa.update(_N)
    .where(_N.c.id.in_(sa.bindparam("ids", expanding=True)))
    .values(told_at=sa.bindparam("now", type_=Instant))
)
_G = GRANT
_HELD = sa.and_(
    ACCOUNT_PERIOD.c.account_id == _G.c.account_id,
    ACCOUNT_PERIOD.c.since <= sa.bindparam("since", type_=Instant),
    ACCOUNT_PERIOD.c.until > sa.bindparam("since", type_=Instant),
    ACCOUNT_PERIOD.c.state == "active",
)
_ENDING = (
    sa.select(_G.c.id, _G.c.account_id, _G.c.role_id, _G.c.organisation_id, _G.c.since, _G.c.until)
    .join(ACCOUNT, ACCOUNT.c.id == _G.c.account_id)
    .join(ACCOUNT_PERIOD, _HELD)
    .where(
        _G.c.account_id.is_not(None),
        _G.c.revoked_at.is_(None),
        _G.c.until > sa.bindparam("since", type_=Instant),
        _G.c.until <= sa.bindparam("until", type_=Instant),
    )
    .order_by(_G.c.until, _G.c.id)
    .limit(sa.bindparam("most"))
)
_HOLDS = (
    sa.select(_G.c.id)
    .where(
        _G.c.account_id == sa.bindparam("account"),
        _G.c.revoked_at.is_(None),
        _G.c.until > sa.bindparam("at", type_=Instant),
    )
    .limit(1)
)
