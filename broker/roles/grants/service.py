"""Give, extend, shorten, narrow, revoke and give back: the life of a grant.

Every method works in the caller's transaction and leaves its audit rows there; whoever
begins it decides what commits together. What has begun is never rewritten but for its end,
and that only moves to an instant that has not passed. Wider is a new grant.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Literal
from uuid import UUID, uuid4

from broker.audit.store import AuditStore
from broker.db import Connection
from broker.errors import NotAllowed
from broker.organisations.model import Actor, Deed
from broker.organisations.permissions import Action
from broker.organisations.store import lock_organisation
from broker.organisations.words import deed as checked_deed
from broker.periods import Period
from broker.roles.catalogue.snapshot import Catalogue
from broker.roles.grants import store
from broker.roles.grants.changing import about, again, living, permitted, record_of, refuse
from broker.roles.grants.codebook import CodeBook
from broker.roles.grants.examining import Findings, Question, examine
from broker.roles.grants.facts import Scope
from broker.roles.grants.model import Given, Grant, Objection, Wanted
from broker.roles.grants.scopes import canonical, narrower
from broker.roles.grants.telling import LABEL, Record, changed, ended, given, short


@dataclass(frozen=True, slots=True)
class GrantService:
    """What administrators do to grants. `catalogue` is the catalogue as a transaction sees it."""

    audit: AuditStore
    catalogue: Callable[[Connection], Catalogue]

    def examine(
        self,
        connection: Connection,
        actor: Actor,
        wanted: Wanted,
        at: datetime,
        *,
        by: Action = "grant.give",
    ) -> Findings:
        """What would speak against giving a grant, and what to look at; changes nothing.

        `by` is the action of the permission table that the actor does it under.
        """
        question = Question(wanted, at, actor, by)
        return examine(connection, self.catalogue(connection), question)

    def give(
        self,
        connection: Connection,
        actor: Actor,
        wanted: Wanted,
        deed: Deed,
        *,
        by: Action = "grant.give",
    ) -> Given:
        """Give a grant. Raises NotAllowed with the code of the first objection.

        Whoever decides a request gives what it asks for `by` the action of that decision.
        """
        deed = checked_deed(deed)
        lock_organisation(connection, wanted.organisation)
        found = self.examine(connection, actor, wanted, deed.at, by=by)
        return self._give(connection, actor, wanted, deed, found)

    def give_by_policy(
        self, connection: Connection, policy: str, wanted: Wanted, deed: Deed
    ) -> Given:
        """Give what a policy approves at once, without anybody; never a sensitive role.

        Raises NotAllowed as `give` does, and for `grant.policy_sensitive`.
        """
        deed = checked_deed(deed)
        lock_organisation(connection, wanted.organisation)
        question = Question(wanted, deed.at, None)
        found = examine(connection, self.catalogue(connection), question)
        nobody = Actor(label=f"policy {policy}", federation=None)
        return self._give(connection, nobody, wanted, deed, found)

    def extend(
        self,
        connection: Connection,
        actor: Actor,
        grant_id: UUID,
        until: datetime,
        deed: Deed,
        *,
        by: Action = "grant.change",
    ) -> Given:
        """Let a grant that has not ended end later; every rule is asked again.

        The longest time that a role allows counts from now. Raises Unknown("grant.unknown"),
        and NotAllowed as `give` does and for `grant.ended`, `.revoked` and `.not_longer`.
        """
        deed = checked_deed(deed)
        grant = living(connection, grant_id, deed.at)
        if until <= grant.period.until:
            raise NotAllowed("grant.not_longer")
        begins = max(grant.period.since, deed.at)
        wanted = again(grant, grant.scopes, begins, until)
        question = Question(wanted, deed.at, actor, by, "longer", besides=frozenset({grant.id}))
        found = examine(connection, self.catalogue(connection), question)
        refuse(found.objections)
        store.end(connection, grant.id, until)
        after = replace(grant, period=Period(grant.period.since, until))
        record = record_of(actor, found, deed)
        return self._tell_change(connection, record, grant, after, "extended", found.warnings)

    def shorten(
        self,
        connection: Connection,
        actor: Actor,
        grant_id: UUID,
        until: datetime,
        deed: Deed,
        *,
        by: Action = "grant.change",
    ) -> Given:
        """Let a grant end sooner, now at the earliest.

        Raises Unknown("grant.unknown"), and NotAllowed for a permission that is missing and for
        `grant.ended`, `.revoked`, `.past`, `.period` and `.not_shorter`.
        """
        deed = checked_deed(deed)
        grant = living(connection, grant_id, deed.at)
        if until < deed.at:
            raise NotAllowed("grant.past")
        if until <= grant.period.since:
            raise NotAllowed("grant.period")
        if until >= grant.period.until:
            raise NotAllowed("grant.not_shorter")
        found = permitted(connection, self.catalogue(connection), actor, grant, deed.at, by)
        store.end(connection, grant.id, until)
        after = replace(grant, period=Period(grant.period.since, until))
        return self._tell_change(
            connection, record_of(actor, found, deed), grant, after, "shortened"
        )

    def narrow(
        self,
        connection: Connection,
        actor: Actor,
        grant_id: UUID,
        scopes: Sequence[Scope],
        deed: Deed,
        *,
        by: Action = "grant.change",
    ) -> Given:
        """Delimit a grant more narrowly from now on; the grant that follows has another id.

        Raises Unknown("grant.unknown"), and NotAllowed for `grant.ended`, `.revoked`, `.wider`,
        `.unchanged`, and whatever speaks against the new delimitation.
        """
        deed = checked_deed(deed)
        grant = living(connection, grant_id, deed.at)
        catalogue, asked = self.catalogue(connection), canonical(scopes)
        if asked == grant.scopes:
            raise NotAllowed("grant.unchanged")
        codes = CodeBook(connection, deed.at)
        if not narrower(asked, grant.scopes, catalogue.types, codes):
            raise NotAllowed("grant.wider")
        begins = max(grant.period.since, deed.at)
        period = Period(begins, grant.period.until)
        wanted = again(grant, asked, begins, period.until)
        besides = frozenset({grant.id})
        question = Question(wanted, deed.at, actor, by, "narrower", period, besides)
        found = examine(connection, catalogue, question)
        refuse(found.objections)
        if grant.period.since < deed.at:
            store.end(connection, grant.id, deed.at)
        else:
            store.revoke(connection, grant.id, deed.at, actor.label[:LABEL], short(deed.reason))
        after = replace(
            grant,
            id=uuid4(),
            scopes=asked,
            period=period,
            reason=short(deed.reason) or grant.reason,
            case_no=deed.case_no or grant.case_no,
            by_account=actor.account,
            by_label=actor.label[:LABEL],
            granted_at=deed.at,
        )
        store.add(connection, after)
        record = record_of(actor, found, deed)
        return self._tell_change(connection, record, grant, after, "narrowed", found.warnings)

    def revoke(
        self,
        connection: Connection,
        actor: Actor,
        grant_id: UUID,
        deed: Deed,
        *,
        by: Action = "grant.revoke",
    ) -> Grant:
        """Take a grant back from now on; one that has not begun never begins.

        Raises Unknown("grant.unknown"), and NotAllowed for a permission that is missing and for
        `grant.ended` and `grant.revoked`.
        """
        deed = checked_deed(deed)
        grant = living(connection, grant_id, deed.at)
        found = permitted(connection, self.catalogue(connection), actor, grant, deed.at, by)
        return self._revoke(connection, actor, found, grant, deed, "revoked")

    def give_back(self, connection: Connection, actor: Actor, grant_id: UUID, deed: Deed) -> Grant:
        """Give a grant back that the actor holds; it takes no mandate.

        Raises Unknown("grant.unknown"), and NotAllowed for `grant.ended`, `.revoked` and, where
        somebody else or a group holds it, `.not_yours`.
        """
        deed = checked_deed(deed)
        grant = living(connection, grant_id, deed.at)
        if grant.account is None or not actor.is_any_of(grant.account):
            raise NotAllowed("grant.not_yours")
        found = about(connection, self.catalogue(connection), grant, deed.at)
        return self._revoke(connection, actor, found, grant, deed, "given_back")

    def keep(self, connection: Connection, grants: Sequence[UUID], at: datetime) -> None:
        """Note that a review looked at grants and kept them."""
        store.reviewed(connection, grants, at)

    def _give(
        self, connection: Connection, actor: Actor, wanted: Wanted, deed: Deed, found: Findings
    ) -> Given:
        refuse(found.objections)
        if found.period is None:
            raise NotAllowed("grant.role_unknown")
        grant = Grant(
            id=uuid4(),
            organisation=wanted.organisation,
            role=wanted.role,
            account=wanted.account,
            group=wanted.group,
            scopes=canonical(wanted.scopes),
            period=found.period,
            reason=short(deed.reason),
            case_no=deed.case_no,
            by_account=actor.account,
            by_label=actor.label[:LABEL],
            granted_at=deed.at,
            bundle=wanted.bundle,
            request=wanted.request,
            batch=wanted.batch,
        )
        store.add(connection, grant)
        event = given(record_of(actor, found, deed), grant, found.warnings)
        self.audit.append(connection, event, at=deed.at, reference=deed.reference)
        return Given(grant, tuple(found.warnings))

    def _revoke(
        self,
        connection: Connection,
        actor: Actor,
        found: Findings,
        grant: Grant,
        deed: Deed,
        what: Literal["revoked", "given_back"],
    ) -> Grant:
        store.revoke(connection, grant.id, deed.at, actor.label[:LABEL], short(deed.reason))
        event = ended(record_of(actor, found, deed), grant, what)
        self.audit.append(connection, event, at=deed.at, reference=deed.reference)
        return replace(grant, revoked_at=deed.at)

    def _tell_change(
        self,
        connection: Connection,
        record: Record,
        before: Grant,
        after: Grant,
        what: Literal["extended", "shortened", "narrowed"],
        warnings: Sequence[Objection] = (),
    ) -> Given:
        event = changed(record, before, after, what, warnings)
        deed = record.deed
        self.audit.append(connection, event, at=deed.at, reference=deed.reference)
        return Given(after, tuple(warnings))
