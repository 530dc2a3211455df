"""Rows of what logins were issued, "last used" of grants, and counts without a person."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite

from broker.db import Connection, Instant, several
from broker.db.prepared import Prepared
from broker.roles.grants.tables import GRANT, ROLE_ISSUE
from broker.roles.tables import ROLE_OBSERVATION

KEPT = timedelta(days=400)

_LONGEST = 256


@dataclass(frozen=True, slots=True, order=True)
class Observation:
    """Something that an IdP said in vain, or that a rule in shadow would have done, on a day."""

    federation: str
    idp: str
    kind: str
    what: str
    day: date


def keep(connection: Connection, row: Mapping[str, object]) -> None:
    """Keep what was issued at one login."""
    _KEEP.change(connection, row)


def used(connection: Connection, grants: Sequence[UUID], at: datetime, every: timedelta) -> None:
    """Remember that grants were used, no more often than that, so that logins write little."""
    if grants:
        _USED.change(connection, {"ids": several(grants), "now": at, "before": at - every})


def observe(connection: Connection, seen: Sequence[Observation]) -> None:
    """Count what was seen, each thing once for this login, in an order that everybody keeps."""
    for one in sorted({_cut(observation) for observation in seen}):
        row = {
            "federation": one.federation,
            "idp": one.idp,
            "kind": one.kind,
            "what": one.what,
            "day": one.day,
            "count": 1,
        }
        connection.execute(_COUNT[connection.dialect.name], row)


def observed(
    connection: Connection, federation: str, since: date
) -> tuple[tuple[Observation, int], ...]:
    """Everything counted in a federation since a day, the most frequent first."""
    rows = connection.execute(_OBSERVED, {"federation": federation, "since": since})
    return tuple(
        (Observation(row.federation, row.idp, row.kind, row.what, row.day), int(row.seen))
        for row in rows
    )


def last_issued(
    connection: Connection, account: UUID, service: str, until: datetime
) -> Mapping[str, object] | None:
    """What an account was last issued at a service up to an instant, or None."""
    asked = {"account": account, "service": service, "until": until}
    row = connection.execute(_LAST, asked).mappings().first()
    return dict(row) if row else None


def issues_of(
    connection: Connection, accounts: Collection[UUID], limit: int = 50
) -> tuple[Mapping[str, object], ...]:
    """The logins of some accounts and what was issued at each, the latest first."""
    if not accounts:
        return ()
    asked = {"accounts": several(accounts), "limit": limit}
    return tuple(dict(row) for row in connection.execute(_ISSUES, asked).mappings())


def issued_through(
    connection: Connection,
    persons: Collection[UUID],
    service: str,
    federation: str,
    since: datetime,
) -> tuple[str, ...]:
    """The IdPs through which any of these persons had roles at a service, the latest first."""
    asked = {"persons": several(persons), "service": service, "path": federation, "since": since}
    rows = connection.execute(_THROUGH, asked).all()
    return tuple(dict.fromkeys(row.idp for row in rows if row.items))


def purge_issued(connection: Connection, now: datetime) -> int:
    """Delete what was issued and observed longer ago than anybody asks for; how many rows went.

    A yearly review of a grant still finds when it was last used.
    """
    gone = connection.execute(_FORGET, {"before": now - KEPT}).rowcount
    return gone + connection.execute(_UNSEE, {"before": (now - KEPT).date()}).rowcount


def _cut(one: Observation) -> Observation:
    return Observation(one.federation, one.idp, one.kind, one.what[:_LONGEST], one.day)


_KEEP = Prepared(sa.insert(ROLE_ISSUE))
_FORGET = sa.delete(ROLE_ISSUE).where(ROLE_ISSUE.c.at < sa.bindparam("before", type_=Instant))
_UNSEE = sa.delete(ROLE_OBSERVATION).where(
    ROLE_OBSERVATION.c.day < sa.bindparam("before", type_=sa.Date)
)
_USED = Prepared(
    sa.update(GRANT)
    .where(
        GRANT.c.id.in_(sa.bindparam("ids", expanding=True)),
        sa.or_(GRANT.c.used_at.is_(None), GRANT.c.used_at < sa.bindparam("before", type_=Instant)),
    )
    .values(used_at=sa.bindparam("now", type_=Instant))
)
_KEY = ["federation", "idp", "kind", "what", "day"]
_MORE = {"count": ROLE_OBSERVATION.c.count + 1}
_COUNT: dict[str, sa.Insert] = {
    "sqlite": sqlite.insert(ROLE_OBSERVATION).on_conflict_do_update(_KEY, set_=_MORE),
    "postgresql": postgresql.insert(ROLE_OBSERVATION).on_conflict_do_update(
        index_elements=_KEY, set_=_MORE
    ),
}
_OBSERVED = (
    sa.select(ROLE_OBSERVATION, ROLE_OBSERVATION.c.count.label("seen"))
    .where(
        ROLE_OBSERVATION.c.federation == sa.bindparam("federation"),
        ROLE_OBSERVATION.c.day >= sa.bindparam("since", type_=sa.Date),
    )
    .order_by(ROLE_OBSERVATION.c.count.desc(), ROLE_OBSERVATION.c.kind, ROLE_OBSERVATION.c.what)
)
_MANY = 50  # logins that are looked at
_THROUGH = (
    sa.select(ROLE_ISSUE.c.idp, ROLE_ISSUE.c["items"])
    .where(
        ROLE_ISSUE.c.person_id.in_(sa.bindparam("persons", expanding=True)),
        ROLE_ISSUE.c.federation == sa.bindparam("path"),
        ROLE_ISSUE.c.service == sa.bindparam("service"),
        ROLE_ISSUE.c.at >= sa.bindparam("since", type_=Instant),
    )
    .order_by(ROLE_ISSUE.c.at.desc())
    .limit(_MANY)
)
_ISSUES = (
    sa.select(ROLE_ISSUE)
    .where(ROLE_ISSUE.c.account_id.in_(sa.bindparam("accounts", expanding=True)))
    .order_by(ROLE_ISSUE.c.at.desc(), ROLE_ISSUE.c.id)
    .limit(sa.bindparam("limit"))
)
_LAST = (
    sa.select(ROLE_ISSUE)
    .where(
        ROLE_ISSUE.c.account_id == sa.bindparam("account", type_=sa.Uuid),
        ROLE_ISSUE.c.service == sa.bindparam("service"),
        ROLE_ISSUE.c.at <= sa.bindparam("until", type_=Instant),
    )
    .order_by(ROLE_ISSUE.c.at.desc())
    .limit(1)
)
