"""Every grant that an account ever had or will have, with what may keep it from counting."""

from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

import sqlalchemy as sa

from broker.db import Connection
from broker.organisations.tables import GROUP_MEMBER, USER_GROUP
from broker.periods import Period
from broker.roles.grants.facts import Scope
from broker.roles.grants.tables import BUNDLE, GRANT, GRANT_SCOPE
from broker.roles.tables import ENTITLEMENT


@dataclass(frozen=True, slots=True)
class Taken:
    """A period, and when and by whom what it is of was taken back."""

    period: Period
    revoked_at: datetime | None = None
    revoked_by: str | None = None
    why: str | None = None

    def fault(self, at: datetime) -> str | None:
        """Why it does not hold at an instant: `revoked`, `expired` or `future`; None if it does."""
        if self.revoked_at is not None and self.revoked_at <= at:
            return "revoked"
        if at >= self.period.until:
            return "expired"
        return "future" if at < self.period.since else None


@dataclass(frozen=True, slots=True)
class EverGrant:
    """A grant whether or not it counts, through which group if any, and its scopes."""

    id: UUID
    role: UUID
    organisation: UUID
    name: str
    via: str
    by: str
    granted_at: datetime
    reason: str
    case_no: str | None
    grant: Taken
    membership: Taken | None
    scopes: tuple[Scope, ...] = ()


def of_account_ever(connection: Connection, account: UUID) -> tuple[EverGrant, ...]:
    """All grants to the account and to groups that it ever was in, oldest first."""
    found = [
        _ever(row)
        for query in (_DIRECT, _THROUGH_GROUPS)
        for row in connection.execute(query, {"account": account})
    ]
    found.sort(key=lambda grant: (grant.grant.period.since, grant.id))
    ids = [grant.id for grant in found]
    scopes: dict[UUID, list[Scope]] = {}
    for row in connection.execute(_SCOPES, {"ids": ids}) if ids else ():
        scope = Scope(row.type_id, row.mode, row.value, row.with_descendants)
        scopes.setdefault(row.grant_id, []).append(scope)
    return tuple(replace(grant, scopes=tuple(scopes.get(grant.id, ()))) for grant in found)


def entitled_ever(connection: Connection, organisation: UUID, role: UUID) -> tuple[Taken, ...]:
    """Each time that an organisation might hand out a role, oldest first."""
    rows = connection.execute(_ENTITLED, {"organisation": organisation, "role": role})
    return tuple(
        Taken(Period(row.since, row.until), row.revoked_at, row.revoked_by, row.revoke_reason)
        for row in rows
    )


def _ever(row: sa.Row[tuple[object, ...]]) -> EverGrant:
    via = "group" if row.group_name else "bundle" if row.bundle_name else "direct"
    if via == "direct" and (row.request_id or row.import_id):
        via = "request" if row.request_id else "import"
    member = None
    if row.member_since is not None:
        member = Taken(Period(row.member_since, row.member_until), row.member_revoked_at)
    return EverGrant(
        id=row.id,
        role=row.role_id,
        organisation=row.organisation_id,
        name=row.group_name or row.bundle_name or via,
        via=via,
        by=row.by_label,
        granted_at=row.granted_at,
        reason=row.reason,
        case_no=row.case_no,
        grant=Taken(
            Period(row.since, row.until), row.revoked_at, row.revoked_by, row.revoke_reason
        ),
        membership=member,
    )


_ACCOUNT = sa.bindparam("account", type_=sa.Uuid)
_WITH_BUNDLE = GRANT.outerjoin(BUNDLE, BUNDLE.c.id == GRANT.c.bundle_id)
_NONE = sa.null()
_DIRECT = (
    sa.select(
        GRANT,
        BUNDLE.c.name.label("bundle_name"),
        _NONE.label("group_name"),
        _NONE.label("member_since"),
    )
    .select_from(_WITH_BUNDLE)
    .where(GRANT.c.account_id == _ACCOUNT)
)
_THROUGH_GROUPS = (
    sa.select(
        GRANT,
        BUNDLE.c.name.label("bundle_name"),
        USER_GROUP.c.name.label("group_name"),
        GROUP_MEMBER.c.since.label("member_since"),
        GROUP_MEMBER.c.until.label("member_until"),
        GROUP_MEMBER.c.revoked_at.label("member_revoked_at"),
    )
    .select_from(
        _WITH_BUNDLE.join(GROUP_MEMBER, GROUP_MEMBER.c.group_id == GRANT.c.group_id).join(
            USER_GROUP, USER_GROUP.c.id == GRANT.c.group_id
        )
    )
    .where(GROUP_MEMBER.c.account_id == _ACCOUNT)
)
_SCOPES = (
    sa.select(GRANT_SCOPE)
    .where(GRANT_SCOPE.c.grant_id.in_(sa.bindparam("ids", expanding=True)))
    .order_by(GRANT_SCOPE.c.type_id, GRANT_SCOPE.c.mode, GRANT_SCOPE.c.value)
)
_ENTITLED = (
    sa.select(ENTITLEMENT)
    .where(
        ENTITLEMENT.c.organisation_id == sa.bindparam("organisation", type_=sa.Uuid),
        ENTITLEMENT.c.role_id == sa.bindparam("role", type_=sa.Uuid),
    )
    .order_by(ENTITLEMENT.c.since)
)
