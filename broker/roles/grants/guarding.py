"""Who may join a group, as far as its roles have a say: the guard of `broker.organisations`."""

from collections.abc import Callable, Collection
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from broker.db import Connection
from broker.errors import NotAllowed
from broker.organisations.model import Actor
from broker.organisations.permissions import Thing, allowed, demand
from broker.organisations.store import same_human
from broker.periods import Period
from broker.roles.catalogue.snapshot import Catalogue
from broker.roles.grants import store
from broker.roles.grants.approvals import takes_others
from broker.roles.grants.codebook import CodeBook
from broker.roles.grants.meeting import meetings
from broker.roles.grants.model import Grant
from broker.roles.grants.permitting import is_bound, units_above


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
        whatever account, NotAllowed("permission.unit") where a role of the group reaches further
        than the units that the actor administers, and NotAllowed("grant.conflict") where the
        roles of the group do not go together with what the person has.
        """
        gains: dict[UUID, Period] = {}
        for grant in store.living_of(connection, accounts=(), groups=(group,), at=at):
            if grant.period.meets(period):
                self._demand_unit(connection, actor, grant, account, at)
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

    def uniting(
        self, connection: Connection, *, accounts: Collection[UUID], actor: Actor, at: datetime
    ) -> None:
        """Say nothing, or refuse what would be a way round an approval.

        Whoever makes two accounts one gives each the roles of the other. Raises NotAllowed(
        "grant.four_eyes") for whoever is no operator, where one of them takes others to agree.
        """
        catalogue = self.catalogue(connection)
        for grant in store.living_of(connection, accounts=accounts, groups=(), at=at):
            role = catalogue.role(grant.role)
            if role is None or not takes_others(catalogue, role, at):
                continue
            if not allowed(actor, "organisation.merge", Thing(role.federation)):
                raise NotAllowed("grant.four_eyes", role.urn)

    def _demand_unit(
        self, connection: Connection, actor: Actor, grant: Grant, account: UUID, at: datetime
    ) -> None:
        """Whoever may not give a role to somebody gives it through no group either."""
        facts = store.people(connection, (account,), at).get(account)
        role = self.catalogue(connection).role(grant.role)
        if not is_bound(actor) or facts is None or role is None:
            return
        codes = CodeBook(connection, at)
        homes = Thing(
            role.federation, grant.organisation, units=units_above([facts.home], (), None, codes)
        )
        whole = units_above([facts.home], grant.scopes, role.at(at), codes)
        # Whoever merges accounts does it under another action, and asks for more than a unit.
        if allowed(actor, "group.member", homes):
            demand(actor, "group.member", replace(homes, units=whole))


@dataclass(frozen=True, slots=True)
class UnitTree:
    """The tree of the SOR list, in which the units of mandates stand."""

    def above(self, connection: Connection, unit: str, at: datetime) -> frozenset[str]:
        """The unit itself and every unit that it lies below."""
        return CodeBook(connection, at).units_above(unit) | {unit}
