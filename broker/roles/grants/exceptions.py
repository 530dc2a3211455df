"""Exceptions to separation of duties, and who is in conflict now.

One asks for an exception, another approves it, and neither is the person it is for. It has
an end, a year ahead at most.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Literal
from uuid import UUID, uuid4

from broker.audit.events import ConflictExcepted
from broker.audit.store import AuditStore
from broker.db import Connection
from broker.errors import NotAllowed, Unknown
from broker.organisations.model import Actor, Deed
from broker.organisations.permissions import Thing, demand
from broker.organisations.store import account, same_human
from broker.organisations.words import deed as checked_deed
from broker.periods import Period
from broker.roles.catalogue.snapshot import Catalogue
from broker.roles.conflicts import Conflict, conflicts
from broker.roles.grants import store
from broker.roles.grants.permitting import present
from broker.roles.grants.store import ExceptionRecord
from broker.roles.grants.telling import LABEL, short
from broker.roles.grants.terms import a_year_after, end_of_day


@dataclass(frozen=True, slots=True)
class ExceptionService:
    """Ask, approve, take back; each in the caller's transaction."""

    audit: AuditStore
    catalogue: Callable[[Connection], Catalogue]

    def ask(
        self,
        connection: Connection,
        actor: Actor,
        rule_code: str,
        account_id: UUID,
        until: datetime,
        deed: Deed,
    ) -> UUID:
        """Ask that an account may hold both sides of a rule until an instant; its id.

        Raises NotAllowed for a missing permission, and with `conflict.account`, `.rule` and
        `.end`.
        """
        deed = checked_deed(deed)
        who = account(connection, account_id, deed.at)
        if who is None or actor.account is None:
            raise NotAllowed("conflict.account")
        demand(
            present(connection, actor, deed.at),
            "request.send",
            Thing(who.federation, who.organisation),
        )
        rules = self.catalogue(connection).conflicts_at(who.federation, deed.at)
        rule = next((one for one in rules if one.code == rule_code), None)
        if rule is None or rule.action != "exception":
            raise NotAllowed("conflict.rule", rule_code)
        if not deed.at < until <= end_of_day(a_year_after(deed.at)):
            raise NotAllowed("conflict.end")
        made = uuid4()
        period = Period(deed.at, until)
        store.add_exception(
            connection,
            made,
            rule=rule.id,
            account=account_id,
            period=period,
            asked_by=actor.account,
            reason=short(deed.reason),
        )
        record = store.exception_record(connection, made)
        if record is not None:
            self._tell(connection, actor, record, "asked", deed)
        return made

    def approve(self, connection: Connection, actor: Actor, exception_id: UUID, deed: Deed) -> None:
        """Let an exception count from now on.

        Raises Unknown("conflict.unknown"), and NotAllowed for a missing permission, for
        `conflict.unknown` where it is approved or over already, and with `conflict.oneself` for
        whoever asked for it or has it.
        """
        deed = checked_deed(deed)
        record = self._known(connection, exception_id)
        if record.approved_by or record.revoked_at or record.exception.period.until <= deed.at:
            raise NotAllowed("conflict.unknown")
        self._demand(connection, present(connection, actor, deed.at), record)
        label = actor.label[:LABEL]
        store.approve_exception(connection, exception_id, deed.at, actor.account, label)
        self._tell(connection, actor, record, "approved", deed)

    def revoke(self, connection: Connection, actor: Actor, exception_id: UUID, deed: Deed) -> None:
        """Take an exception back, or turn down one that was asked for. Raises as `approve`."""
        deed = checked_deed(deed)
        record = self._known(connection, exception_id)
        if record.revoked_at or record.exception.period.until <= deed.at:
            raise NotAllowed("conflict.unknown")
        self._demand(connection, present(connection, actor, deed.at), record)
        store.revoke_exception(connection, exception_id, deed.at)
        self._tell(connection, actor, record, "revoked", deed)

    def find(self, connection: Connection, federation: str, at: datetime) -> tuple[Conflict, ...]:
        """Every conflict of anybody in a federation at an instant, excepted ones too.

        By what is granted; what an IdP says is only known at a login.
        """
        rules = self.catalogue(connection).conflicts_at(federation, at)
        concerned = frozenset[UUID]().union(*(rule.a | rule.b for rule in rules))
        people = store.holders_of(connection, concerned, at)
        exceptions = store.all_exceptions(connection, at)
        return tuple(
            conflict for held in people for conflict in conflicts(rules, held, exceptions, at)
        )

    def _known(self, connection: Connection, exception_id: UUID) -> ExceptionRecord:
        record = store.exception_record(connection, exception_id)
        if record is None:
            raise Unknown("conflict.unknown")
        return record

    def _demand(self, connection: Connection, actor: Actor, record: ExceptionRecord) -> None:
        kin = same_human(connection, record.exception.account)
        others = (*kin, *same_human(connection, record.asked_by))
        federation = record.exception.federation
        thing = Thing(
            federation,
            service=self._service(connection, record),
            subject=record.exception.account,
            others=others,
        )
        if actor.is_any_of(*others):
            raise NotAllowed("conflict.oneself")
        demand(actor, "conflict.except", thing)

    def _service(self, connection: Connection, record: ExceptionRecord) -> str | None:
        """The service whose owner may decide: the one that all roles of the rule are of."""
        catalogue = self.catalogue(connection)
        known = (rule for rule in catalogue.conflicts if rule.code == record.exception.rule)
        roles = (catalogue.role(role) for rule in known for role in rule.a | rule.b)
        federation = record.exception.federation
        services = {role.service for role in roles if role and role.federation == federation}
        return services.pop() if len(services) == 1 else None

    def _tell(
        self,
        connection: Connection,
        actor: Actor,
        record: ExceptionRecord,
        what: Literal["asked", "approved", "revoked"],
        deed: Deed,
    ) -> None:
        exception = record.exception
        event = ConflictExcepted(
            exception=str(exception.id),
            federation=exception.federation,
            rule=exception.rule,
            account=str(exception.account),
            what=what,
            since=exception.period.since.isoformat(),
            until=exception.period.until.isoformat(),
            asked_by=str(record.asked_by),
            by=actor.by,
            seat=actor.seat,
            reason=deed.reason,
        )
        self.audit.append(connection, event, at=deed.at, reference=deed.reference)
