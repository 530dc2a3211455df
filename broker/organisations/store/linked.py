"""Which keys are linked to which accounts, and the codes that take an account over."""

import uuid
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from broker.db import Connection, insert_new
from broker.identities.store import PERSON_IDENTITY
from broker.organisations.model import Claim, Identity
from broker.organisations.store.periods import Values
from broker.organisations.tables import ACCOUNT_CLAIM, ACCOUNT_IDENTITY
from broker.periods import Period


@dataclass(frozen=True, slots=True)
class LinkedKey:
    """A linked key as the store knows it: by its hash."""

    identity: Identity
    hash: str


def note_key(
    connection: Connection,
    account_id: uuid.UUID,
    hashed: str,
    idp: str | None,
    at: datetime,
    said: Values,
) -> bool:
    """Write down that a key is linked to an account; False where it was already."""
    row = {
        "id": uuid.uuid4(),
        "hash": hashed,
        "account_id": account_id,
        "idp": idp,
        "linked_at": at,
        **said,
    }
    return bool(insert_new(connection, ACCOUNT_IDENTITY, [row]))


def noted(connection: Connection, account_id: uuid.UUID) -> frozenset[str]:
    """The hashes of the keys that are linked to an account."""
    return frozenset(connection.execute(_NOTED, {"account": account_id}).scalars())


def identities(connection: Connection, account_id: uuid.UUID) -> tuple[Identity, ...]:
    """How somebody signs in as an account: kinds and dates, never keys."""
    found = connection.execute(_LINKED, {"account": account_id})
    return tuple(_linked(row).identity for row in found.mappings())


def linked_key(connection: Connection, identity_id: uuid.UUID) -> LinkedKey | None:
    """One linked key, or None."""
    found = connection.execute(_ONE, {"id": identity_id}).mappings().first()
    return None if found is None else _linked(found)


def drop_key(connection: Connection, hashed: str) -> None:
    """Forget that the key is linked to any account."""
    connection.execute(_DROP, {"hash": hashed})


def copy_keys(connection: Connection, old: uuid.UUID, new: uuid.UUID) -> None:
    """Note for one account what is noted for another."""
    had = noted(connection, new)
    rows = [
        {**row, "id": uuid.uuid4(), "account_id": new}
        for row in connection.execute(_ALL, {"account": old}).mappings()
        if row["hash"] not in had
    ]
    if rows:
        connection.execute(sa.insert(ACCOUNT_IDENTITY), rows)


def add_claim(
    connection: Connection,
    account_id: uuid.UUID,
    selector: str,
    code_hash: str,
    period: Period,
    said: Values,
) -> None:
    """Keep the hash of a code."""
    row = {
        "id": uuid.uuid4(),
        "account_id": account_id,
        "selector": selector,
        "code_hash": code_hash,
        "since": period.since,
        "until": period.until,
        "attempts": 0,
        "by_account": said["by_account"],
        "by_label": said["by_label"],
    }
    connection.execute(sa.insert(ACCOUNT_CLAIM), [row])


def claim(connection: Connection, selector: str) -> Claim | None:
    """The code of a selector, locked until the transaction ends."""
    row = connection.execute(_CLAIM, {"selector": selector}).first()
    if row is None:
        return None
    return Claim(
        id=row.id,
        account=row.account_id,
        code_hash=row.code_hash,
        period=Period(row.since, row.until),
        attempts=row.attempts,
        open=row.used_at is None and row.revoked_at is None,
    )


def claim_missed(connection: Connection, claim_id: uuid.UUID) -> None:
    """Count one attempt in vain."""
    connection.execute(_MISSED, {"claim": claim_id})


def claim_used(connection: Connection, claim_id: uuid.UUID, at: datetime) -> None:
    """Spend a code."""
    connection.execute(_USED, {"claim": claim_id, "at": at})


def withdraw_claims(connection: Connection, account_id: uuid.UUID, at: datetime) -> int:
    """End every open code of an account; how many there were."""
    return connection.execute(_WITHDRAW, {"account": account_id, "at": at}).rowcount


def _linked(row: sa.RowMapping) -> LinkedKey:
    identity = Identity(
        id=row["id"],
        account=row["account_id"],
        kind=row["kind"],
        idp=row["idp"],
        linked_at=row["linked_at"],
        by=row["by_label"],
    )
    return LinkedKey(identity, row["hash"])


_K, _C = ACCOUNT_IDENTITY, ACCOUNT_CLAIM
_NOTED = sa.select(_K.c.hash).where(_K.c.account_id == sa.bindparam("account"))
_ALL = sa.select(_K).where(_K.c.account_id == sa.bindparam("account"))
_WITH_KIND = sa.select(_K, PERSON_IDENTITY.c.kind).join(
    PERSON_IDENTITY, PERSON_IDENTITY.c.hash == _K.c.hash
)
_LINKED = _WITH_KIND.where(_K.c.account_id == sa.bindparam("account")).order_by(
    _K.c.linked_at, _K.c.id
)
_ONE = _WITH_KIND.where(_K.c.id == sa.bindparam("id"))
_DROP = sa.delete(_K).where(_K.c.hash == sa.bindparam("hash"))
_CLAIM = sa.select(_C).where(_C.c.selector == sa.bindparam("selector")).with_for_update()
_MISSED = sa.update(_C).where(_C.c.id == sa.bindparam("claim")).values(attempts=_C.c.attempts + 1)
_USED = sa.update(_C).where(_C.c.id == sa.bindparam("claim")).values(used_at=sa.bindparam("at"))
_WITHDRAW = (
    sa.update(_C)
    .where(
        _C.c.account_id == sa.bindparam("account"),
        _C.c.used_at.is_(None),
        _C.c.revoked_at.is_(None),
        _C.c.until > sa.bindparam("at"),
    )
    .values(revoked_at=sa.bindparam("at"))
)
