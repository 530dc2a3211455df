"""Rows of entitlements and their ceilings: what an organisation may hand out, and when."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from uuid import UUID

import sqlalchemy as sa

from broker.db import Connection, several
from broker.organisations.model import Actor
from broker.periods import Period
from broker.roles.grants.facts import Ceiling
from broker.roles.grants.model import EntitlementRecord
from broker.roles.grants.scopes import spelled
from broker.roles.tables import CEILING, ENTITLEMENT


def entitlement(connection: Connection, entitlement_id: UUID) -> EntitlementRecord | None:
    """One entitlement with its ceiling, or None."""
    found = _read(connection, _BY_ID, {"id": entitlement_id})
    return found[0] if found else None


def entitlements_of(
    connection: Connection, organisation: UUID, role: UUID | None = None
) -> tuple[EntitlementRecord, ...]:
    """Everything that an organisation was, is or will be entitled to, of one role or of all."""
    asked: dict[str, object] = {"organisation": organisation}
    if role is None:
        return _read(connection, _OF_ORGANISATION, asked)
    return _read(connection, _OF_ROLE, {**asked, "role": role})


def entitlements_to(
    connection: Connection, roles: Sequence[UUID], at: datetime
) -> tuple[EntitlementRecord, ...]:
    """Every entitlement to one of these roles that holds at an instant, or will.

    They are thousands, and come without their ceilings: `limited` reads those that are shown.
    """
    if not roles:
        return ()
    rows = connection.execute(_TO_ROLES, {"roles": several(roles), "at": at})
    found = (_record(row, ()) for row in rows)
    return tuple(one for one in found if one.until > at)


def limited(
    connection: Connection, found: Sequence[EntitlementRecord]
) -> tuple[EntitlementRecord, ...]:
    """The same entitlements with their ceilings."""
    ceilings = _ceilings(connection, [one.id for one in found])
    return tuple(replace(one, ceiling=ceilings.get(one.id, ())) for one in found)


def add_entitlement(connection: Connection, new: EntitlementRecord, actor: Actor) -> None:
    """Add an entitlement with its ceiling."""
    values = {
        "id": new.id,
        "organisation_id": new.organisation,
        "role_id": new.role,
        "since": new.period.since,
        "until": new.period.until,
        "case_no": new.case_no,
        "by_account": actor.account,
        "by_label": actor.label,
    }
    connection.execute(sa.insert(ENTITLEMENT).values(values))
    rows = [
        {
            "entitlement_id": new.id,
            "type_id": limit.type,
            "value": limit.value,
            "with_descendants": limit.with_descendants,
        }
        for limit in new.ceiling
    ]
    if rows:
        connection.execute(sa.insert(CEILING), rows)


def end_entitlement(connection: Connection, entitlement_id: UUID, until: datetime) -> None:
    """Let an entitlement end at an instant that has not passed."""
    change = sa.update(ENTITLEMENT).where(ENTITLEMENT.c.id == entitlement_id)
    connection.execute(change.values(until=until))


def revoke_entitlement(
    connection: Connection, entitlement_id: UUID, at: datetime, by: str, reason: str
) -> None:
    """Let an entitlement count no more from an instant on."""
    change = sa.update(ENTITLEMENT).where(ENTITLEMENT.c.id == entitlement_id)
    connection.execute(change.values(revoked_at=at, revoked_by=by, revoke_reason=reason))


def _read(
    connection: Connection, query: sa.Select[tuple[object, ...]], asked: dict[str, object]
) -> tuple[EntitlementRecord, ...]:
    rows = connection.execute(query, asked).all()
    ceilings = _ceilings(connection, [row.id for row in rows])
    return tuple(_record(row, ceilings.get(row.id, ())) for row in rows)


def _record(row: sa.Row[tuple[object, ...]], ceiling: tuple[Ceiling, ...]) -> EntitlementRecord:
    return EntitlementRecord(
        id=row.id,
        organisation=row.organisation_id,
        role=row.role_id,
        period=Period(row.since, row.until),
        ceiling=ceiling,
        revoked_at=row.revoked_at,
        case_no=row.case_no,
    )


def _ceilings(connection: Connection, ids: Sequence[UUID]) -> dict[UUID, tuple[Ceiling, ...]]:
    found: dict[UUID, list[Ceiling]] = {}
    for start in range(0, len(ids), _CHUNK):
        for row in connection.execute(_CEILINGS, {"ids": list(ids[start : start + _CHUNK])}):
            limit = Ceiling(row.type_id, row.value, row.with_descendants)
            found.setdefault(row.entitlement_id, []).append(limit)
    return {each: tuple(sorted(limits, key=spelled)) for each, limits in found.items()}


_CHUNK = 500
_ALL: sa.Select[tuple[object, ...]] = sa.select(ENTITLEMENT)
_BY_ID = _ALL.where(ENTITLEMENT.c.id == sa.bindparam("id", type_=sa.Uuid))
_OF_ORGANISATION = _ALL.where(
    ENTITLEMENT.c.organisation_id == sa.bindparam("organisation", type_=sa.Uuid)
).order_by(ENTITLEMENT.c.role_id, ENTITLEMENT.c.since)
_OF_ROLE = _OF_ORGANISATION.where(ENTITLEMENT.c.role_id == sa.bindparam("role", type_=sa.Uuid))
_TO_ROLES = _ALL.where(
    ENTITLEMENT.c.role_id.in_(sa.bindparam("roles", expanding=True)),
    ENTITLEMENT.c.until > sa.bindparam("at"),
).order_by(ENTITLEMENT.c.organisation_id, ENTITLEMENT.c.since)
_CEILINGS = sa.select(CEILING).where(
    CEILING.c.entitlement_id.in_(sa.bindparam("ids", expanding=True))
)
