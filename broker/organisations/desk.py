"""One change at a time: its transaction, its permission, its records.

Every service works through a `Work`: what it reads is locked until the end, what it asks is
asked of the mandates that hold at this moment, and what it records commits with the change.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime
from uuid import UUID

from broker.audit.events import AdministratorsMissing, Event
from broker.audit.store import AuditStore
from broker.db import Connection, Engine, writing
from broker.errors import NotAllowed, Refused, Unknown
from broker.organisations import store
from broker.organisations.hooks import Units, UnitsAlone
from broker.organisations.model import Account, Actor, Deed, Mandate, Organisation
from broker.organisations.permissions import Action, Thing, demand
from broker.organisations.store.write_mandates import (
    lasting_mandate,
    lasting_mandates,
    substituting,
)
from broker.organisations.words import deed as checked_deed
from broker.periods import FOREVER, Period


@dataclass(frozen=True, slots=True)
class Work:
    """One change under way: by whom, why, and the connection that it is made on."""

    connection: Connection
    audit: AuditStore
    units: Units
    actor: Actor
    deed: Deed

    def record(self, event: Event) -> None:
        """Tell the audit trail, in this transaction."""
        self.audit.append(self.connection, event, at=self.deed.at, reference=self.deed.reference)

    def said(self) -> dict[str, object]:
        """By whom and why, for a row."""
        return {
            "reason": self.deed.reason,
            "by_account": self.actor.account,
            "by_label": self.actor.label[:128],
        }

    def demand(self, action: Action, thing: Thing) -> Mandate | None:
        """Pass where the actor may do it by a mandate that still holds. Raises NotAllowed.

        Mandates may have ended since the actor was made, so they are read again.
        """
        if self.actor.console or self.actor.account is None:
            return demand(self.actor, action, thing)
        held = store.mandates(self.connection, self.actor.account, self.deed.at)
        known = {(mandate.id, mandate.on_behalf_of) for mandate in held}
        still = tuple(m for m in self.actor.mandates if (m.id, m.on_behalf_of) in known)
        return demand(replace(self.actor, mandates=still), action, thing)

    def begins(self, since: datetime | None) -> datetime:
        """When a change begins: now unless said, never before. Raises Refused("change.past")."""
        if since is not None and since < self.deed.at:
            raise Refused("change.past", "a change begins now or later; the past stays as it was")
        return since or self.deed.at

    def period(self, since: datetime | None, until: datetime | None) -> Period:
        """From when until when. Raises Refused("change.past" | "change.ends_before_it_begins")."""
        begins = self.begins(since)
        if until is not None and until <= begins:
            raise Refused("change.ends_before_it_begins", "it would end before it begins")
        return Period(begins, until or FOREVER)

    def organisation(self, organisation_id: UUID) -> Organisation:
        """One organisation as it is now, locked. Raises Unknown("organisation.unknown")."""
        found = None
        if store.lock_organisation(self.connection, organisation_id):
            found = store.organisation(self.connection, organisation_id, self.deed.at)
        if found is None:
            raise Unknown("organisation.unknown", "no such organisation")
        return found

    def open_organisation(self, organisation_id: UUID) -> Organisation:
        """The same, and not closed. Raises Refused("organisation.closed") too."""
        found = self.organisation(organisation_id)
        if found.state == "closed":
            raise Refused(
                "organisation.closed", "the organisation is closed; nothing changes in it"
            )
        return found

    def account(self, account_id: UUID) -> Account:
        """One account as it is now, locked together with its open organisation.

        Raises Unknown("account.unknown") and what `open_organisation` does.
        """
        found = store.account(self.connection, account_id, self.deed.at)
        if found is None:
            raise Unknown("account.unknown", "no such account")
        self.open_organisation(found.organisation)
        store.lock_account(self.connection, account_id)
        again = store.account(self.connection, account_id, self.deed.at)
        if again is None:
            raise Unknown("account.unknown", "no such account")
        return again

    def above(self, unit: str | None) -> frozenset[str]:
        """A unit and all that it lies below; nothing where there is none."""
        if unit is None:
            return frozenset()
        return self.units.above(self.connection, unit, self.deed.at)

    def about(self, account: Account) -> Thing:
        """An account as permissions look at it."""
        return Thing(
            federation=account.federation,
            organisation=account.organisation,
            subject=account.id,
            units=self.above(account.home_code),
        )

    def demand_for_human(self, action: Action, account: Account) -> None:
        """Pass where the actor may do it to every account of this human being.

        Whoever can sign in as one of them may act for all. Raises NotAllowed, with
        `identity.several_organisations` where only those elsewhere are in the way.
        """
        self.demand(action, self.about(account))
        for other_id in sorted(store.same_human(self.connection, account.id) - {account.id}):
            other = store.account(self.connection, other_id, self.deed.at)
            if other is None or other.state == "left":
                continue
            try:
                self.demand(action, self.about(other))
            except NotAllowed as error:
                words = "the same person works in another organisation too: an operator must do it"
                raise NotAllowed("identity.several_organisations", words) from error

    def demand_reach(self, account: Account) -> None:
        """Pass where the actor may give every mandate that this human being has or will have.

        Whoever lets a login find somebody gives it all that they administer: otherwise an
        administrator would get a chief's or an operator's mandate for a friend by a code or
        by merging two accounts. Raises NotAllowed.
        """
        at = self.deed.at
        for one in sorted(store.same_human(self.connection, account.id)):
            standing_in = substituting(self.connection, one, at)
            borrowed = (lasting_mandate(self.connection, each.mandate, at) for each in standing_in)
            for mandate in (*lasting_mandates(self.connection, one, at), *borrowed):
                if mandate is not None:
                    thing = Thing(
                        federation=mandate.federation,
                        organisation=mandate.organisation,
                        service=mandate.service,
                        subject=one,
                        units=self.above(mandate.unit_code),
                        mandate=mandate.kind,
                    )
                    self.demand("mandate.give", thing)

    def administrators(self, organisation_id: UUID, at: datetime) -> int:
        """How many people administer an organisation at an instant."""
        return store.administrators(self.connection, organisation_id, at)

    def alarm(self, organisation: UUID, federation: str, before: int, at: datetime) -> int:
        """Record that a change left fewer than two administrators; how many are left."""
        left = self.administrators(organisation, at)
        if left < before and left < 2:
            event = AdministratorsMissing(
                federation=federation,
                organisation=str(organisation),
                left=left,
                since=at.isoformat(),
            )
            self.record(event)
        return left


@dataclass(frozen=True, slots=True)
class Desk:
    """What every service here is made of."""

    engine: Engine
    audit: AuditStore
    units: Units = field(default_factory=UnitsAlone)

    @contextmanager
    def work(self, actor: Actor, deed: Deed) -> Iterator[Work]:
        """One change: commits whole with its records, or leaves nothing.

        Raises Refused where the deed says no reason.
        """
        checked = checked_deed(deed)
        with writing(self.engine) as connection:
            yield Work(connection, self.audit, self.units, actor, checked)
