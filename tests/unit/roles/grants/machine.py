"""Calls of every service that touches grants, by anybody, in any order."""

from datetime import timedelta
from uuid import uuid4

import sqlalchemy as sa
from hypothesis import strategies as st
from hypothesis.stateful import rule

from broker.errors import BrokerError
from broker.organisations.model import Actor
from broker.roles.grants import store
from broker.roles.grants.bundles import Handing
from broker.roles.grants.facts import Ceiling, Scope
from broker.roles.grants.model import Wanted
from tests.unit.roles.grants.drawn import (
    ANYBODY,
    CEILINGS,
    ELSE,
    HERE,
    LATER,
    ROLES,
    SCOPES,
    UNITS,
    UNTIL,
    WHICH,
    WHO,
    as_held,
    covers,
)
from tests.unit.roles.grants.rights import (
    CONSOLE,
    DAY,
)
from tests.unit.roles.grants.watching import Watched


class Region(Watched):
    """What people do; `Watched` looks at what came of it."""

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
        grant = self.any_grant(which, "caseworker")
        if grant is None:
            return

        def act(actor: Actor, connection: sa.Connection) -> None:
            after = self.world.grants.narrow(connection, actor, grant.id, scopes, self.deed())
            assert covers(as_held(grant), as_held(after.grant), self.at), "wider by narrowing"

        self.does(by, of, act)

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
