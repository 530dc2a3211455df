"""What the operator lets an organisation hand out: which roles, how far, and until when.

A ceiling that changes closes one entitlement and opens the next, so that it can be asked
what an organisation was entitled to on any day. Grants stay when an entitlement goes; they
have no effect without it, and who loses what by that is told before and after.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Literal
from uuid import UUID, uuid4

from broker.audit.events import EntitlementChanged
from broker.audit.store import AuditStore
from broker.db import Connection
from broker.errors import NotAllowed, Unknown
from broker.organisations.model import Actor, Deed, Organisation
from broker.organisations.permissions import Thing, demand
from broker.organisations.store import lock_organisation, organisation
from broker.organisations.words import deed as checked_deed
from broker.periods import FOREVER, Period
from broker.roles.catalogue.snapshot import Catalogue
from broker.roles.grants import store
from broker.roles.grants.facts import Ceiling
from broker.roles.grants.limits import check_ceiling
from broker.roles.grants.losing import Loss, losses
from broker.roles.grants.model import EntitlementRecord
from broker.roles.grants.permitting import present
from broker.roles.grants.scopes import limits, spelled
from broker.roles.grants.telling import LABEL, end_of, short
from broker.roles.model import Role

What = Literal["given", "ceiling", "withdrawn"]


@dataclass(frozen=True, slots=True)
class Decided:
    """An entitlement as it stands after a decision, and who loses something by it."""

    entitlement: EntitlementRecord
    losses: tuple[Loss, ...] = ()


@dataclass(frozen=True, slots=True)
class EntitlementService:
    """What operators decide about organisations, each in the caller's transaction."""

    audit: AuditStore
    catalogue: Callable[[Connection], Catalogue]

    def entitle(
        self,
        connection: Connection,
        actor: Actor,
        organisation_id: UUID,
        role_id: UUID,
        ceiling: Sequence[Ceiling],
        deed: Deed,
        *,
        since: datetime | None = None,
        until: datetime = FOREVER,
    ) -> EntitlementRecord:
        """Let an organisation hand out a role, within a ceiling for each type that has limits.

        Raises NotAllowed for a missing permission, and with `entitlement.organisation`, `.role`,
        `.past`, `.period`, `.duplicate`, `.ceiling_type` and `.ceiling_value`.
        """
        deed = checked_deed(deed)
        lock_organisation(connection, organisation_id)
        home = _home(connection, organisation_id, deed.at)
        demand(present(connection, actor, deed.at), "entitlement.change", Thing(home.federation))
        if home.state == "closed":
            raise NotAllowed("entitlement.organisation")
        begins = since or deed.at
        role = self._role(connection, home, role_id, begins)
        if begins < deed.at:
            raise NotAllowed("entitlement.past")
        if until <= begins:
            raise NotAllowed("entitlement.period")
        check_ceiling(connection, self.catalogue(connection), role, ceiling, begins)
        for known in store.entitlements_of(connection, organisation_id, role_id):
            if known.period.since < until and known.until > begins:
                raise NotAllowed("entitlement.duplicate", role.urn)
        fresh = EntitlementRecord(
            id=uuid4(),
            organisation=organisation_id,
            role=role_id,
            period=Period(begins, until),
            ceiling=limits(ceiling),
            case_no=deed.case_no,
        )
        store.add_entitlement(connection, fresh, actor)
        self._tell(connection, actor, deed, home, role, fresh, "given")
        return fresh

    def limit(
        self,
        connection: Connection,
        actor: Actor,
        entitlement_id: UUID,
        ceiling: Sequence[Ceiling],
        deed: Deed,
        *,
        since: datetime | None = None,
    ) -> Decided:
        """Give an entitlement another ceiling from now or a later instant on.

        The entitlement that follows has another id. Raises Unknown("entitlement.unknown"), and
        NotAllowed as `entitle` does and for `entitlement.ended`.
        """
        deed = checked_deed(deed)
        known, home, role = self._known(connection, actor, entitlement_id, deed.at)
        begins = max(since or deed.at, known.period.since)
        if begins < deed.at:
            raise NotAllowed("entitlement.past")
        if begins >= known.period.until:
            raise NotAllowed("entitlement.ended")
        check_ceiling(connection, self.catalogue(connection), role, ceiling, begins)
        fresh = replace(
            known,
            id=uuid4(),
            period=Period(begins, known.period.until),
            ceiling=limits(ceiling),
            case_no=deed.case_no or known.case_no,
        )
        lost = self.preview(connection, known, fresh.ceiling, begins)
        if known.period.since < begins:
            store.end_entitlement(connection, known.id, begins)
        else:
            _revoke(connection, actor, known, deed)
        store.add_entitlement(connection, fresh, actor)
        self._tell(connection, actor, deed, home, role, fresh, "ceiling", known, len(lost))
        return Decided(fresh, lost)

    def withdraw(
        self,
        connection: Connection,
        actor: Actor,
        entitlement_id: UUID,
        deed: Deed,
        *,
        at: datetime | None = None,
    ) -> Decided:
        """Withdraw an entitlement now, or let it end at a later instant.

        Raises Unknown("entitlement.unknown"), and NotAllowed for a missing permission, for
        `entitlement.ended`, and for `entitlement.past` and `.period` where the instant has
        passed or lies after its end.
        """
        deed = checked_deed(deed)
        known, home, role = self._known(connection, actor, entitlement_id, deed.at)
        ends = at or deed.at
        if ends < deed.at:
            raise NotAllowed("entitlement.past")
        if ends >= known.period.until:
            raise NotAllowed("entitlement.period")
        lost = self.preview(connection, known, None, ends)
        if ends > deed.at and ends > known.period.since:
            store.end_entitlement(connection, known.id, ends)
            after = replace(known, period=Period(known.period.since, ends))
        else:
            _revoke(connection, actor, known, deed)
            after = replace(known, revoked_at=deed.at)
        self._tell(connection, actor, deed, home, role, after, "withdrawn", None, len(lost))
        return Decided(after, lost)

    def preview(
        self,
        connection: Connection,
        known: EntitlementRecord,
        ceiling: Sequence[Ceiling] | None,
        at: datetime,
    ) -> tuple[Loss, ...]:
        """Who would lose what under another ceiling from an instant on; None is under none."""
        home = _home(connection, known.organisation, at)
        types = self.catalogue(connection).types
        return losses(connection, types, known, ceiling, home.cvr, at)

    def _known(
        self, connection: Connection, actor: Actor, entitlement_id: UUID, at: datetime
    ) -> tuple[EntitlementRecord, Organisation, Role]:
        known = store.entitlement(connection, entitlement_id)
        if known is None:
            raise Unknown("entitlement.unknown")
        lock_organisation(connection, known.organisation)
        known = store.entitlement(connection, entitlement_id) or known
        home = _home(connection, known.organisation, at)
        demand(present(connection, actor, at), "entitlement.change", Thing(home.federation))
        role = self.catalogue(connection).role(known.role)
        if role is None:
            raise NotAllowed("entitlement.role")
        if known.revoked_at is not None or known.period.until <= at:
            raise NotAllowed("entitlement.ended")
        return known, home, role

    def _role(
        self, connection: Connection, home: Organisation, role_id: UUID, at: datetime
    ) -> Role:
        role = self.catalogue(connection).role(role_id)
        version = role.at(at) if role else None
        if (
            role is None
            or version is None
            or role.federation != home.federation
            or version.state == "retired"
        ):
            raise NotAllowed("entitlement.role")
        return role

    def _tell(
        self,
        connection: Connection,
        actor: Actor,
        deed: Deed,
        home: Organisation,
        role: Role,
        after: EntitlementRecord,
        what: What,
        before: EntitlementRecord | None = None,
        losing: int = 0,
    ) -> None:
        event = EntitlementChanged(
            entitlement=str(after.id),
            federation=home.federation,
            organisation=str(home.id),
            role=role.urn,
            what=what,
            since=after.period.since.isoformat(),
            until=after.revoked_at.isoformat() if after.revoked_at else end_of(after.period),
            ceiling=tuple(map(spelled, after.ceiling)),
            follows=str(before.id) if before else None,
            losing=losing,
            case_no=after.case_no,
            by=actor.by,
            seat=actor.seat,
            reason=deed.reason,
        )
        self.audit.append(connection, event, at=deed.at, reference=deed.reference)


def _home(connection: Connection, organisation_id: UUID, at: datetime) -> Organisation:
    found = organisation(connection, organisation_id, at)
    if found is None:
        raise NotAllowed("entitlement.organisation")
    return found


def _revoke(connection: Connection, actor: Actor, known: EntitlementRecord, deed: Deed) -> None:
    label, reason = actor.label[:LABEL], short(deed.reason)
    store.revoke_entitlement(connection, known.id, deed.at, label, reason)
