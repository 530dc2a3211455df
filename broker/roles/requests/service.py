"""Deciding requests: approve, reject, ask, answer, forward, withdraw, claim.

Every method works in the caller's transaction and leaves its audit row there. A request is
locked while it is decided, so that two who approve at once give one grant.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from broker.audit.events import RequestDecided
from broker.audit.store import AuditStore
from broker.db import Connection
from broker.errors import NotAllowed, Unknown
from broker.organisations.model import Actor, Deed
from broker.organisations.store import actor as actor_of
from broker.roles.catalogue.snapshot import Catalogue
from broker.roles.grants.codebook import CodeBook
from broker.roles.grants.facts import Scope
from broker.roles.grants.permitting import present
from broker.roles.grants.scopes import canonical, narrower
from broker.roles.grants.service import GrantService
from broker.roles.model import Role
from broker.roles.requests import store
from broker.roles.requests.authority import Authority, authority, kinship
from broker.roles.requests.carrying_out import Hand, carry_out
from broker.roles.requests.machine import decided, standing
from broker.roles.requests.model import OPEN, Decision, Kinship, Request, Verb
from broker.roles.requests.sending import spoken, tell_finished
from broker.saml.assurance import Assurance

LABEL = 128  # characters of who somebody was


@dataclass(frozen=True, slots=True)
class RequestService:
    """What approvers and those who asked do to requests that were sent."""

    audit: AuditStore
    grants: GrantService
    catalogue: Callable[[Connection], Catalogue]

    def approve(
        self,
        connection: Connection,
        actor: Actor,
        request_id: UUID,
        deed: Deed,
        *,
        until: datetime | None = None,
        scopes: Sequence[Scope] | None = None,
    ) -> Request:
        """Approve, perhaps for a shorter time or more narrowly; `deed.reason` is the comment.

        The last approval that the stages want gives the grant here and now, by the approver's
        hand. Where a rule now objects the request ends as `failed`, and nothing is given.

        Raises NotAllowed with `request.wider`, what `machine.decided` and `authority` raise.
        """
        held = self._hold(connection, actor, request_id, deed)
        may = self._authority(connection, held, actor, deed)
        self._demand_less(connection, held.request, deed, until, scopes)
        decision = replace(
            self._decision("approve", held, may.actor, may, deed),
            until=until,
            scopes=None if scopes is None else canonical(scopes),
        )
        after = self._settle(connection, held, decision, actor, deed)
        if after.state != "approved":
            return after
        ended = carry_out(connection, self.grants, after, Hand(may.actor, may.action), deed)
        store.save(connection, after, ended)
        tell_finished(connection, self.audit, ended, held.role.federation, deed)
        return ended

    def reject(self, connection: Connection, actor: Actor, request_id: UUID, deed: Deed) -> Request:
        """Say no, with the reason that whoever asked will read. Raises as `approve` does."""
        return self._take(connection, actor, request_id, deed, "reject")

    def ask(self, connection: Connection, actor: Actor, request_id: UUID, deed: Deed) -> Request:
        """Ask back; the clock of the stage stands still until the answer."""
        return self._take(connection, actor, request_id, deed, "ask")

    def forward(
        self, connection: Connection, actor: Actor, request_id: UUID, to: UUID, deed: Deed
    ) -> Request:
        """Hand a request to somebody who may decide it too; others still may.

        Raises NotAllowed("request.forward") where they may not.
        """
        held = self._hold(connection, actor, request_id, deed)
        target = actor_of(connection, to, deed.at, Assurance.HIGH)
        kin = kinship(connection, held.request, actor, target)
        held = replace(held, kinship=kin)
        may = self._authority(connection, held, actor, deed)
        try:
            self._authority(connection, held, target, deed)
        except NotAllowed as error:
            raise NotAllowed("request.forward", held.request.number) from error
        decision = replace(self._decision("forward", held, may.actor, may, deed), to=to)
        return self._settle(connection, held, decision, actor, deed)

    def answer(self, connection: Connection, actor: Actor, request_id: UUID, deed: Deed) -> Request:
        """Answer a question; only whoever asked for the role, or whom it is for."""
        return self._take_own(connection, actor, request_id, deed, "answer")

    def withdraw(
        self, connection: Connection, actor: Actor, request_id: UUID, deed: Deed
    ) -> Request:
        """Take a request back; only whoever asked for the role, or whom it is for."""
        return self._take_own(connection, actor, request_id, deed, "withdraw")

    def claim(self, connection: Connection, actor: Actor, request_id: UUID, deed: Deed) -> Request:
        """Say that one is looking at it, for a working day; it keeps nobody else out."""
        held = self._hold(connection, actor, request_id, deed)
        self._authority(connection, held, actor, deed)
        after = replace(held.request, claimed_by=actor.account, claimed_at=deed.at)
        store.save(connection, held.request, after)
        return after

    def release(
        self, connection: Connection, actor: Actor, request_id: UUID, deed: Deed
    ) -> Request:
        """Take one's claim back; somebody else's stays."""
        held = self._hold(connection, actor, request_id, deed)
        if not actor.is_any_of(held.request.claimed_by):
            return held.request
        after = replace(held.request, claimed_by=None, claimed_at=None)
        store.save(connection, held.request, after)
        return after

    def _take(
        self, connection: Connection, actor: Actor, request_id: UUID, deed: Deed, verb: Verb
    ) -> Request:
        held = self._hold(connection, actor, request_id, deed)
        may = self._authority(connection, held, actor, deed)
        _demand_comment(deed)
        decision = self._decision(verb, held, may.actor, may, deed)
        return self._settle(connection, held, decision, actor, deed)

    def _take_own(
        self, connection: Connection, actor: Actor, request_id: UUID, deed: Deed, verb: Verb
    ) -> Request:
        held = self._hold(connection, actor, request_id, deed)
        own = frozenset({held.request.requester, held.request.subject})
        if actor.account is None or not held.kinship.meets(frozenset({actor.account}), own):
            raise NotAllowed("request.not_yours", held.request.number)
        if verb == "answer":
            _demand_comment(deed)
        decision = self._decision(verb, held, actor, None, deed)
        return self._settle(connection, held, decision, actor, deed)

    def _settle(
        self,
        connection: Connection,
        held: "_Held",
        decision: Decision,
        actor: Actor,
        deed: Deed,
    ) -> Request:
        after = decided(held.request, decision, held.kinship)
        store.save(connection, held.request, after)  # first: who hears of it looks at it
        self._tell(connection, held, after, decision, actor, deed)
        return after

    def _hold(self, connection: Connection, actor: Actor, request_id: UUID, deed: Deed) -> "_Held":
        """The request, locked. Raises Unknown("request.unknown")."""
        request = store.request(connection, request_id, lock=True)
        role = self.catalogue(connection).role(request.role) if request else None
        if request is None or role is None:
            raise Unknown("request.unknown", "no such request")
        now = standing(request, deed.at)
        if now.state == "expired":
            raise NotAllowed("request.expired", request.number)
        if now.state not in OPEN:
            raise NotAllowed("request.closed", f"{request.number} is {now.state}")
        return _Held(request, role, kinship(connection, request, actor))

    @staticmethod
    def _authority(connection: Connection, held: "_Held", actor: Actor, deed: Deed) -> Authority:
        now = standing(held.request, deed.at)
        actor = present(connection, actor, deed.at)
        return authority(connection, actor, held.request, held.role, now, held.kinship, deed.at)

    def _demand_less(
        self,
        connection: Connection,
        request: Request,
        deed: Deed,
        until: datetime | None,
        scopes: Sequence[Scope] | None,
    ) -> None:
        """An approval may take away, never add. Raises NotAllowed("request.wider")."""
        if until is not None and (
            until > request.period.until or until <= max(request.period.since, deed.at)
        ):
            raise NotAllowed("request.wider", request.number)
        if scopes is None:
            return
        types = self.catalogue(connection).types
        codes = CodeBook(connection, deed.at)
        if not narrower(canonical(scopes), request.scopes, types, codes):
            raise NotAllowed("request.wider", request.number)

    @staticmethod
    def _decision(
        verb: Verb, held: "_Held", actor: Actor, may: Authority | None, deed: Deed
    ) -> Decision:
        return Decision(
            verb=verb,
            stage=held.request.stage,
            by=actor.account,
            label=actor.label[:LABEL],
            on_behalf_of=may.mandate.on_behalf_of if may and may.mandate else None,
            comment=spoken(deed.reason) if deed.reason.strip() else "",
            at=deed.at,
        )

    def _tell(
        self,
        connection: Connection,
        held: "_Held",
        after: Request,
        decision: Decision,
        actor: Actor,
        deed: Deed,
    ) -> None:
        event = RequestDecided(
            federation=held.role.federation,
            organisation=str(after.organisation),
            request=str(after.id),
            number=after.number,
            decision=decision.verb,
            stage=decision.stage,
            state=after.state,
            narrowed=int(
                after.scopes != held.request.scopes or after.period != held.request.period
            ),
            reason=decision.comment,
            by=actor.by,
            on_behalf_of=str(decision.on_behalf_of) if decision.on_behalf_of else None,
            to=str(decision.to) if decision.to else None,
            seat=actor.seat,
        )
        self.audit.append(connection, event, at=deed.at, reference=deed.reference)


@dataclass(frozen=True, slots=True)
class _Held:
    """A request that is locked, its role, and who is who around it."""

    request: Request
    role: Role
    kinship: Kinship


def _demand_comment(deed: Deed) -> None:
    if not deed.reason.strip():
        raise NotAllowed("request.comment", "no comment")
