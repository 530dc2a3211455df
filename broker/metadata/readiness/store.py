"""Rows of signs and claims, and the partners they are about, in the caller's transaction."""

import json
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite

from broker.db import Connection
from broker.metadata.readiness.model import Claim, Level, Sign
from broker.metadata.readiness.signals import Key, Sum
from broker.metadata.readiness.tables import PARTNER_SIGN, READINESS_CLAIM
from broker.metadata.rollover.model import Side
from broker.metadata.tables import ENTITY, ENTITY_VERSION

KEPT = timedelta(days=400)  # more than a year, so that an earlier change still tells
_KIND_OF: dict[Side, str] = {"idp": "sp", "sp": "idp"}


def keep(connection: Connection, sums: Iterable[tuple[Key, Sum]]) -> None:
    """Add sums to what other nodes, or this one earlier, saw in the same hour."""
    statement = _ADDING[connection.dialect.name]
    for key, found in sums:
        values = {
            "hour": key.hour,
            "federation": key.federation,
            "side": key.side,
            "partner": key.partner,
            "kind": key.kind,
            "detail": key.detail,
            "count": found.count,
            "first_at": found.first_at,
            "last_at": found.last_at,
        }
        connection.execute(statement, values)


def signs(
    connection: Connection, federation: str, side: Side, since: datetime, partner: str | None = None
) -> dict[str, tuple[Sign, ...]]:
    """What was seen since an hour, by partner, in order of time."""
    query = _SIGNS if partner is None else _SIGNS.where(PARTNER_SIGN.c.partner == partner)
    values = {"federation": federation, "side": side, "since": since}
    found: dict[str, list[Sign]] = {}
    for row in connection.execute(query, values).mappings():
        found.setdefault(row["partner"], []).append(_sign(row))
    return {code: tuple(each) for code, each in found.items()}


def summed(
    connection: Connection, federation: str, side: Side, since: datetime, until: datetime
) -> dict[str, tuple[Sign, ...]]:
    """What was seen in the hours of a period, one sum for each partner, kind and detail."""
    values = {"federation": federation, "side": side, "since": since, "until": until}
    found: dict[str, list[Sign]] = {}
    for partner, kind, detail, hour, count, first, last in connection.execute(_SUMMED, values):
        found.setdefault(partner, []).append(Sign(kind, detail, hour, count, first, last))
    return {code: tuple(each) for code, each in found.items()}


def fetches(
    connection: Connection, federation: str, side: Side, since: datetime, until: datetime
) -> dict[str, tuple[Sign, ...]]:
    """Which hours of a period each partner fetched in."""
    values = {"federation": federation, "side": side, "since": since, "until": until}
    found: dict[str, list[Sign]] = {}
    for row in connection.execute(_FETCHES, values).mappings():
        found.setdefault(row["partner"], []).append(_sign(row))
    return {code: tuple(each) for code, each in found.items()}


def claims(connection: Connection, plan: int) -> dict[str, tuple[Claim, ...]]:
    """What was claimed about a plan, by partner, in order of time."""
    found: dict[str, tuple[Claim, ...]] = {}
    for row in connection.execute(_CLAIMS, {"plan": plan}).mappings():
        claim = Claim(
            Level(row["level"]), row["said_by"], row["by"], row["claimed_at"], row["reason"]
        )
        found[row["partner"]] = (*found.get(row["partner"], ()), claim)
    return found


def add_claim(connection: Connection, plan: int, partner: str, claim: Claim) -> None:
    """Keep what somebody answers for."""
    values = {
        "plan": plan,
        "partner": partner,
        "level": int(claim.level),
        "said_by": claim.said_by,
        "claimed_at": claim.at,
        "by": claim.by,
        "reason": claim.reason,
    }
    connection.execute(sa.insert(READINESS_CLAIM).values(values))


def partners(
    connection: Connection, federation: str, side: Side
) -> list[tuple[int, Mapping[str, object]]]:
    """Row and document of every partner of a side that has metadata in force."""
    values = {"federation": federation, "kind": _KIND_OF[side]}
    return [(row, _table(text)) for row, text in connection.execute(_PARTNERS, values)]


def fetchers(connection: Connection) -> list[tuple[str, Side, Mapping[str, object]]]:
    """Federation, side and document of every partner whose document says how it fetches."""
    return [
        (federation, "idp" if kind == "sp" else "sp", _table(text))
        for federation, kind, text in connection.execute(_FETCHERS)
    ]


