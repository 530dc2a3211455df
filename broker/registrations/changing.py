"""Production, changes of it and removal from it: asked for, decided by another, carried out."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Literal
from uuid import UUID, uuid4

from broker.audit.events.services import ServiceChangeAsked, ServiceChangeDecided
from broker.audit.store import AuditStore
from broker.db import Connection, Engine, reading, writing
from broker.errors import BrokerError, Refused, Unknown
from broker.metadata.homes import federation_of
from broker.metadata.model import Federation
from broker.metadata.report import Occasion
from broker.organisations.desk import Desk, Work
from broker.organisations.model import Actor, Deed
from broker.organisations.permissions import Action, Thing, allowed
from broker.registrations import store
from broker.registrations.carrying import Carrier
from broker.registrations.model import Change, ChangeKind, Environments
from broker.registrations.operating import in_operation
from broker.registrations.service import RegistrationService

FARTHEST = timedelta(days=366)
_ASKED_BY: dict[ChangeKind, Action] = {
    "launch": "service.ask",
    "change": "service.change",
    "removal": "service.ask",
}


@dataclass(frozen=True, slots=True)
class ChangeService:
    """What is asked for in production, one thing at a time for each service."""

    desk: Desk

    def ask(
        self,
        actor: Actor,
        where: Environments,
        code: str,
        kind: ChangeKind,
        wanted_at: datetime | None,
        deed: Deed,
        *,
        missing: Sequence[str] = (),
        opened: Callable[[Work, Change], str] | None = None,
    ) -> Change:
        """Ask for what is saved to be in operation in production, or for it to end.

        `missing` are the points of the checklist that are not in order; `opened` opens the case
        in which it is decided, and says its reference. Raises
        Refused("registration.incomplete" | "registration.asked" | "registration.past" |
        "registration.same" | "registration.kind").
        """
        with self.desk.work(actor, deed) as work:
            home = where.home
            work.demand(_ASKED_BY[kind], Thing(home.path, service=code))
            found = RegistrationService(self.desk).find(work.connection, where, code, deed.at)
            now = in_operation(work.connection, home, code, deed.at)
            if kind == "launch" and missing:
                raise Refused("registration.incomplete", ", ".join(missing))
            if (kind == "launch") != (now is None):
                raise Refused("registration.kind", f"{kind} of a service as it is now")
            if store.open_change(work.connection, home.path, code) is not None:
                raise Refused("registration.asked", "something is asked for already")
            _check_date(wanted_at, deed.at)
            made = Change(
                id=uuid4(),
                federation=home.path,
                code=code,
                kind=kind,
                content=found.content,
                wanted_at=wanted_at,
                reason=work.deed.reason,
                by_account=actor.account,
                by_label=actor.label,
                asked_at=deed.at,
                state="waiting",
            )
            if opened is not None:
                made = replace(made, case_no=opened(work, made))
            store.add_change(work.connection, made)
            work.record(
                ServiceChangeAsked(
                    federation=home.path,
                    service=code,
                    change=str(made.id),
                    kind=kind,
                    wanted_at=wanted_at.isoformat() if wanted_at else None,
                    by=actor.by,
                    reason=work.deed.reason,
                )
            )
        return made

    def find(self, actor: Actor, change_id: UUID) -> Change:
        """One change, for those who may see its service. Raises Unknown, NotAllowed."""
        with reading(self.desk.engine) as connection:
            found = _found(connection, change_id)
        thing = Thing(found.federation, service=found.code)
        if not allowed(actor, "service.read", thing):
            raise Unknown("registration.no_change", "no such change")
        return found

    def withdraw(self, actor: Actor, change_id: UUID, deed: Deed) -> Change:
        """Take back what was asked for, as long as it is not in operation."""
        with self.desk.work(actor, deed) as work:
            found = _found(work.connection, change_id)
            if found.state not in ("waiting", "approved"):
                raise Refused("registration.decided", f"it is {found.state}")
            work.demand(_ASKED_BY[found.kind], Thing(found.federation, service=found.code))
            return ended(work, found, "withdrawn")


def approved(work: Work, home: Federation, found: Change) -> Change:
    """A change that somebody else said yes to, in their transaction.

    A change with a day waits for it; everything else counts by dates that are kept with it.
    """
    at, actor = work.deed.at, work.actor
    later = found.wanted_at if found.wanted_at and found.wanted_at > at else None
    decided = replace(
        found,
        state="approved" if later and found.kind == "change" else "carried_out",
        decided_by=actor.label,
        decided_at=at,
        decision=work.deed.reason,
        opens=later or at,
    )
    _keep(work, found, decided)
    if decided.state == "carried_out":
        occasion = Occasion(at, actor.label, work.deed.reason, work.deed.reference)
        _carry_out(work.connection, home, decided, occasion, work.audit, later)
    return decided


def ended(work: Work, found: Change, state: Literal["rejected", "withdrawn"]) -> Change:
    """A change that comes to nothing, in the transaction of whoever says so."""
    decided = replace(
        found,
        state=state,
        decided_by=work.actor.label,
        decided_at=work.deed.at,
        decision=work.deed.reason,
    )
    _keep(work, found, decided)
    return decided


def waiting(work: Work, change_id: UUID) -> Change:
    """A change that waits. Raises Unknown, Refused("registration.decided")."""
    found = _found(work.connection, change_id)
    if found.state != "waiting":
        raise Refused("registration.decided", f"it is {found.state}")
    return found


def _keep(work: Work, found: Change, decided: Change) -> None:
    if not store.decide_change(work.connection, found, decided):
        raise Refused("registration.decided", "somebody else decided it meanwhile")
    work.record(_event(decided, work.actor.by))


def carry_out_due(
    engine: Engine, origin: str, audit: AuditStore, now: datetime, reference: str
) -> list[Change]:
    """Bring into operation what was approved for an instant that has come; a job does it."""
    done = []
    with reading(engine) as connection:
        come = store.due(connection, now)
    for found in come:
        by = found.decided_by or "job"
        occasion = Occasion(now, by, found.decision or found.reason, reference)
        try:
            with writing(engine) as connection:
                decided = replace(found, state="carried_out")
                if not store.decide_change(connection, found, decided):
                    continue  # another node did it
                home = federation_of(connection, found.federation, origin)
                _carry_out(connection, home, decided, occasion, audit, None)
                audit.append(connection, _event(decided, by), at=now, reference=reference)
                done.append(decided)
        except BrokerError as error:  # it fitted when it was approved, and does not any more
            words = f"{found.decision} – {error.code}"
            with writing(engine) as connection:
                failed = replace(found, state="rejected", decision=words)
                if store.decide_change(connection, found, failed):
                    audit.append(connection, _event(failed, by), at=now, reference=reference)
    return done


def _carry_out(
    connection: Connection,
    home: Federation,
    found: Change,
    occasion: Occasion,
    audit: AuditStore,
    opens: datetime | None,
) -> None:
    carrier = Carrier(connection, home, occasion, audit, found.by_label)
    if found.kind == "removal":
        carrier.close(found.code, opens or occasion.at)
        return
    carrier.carry_out(found.code, found.content, "production", opens=opens)


def _check_date(wanted_at: datetime | None, now: datetime) -> None:
    if wanted_at is not None and not now < wanted_at <= now + FARTHEST:
        raise Refused("registration.past", "not a day of the year to come")


def _found(connection: Connection, change_id: UUID) -> Change:
    found = store.change(connection, change_id)
    if found is None:
        raise Unknown("registration.no_change", "no such change")
    return found


def _event(decided: Change, by: str) -> ServiceChangeDecided:
    return ServiceChangeDecided(
        federation=decided.federation,
        service=decided.code,
        change=str(decided.id),
        kind=decided.kind,
        state=decided.state,
        opens=decided.opens.isoformat() if decided.opens else None,
        by=by,
        reason=decided.decision,
    )
