"""Rows of exceptions to separation-of-duties rules.

An exception that nobody has approved yet carries no label of an approver, and counts for
nothing; PostgreSQL refuses an approver who asked for it or whom it is for.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import sqlalchemy as sa

from broker.db import Connection, Instant
from broker.organisations.tables import ACCOUNT
from broker.periods import Period
from broker.roles.conflicts import SodException
from broker.roles.grants.store.effective import effective
from broker.roles.grants.store.people import joined
from broker.roles.grants.tables import GRANT
from broker.roles.tables import SOD_EXCEPTION, SOD_RULE

_OPEN = ""  # the label of an approver who is still to come


@dataclass(frozen=True, slots=True)
class ExceptionRecord:
    """An exception as it stands: asked for by one, and approved by another or not yet."""

    exception: SodException
    reason: str
    asked_by: UUID
    approved_by: str | None
    revoked_at: datetime | None


def exceptions_of(
    connection: Connection, accounts: Collection[UUID], at: datetime
) -> tuple[SodException, ...]:
    """The approved exceptions of these accounts that hold at an instant or begin later."""
    if not accounts:
        return ()
    rows = connection.execute(_OF_ACCOUNTS, {"accounts": list(accounts), "at": at})
    return tuple(_exception(row) for row in rows)


def all_exceptions(connection: Connection, at: datetime) -> tuple[SodException, ...]:
    """Every approved exception that holds at an instant."""
    return tuple(_exception(row) for row in connection.execute(_HOLDING, {"at": at}))


def exception_record(connection: Connection, exception_id: UUID) -> ExceptionRecord | None:
    """One exception as it stands, or None."""
    row = connection.execute(_BY_ID, {"id": exception_id}).first()
    if row is None:
        return None
    return ExceptionRecord(
        _exception(row), row.reason, row.asked_by, row.approved_by_label or None, row.revoked_at
    )


def add_exception(
    connection: Connection,
    exception_id: UUID,
    *,
    rule: UUID,
    account: UUID,
    period: Period,
    asked_by: UUID,
    reason: str,
) -> None:
    """Note that somebody asks for an exception; it counts once it is approved."""
    values = {
        "id": exception_id,
        "rule_id": rule,
        "account_id": account,
        "since": period.since,
        "until": period.until,
        "reason": reason,
        "asked_by": asked_by,
        "approved_by_label": _OPEN,
    }
    connection.execute(sa.insert(SOD_EXCEPTION).values(values))


def approve_exception(
    connection: Connection, exception_id: UUID, since: datetime, account: UUID | None, label: str
) -> None:
    """Let an exception count from an instant on; it never did before."""
    change = sa.update(SOD_EXCEPTION).where(SOD_EXCEPTION.c.id == exception_id)
    values = {"since": since, "approved_by_account": account, "approved_by_label": label}
    connection.execute(change.values(values))


def revoke_exception(connection: Connection, exception_id: UUID, at: datetime) -> None:
    """Let an exception count no more from an instant on."""
    change = sa.update(SOD_EXCEPTION).where(SOD_EXCEPTION.c.id == exception_id)
    connection.execute(change.values(revoked_at=at))


def holders_of(
    connection: Connection, roles: Collection[UUID], at: datetime
) -> tuple[Mapping[UUID, frozenset[UUID]], ...]:
    """Everybody to whom some of these roles are granted at an instant, in one query.

    One mapping for each human being, by account: which of the roles each account has.
    """
    if not roles:
        return ()
    held: dict[UUID, set[UUID]] = {}
    keys: dict[UUID, tuple[UUID | None, UUID | None]] = {}
    for row in connection.execute(_HOLDERS_OF, {"roles": list(roles), "at": at}):
        held.setdefault(row.account_id, set()).add(row.role_id)
        keys[row.account_id] = (row.person_id, row.human_id)
    groups = sorted(sorted(group) for group in set(joined(keys).values()))
    return tuple({account: frozenset(held[account]) for account in group} for group in groups)


def _exception(row: sa.Row[tuple[object, ...]]) -> SodException:
    ends = row.until
    if row.revoked_at is not None and row.since < row.revoked_at < ends:
        ends = row.revoked_at
    return SodException(
        id=row.id,
        federation=row.federation,
        rule=row.code,
        account=row.account_id,
        period=Period(row.since, ends),
    )


_AT = sa.bindparam("at", type_=Instant)
_ALL: sa.Select[tuple[object, ...]] = sa.select(
    SOD_EXCEPTION, SOD_RULE.c.federation, SOD_RULE.c.code
).join(SOD_RULE, SOD_RULE.c.id == SOD_EXCEPTION.c.rule_id)
_BY_ID = _ALL.where(SOD_EXCEPTION.c.id == sa.bindparam("id", type_=sa.Uuid))
_APPROVED = _ALL.where(
    SOD_EXCEPTION.c.approved_by_label != _OPEN,
    SOD_EXCEPTION.c.until > _AT,
    sa.or_(SOD_EXCEPTION.c.revoked_at.is_(None), SOD_EXCEPTION.c.revoked_at > _AT),
)
_OF_ACCOUNTS = _APPROVED.where(
    SOD_EXCEPTION.c.account_id.in_(sa.bindparam("accounts", expanding=True))
)
_HOLDING = _APPROVED.where(SOD_EXCEPTION.c.since <= _AT)
_EFFECTIVE = effective(
    lambda _: (GRANT.c.role_id.in_(sa.bindparam("roles", expanding=True)),)
).subquery("held")
_HOLDERS_OF = (
    sa.select(
        _EFFECTIVE.c.account_id, _EFFECTIVE.c.role_id, ACCOUNT.c.person_id, ACCOUNT.c.human_id
    )
    .join(ACCOUNT, ACCOUNT.c.id == _EFFECTIVE.c.account_id)
    .distinct()
)
