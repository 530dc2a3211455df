"""Rows of grants and their scopes: read, added, ended. Nothing here decides anything.

What has begun is never rewritten but for its end; a grant that is narrowed is closed, and
the narrower one opens where it ended.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime
from uuid import UUID

import sqlalchemy as sa

from broker.db import Connection, Instant
from broker.errors import NotAllowed
from broker.periods import Period
from broker.roles.grants.facts import Scope
from broker.roles.grants.model import Grant
from broker.roles.grants.scopes import scope_key
from broker.roles.grants.tables import GRANT, GRANT_SCOPE

_OVERLAP = ("ex_role_grant_account", "ex_role_grant_group")


def grant(connection: Connection, grant_id: UUID) -> Grant | None:
    """One grant as it is now known, or None."""
    found = grants(connection, (grant_id,))
    return found[0] if found else None


def grants(connection: Connection, ids: Collection[UUID]) -> tuple[Grant, ...]:
    """Several grants, in the order in which they begin."""
    return _read(connection, _BY_ID, {"ids": list(ids)}) if ids else ()


def grants_of(
    connection: Connection, *, accounts: Collection[UUID] = (), groups: Collection[UUID] = ()
) -> tuple[Grant, ...]:
    """Every grant that these accounts and groups hold themselves, ended ones too."""
    if not accounts and not groups:
        return ()
    return _read(connection, _BY_HOLDER, {"accounts": list(accounts), "groups": list(groups)})


def grants_under(connection: Connection, organisation: UUID, role: UUID) -> tuple[Grant, ...]:
    """Every grant of a role in an organisation: what its entitlement carries."""
    return _read(connection, _BY_ROLE, {"organisation": organisation, "role": role})


def living_in(connection: Connection, organisation: UUID, at: datetime) -> tuple[Grant, ...]:
    """The grants of an organisation that run at an instant or begin later."""
    return _read(connection, _LIVING_IN, {"organisation": organisation, "at": at})


def direct_in(connection: Connection, organisation: UUID, at: datetime) -> tuple[Grant, ...]:
    """Those of them that people hold themselves: two statements, however many they are."""
    asked = {"organisation": organisation, "at": at}
    scopes = _by_grant(connection.execute(_DIRECT_SCOPES, asked))
    return _grants(connection.execute(_DIRECT_IN, asked).all(), scopes)


def living_of(
    connection: Connection, *, accounts: Collection[UUID], groups: Collection[UUID], at: datetime
) -> tuple[Grant, ...]:
    """The grants that these accounts and groups hold themselves, running or yet to begin."""
    if not accounts and not groups:
        return ()
    asked = {"accounts": list(accounts), "groups": list(groups), "at": at}
    return _read(connection, _LIVING_OF, asked)


def is_given(
    connection: Connection,
    *,
    account: UUID | None,
    group: UUID | None,
    role: UUID,
    key: str,
    period: Period,
    besides: Collection[UUID] = (),
) -> bool:
    """Whether the holder has the role with the same scopes already, at any time of a period.

    `besides` are grants to leave out.
    """
    asked = {
        "holder": account or group,
        "role": role,
        "key": key,
        "since": period.since,
        "until": period.until,
        "besides": list(besides) or [_NOBODY],
    }
    query = _SAME_OF_ACCOUNT if account is not None else _SAME_OF_GROUP
    return connection.execute(query, asked).first() is not None


def add(connection: Connection, grant: Grant) -> None:
    """Add a grant with its scopes.

    Raises NotAllowed("grant.duplicate") where PostgreSQL finds that it overlaps one of the same
    holder, role and scopes; the transaction is lost then.
    """
    values = {
        "id": grant.id,
        "account_id": grant.account,
        "group_id": grant.group,
        "organisation_id": grant.organisation,
        "role_id": grant.role,
        "bundle_id": grant.bundle,
        "request_id": grant.request,
        "import_id": grant.batch,
        "scope_key": scope_key(grant.scopes),
        "since": grant.period.since,
        "until": grant.period.until,
        "reason": grant.reason,
        "case_no": grant.case_no,
        "by_account": grant.by_account,
        "by_label": grant.by_label,
        "granted_at": grant.granted_at,
        "reviewed_at": grant.reviewed_at,
        "used_at": grant.used_at,
    }
    _guarded(connection, sa.insert(GRANT).values(values))
    rows = [_scope_row(grant.id, scope) for scope in grant.scopes]
    if rows:
        connection.execute(sa.insert(GRANT_SCOPE), rows)


def end(connection: Connection, grant_id: UUID, until: datetime) -> None:
    """Let a grant end at another instant. Raises as `add` does."""
    _guarded(connection, sa.update(GRANT).where(GRANT.c.id == grant_id).values(until=until))


def revoke(connection: Connection, grant_id: UUID, at: datetime, by: str, reason: str) -> None:
    """Let a grant count no more from an instant on."""
    values = {"revoked_at": at, "revoked_by": by, "revoke_reason": reason}
    connection.execute(sa.update(GRANT).where(GRANT.c.id == grant_id).values(values))


def reviewed(connection: Connection, ids: Sequence[UUID], at: datetime) -> None:
    """Note that somebody looked at grants and kept them."""
    if ids:
        change = sa.update(GRANT).where(GRANT.c.id.in_(list(ids)))
        connection.execute(change.values(reviewed_at=at))


def _guarded(connection: Connection, statement: sa.Executable) -> None:
    try:
        connection.execute(statement)
    except sa.exc.IntegrityError as error:
        if any(name in str(error.orig) for name in _OVERLAP):
            raise NotAllowed("grant.duplicate", "an equal grant overlaps it") from error
        raise


def _scope_row(grant_id: UUID, scope: Scope) -> dict[str, object]:
    return {
        "grant_id": grant_id,
        "type_id": scope.type,
        "mode": scope.mode,
        "value": scope.value,
        "with_descendants": scope.with_descendants,
    }


def scopes_of(connection: Connection, ids: Iterable[UUID]) -> dict[UUID, tuple[Scope, ...]]:
    """The scopes of several grants, sorted; a grant without any is not in it."""
    listed = list(ids)
    return _by_grant(
        row
        for start in range(0, len(listed), _CHUNK)
        for row in connection.execute(_SCOPES, {"ids": listed[start : start + _CHUNK]})
    )


def _by_grant(rows: Iterable[sa.Row[tuple[object, ...]]]) -> dict[UUID, tuple[Scope, ...]]:
    found: dict[UUID, list[Scope]] = {}
    for row in rows:
        scope = Scope(row.type_id, row.mode, row.value, row.with_descendants)
        found.setdefault(row.grant_id, []).append(scope)
    return {grant_id: tuple(sorted(scopes)) for grant_id, scopes in found.items()}


def _read(
    connection: Connection, query: sa.Select[tuple[object, ...]], asked: dict[str, object]
) -> tuple[Grant, ...]:
    rows = connection.execute(query, asked).all()
    return _grants(rows, scopes_of(connection, (row.id for row in rows)))


def _grants(
    rows: Iterable[sa.Row[tuple[object, ...]]], scopes: Mapping[UUID, tuple[Scope, ...]]
) -> tuple[Grant, ...]:
    return tuple(
        Grant(
            id=row.id,
            organisation=row.organisation_id,
            role=row.role_id,
            account=row.account_id,
            group=row.group_id,
            scopes=scopes.get(row.id, ()),
            period=Period(row.since, row.until),
            reason=row.reason,
            case_no=row.case_no,
            by_account=row.by_account,
            by_label=row.by_label,
            granted_at=row.granted_at,
            bundle=row.bundle_id,
            request=row.request_id,
            batch=row.import_id,
            revoked_at=row.revoked_at,
            reviewed_at=row.reviewed_at,
            used_at=row.used_at,
        )
        for row in rows
    )


_CHUNK = 500
_NOBODY = UUID(int=0)
_SINCE = sa.bindparam("since", type_=Instant)
_UNTIL = sa.bindparam("until", type_=Instant)
_AT = sa.bindparam("at", type_=Instant)
_ALL: sa.Select[tuple[object, ...]] = sa.select(GRANT)
_IN_ORDER = (GRANT.c.since, GRANT.c.granted_at, GRANT.c.id)
_BY_ID = _ALL.where(GRANT.c.id.in_(sa.bindparam("ids", expanding=True))).order_by(*_IN_ORDER)
_BY_HOLDER = _ALL.where(
    sa.or_(
        GRANT.c.account_id.in_(sa.bindparam("accounts", expanding=True)),
        GRANT.c.group_id.in_(sa.bindparam("groups", expanding=True)),
    )
).order_by(*_IN_ORDER)
_BY_ROLE = _ALL.where(
    GRANT.c.organisation_id == sa.bindparam("organisation"),
    GRANT.c.role_id == sa.bindparam("role"),
).order_by(*_IN_ORDER)
_LIVING = (GRANT.c.revoked_at.is_(None), GRANT.c.until > _AT)
_LIVING_OF = _BY_HOLDER.where(*_LIVING)
_THERE = (GRANT.c.organisation_id == sa.bindparam("organisation", type_=sa.Uuid), *_LIVING)
_LIVING_IN = _ALL.where(*_THERE).order_by(*_IN_ORDER)
_DIRECT_IN = _LIVING_IN.where(GRANT.c.account_id.is_not(None))
_DIRECT_SCOPES = (
    sa.select(GRANT_SCOPE)
    .join(GRANT, GRANT.c.id == GRANT_SCOPE.c.grant_id)
    .where(*_THERE, GRANT.c.account_id.is_not(None))
)
_SCOPES = sa.select(GRANT_SCOPE).where(
    GRANT_SCOPE.c.grant_id.in_(sa.bindparam("ids", expanding=True))
)
_SAME = (
    sa.select(GRANT.c.id)
    .where(
        GRANT.c.role_id == sa.bindparam("role"),
        GRANT.c.scope_key == sa.bindparam("key"),
        GRANT.c.revoked_at.is_(None),
        GRANT.c.since < _UNTIL,
        GRANT.c.until > _SINCE,
        GRANT.c.id.not_in(sa.bindparam("besides", expanding=True)),
    )
    .limit(1)
)
_SAME_OF_ACCOUNT = _SAME.where(GRANT.c.account_id == sa.bindparam("holder", type_=sa.Uuid))
_SAME_OF_GROUP = _SAME.where(GRANT.c.group_id == sa.bindparam("holder", type_=sa.Uuid))
