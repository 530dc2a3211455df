"""Grants when people, units and organisations move.

`own unit` follows a person by itself; what names a code is listed for somebody to look at.
When organisations merge, or two accounts become one, each grant is examined for its new
holder as if it were given there: nothing moves that the new organisation may not hand out.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID, uuid4

from broker.audit.events.grants import GrantEnd
from broker.audit.store import AuditStore
from broker.db import Connection
from broker.organisations.hooks import Moved
from broker.organisations.model import Actor, Deed
from broker.organisations.store import account, organisation
from broker.periods import Period
from broker.roles.catalogue.snapshot import Catalogue
from broker.roles.grants import store
from broker.roles.grants.changing import record_of
from broker.roles.grants.codebook import CodeBook
from broker.roles.grants.examining import Findings, Question, examine
from broker.roles.grants.model import Grant, Objection, Wanted
from broker.roles.grants.scopes import outside, own
from broker.roles.grants.telling import LABEL, ended, given, short

_OWN_UNIT = frozenset({"own_unit", "own_unit_tree"})


@dataclass(frozen=True, slots=True)
class UnitMove:
    """What another home unit means for the grants of somebody."""

    follow: tuple[Grant, ...]  # delimited by own unit, and lying where they may
    lost: tuple[Grant, ...]  # delimited by own unit, which the new one is not allowed for
    look: tuple[Grant, ...]  # delimited by codes: they stay as they are


def unit_move(
    connection: Connection, catalogue: Catalogue, account_id: UUID, home: str | None, at: datetime
) -> UnitMove:
    """What changes for the grants of an account if its home unit is another one from then on."""
    who = account(connection, account_id, at)
    grants = store.grants_of(connection, accounts=(account_id,))
    living = [grant for grant in grants if grant.revoked_at is None and at < grant.period.until]
    codes = CodeBook(connection, at)
    follow: list[Grant] = []
    lost: list[Grant] = []
    look: list[Grant] = []
    for grant in living:
        if any(scope.mode in _OWN_UNIT for scope in grant.scopes):
            fits = who is not None and _fits(connection, catalogue, grant, home, who.cvr, codes, at)
            (follow if fits else lost).append(grant)
        elif any(scope.mode == "value" for scope in grant.scopes):
            look.append(grant)
    return UnitMove(tuple(follow), tuple(lost), tuple(look))


def _fits(
    connection: Connection,
    catalogue: Catalogue,
    grant: Grant,
    home: str | None,
    cvr: str,
    codes: CodeBook,
    at: datetime,
) -> bool:
    if any(own(grant.scopes, home, catalogue.types, codes, whole=False)):
        return False
    rights = store.entitlements_of(connection, grant.organisation, grant.role)
    return not any(
        any(outside(grant.scopes, home, cvr, right.ceiling, catalogue.types, codes))
        for right in rights
        if right.holds_at(at)
    )


@dataclass(frozen=True, slots=True)
class GrantMover:
    """Moves grants for `broker.organisations`: its Mover."""

    audit: AuditStore
    catalogue: Callable[[Connection], Catalogue]

    def count(self, connection: Connection, organisation: UUID, at: datetime) -> int:
        """How many grants of an organisation would be moved now."""
        return len(store.living_in(connection, organisation, at))

    def stuck(
        self, connection: Connection, old: UUID, new: UUID, at: datetime
    ) -> tuple[tuple[Grant, Objection], ...]:
        """The grants of an organisation that another one may not hand out, each with the reason.

        As far as it can be said before people have their new accounts: whether the other is
        entitled to the role, and whether the codes lie below its ceiling.
        """
        catalogue, codes = self.catalogue(connection), CodeBook(connection, at)
        there = organisation(connection, new, at)
        found = []
        for grant in store.living_in(connection, old, at):
            begins = max(at, grant.period.since)
            rights = store.entitlements_of(connection, new, grant.role)
            right = next((one for one in rights if one.holds_at(begins)), None)
            if right is None or there is None:
                found.append((grant, Objection("grant.not_entitled")))
                continue
            beyond = outside(grant.scopes, None, there.cvr, right.ceiling, catalogue.types, codes)
            found += [(grant, one) for one in beyond][:1]
        return tuple(found)

    def move(self, connection: Connection, moved: Moved, actor: Actor, deed: Deed) -> int:
        """Give each grant to the holder's new account or group, and end it at the old one.

        What can't be given there ends all the same; the trail has it as `not_moved`, with the
        reason. How many went along.
        """
        catalogue = self.catalogue(connection)
        living = store.living_of(
            connection, accounts=moved.accounts, groups=moved.groups, at=deed.at
        )
        count = 0
        for grant in living:
            found, wanted = self._there(connection, catalogue, grant, moved, deed.at)
            store.revoke(connection, grant.id, deed.at, actor.label[:LABEL], short(deed.reason))
            same = [one for one in found.objections if one.code == "grant.duplicate"]
            if found.objections and len(same) < len(found.objections):
                self._end(connection, grant, found, actor, deed, "not_moved")
                continue
            if not same:
                self._give(connection, grant, wanted, found, actor, deed)
            self._end(connection, grant, found, actor, deed, "moved")
            count += 1
        return count

    def _there(
        self,
        connection: Connection,
        catalogue: Catalogue,
        grant: Grant,
        moved: Moved,
        at: datetime,
    ) -> tuple[Findings, Wanted]:
        wanted = Wanted(
            organisation=moved.new,
            role=grant.role,
            account=moved.accounts.get(grant.account) if grant.account else None,
            group=moved.groups.get(grant.group) if grant.group else None,
            scopes=grant.scopes,
        )
        period = Period(max(at, grant.period.since), grant.period.until)
        besides = frozenset({grant.id})
        question = Question(wanted, at, None, depth="moved", period=period, besides=besides)
        return examine(connection, catalogue, question), wanted

    def _give(
        self,
        connection: Connection,
        grant: Grant,
        wanted: Wanted,
        found: Findings,
        actor: Actor,
        deed: Deed,
    ) -> None:
        mover = None if actor.account == wanted.account else actor.account
        fresh = replace(
            grant,
            id=uuid4(),
            organisation=wanted.organisation,
            account=wanted.account,
            group=wanted.group,
            period=found.period or grant.period,
            by_account=mover,
            by_label=actor.label[:LABEL],
            granted_at=deed.at,
            bundle=None,
            request=None,
            batch=None,
        )
        store.add(connection, fresh)
        event = given(record_of(actor, found, deed), fresh, found.warnings)
        self.audit.append(connection, event, at=deed.at, reference=deed.reference)

    def _end(
        self,
        connection: Connection,
        grant: Grant,
        found: Findings,
        actor: Actor,
        deed: Deed,
        what: GrantEnd,
    ) -> None:
        event = ended(record_of(actor, found, deed), grant, what)
        if what == "not_moved":
            why = found.objections[0].code
            event = replace(event, reason=f"{why}: {deed.reason}")
        self.audit.append(connection, event, at=deed.at, reference=deed.reference)
