"""Every statement on campaigns, their items, and what they are about."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import sqlalchemy as sa

from broker.db import Connection, Instant
from broker.organisations.tables import ACCOUNT, ACCOUNT_PERIOD, GROUP_MEMBER, ORGANISATION
from broker.roles.grants import store as grant_store
from broker.roles.grants.model import Grant
from broker.roles.grants.tables import GRANT, REVIEW, REVIEW_ITEM
from broker.roles.reviews.documents import snapshot_document, snapshot_of
from broker.roles.reviews.model import Item, NewReview, Progress, Review
from broker.roles.tables import ROLE

_CHUNK = 500


@dataclass(frozen=True, slots=True)
class Move:
    """Where somebody worked when they got a grant, and where they work now."""

    grant: UUID
    then: str | None
    now: str | None


def add(connection: Connection, review: Review) -> None:
    """Keep a planned campaign."""
    connection.execute(sa.insert(REVIEW), [_columns(review)])


def save(connection: Connection, review: Review) -> None:
    """Write how a campaign is now."""
    changed = sa.update(REVIEW).where(REVIEW.c.id == review.id)
    connection.execute(changed.values(frozen_at=review.frozen_at, closed_at=review.closed_at))


def review(connection: Connection, review_id: UUID, *, lock: bool = False) -> Review | None:
    """One campaign, or None; locked until the transaction ends where asked."""
    query = _REVIEW.with_for_update() if lock else _REVIEW
    row = connection.execute(query, {"id": review_id}).mappings().first()
    return None if row is None else _review(row)


def reviews(connection: Connection, federation: str) -> tuple[Review, ...]:
    """The campaigns of a federation, those that are due first on top."""
    rows = connection.execute(_REVIEWS, {"federation": federation}).mappings()
    return tuple(_review(row) for row in rows)


def population(
    connection: Connection, plan: NewReview, roles: Collection[UUID] | None
) -> tuple[Grant, ...]:
    """Every grant that was there when a campaign opened, whoever holds it and in what state.

    `roles` narrows it to some; None is all of them.
    """
    query = _POPULATION
    if plan.organisation is not None:
        query = query.where(GRANT.c.organisation_id == plan.organisation)
    asked = {"at": plan.opens_at, "federation": plan.federation}
    wanted = None if roles is None else frozenset(roles)
    rows = connection.execute(query, asked).all()
    ids = [row.id for row in rows if wanted is None or row.role_id in wanted]
    found: list[Grant] = []
    for start in range(0, len(ids), _CHUNK):
        found += grant_store.grants(connection, ids[start : start + _CHUNK])
    return tuple(sorted(found, key=lambda one: one.id))


def members(
    connection: Connection, groups: Collection[UUID], at: datetime
) -> dict[UUID, tuple[UUID, ...]]:
    """Who was in each group at an instant."""
    found: dict[UUID, list[UUID]] = {}
    listed = list(groups)
    for start in range(0, len(listed), _CHUNK):
        asked = {"groups": listed[start : start + _CHUNK], "at": at}
        for row in connection.execute(_MEMBERS, asked):
            found.setdefault(row.group_id, []).append(row.account_id)
    return {group: tuple(sorted(accounts)) for group, accounts in found.items()}


def add_items(connection: Connection, items: Sequence[Item]) -> None:
    """Freeze what a campaign is about."""
    rows = [
        {
            "review_id": item.review,
            "grant_id": item.grant,
            "snapshot": snapshot_document(item.snapshot),
        }
        for item in items
    ]
    for start in range(0, len(rows), _CHUNK):
        connection.execute(sa.insert(REVIEW_ITEM), rows[start : start + _CHUNK])


def items(connection: Connection, review_id: UUID) -> tuple[Item, ...]:
    """Every item of a campaign."""
    rows = connection.execute(_ITEMS, {"review": review_id}).mappings()
    return tuple(_item(row) for row in rows)


def item(connection: Connection, review_id: UUID, grant_id: UUID) -> Item | None:
    """One item, or None."""
    asked = {"review": review_id, "grant": grant_id}
    row = connection.execute(_ITEM, asked).mappings().first()
    return None if row is None else _item(row)


def save_item(connection: Connection, item: Item) -> None:
    """Write what was decided of an item, and what became of it."""
    here = sa.and_(REVIEW_ITEM.c.review_id == item.review, REVIEW_ITEM.c.grant_id == item.grant)
    values = {
        "decision": item.answer,
        "until": item.until,
        "comment": item.comment or None,
        "decided_by": item.decided_by,
        "decided_label": item.decided_label or None,
        "decided_at": item.decided_at,
        "applied_at": item.applied_at,
        "outcome": item.outcome,
    }
    connection.execute(sa.update(REVIEW_ITEM).where(here).values(values))


def progress(connection: Connection, review: Review) -> Progress:
    """How far a campaign is."""
    row = connection.execute(_PROGRESS, {"review": review.id}).one()
    return Progress(review, row.items, row.answered, row.applied)


def moves(connection: Connection, organisation: UUID, at: datetime) -> tuple[Move, ...]:
    """For each grant that people hold themselves: where they worked when they got it, and now."""
    asked = {"organisation": organisation, "at": at}
    return tuple(Move(row.id, row.then, row.now) for row in connection.execute(_MOVES, asked))


def running(connection: Connection, organisation: UUID, at: datetime) -> tuple[Grant, ...]:
    """The grants that people of an organisation hold themselves at an instant."""
    asked = {"organisation": organisation, "at": at}
    ids = list(connection.execute(_RUNNING, asked).scalars())
    found: list[Grant] = []
    for start in range(0, len(ids), _CHUNK):
        found += grant_store.grants(connection, ids[start : start + _CHUNK])
    return tuple(found)


def _columns(review: Review) -> dict[str, object]:
    plan = review.plan
    return {
        "id": review.id,
        "federation": plan.federation,
        "name": plan.name,
        "organisation_id": plan.organisation,
        "service": plan.service,
        "only_sensitive": plan.only_sensitive,
        "opens_at": plan.opens_at,
        "due_at": plan.due_at,
        "unanswered": plan.unanswered,
        "frozen_at": review.frozen_at,
        "closed_at": review.closed_at,
        "by_account": review.by_account,
        "by_label": review.by_label,
    }


def _review(row: sa.RowMapping) -> Review:
    plan = NewReview(
        name=row["name"],
        federation=row["federation"],
        opens_at=row["opens_at"],
        due_at=row["due_at"],
        organisation=row["organisation_id"],
        service=row["service"],
        only_sensitive=row["only_sensitive"],
        unanswered=row["unanswered"],
    )
    return Review(
        row["id"], plan, row["by_account"], row["by_label"], row["frozen_at"], row["closed_at"]
    )


def _item(row: sa.RowMapping) -> Item:
    snapshot: Mapping[str, object] = row["snapshot"]
    return Item(
        review=row["review_id"],
        grant=row["grant_id"],
        snapshot=snapshot_of(snapshot),
        answer=row["decision"],
        until=row["until"],
        comment=row["comment"] or "",
        decided_by=row["decided_by"],
        decided_label=row["decided_label"] or "",
        decided_at=row["decided_at"],
        applied_at=row["applied_at"],
        outcome=row["outcome"],
    )


_AT = sa.bindparam("at", type_=Instant)
_ORGANISATION = sa.bindparam("organisation", type_=sa.Uuid)
_REVIEW_ID = sa.bindparam("review", type_=sa.Uuid)
_REVIEW = sa.select(REVIEW).where(REVIEW.c.id == sa.bindparam("id"))
_REVIEWS = (
    sa.select(REVIEW)
    .where(REVIEW.c.federation == sa.bindparam("federation"))
    .order_by(REVIEW.c.due_at, REVIEW.c.id)
)
_POPULATION: sa.Select[tuple[object, ...]] = (
    sa.select(GRANT.c.id, GRANT.c.role_id)
    .join(ROLE, ROLE.c.id == GRANT.c.role_id)
    .join(ORGANISATION, ORGANISATION.c.id == GRANT.c.organisation_id)
    .where(
        ORGANISATION.c.federation == sa.bindparam("federation"),
        GRANT.c.granted_at <= _AT,
        GRANT.c.until > _AT,
        sa.or_(GRANT.c.revoked_at.is_(None), GRANT.c.revoked_at > _AT),
    )
)
_MEMBERS = sa.select(GROUP_MEMBER.c.group_id, GROUP_MEMBER.c.account_id).where(
    GROUP_MEMBER.c.group_id.in_(sa.bindparam("groups", expanding=True)),
    GROUP_MEMBER.c.since <= _AT,
    GROUP_MEMBER.c.until > _AT,
    sa.or_(GROUP_MEMBER.c.revoked_at.is_(None), GROUP_MEMBER.c.revoked_at > _AT),
)
_ITEMS = (
    sa.select(REVIEW_ITEM)
    .where(REVIEW_ITEM.c.review_id == _REVIEW_ID)
    .order_by(REVIEW_ITEM.c.grant_id)
)
_ITEM = sa.select(REVIEW_ITEM).where(
    REVIEW_ITEM.c.review_id == _REVIEW_ID,
    REVIEW_ITEM.c.grant_id == sa.bindparam("grant", type_=sa.Uuid),
)
_ANSWERED = sa.and_(REVIEW_ITEM.c.decision.is_not(None), REVIEW_ITEM.c.decision != "unknown")
_PROGRESS = sa.select(
    sa.func.count().label("items"),
    sa.func.count(sa.case((_ANSWERED, 1))).label("answered"),
    sa.func.count(REVIEW_ITEM.c.applied_at).label("applied"),
).where(REVIEW_ITEM.c.review_id == _REVIEW_ID)
_THEN, _NOW = ACCOUNT_PERIOD.alias("worked"), ACCOUNT_PERIOD.alias("works")
_RUNNING_NOW = (
    GRANT.c.organisation_id == _ORGANISATION,
    GRANT.c.account_id.is_not(None),
    GRANT.c.since <= _AT,
    GRANT.c.until > _AT,
    GRANT.c.revoked_at.is_(None),
)
_MOVES = (
    sa.select(GRANT.c.id, _THEN.c.home_code.label("then"), _NOW.c.home_code.label("now"))
    .join(ACCOUNT, ACCOUNT.c.id == GRANT.c.account_id)
    .join(
        _NOW,
        sa.and_(_NOW.c.account_id == ACCOUNT.c.id, _NOW.c.since <= _AT, _NOW.c.until > _AT),
    )
    .outerjoin(
        _THEN,
        sa.and_(
            _THEN.c.account_id == ACCOUNT.c.id,
            _THEN.c.since <= sa.func.coalesce(GRANT.c.reviewed_at, GRANT.c.granted_at),
            _THEN.c.until > sa.func.coalesce(GRANT.c.reviewed_at, GRANT.c.granted_at),
        ),
    )
    .where(*_RUNNING_NOW)
)
_RUNNING = sa.select(GRANT.c.id).where(*_RUNNING_NOW).order_by(GRANT.c.id)
