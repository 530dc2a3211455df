"""Two organisations, and what no sequence of calls may ever bring about in them.

After each call that went through, with sets of units and plain loops instead of the rules:
whoever acted has no role for longer or further than before, by any account; what is new
lies below every ceiling that will hold meanwhile; and it lies in an organisation that the
actor administers, or stands in for somebody who does.
"""

from collections.abc import Callable
from dataclasses import replace
from typing import ClassVar
from uuid import UUID, uuid4

import sqlalchemy as sa
from hypothesis.stateful import RuleBasedStateMachine, initialize

from broker.audit.store import AuditStore
from broker.db import Engine
from broker.errors import BrokerError
from broker.identities.store import IdentityStore
from broker.organisations.desk import Desk
from broker.organisations.grouping import GroupService
from broker.organisations.model import Actor, Deed
from broker.organisations.people import PeopleService
from broker.organisations.store import mandates, memberships, same_human
from broker.organisations.substituting import SubstituteService
from broker.roles.grants import store
from broker.roles.grants.facts import Ceiling
from broker.roles.grants.guarding import RoleGuard, UnitTree
from broker.roles.grants.model import Grant
from broker.roles.grants.tables import GRANT
from tests.factories import NOW
from tests.unit.roles.grants.drawn import (
    Holding,
    covers,
    reach,
)
from tests.unit.roles.grants.rights import (
    HOSPITAL,
    WARD,
    Rights,
    deed,
)
from tests.unit.roles.grants.rollback import OneConnection


class Watched(RuleBasedStateMachine):
    """Two organisations, and a look at what each call brought about."""

    engine: ClassVar[Engine]

    def __init__(self) -> None:
        super().__init__()
        self.shared = OneConnection(self.engine)
        self.world = Rights(self.shared.as_engine())
        desk = Desk(self.shared.as_engine(), AuditStore(), UnitTree())
        guard = RoleGuard(self.world.cache.current_in)
        self.groups = GroupService(desk, guard)
        self.people = PeopleService(desk, IdentityStore(b"k" * 32), self.world.mover, guard)
        self.substitutes = SubstituteService(desk)
        self.at = NOW
        self.done = 0

    @initialize()
    def build(self) -> None:
        """In each organisation three administrators, one bound to a ward, and somebody else."""
        world = self.world
        with world.work():
            world.federation()
            world.codes()
            world.types()
            world.service()
            world.role("reader", default_days=4)
            world.role(
                "caseworker",
                default_days=4,
                delimitations=[{"type": "sor", "own_unit": True, "most": 2}],
            )
            human = uuid4()
            self.places = [world.organisation(), world.organisation()]
            self.accounts: list[list[UUID]] = []
            self.crowds = []
            for place in self.places:
                chief = world.admin(place, "Anna", unit=HOSPITAL, human=human)
                bound = world.admin(place, "Bo", unit=WARD, mandate_unit=WARD)
                deputy = world.admin(place, "Carl", unit=WARD)
                self.accounts.append([chief, bound, deputy, world.account(place, unit=WARD)])
                self.crowds.append(world.group(place, "Nat"))
                world.entitle(place, "reader")
                world.entitle(place, "caseworker", Ceiling("sor", HOSPITAL, with_descendants=True))
            # The chief of both is one human being, who has a second account in the first.
            self.accounts[0][3] = world.account(self.places[0], "Anna H.", unit=WARD, human=human)

    def teardown(self) -> None:
        """Nothing is kept for the next example."""
        self.shared.end()

    # --- what must hold ----------------------------------------------------------------------

    def does(self, by: int, of: int, act: Callable[[Actor, sa.Connection], object]) -> None:
        """Let somebody do something; if it went through, look at what it brought about."""
        who = self.accounts[of][by]
        actor = self.world.acting(who, self.at)
        about = actor.accounts | self.principals_alone(actor)
        before, known = self.holdings(about), self.ids()
        try:
            with self.shared.begin() as connection:
                act(actor, connection)
        except BrokerError:
            return
        self.done += 1
        for holding in self.holdings(about):
            assert any(covers(old, holding, self.at) for old in before), "granted to oneself"
        fresh = [grant for grant in self.living() if grant.id not in known]
        for grant in fresh:
            assert grant.organisation in self.administered(actor), "outside the organisation"
            self.lies_below(grant)

    def principals_alone(self, actor: Actor) -> frozenset[UUID]:
        """For whom the actor acts, where it has nobody else's mandate and none of its own."""
        principals = {mandate.on_behalf_of for mandate in actor.mandates}
        if len(principals) != 1:
            return frozenset()
        with self.shared.begin() as connection:
            return frozenset().union(
                *(same_human(connection, one) for one in principals if one is not None)
            )

    def administered(self, actor: Actor) -> frozenset[UUID]:
        with self.shared.begin() as connection:
            account = actor.account or uuid4()
            held = mandates(connection, account, self.at)
        return frozenset(m.organisation for m in held if m.organisation is not None)

    def holdings(self, accounts: frozenset[UUID]) -> list[Holding]:
        """What these accounts have or are to have from now on, group by group."""
        found: list[Holding] = []
        for grant in self.living():
            periods = [grant.period] if grant.account in accounts else []
            if grant.group is not None:
                with self.shared.begin() as connection:
                    members = memberships(connection, grant.group, self.at)
                periods = [m.period for m in members if m.account in accounts]
            for period in periods:
                if period.meets(grant.period):
                    begins = max(period.since, grant.period.since)
                    ends = min(period.until, grant.period.until)
                    found.append((grant.role, grant.scopes, begins, ends))
        return found

    def ids(self) -> set[UUID]:
        with self.shared.begin() as connection:
            return set(connection.scalars(sa.select(GRANT.c.id)))

    def living(self) -> tuple[Grant, ...]:
        with self.shared.begin() as connection:
            return tuple(
                grant
                for place in self.places
                for grant in store.living_in(connection, place, self.at)
            )

    def any_grant(self, which: int, role: str | None = None) -> Grant | None:
        living = sorted(
            (one for one in self.living() if role is None or one.role == self.world.roles[role]),
            key=lambda grant: (grant.granted_at, str(grant.id)),
        )
        return living[which % len(living)] if living else None

    def lies_below(self, grant: Grant) -> None:
        """Every unit that a new grant stands for is one of each ceiling that meets it."""
        with self.shared.begin() as connection:
            rights = store.entitlements_of(connection, grant.organisation, grant.role)
            accounts = (
                (grant.account,)
                if grant.account
                else store.members_during(connection, grant.group or uuid4(), grant.period)
            )
            begins = grant.period.since
            homes = [facts.home for facts in store.people(connection, accounts, begins).values()]
        assert any(right.holds_at(begins) for right in rights), "not entitled"
        for right in rights:
            until = min(right.until, grant.period.until)
            meets = right.period.since < until and begins < until
            if not meets or not right.ceiling:
                continue
            allowed = frozenset[str]().union(
                *(reach(limit.value, tree=limit.with_descendants) for limit in right.ceiling)
            )
            for scope in grant.scopes:
                values = [scope.value] if scope.mode == "value" else [h for h in homes if h]
                for value in values:
                    asked = reach(value, tree=scope.with_descendants)
                    assert asked <= allowed, "beyond the ceiling"
            assert grant.scopes, "no delimitation at all is beyond every ceiling"

    def deed(self) -> Deed:
        return replace(deed(), at=self.at)
