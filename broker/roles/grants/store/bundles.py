"""Rows of bundles: lists of roles that an organisation grants from."""

from collections.abc import Collection, Sequence
from datetime import datetime
from uuid import UUID

import sqlalchemy as sa

from broker.db import Connection
from broker.organisations.model import Actor
from broker.roles.grants.model import Bundle
from broker.roles.grants.tables import BUNDLE, BUNDLE_ITEM


def bundle(connection: Connection, bundle_id: UUID) -> Bundle | None:
    """One bundle with its roles, or None."""
    found = _read(connection, _BY_ID, {"id": bundle_id})
    return found[0] if found else None


def bundle_named(connection: Connection, organisation: UUID, name: str) -> Bundle | None:
    """The bundle of that name in an organisation, or None."""
    found = _read(connection, _BY_NAME, {"organisation": organisation, "name": name})
    return found[0] if found else None


def bundles_of(connection: Connection, organisation: UUID) -> tuple[Bundle, ...]:
    """Every bundle of an organisation, by name."""
    return _read(connection, _OF_ORGANISATION, {"organisation": organisation})


def add_bundle(connection: Connection, new: Bundle, actor: Actor, at: datetime) -> None:
    """Add a bundle with its roles."""
    values = {
        "id": new.id,
        "organisation_id": new.organisation,
        "name": new.name,
        "created_at": at,
        "by_account": actor.account,
        "by_label": actor.label,
    }
    connection.execute(sa.insert(BUNDLE).values(values))
    put_roles(connection, new.id, new.roles)


def put_roles(connection: Connection, bundle_id: UUID, roles: Collection[UUID]) -> None:
    """Let a bundle hold these roles and no others; grants that were given from it stay."""
    connection.execute(sa.delete(BUNDLE_ITEM).where(BUNDLE_ITEM.c.bundle_id == bundle_id))
    rows = [{"bundle_id": bundle_id, "role_id": role} for role in roles]
    if rows:
        connection.execute(sa.insert(BUNDLE_ITEM), rows)


def _read(
    connection: Connection, query: sa.Select[tuple[object, ...]], asked: dict[str, object]
) -> tuple[Bundle, ...]:
    rows = connection.execute(query, asked).all()
    roles = _roles(connection, [row.id for row in rows])
    return tuple(
        Bundle(row.id, row.organisation_id, row.name, frozenset(roles.get(row.id, ())))
        for row in rows
    )


def _roles(connection: Connection, ids: Sequence[UUID]) -> dict[UUID, list[UUID]]:
    found: dict[UUID, list[UUID]] = {}
    if ids:
        for bundle_id, role in connection.execute(_ITEMS, {"ids": list(ids)}):
            found.setdefault(bundle_id, []).append(role)
    return found


_ALL: sa.Select[tuple[object, ...]] = sa.select(BUNDLE)
_BY_ID = _ALL.where(BUNDLE.c.id == sa.bindparam("id", type_=sa.Uuid))
_OF_ORGANISATION = _ALL.where(
    BUNDLE.c.organisation_id == sa.bindparam("organisation", type_=sa.Uuid)
).order_by(BUNDLE.c.name)
_BY_NAME = _OF_ORGANISATION.where(BUNDLE.c.name == sa.bindparam("name"))
_ITEMS = sa.select(BUNDLE_ITEM.c.bundle_id, BUNDLE_ITEM.c.role_id).where(
    BUNDLE_ITEM.c.bundle_id.in_(sa.bindparam("ids", expanding=True))
)
