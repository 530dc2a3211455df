"""Every statement on batches and their rows, and what a plan compares them with."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID, uuid4

import sqlalchemy as sa

from broker.db import Connection, Instant, insert_new
from broker.identities.store import PERSON, PERSON_IDENTITY
from broker.organisations.tables import ACCOUNT, ACCOUNT_ACTIVITY, ACCOUNT_PERIOD
from broker.roles.grants.tables import GRANT, IMPORT, IMPORT_ROW
from broker.roles.importing.documents import (
    facts_document,
    facts_of,
    instant_document,
    instant_of,
    messages_document,
    messages_of,
    newcomer_document,
    newcomer_of,
    step_document,
    step_of,
)
from broker.roles.importing.model import Batch, Planned

_CHUNK = 500


@dataclass(frozen=True, slots=True)
class Colleague:
    """An account of the organisation, as a plan compares it."""

    id: UUID
    person: UUID | None
    name: str = field(repr=False)
    email: str | None = field(repr=False)
    home: str | None
    state: str


def add(connection: Connection, batch: Batch, rows: Iterable[Planned]) -> None:
    """Keep a preview."""
    connection.execute(sa.insert(IMPORT), [{"id": batch.id, **_columns(batch)}])
    values = [{"import_id": batch.id, "n": row.n, **_row_columns(row)} for row in rows]
    for start in range(0, len(values), _CHUNK):
        connection.execute(sa.insert(IMPORT_ROW), values[start : start + _CHUNK])


def batch(connection: Connection, batch_id: UUID, *, lock: bool = False) -> Batch | None:
    """One batch, or None; locked until the transaction ends where asked."""
    query = _BATCH.with_for_update() if lock else _BATCH
    row = connection.execute(query, {"id": batch_id}).mappings().first()
    return None if row is None else _batch(row)


def batches(connection: Connection, organisation: UUID, limit: int = 50) -> tuple[Batch, ...]:
    """The batches of an organisation, the newest first."""
    asked = {"organisation": organisation, "limit": limit}
    return tuple(_batch(row) for row in connection.execute(_BATCHES, asked).mappings())


def rows(connection: Connection, batch_id: UUID) -> tuple[Planned, ...]:
    """Every row of a batch, in the order of the file."""
    return tuple(_row(row) for row in connection.execute(_ROWS, {"id": batch_id}).mappings())


def save(connection: Connection, batch: Batch) -> None:
    """Write how a batch is now."""
    connection.execute(sa.update(IMPORT).where(IMPORT.c.id == batch.id).values(_columns(batch)))


def save_row(connection: Connection, batch_id: UUID, row: Planned) -> None:
    """Write what became of a row."""
    here = sa.and_(IMPORT_ROW.c.import_id == batch_id, IMPORT_ROW.c.n == row.n)
    connection.execute(sa.update(IMPORT_ROW).where(here).values(_row_columns(row)))


def colleagues(connection: Connection, organisation: UUID, at: datetime) -> tuple[Colleague, ...]:
    """Every account of the organisation as it is at an instant."""
    found = connection.execute(_COLLEAGUES, {"organisation": organisation, "at": at})
    return tuple(
        Colleague(row.id, row.person_id, row.display_name, row.email, row.home_code, row.state)
        for row in found
    )


def owners(connection: Connection, hashes: Collection[str]) -> dict[str, UUID]:
    """The person that each keyed hash finds; hashes that find nobody are left out."""
    found: dict[str, UUID] = {}
    listed = sorted(hashes)
    for start in range(0, len(listed), _CHUNK):
        for row in connection.execute(_OWNERS, {"hashes": listed[start : start + _CHUNK]}):
            found[row.hash] = row.person_id
    return found


def are_elsewhere(
    connection: Connection, persons: Collection[UUID], organisation: UUID
) -> frozenset[UUID]:
    """Those of some persons who have an account, but in other organisations only."""
    found: set[UUID] = set()
    listed = list(persons)
    for start in range(0, len(listed), _CHUNK):
        asked = {"persons": listed[start : start + _CHUNK], "organisation": organisation}
        found |= set(connection.execute(_ELSEWHERE, asked).scalars())
    return frozenset(found)


def remember_keys(
    connection: Connection,
    federation: str,
    hashes: Sequence[tuple[str, str]],
    person: UUID | None,
    at: datetime,
) -> UUID:
    """Let keyed hashes find a person, a new one where it is None; whom they find now.

    A key that somebody has stays theirs, so compare what comes back.
    """
    if person is None:
        person = uuid4()
        insert_new(connection, PERSON, [{"id": person, "created_at": at}])
    fresh = [
        {
            "hash": hashed,
            "person_id": person,
            "federation": federation,
            "kind": kind,
            "created_at": at,
        }
        for kind, hashed in sorted(hashes)
    ]
    insert_new(connection, PERSON_IDENTITY, fresh)
    found = owners(connection, [hashed for _, hashed in hashes])
    return found[hashes[0][1]]


def has_signed_in(connection: Connection, account: UUID) -> bool:
    """Whether anybody ever signed in as the account."""
    return connection.execute(_SIGNED_IN, {"account": account}).first() is not None


def has_other_grants(connection: Connection, account: UUID, batch_id: UUID, at: datetime) -> bool:
    """Whether an account holds something that counts and did not come with the batch."""
    asked = {"account": account, "batch": batch_id, "at": at}
    return connection.execute(_OTHERS, asked).first() is not None


def _columns(batch: Batch) -> dict[str, object]:
    return {
        "organisation_id": batch.organisation,
        "sha256": batch.sha256,
        "name": batch.name,
        "state": batch.state,
        "missing": batch.missing,
        "uploaded_at": batch.uploaded_at,
        "losing": batch.losing,
        "people": batch.people,
        "confirmed_account": batch.confirmed_account,
        "confirmed_by": batch.confirmed_by,
        "applied_at": batch.applied_at,
        "undone_at": batch.undone_at,
        "by_account": batch.by_account,
        "by_label": batch.by_label,
    }


def _batch(row: sa.RowMapping) -> Batch:
    return Batch(
        id=row["id"],
        organisation=row["organisation_id"],
        sha256=row["sha256"],
        name=row["name"],
        state=row["state"],
        missing=row["missing"],
        uploaded_at=row["uploaded_at"],
        by_account=row["by_account"],
        by_label=row["by_label"],
        losing=row["losing"],
        people=row["people"],
        confirmed_account=row["confirmed_account"],
        confirmed_by=row["confirmed_by"],
        applied_at=row["applied_at"],
        undone_at=row["undone_at"],
    )


def _row_columns(row: Planned) -> dict[str, object]:
    return {
        "raw": dict(row.shown),
        "verdict": row.verdict,
        "messages": messages_document(row.messages),
        "grant_id": row.grant,
        "account_id": row.account,
        "steps": {
            "newcomer": newcomer_document(row.newcomer),
            "person": facts_document(row.person),
            "grant": step_document(row.step),
        },
        "before": {"person": facts_document(row.was), "until": instant_document(row.was_until)},
        "applied": row.applied,
        "created_account_id": row.created,
    }


def _row(row: sa.RowMapping) -> Planned:
    steps: Mapping[str, Mapping[str, object] | None] = row["steps"]
    before: Mapping[str, Mapping[str, object] | None] = row["before"]
    return Planned(
        n=row["n"],
        verdict=row["verdict"],
        messages=messages_of(row["messages"]),
        shown=row["raw"],
        account=row["account_id"],
        grant=row["grant_id"],
        newcomer=newcomer_of(steps["newcomer"]),
        person=facts_of(steps["person"]),
        step=step_of(steps["grant"]),
        was=facts_of(before["person"]),
        was_until=instant_of(before["until"]),
        applied=row["applied"],
        created=row["created_account_id"],
    )


_AT = sa.bindparam("at", type_=Instant)
_ACCOUNT = sa.bindparam("account", type_=sa.Uuid)
_ORGANISATION = sa.bindparam("organisation", type_=sa.Uuid)
_BATCH = sa.select(IMPORT).where(IMPORT.c.id == sa.bindparam("id"))
_BATCHES = (
    sa.select(IMPORT)
    .where(IMPORT.c.organisation_id == _ORGANISATION)
    .order_by(IMPORT.c.uploaded_at.desc(), IMPORT.c.id)
    .limit(sa.bindparam("limit"))
)
_ROWS = (
    sa.select(IMPORT_ROW)
    .where(IMPORT_ROW.c.import_id == sa.bindparam("id"))
    .order_by(IMPORT_ROW.c.n)
)
_COLLEAGUES = (
    sa.select(
        ACCOUNT.c.id,
        ACCOUNT.c.person_id,
        ACCOUNT_PERIOD.c.display_name,
        ACCOUNT_PERIOD.c.email,
        ACCOUNT_PERIOD.c.home_code,
        ACCOUNT_PERIOD.c.state,
    )
    .join(ACCOUNT_PERIOD, ACCOUNT_PERIOD.c.account_id == ACCOUNT.c.id)
    .where(
        ACCOUNT.c.organisation_id == _ORGANISATION,
        ACCOUNT_PERIOD.c.since <= _AT,
        ACCOUNT_PERIOD.c.until > _AT,
    )
)
_OWNERS = sa.select(PERSON_IDENTITY.c.hash, PERSON_IDENTITY.c.person_id).where(
    PERSON_IDENTITY.c.hash.in_(sa.bindparam("hashes", expanding=True))
)
_ELSEWHERE = (
    sa.select(ACCOUNT.c.person_id)
    .where(ACCOUNT.c.person_id.in_(sa.bindparam("persons", expanding=True)))
    .group_by(ACCOUNT.c.person_id)
    .having(sa.func.count(sa.case((ACCOUNT.c.organisation_id == _ORGANISATION, 1))) == 0)
)
_SIGNED_IN = sa.select(ACCOUNT_ACTIVITY.c.account_id).where(
    ACCOUNT_ACTIVITY.c.account_id == _ACCOUNT
)
_OTHERS = sa.select(GRANT.c.id).where(
    GRANT.c.account_id == _ACCOUNT,
    GRANT.c.until > _AT,
    GRANT.c.revoked_at.is_(None),
    sa.or_(GRANT.c.import_id.is_(None), GRANT.c.import_id != sa.bindparam("batch", type_=sa.Uuid)),
)