def purge(connection: Connection, now: datetime) -> int:
    """Delete signs that are too old to tell anything; how many rows went."""
    old = sa.delete(PARTNER_SIGN).where(PARTNER_SIGN.c.hour < now - KEPT)
    return connection.execute(old).rowcount


def _sign(row: sa.RowMapping) -> Sign:
    return Sign(
        row["kind"], row["detail"], row["hour"], row["count"], row["first_at"], row["last_at"]
    )


def _table(text: str) -> Mapping[str, object]:
    try:
        value = json.loads(text)
    except ValueError:
        return {}
    return value if isinstance(value, dict) else {}


def _adding(
    insert: postgresql.Insert | sqlite.Insert, smaller: str, greater: str
) -> postgresql.Insert | sqlite.Insert:
    row, new = PARTNER_SIGN.c, insert.excluded
    return insert.on_conflict_do_update(
        index_elements=list(PARTNER_SIGN.primary_key),
        set_={
            "count": row["count"] + new["count"],
            "first_at": getattr(sa.func, smaller)(row.first_at, new.first_at),
            "last_at": getattr(sa.func, greater)(row.last_at, new.last_at),
        },
    )


_ADDING = {
    "postgresql": _adding(postgresql.insert(PARTNER_SIGN), "least", "greatest"),
    "sqlite": _adding(sqlite.insert(PARTNER_SIGN), "min", "max"),
}
_SIGNS = (
    sa.select(PARTNER_SIGN)
    .where(
        PARTNER_SIGN.c.federation == sa.bindparam("federation"),
        PARTNER_SIGN.c.side == sa.bindparam("side"),
        PARTNER_SIGN.c.hour >= sa.bindparam("since"),
    )
    .order_by(PARTNER_SIGN.c.hour, PARTNER_SIGN.c.kind, PARTNER_SIGN.c.detail)
)
_OF_PERIOD = (
    (PARTNER_SIGN.c.federation == sa.bindparam("federation"))
    & (PARTNER_SIGN.c.side == sa.bindparam("side"))
    & (PARTNER_SIGN.c.hour >= sa.bindparam("since"))
    & (PARTNER_SIGN.c.hour <= sa.bindparam("until"))
)
_SUMMED = (
    sa.select(
        PARTNER_SIGN.c.partner,
        PARTNER_SIGN.c.kind,
        PARTNER_SIGN.c.detail,
        sa.func.min(PARTNER_SIGN.c.hour),
        sa.func.sum(PARTNER_SIGN.c.count),
        sa.func.min(PARTNER_SIGN.c.first_at),
        sa.func.max(PARTNER_SIGN.c.last_at),
    )
    .where(_OF_PERIOD)
    .group_by(PARTNER_SIGN.c.partner, PARTNER_SIGN.c.kind, PARTNER_SIGN.c.detail)
    .order_by(PARTNER_SIGN.c.partner, PARTNER_SIGN.c.kind, PARTNER_SIGN.c.detail)
)
_FETCHES = (
    sa.select(PARTNER_SIGN)
    .where(_OF_PERIOD, PARTNER_SIGN.c.kind == "fetched")
    .order_by(PARTNER_SIGN.c.hour, PARTNER_SIGN.c.detail)
)
_CLAIMS = (
    sa.select(READINESS_CLAIM)
    .where(READINESS_CLAIM.c.plan == sa.bindparam("plan"))
    .order_by(READINESS_CLAIM.c.claimed_at, READINESS_CLAIM.c.id)
)
_PARTNERS = (
    sa.select(ENTITY.c.row, sa.cast(ENTITY.c.settings, sa.Text))
    .where(
        ENTITY.c.federation == sa.bindparam("federation"),
        ENTITY.c.kind == sa.bindparam("kind"),
        sa.exists().where(ENTITY_VERSION.c.entity_row == ENTITY.c.row, ENTITY_VERSION.c.in_force),
    )
    .order_by(ENTITY.c.position, ENTITY.c.row)
)
_FETCHERS = (
    sa.select(ENTITY.c.federation, ENTITY.c.kind, sa.cast(ENTITY.c.settings, sa.Text))
    .where(sa.cast(ENTITY.c.settings, sa.Text).contains('"fetches"'))
    .order_by(ENTITY.c.row)
)
