"""A snapshot as the JSON that an item keeps, and back."""

from collections.abc import Mapping
from datetime import datetime
from typing import cast
from uuid import UUID

from broker.roles.grants.facts import Via
from broker.roles.model import Sensitivity
from broker.roles.requests.documents import scopes_document, scopes_of
from broker.roles.reviews.model import Snapshot


def snapshot_document(snapshot: Snapshot) -> dict[str, object]:
    """A snapshot as it is kept; also what evidence shows, in this order."""
    return {
        "organisation": str(snapshot.organisation),
        "account": _id(snapshot.account),
        "group": _id(snapshot.group),
        "holders": [str(one) for one in snapshot.holders],
        "orphaned": snapshot.orphaned,
        "role": str(snapshot.role),
        "role_urn": snapshot.role_urn,
        "service": snapshot.service,
        "sensitivity": snapshot.sensitivity,
        "scopes": scopes_document(snapshot.scopes),
        "origin": snapshot.origin,
        "by": snapshot.by,
        "granted_at": snapshot.granted_at.isoformat(),
        "since": snapshot.since.isoformat(),
        "until": snapshot.until.isoformat(),
        "used_at": snapshot.used_at.isoformat() if snapshot.used_at else None,
    }


def snapshot_of(document: Mapping[str, object]) -> Snapshot:
    """A snapshot as it was kept."""
    used = document["used_at"]
    return Snapshot(
        organisation=UUID(str(document["organisation"])),
        role=UUID(str(document["role"])),
        role_urn=str(document["role_urn"]),
        service=None if document["service"] is None else str(document["service"]),
        sensitivity=cast("Sensitivity", document["sensitivity"]),
        scopes=scopes_of(cast("list[Mapping[str, object]]", document["scopes"])),
        origin=cast("Via", document["origin"]),
        by=str(document["by"]),
        granted_at=datetime.fromisoformat(str(document["granted_at"])),
        since=datetime.fromisoformat(str(document["since"])),
        until=datetime.fromisoformat(str(document["until"])),
        used_at=None if used is None else datetime.fromisoformat(str(used)),
        account=_uuid(document["account"]),
        group=_uuid(document["group"]),
        holders=tuple(UUID(one) for one in cast("list[str]", document["holders"])),
        orphaned=bool(document["orphaned"]),
    )


def _id(one: UUID | None) -> str | None:
    return None if one is None else str(one)


def _uuid(value: object) -> UUID | None:
    return None if value is None else UUID(str(value))
