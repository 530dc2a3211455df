"""Requests as lists need them: filtered, named, and with what nobody looks after."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

import sqlalchemy as sa

from broker.db import Connection, Instant
from broker.organisations.people import UNDO
from broker.organisations.tables import (
    ACCOUNT,
    ACCOUNT_PERIOD,
    MANDATE,
    ORGANISATION,
    ORGANISATION_PERIOD,
)
from broker.roles.grants.tables import REQUEST
from broker.roles.requests.model import OPEN, Request
from broker.roles.requests.store.rows import decisions_of, request_of
from broker.roles.tables import ROLE

APPROVING = ("org_chief", "org_admin", "org_approver")


@dataclass(frozen=True, slots=True)
class Filed:
    """A request with what lists filter by."""

    request: Request
    federation: str
    cvr: str
    service: str | None
    requester_name: str = field(repr=False)  # as they are called now; for a screen only
    subject_name: str = field(repr=False)


def filed(connection: Connection, request_id: UUID, at: datetime) -> Filed | None:
    """One request with what lists show."""
    found = _filed(connection, _FILED.where(REQUEST.c.id == request_id), {"at": at})
    return found[0] if found else None


def open_requests(
    connection: Connection,
    at: datetime,
    *,
    organisations: Collection[UUID] = (),
    services: Collection[tuple[str, str]] = (),
    federations: Collection[str] = (),
) -> tuple[Filed, ...]:
    """Requests that were open when last written: of any of these organisations, of services
    (federation and code), or of whole federations. The oldest step first.
    """
    wanted = [
        REQUEST.c.organisation_id.in_(list(organisations)),
        sa.tuple_(ORGANISATION.c.federation, ROLE.c.service).in_(list(services)),
        ORGANISATION.c.federation.in_(list(federations)),
    ]
    chosen = [
        one
        for one, any_ in zip(wanted, (organisations, services, federations), strict=True)
        if any_
    ]
    if not chosen:
        return ()
    query = _FILED.where(REQUEST.c.state.in_(_OPEN), sa.or_(*chosen))
    return _filed(connection, query.order_by(REQUEST.c.stage_since, REQUEST.c.id), {"at": at})


def requests_of(
    connection: Connection, accounts: Collection[UUID], at: datetime, limit: int = 200
) -> tuple[Filed, ...]:
    """What these accounts asked for, or others for them; the newest first."""
    of = list(accounts)
    query = _FILED.where(
        sa.or_(REQUEST.c.requester_id.in_(of), REQUEST.c.subject_id.in_(of))
    ).order_by(REQUEST.c.created_at.desc(), REQUEST.c.id)
    return _filed(connection, query.limit(limit), {"at": at})


def of_practice(connection: Connection, organisation: UUID, at: datetime) -> frozenset[UUID]:
    """The accounts of a practice that have not left for good; none where it is not a practice.

    Whoever left a few days ago may come back to all they had, and so counts. Those of a region
    are not read: they are tens of thousands.
    """
    asked = {"organisation": organisation, "at": at, "lately": at - UNDO}
    if connection.execute(_KIND, asked).scalar_one_or_none() != "practice":
        return frozenset()
    return frozenset(connection.execute(_COLLEAGUES, asked).scalars())


def without_approver(connection: Connection, federation: str, at: datetime) -> frozenset[UUID]:
    """Open requests of organisations in which nobody else who is active may approve them."""
    asked = {"federation": federation, "at": at}
    return frozenset(connection.execute(_ORPHANED, asked).scalars())


def _filed(
    connection: Connection, query: sa.Select[tuple[object, ...]], asked: Mapping[str, object]
) -> tuple[Filed, ...]:
    rows = connection.execute(query, asked).mappings().all()
    decisions = decisions_of(connection, [row["id"] for row in rows])
    return tuple(
        Filed(
            request=request_of(row, decisions),
            federation=row["federation"],
            cvr=row["cvr"],
            service=row["service"],
            requester_name=row["requester_name"] or "",
            subject_name=row["subject_name"] or "",
        )
        for row in rows
    )


_OPEN = sorted(OPEN)
_AT = sa.bindparam("at", type_=Instant)
_OF_REQUESTER, _OF_SUBJECT = ACCOUNT_PERIOD.alias("requester"), ACCOUNT_PERIOD.alias("subject")


def _then(table: sa.FromClause) -> sa.ColumnElement[bool]:
    return sa.and_(table.c.since <= _AT, table.c.until > _AT)


_FILED: sa.Select[tuple[object, ...]] = (
    sa.select(
        REQUEST,
        ORGANISATION.c.federation,
        ORGANISATION.c.cvr,
        ROLE.c.service,
        _OF_REQUESTER.c.display_name.label("requester_name"),
        _OF_SUBJECT.c.display_name.label("subject_name"),
    )
    .join(ORGANISATION, ORGANISATION.c.id == REQUEST.c.organisation_id)
    .join(ROLE, ROLE.c.id == REQUEST.c.role_id)
    .outerjoin(
        _OF_REQUESTER,
        sa.and_(_OF_REQUESTER.c.account_id == REQUEST.c.requester_id, _then(_OF_REQUESTER)),
    )
    .outerjoin(
        _OF_SUBJECT, sa.and_(_OF_SUBJECT.c.account_id == REQUEST.c.subject_id, _then(_OF_SUBJECT))
    )
)
_KIND = sa.select(ORGANISATION_PERIOD.c.kind).where(
    ORGANISATION_PERIOD.c.organisation_id == sa.bindparam("organisation"),
    _then(ORGANISATION_PERIOD),
)
_COLLEAGUES = (
    sa.select(ACCOUNT.c.id)
    .join(ACCOUNT_PERIOD, ACCOUNT_PERIOD.c.account_id == ACCOUNT.c.id)
    .where(
        ACCOUNT.c.organisation_id == sa.bindparam("organisation"),
        ACCOUNT_PERIOD.c.since <= _AT,
        ACCOUNT_PERIOD.c.until > sa.bindparam("lately", type_=Instant),
        ACCOUNT_PERIOD.c.state != "left",
    )
)
_APPROVER = (
    sa.select(MANDATE.c.id)
    .join(ACCOUNT_PERIOD, ACCOUNT_PERIOD.c.account_id == MANDATE.c.account_id)
    .where(
        MANDATE.c.organisation_id == REQUEST.c.organisation_id,
        MANDATE.c.mandate.in_(APPROVING),
        MANDATE.c.account_id != REQUEST.c.subject_id,
        MANDATE.c.account_id != REQUEST.c.requester_id,
        _then(MANDATE),
        sa.or_(MANDATE.c.revoked_at.is_(None), MANDATE.c.revoked_at > _AT),
        _then(ACCOUNT_PERIOD),
        ACCOUNT_PERIOD.c.state == "active",
    )
)
_ORPHANED = (
    sa.select(REQUEST.c.id)
    .join(ORGANISATION, ORGANISATION.c.id == REQUEST.c.organisation_id)
    .where(
        ORGANISATION.c.federation == sa.bindparam("federation"),
        REQUEST.c.state.in_(_OPEN),
        ~_APPROVER.exists(),
    )
)
