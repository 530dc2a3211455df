"""Who may join a group, as far as its roles have a say: the guard of `broker.organisations`."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from broker.db import Connection
from broker.errors import NotAllowed
from broker.organisations.model import Actor
from broker.organisations.store import same_human
from broker.periods import Period
from broker.roles.catalogue.snapshot import Catalogue
from broker.roles.grants import store
from broker.roles.grants.codebook import CodeBook
from broker.roles.grants.meeting import meetings


@dataclass(frozen=True, slots=True)
class RoleGuard:
    """Looks at a membership before it is written."""

    catalogue: Callable[[Connection], Catalogue]

    def joining(
        self,
        connection: Connection,
        *,
        group: UUID,
        account: UUID,
        period: Period,
        actor: Actor,
        at: datetime,
    ) -> None:
        """Say nothing, or refuse.

        Raises NotAllowed("grant.oneself") where the actor would come to a role in this way, by
        whatever account, and NotAllowed("grant.conflict") where the roles of the group do not
        go together with what the person has.
        """
        gains: dict[UUID, Period] = {}
        for grant in store.living_of(connection, accounts=(), groups=(group,), at=at):
            if grant.period.meets(period):
                both = Period(
                    max(grant.period.since, period.since), min(grant.period.until, period.until)
                )
                before = gains.get(grant.role, both)
                gains[grant.role] = Period(
                    min(both.since, before.since), max(both.until, before.until)
                )
        if not gains:
            return
        if actor.account is not None and account in same_human(connection, actor.account):
            raise NotAllowed("grant.oneself")
        met = meetings(connection, self.catalogue(connection), gains, (account,))
        for rule in sorted(met.blocking):
            raise NotAllowed("grant.conflict", rule)


@dataclass(frozen=True, slots=True)
class UnitTree:
    """The tree of the SOR list, in which the units of mandates stand."""

    def above(self, connection: Connection, unit: str, at: datetime) -> frozenset[str]:
        """The unit itself and every unit that it lies below."""
        return CodeBook(connection, at).units_above(unit) | {unit}
