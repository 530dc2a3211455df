"""Two organisations at work in any order: what a sequence of calls must never bring about.

After each call that went through, with sets of units and plain loops instead of the rules:
whoever acted has no role for longer or further than before, by any account; what is new
lies below every ceiling that will hold meanwhile; and it lies in an organisation that the
actor administers, or stands in for somebody who does.
"""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from typing import ClassVar
from uuid import UUID, uuid4

import sqlalchemy as sa
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, rule

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
from broker.roles.grants.bundles import Handing
from broker.roles.grants.facts import Ceiling, Scope
from broker.roles.grants.guarding import RoleGuard, UnitTree
from broker.roles.grants.model import Grant, Wanted
from broker.roles.grants.tables import GRANT
from tests.factories import NOW
from tests.unit.roles.grants.rights import (
    CONSOLE,
    DAY,
    ELSEWHERE,
    HOSPITAL,
    NIGHT,
    OWN,
    PARENTS,
    REGION,
    WARD,
    Rights,
    alone,
    below,
    deed,
)
from tests.unit.roles.grants.rollback import OneConnection

UNITS = (REGION, HOSPITAL, WARD, NIGHT, ELSEWHERE)
ROLES = ("reader", "caseworker")
# Drawn so that calls go through about as often as they are refused.
ANYBODY = st.sampled_from([0, 0, 1, 2, 2, 3])
HERE = st.integers(0, 1)
ELSE = st.sampled_from([False] * 5 + [True])
ANY_SCOPE = st.one_of(
    st.builds(
        Scope,
        st.just("sor"),
        st.just("value"),
        st.sampled_from(UNITS),
        with_descendants=st.booleans(),
    ),
    st.sampled_from([OWN, Scope("sor", "own_unit")]),
)
SCOPES = st.one_of(
    st.sampled_from([(below(HOSPITAL),), (below(WARD), below(NIGHT)), (OWN,), (alone(WARD),)]),
    st.lists(ANY_SCOPE, max_size=2).map(tuple),
)
CEILINGS = st.one_of(
    st.sampled_from([[Ceiling("sor", HOSPITAL, True)], [Ceiling("sor", WARD, True)]]),
    st.lists(st.builds(Ceiling, st.just("sor"), st.sampled_from(UNITS), st.booleans()), max_size=2),
)
WHO = st.integers(0, 3)
LATER = st.sampled_from([None, None, None, 1, 3])
UNTIL = st.sampled_from([None, None, 2, 4, 8])
WHICH = st.integers(0, 99)
Holding = tuple[UUID, tuple[Scope, ...], datetime, datetime]


def reach(value: str, *, tree: bool) -> frozenset[str]:
    """The units that a code stands for."""
    found = {value}
    while tree and (more := {unit for unit, above in PARENTS.items() if above in found} - found):
        found |= more
    return frozenset(found)


