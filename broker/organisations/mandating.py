"""Who administers what: mandates given and taken. Those who stand in are in `substituting`."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from broker.audit.events import MandateGiven, MandateTaken
from broker.db import reading
from broker.errors import NotAllowed, Refused, Unknown
from broker.organisations import store, words
from broker.organisations.desk import Desk, Work
from broker.organisations.hooks import ServiceNames
from broker.organisations.model import (
    Account,
    Actor,
    Deed,
    Mandate,
    MandateKind,
)
from broker.organisations.permissions import Thing, demand
from broker.organisations.service import few_administrators
from broker.organisations.store import write_mandates as rows


@dataclass(frozen=True, slots=True)
class Wanted:
    """A mandate to give: what it is for, where that is not the account's organisation."""

    kind: MandateKind
    service: str | None = None
    unit: str | None = None
    since: datetime | None = None
    until: datetime | None = None


@dataclass(frozen=True, slots=True)
class Given:
    """A mandate, and what somebody should look at now."""

    id: UUID
    warnings: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class MandateService:
    """Gives and takes mandates, within what `permissions` allows."""

    desk: Desk
    services: ServiceNames

    def give(self, actor: Actor, account_id: UUID, wanted: Wanted, deed: Deed) -> Given:
        """Let an account administer something. Never oneself, never wider than one's own.

        Raises Refused("mandate.already" | "mandate.service" | "mandate.unit" | "person.state"),
        NotAllowed("permission.substitute" | …) and what `Work.period` does.
        """
        with self.desk.work(actor, deed) as work:
            return give(work, self.services, account_id, wanted)

    def take(self, actor: Actor, mandate_id: UUID, deed: Deed) -> tuple[str, ...]:
        """End a mandate now, with all who stand in for it; words where few administrators are left.

        Raises Unknown("mandate.unknown"), NotAllowed.
        """
        with self.desk.work(actor, deed) as work:
            mandate = lasting(work, mandate_id)
            account = work.account(mandate.account)
            held = work.demand("mandate.take", _thing_of(work, mandate, account))
            not_in_place_of(held)
            home = mandate.organisation
            before = 0 if home is None else work.administrators(home, deed.at)
            rows.end_mandate(work.connection, mandate.id, deed.at, actor.label)
            event = MandateTaken(
                federation=mandate.federation,
                organisation=None if home is None else str(home),
                mandate=mandate.kind,
                mandate_id=str(mandate.id),
                account=str(mandate.account),
                reason=work.deed.reason,
                case_no=work.deed.case_no,
                by=work.actor.by,
                seat=work.actor.seat,
            )
            work.record(event)
            left = 2 if home is None else work.alarm(home, mandate.federation, before, deed.at)
        return few_administrators(left) if left < before else ()

    def listed(self, actor: Actor, organisation_id: UUID, at: datetime) -> tuple[Mandate, ...]:
        """Every mandate in an organisation that holds or will. Raises NotAllowed, Unknown."""
        with reading(self.desk.engine) as connection:
            home = store.organisation(connection, organisation_id, at)
            if home is None:
                raise Unknown("organisation.unknown", "no such organisation then")
            demand(actor, "organisation.read", Thing(home.federation, home.id))
            return rows.mandates_in(connection, organisation_id, at)

    def team(
        self, actor: Actor, federation: str, service: str, at: datetime
    ) -> tuple[tuple[Mandate, Account], ...]:
        """Who looks after a service, or will, with their accounts. Raises NotAllowed."""
        demand(actor, "service.read", Thing(federation, service=service))
        with reading(self.desk.engine) as connection:
            found = []
            for one in rows.mandates_for(connection, federation, service, at):
                account = store.account(connection, one.account, at)
                if account is not None:
                    found.append((one, account))
        return tuple(found)


def give(work: Work, services: ServiceNames, account_id: UUID, wanted: Wanted) -> Given:
    """The mandate, in the transaction of the work."""
    unit = words.optional("the unit", wanted.unit, words.UNIT)
    account = work.account(account_id)
    thing = _thing(work, account, wanted, unit)
    not_in_place_of(work.demand("mandate.give", thing))
    _check(work, services, account, wanted, unit)
    period = work.period(wanted.since, wanted.until)
    home = thing.organisation
    before = 2 if home is None else work.administrators(home, period.since)
    given = rows.add_mandate(
        work.connection,
        account.id,
        wanted.kind,
        period,
        work.said(),
        federation=account.federation,
        organisation=home,
        service=wanted.service,
        unit=unit,
    )
    ends = period.ends
    event = MandateGiven(
        federation=account.federation,
        organisation=None if home is None else str(home),
        service=wanted.service,
        unit=unit,
        mandate=wanted.kind,
        mandate_id=str(given),
        account=str(account.id),
        since=period.since.isoformat(),
        until=None if ends is None else ends.isoformat(),
        reason=work.deed.reason,
        case_no=work.deed.case_no,
        by=work.actor.by,
        seat=work.actor.seat,
        alone=before == 0,
    )
    work.record(event)
    left = 2 if home is None else work.administrators(home, period.since)
    return Given(given, few_administrators(left))


def _check(
    work: Work, services: ServiceNames, account: Account, wanted: Wanted, unit: str | None
) -> None:
    if account.state not in ("pending", "active"):
        raise Refused("person.state", "whoever administers must not be suspended or have left")
    service = wanted.kind.startswith("service_")
    if service != (wanted.service is not None):
        raise Refused("mandate.service", "a mandate for a service names it, and no other does")
    if unit is not None and not wanted.kind.startswith("org_"):
        raise Refused("mandate.unit", "only a mandate in an organisation is limited to a unit")
    if wanted.service is not None and not services.known(
        work.connection, account.federation, wanted.service
    ):
        raise Refused("mandate.service", "there is no such service in the federation")
    for one in rows.lasting_mandates(work.connection, account.id, work.deed.at):
        if (one.kind, one.service, one.unit_code) == (wanted.kind, wanted.service, unit):
            raise Refused("mandate.already", "they have this mandate, or will have it")


def _thing(work: Work, account: Account, wanted: Wanted, unit: str | None) -> Thing:
    within = wanted.kind.startswith("org_")
    return Thing(
        federation=account.federation,
        organisation=account.organisation if within else None,
        service=wanted.service,
        subject=account.id,
        units=work.above(unit),
        mandate=wanted.kind,
    )


def _thing_of(work: Work, mandate: Mandate, account: Account) -> Thing:
    return Thing(
        federation=mandate.federation,
        organisation=mandate.organisation,
        service=mandate.service,
        subject=account.id,
        units=work.above(mandate.unit_code),
        mandate=mandate.kind,
    )


def lasting(work: Work, mandate_id: UUID) -> Mandate:
    """A mandate that holds or will, locked. Raises Unknown("mandate.unknown")."""
    found = rows.lasting_mandate(work.connection, mandate_id, work.deed.at)
    if found is None:
        raise Unknown("mandate.unknown", "no such mandate holds")
    return found


def not_in_place_of(held: Mandate | None) -> None:
    """Whoever stands in hands nothing on. Raises NotAllowed("permission.substitute")."""
    if held is not None and held.on_behalf_of is not None:
        why = "whoever stands in for somebody gives no mandates and names no substitutes"
        raise NotAllowed("permission.substitute", why)
