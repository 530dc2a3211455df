"""The region with campaigns in it: who opens, who decides, and what became of it."""

from datetime import datetime
from uuid import UUID

import sqlalchemy as sa

from broker.audit.store import AuditStore
from broker.organisations.store import write_accounts
from broker.roles.grants import store as grant_store
from broker.roles.grants.model import Grant
from broker.roles.grants.tables import GRANT_SCOPE
from broker.roles.reviews import store
from broker.roles.reviews.model import Answer, Item, NewReview, Review
from broker.roles.reviews.service import ReviewService
from broker.roles.tables import ROLE_VERSION
from tests.factories import NOW
from tests.unit.organisations.world import SAID
from tests.unit.roles.grants.rights import DAY, deed
from tests.unit.roles.requests.asking import Asking

OPENS, DUE = NOW + DAY, NOW + 10 * DAY
DURING, AFTER = NOW + 2 * DAY, NOW + 11 * DAY


class Reviewing(Asking):
    """The region with a campaign in it; Bo administers, Eva is the chief, Frida owns dpsd."""

    def __post_init__(self) -> None:
        super().__post_init__()
        self.reviews = ReviewService(AuditStore(), self.grants, self.cache.current_in)

    def _build(self) -> "Reviewing":
        super()._build()
        self.reader = self.give(self.bo, self.region, "reader", account=self.anna).grant
        self.secret = self.give(self.bo, self.region, "secret", account=self.anna).grant
        self.bos = self.give(self.carl_admin(), self.region, "reader", account=self.bo).grant
        return self

    def carl_admin(self) -> UUID:
        self.mandate(self.carl, "org_admin", organisation=self.region)
        return self.carl

    def begin(self, *, by: UUID | None = None, at: datetime = NOW, **more: object) -> Review:
        said: dict[str, object] = {"organisation": self.region, "opens_at": OPENS, "due_at": DUE}
        plan = NewReview(name="Forår", federation="sundhed", **(said | more))  # type: ignore[arg-type]  # as given
        actor = self.acting(by or self.eva, at)
        with self.work() as connection:
            return self.reviews.open(connection, actor, plan, deed(at))

    def items(self, who: UUID, review: Review, at: datetime = DURING) -> tuple[Item, ...]:
        actor = self.acting(who, at)
        with self.work() as connection:
            return self.reviews.items(connection, actor, review.id, deed(at))

    def decide(
        self,
        who: UUID,
        review: Review,
        grant: Grant,
        answer: Answer,
        *,
        at: datetime = DURING,
        until: datetime | None = None,
        why: str = "asked around",
    ) -> Item:
        actor = self.acting(who, at)
        with self.work() as connection:
            return self.reviews.decide(
                connection, actor, review.id, grant.id, answer, deed(at, why), until=until
            )

    def finish(self, review: Review, at: datetime, by: UUID | None = None) -> dict[UUID, Item]:
        """Apply what was decided; every item as it is then."""
        actor = self.acting(by or self.eva, at)
        with self.work() as connection:
            self.reviews.apply(connection, actor, review.id, deed(at))
            return {item.grant: item for item in store.items(connection, review.id)}

    def move(self, account: UUID, unit: str, at: datetime) -> None:
        """Let somebody work elsewhere from an instant on."""
        with self.work() as connection:
            values = {"home_code": unit, "reason": "test", **SAID}
            write_accounts.account_amended(connection, account, at, values)

    def narrow_to(self, grant: Grant, unit: str) -> None:
        """Let a grant be of a unit that has closed since."""
        with self.work() as connection:
            here = GRANT_SCOPE.c.grant_id == grant.id
            connection.execute(sa.update(GRANT_SCOPE).where(here).values(value=unit))

    def retire(self, role: str) -> None:
        """Let a role get no new holders."""
        with self.work() as connection:
            here = ROLE_VERSION.c.role_id == self.roles[role]
            connection.execute(sa.update(ROLE_VERSION).where(here).values(state="deprecated"))
        self._changed()

    def grant(self, grant: Grant) -> Grant:
        with self.work() as connection:
            found = grant_store.grant(connection, grant.id)
        assert found is not None
        return found