class Region(RuleBasedStateMachine):
    """Calls of every service that touches grants, by anybody, in any order."""

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

    # --- what people do ----------------------------------------------------------------------

    @rule(
        by=ANYBODY,
        of=HERE,
        away=ELSE,
        to=st.integers(0, 4),
        role=st.sampled_from(ROLES),
        scopes=SCOPES,
        since=LATER,
        until=UNTIL,
    )
    def give(
        self,
        by: int,
        of: int,
        away: bool,  # noqa: FBT001 # drawn
        to: int,
        role: str,
        scopes: tuple[Scope, ...],
        since: int | None,
        until: int | None,
    ) -> None:
        at = 1 - of if away else of
        wanted = Wanted(
            organisation=self.places[at],
            role=self.world.roles[role],
            account=None if to == 4 else self.accounts[at][to],
            group=self.crowds[at] if to == 4 else None,
            scopes=() if role == "reader" else scopes,
            since=None if since is None else self.at + since * DAY,
            until=None if until is None else self.at + until * DAY,
        )
        self.does(by, of, lambda actor, c: self.world.grants.give(c, actor, wanted, self.deed()))

    @rule(by=ANYBODY, of=HERE, which=WHICH, days=st.integers(1, 9))
    def extend(self, by: int, of: int, which: int, days: int) -> None:
        if grant := self.any_grant(which):
            until = min(grant.period.until, self.at + 20 * DAY) + days * DAY
            self.does(
                by,
                of,
                lambda actor, c: self.world.grants.extend(c, actor, grant.id, until, self.deed()),
            )

    @rule(by=ANYBODY, of=HERE, which=WHICH, scopes=SCOPES)
    def narrow(self, by: int, of: int, which: int, scopes: tuple[Scope, ...]) -> None:
        if grant := self.any_grant(which, "caseworker"):
            self.does(
                by,
                of,
                lambda actor, c: self.world.grants.narrow(c, actor, grant.id, scopes, self.deed()),
            )

    @rule(by=ANYBODY, of=HERE, which=WHICH, back=st.booleans())
    def end(self, by: int, of: int, which: int, back: bool) -> None:  # noqa: FBT001 # drawn
        grants = self.world.grants
        act = grants.give_back if back else grants.revoke
        if grant := self.any_grant(which):
            self.does(by, of, lambda actor, c: act(c, actor, grant.id, self.deed()))

    @rule(by=ANYBODY, of=HERE, who=WHO)
    def pack(self, by: int, of: int, who: int) -> None:
        """Make a bundle of both roles and grant it at once."""

        def act(actor: Actor, connection: sa.Connection) -> None:
            bundles = self.world.bundles
            roles = list(self.world.roles.values())
            made = bundles.make(connection, actor, self.places[of], uuid4().hex, roles, self.deed())
            handing = Handing(account=self.accounts[of][who])
            bundles.give(connection, actor, made.id, handing, self.deed())

        self.does(by, of, act)

    @rule(by=ANYBODY, of=HERE, who=WHO, since=LATER)
    def join(self, by: int, of: int, who: int, since: int | None) -> None:
        begins = None if since is None else self.at + since * DAY
        group, account = self.crowds[of], self.accounts[of][who]
        self.does(
            by,
            of,
            lambda actor, _: self.groups.join(actor, group, account, self.deed(), since=begins),
        )

    @rule(by=ANYBODY, of=HERE, who=WHO, then=ANYBODY)
    def crowd(self, by: int, of: int, who: int, then: int) -> None:
        """Put somebody into the group, and let somebody grant it something at once."""
        self.join(by, of, who, None)
        self.give(then, of, False, 4, "reader", (), None, None)

    @rule(by=ANYBODY, of=HERE, who=WHO)
    def leave(self, by: int, of: int, who: int) -> None:
        group, account = self.crowds[of], self.accounts[of][who]
        self.does(by, of, lambda actor, _: self.groups.leave(actor, group, account, self.deed()))

    @rule(by=ANYBODY, of=HERE, who=WHO, unit=st.sampled_from(UNITS))
    def move(self, by: int, of: int, who: int, unit: str) -> None:
        account = self.accounts[of][who]
        self.does(by, of, lambda actor, _: self.people.move(actor, account, unit, self.deed()))

    @rule(by=ANYBODY, of=HERE, who=WHO)
    def stand_in(self, by: int, of: int, who: int) -> None:
        """Let a colleague use the first mandate of whoever does it."""
        until = self.at + 3 * DAY

        def act(actor: Actor, _: sa.Connection) -> None:
            for mandate in actor.mandates[:1]:
                self.substitutes.name_substitute(
                    actor, mandate.id, self.accounts[of][who], self.deed(), until=until
                )

        self.does(by, of, act)

    @rule(
        of=HERE,
        role=st.sampled_from(ROLES),
        ceiling=CEILINGS,
        later=LATER,
        withdraw=st.sampled_from([False] * 4 + [True]),
    )
    def limit(
        self,
        of: int,
        role: str,
        ceiling: list[Ceiling],
        later: int | None,
        withdraw: bool,  # noqa: FBT001 # drawn
    ) -> None:
        """The operator changes a ceiling, withdraws, or entitles anew."""
        since = None if later is None else self.at + later * DAY
        service, place = self.world.entitlements, self.places[of]
        try:
            with self.shared.begin() as connection:
                known = store.entitlements_of(connection, place, self.world.roles[role])
                held = [one for one in known if one.holds_at(self.at)]
                if held and not withdraw:
                    limits = ceiling if role == "caseworker" else []
                    service.limit(connection, CONSOLE, held[0].id, limits, self.deed(), since=since)
                elif held:
                    service.withdraw(connection, CONSOLE, held[0].id, self.deed())
                else:
                    limits = ceiling if role == "caseworker" else []
                    service.entitle(
                        connection, CONSOLE, place, self.world.roles[role], limits, self.deed()
                    )
        except BrokerError:
            return

    @rule(hours=st.integers(1, 40))
    def wait(self, hours: int) -> None:
        self.at += timedelta(hours=hours)

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


def covers(old: Holding, new: Holding, at: datetime) -> bool:
    """Whether what is held now was held before already, at least as long and as far."""
    (role, scopes, since, until), (was_role, was_scopes, was_since, was_until) = new, old
    if role != was_role or until > was_until or max(since, at) < max(was_since, at):
        return False
    if scopes == was_scopes:
        return True
    return bool(was_scopes) and all(
        any(smaller(one, other) for other in was_scopes) for one in scopes
    )


def smaller(one: Scope, other: Scope) -> bool:
    if one.mode != "value" or other.mode != "value":
        return one == other or (one.mode, other.mode) == ("own_unit", "own_unit_tree")
    return reach(one.value, tree=one.with_descendants) <= reach(
        other.value, tree=other.with_descendants
    )
