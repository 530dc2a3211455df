"""Campaigns: opened, decided item by item, taken back until applied, applied.

Every method works in the caller's transaction and leaves its audit rows there.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID, uuid4

from broker.audit.events import ReviewChanged, ReviewDecided
from broker.audit.store import AuditStore
from broker.db import Connection
from broker.errors import NotAllowed, Refused, Unknown
from broker.organisations.model import Actor, Deed
from broker.organisations.permissions import Thing, demand
from broker.roles.catalogue.snapshot import Catalogue
from broker.roles.grants.permitting import present
from broker.roles.grants.service import GrantService
from broker.roles.reviews import store
from broker.roles.reviews.applying import carry_out
from broker.roles.reviews.freezing import freeze
from broker.roles.reviews.model import Answer, Item, NewReview, Progress, Review
from broker.roles.reviews.reviewers import objection

NAME, COMMENT, LABEL = 120, 1000, 128  # characters


@dataclass(frozen=True, slots=True)
class ReviewService:
    """What reviewers do. A campaign is frozen by whoever first touches it once it has opened."""

    audit: AuditStore
    grants: GrantService
    catalogue: Callable[[Connection], Catalogue]

    def open(self, connection: Connection, actor: Actor, plan: NewReview, deed: Deed) -> Review:
        """Plan a campaign; it is about what will hold when it opens.

        Raises Refused("review.scope" | "review.name" | "review.dates"), NotAllowed.
        """
        if plan.organisation is None and plan.service is None:
            raise Refused("review.scope", "neither an organisation nor a service")
        if not plan.name.strip() or len(plan.name) > NAME:
            raise Refused("review.name", "no name, or too long a one")
        if plan.opens_at < deed.at or plan.due_at <= plan.opens_at:
            raise Refused("review.dates", "it opens now or later, and is due after that")
        demand(present(connection, actor, deed.at), "review.open", _about(plan))
        made = Review(uuid4(), plan, actor.account, actor.label[:LABEL])
        store.add(connection, made)
        self._tell(connection, actor, made, "planned", 0, deed)
        return self._live(connection, actor, made.id, deed) if plan.opens_at == deed.at else made

    def items(
        self, connection: Connection, actor: Actor, review_id: UUID, deed: Deed
    ) -> tuple[Item, ...]:
        """Every item that the actor may decide, those of sensitive roles first."""
        review = self._live(connection, actor, review_id, deed)
        found = store.items(connection, review.id)
        mine = [
            item
            for item in found
            if objection(connection, self.catalogue(connection), actor, item, deed.at) is None
        ]
        return tuple(
            sorted(mine, key=lambda one: (one.snapshot.sensitivity == "normal", one.grant))
        )

    def decide(
        self,
        connection: Connection,
        actor: Actor,
        review_id: UUID,
        grant_id: UUID,
        answer: Answer,
        deed: Deed,
        *,
        until: datetime | None = None,
    ) -> Item:
        """Say what becomes of a grant; said again, it replaces what was said before.

        `deed.reason` is the comment. Raises Unknown("review.unknown" | "review.item"),
        Refused("review.planned" | "review.closed" | "review.applied" | "review.until" |
        "review.comment"), and NotAllowed, never one's own.
        """
        item = self._item(connection, actor, review_id, grant_id, deed)
        if answer == "shorten":
            if until is None or not deed.at < until < item.snapshot.until:
                raise Refused("review.until", "no earlier end that lies ahead")
        elif until is not None:
            raise Refused("review.until", "only what is shortened has an end")
        if answer == "change" and not deed.reason.strip():
            raise Refused("review.comment", "say what should change")
        after = replace(
            item,
            answer=answer,
            until=until,
            comment=deed.reason.strip()[:COMMENT],
            decided_by=actor.account,
            decided_label=actor.label[:LABEL],
            decided_at=deed.at,
        )
        return self._decided(connection, actor, after, answer, deed)

    def take_back(
        self, connection: Connection, actor: Actor, review_id: UUID, grant_id: UUID, deed: Deed
    ) -> Item:
        """Take an answer back, as long as it is not applied. Raises as `decide` does."""
        item = self._item(connection, actor, review_id, grant_id, deed)
        after = Item(item.review, item.grant, item.snapshot)
        return self._decided(connection, actor, after, "taken back", deed)

    def apply(self, connection: Connection, actor: Actor, review_id: UUID, deed: Deed) -> Progress:
        """Carry out what was decided. Once it is due, also what unanswered means, and close it.

        Raises Unknown("review.unknown"), Refused("review.planned" | "review.closed"), NotAllowed.
        """
        review = self._live(connection, actor, review_id, deed)
        demand(present(connection, actor, deed.at), "review.open", _about(review.plan))
        late = review.phase_at(deed.at) == "late"
        waiting = [one for one in store.items(connection, review.id) if one.applied_at is None]
        for item in waiting:
            outcome = carry_out(connection, self.grants, actor, review, item, deed, late=late)
            if outcome is not None:
                after = replace(item, applied_at=deed.at, outcome=outcome)
                store.save_item(connection, after)
        done = store.progress(connection, review)
        if late:
            review = replace(review, closed_at=deed.at)
            store.save(connection, review)
        self._tell(connection, actor, review, "closed" if late else "applied", done.applied, deed)
        return replace(done, review=review)

    def progress(
        self, connection: Connection, actor: Actor, review_id: UUID, deed: Deed
    ) -> Progress:
        """How far a campaign is. Raises Unknown("review.unknown"), NotAllowed."""
        review = self._live(connection, actor, review_id, deed, planned=True)
        demand(actor, "report.read", _about(review.plan))
        return store.progress(connection, review)

    def late(
        self, connection: Connection, actor: Actor, federation: str, deed: Deed
    ) -> tuple[Progress, ...]:
        """Campaigns that are due and not closed, with how much is open; the oldest first.

        Only those that the actor may read.
        """
        found = []
        for review in store.reviews(connection, federation):
            if review.phase_at(deed.at) != "late":
                continue
            try:
                demand(actor, "report.read", _about(review.plan))
            except NotAllowed:
                continue
            frozen = self._live(connection, actor, review.id, deed)
            found.append(store.progress(connection, frozen))
        return tuple(found)

    def _live(
        self,
        connection: Connection,
        actor: Actor,
        review_id: UUID,
        deed: Deed,
        *,
        planned: bool = False,
    ) -> Review:
        """A campaign, locked, and frozen once it has opened."""
        review = store.review(connection, review_id, lock=True)
        if review is None:
            raise Unknown("review.unknown", "no such review")
        phase = review.phase_at(deed.at)
        if phase == "planned" and not planned:
            raise Refused("review.planned", "it has not opened yet")
        if phase == "closed" and not planned:
            raise Refused("review.closed", "it is closed")
        if review.frozen_at is None and phase != "planned":
            made = freeze(connection, self.catalogue(connection), review)
            store.add_items(connection, made)
            review = replace(review, frozen_at=deed.at)
            store.save(connection, review)
            self._tell(connection, actor, review, "frozen", len(made), deed)
        return review

    def _item(
        self, connection: Connection, actor: Actor, review_id: UUID, grant_id: UUID, deed: Deed
    ) -> Item:
        review = self._live(connection, actor, review_id, deed)
        actor = present(connection, actor, deed.at)
        item = store.item(connection, review.id, grant_id)
        if item is None:
            raise Unknown("review.item", "that grant is not part of the review")
        against = objection(connection, self.catalogue(connection), actor, item, deed.at)
        if against is not None:
            raise against
        if item.applied_at is not None:
            raise Refused("review.applied", "it has been applied")
        return item

    def _decided(
        self, connection: Connection, actor: Actor, item: Item, decision: str, deed: Deed
    ) -> Item:
        store.save_item(connection, item)
        role = self.catalogue(connection).role(item.snapshot.role)
        event = ReviewDecided(
            federation=role.federation if role else "",
            review=str(item.review),
            grant=str(item.grant),
            decision=decision,
            reason=item.comment,
            by=actor.by,
            seat=actor.seat,
        )
        self.audit.append(connection, event, at=deed.at, reference=deed.reference)
        return item

    def _tell(
        self,
        connection: Connection,
        actor: Actor,
        review: Review,
        change: str,
        items: int,
        deed: Deed,
    ) -> None:
        event = ReviewChanged(
            federation=review.plan.federation,
            organisation=str(review.plan.organisation) if review.plan.organisation else None,
            service=review.plan.service,
            review=str(review.id),
            change=change,
            items=items,
            reason=deed.reason,
            by=actor.by,
            seat=actor.seat,
        )
        self.audit.append(connection, event, at=deed.at, reference=deed.reference)


def _about(plan: NewReview) -> Thing:
    return Thing(plan.federation, plan.organisation, plan.service)
