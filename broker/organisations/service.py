"""Organisations through their lives: registered, active, suspended, closed; renamed, merged.

Each call is one transaction with its audit rows. `merging` has the guided merge.
"""

from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from broker.audit.events import OrganisationChanged
from broker.audit.events.organisations import OrganisationChange
from broker.db import reading
from broker.errors import Refused, Unknown
from broker.organisations import store, words
from broker.organisations.desk import Desk, Work
from broker.organisations.hooks import EverybodyMayJoin, MembershipGuard, Mover, NothingToMove
from broker.organisations.merging import MergePlan, MergePreview, merge, preview
from broker.organisations.model import (
    Actor,
    Deed,
    Organisation,
    OrganisationKind,
    OrganisationState,
)
from broker.organisations.permissions import Thing, demand
from broker.organisations.store import write_organisations as rows
from broker.periods import Period

# Which states may become which; what is closed stays closed.
_FROM: dict[OrganisationState, tuple[OrganisationState, ...]] = {
    "active": ("pending", "suspended"),
    "suspended": ("active",),
    "closed": ("pending", "active", "suspended"),
}
_WORDS: dict[OrganisationState, OrganisationChange] = {
    "active": "activated",
    "suspended": "suspended",
    "closed": "closed",
}


@dataclass(frozen=True, slots=True)
class Registered:
    """A new organisation, and what looks odd about it."""

    id: UUID
    warnings: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Changed:
    """From when a change holds, and the planned changes that it put out of force."""

    since: datetime
    dropped: tuple[Period, ...] = ()
    warnings: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class OrganisationService:
    """What operators do to organisations."""

    desk: Desk
    mover: Mover = field(default_factory=NothingToMove)
    guard: MembershipGuard = field(default_factory=EverybodyMayJoin)

    def register(
        self,
        actor: Actor,
        deed: Deed,
        *,
        federation: str,
        cvr: str,
        name: str,
        kind: OrganisationKind,
        unit_key: str = "",
    ) -> Registered:
        """A new organisation, pending until it is activated.

        Raises Refused("input.cvr" | "organisation.exists") and what `words.line` does,
        Unknown("organisation.federation"), NotAllowed.
        """
        with self.desk.work(actor, deed) as work:
            return register(work, federation, cvr, name, kind, unit_key)

    def activate(
        self, actor: Actor, organisation_id: UUID, deed: Deed, *, since: datetime | None = None
    ) -> Changed:
        """Let people sign in and administrators work; warns where there are fewer than two."""
        return self._become(actor, organisation_id, deed, "active", since)

    def suspend(
        self, actor: Actor, organisation_id: UUID, deed: Deed, *, since: datetime | None = None
    ) -> Changed:
        """Let nothing of it count for a while. People are shown the reason."""
        return self._become(actor, organisation_id, deed, "suspended", since)

    def close(
        self, actor: Actor, organisation_id: UUID, deed: Deed, *, since: datetime | None = None
    ) -> Changed:
        """End it for good; its history stays."""
        return self._become(actor, organisation_id, deed, "closed", since)

    def rename(
        self,
        actor: Actor,
        organisation_id: UUID,
        deed: Deed,
        *,
        name: str | None = None,
        kind: OrganisationKind | None = None,
        since: datetime | None = None,
    ) -> Changed:
        """Give it another name or kind; what is planned for it stays planned."""
        called = None if name is None else words.line("the name", name, words.NAME)
        values: dict[str, object] = {"name": called, "kind": kind}
        values = {key: value for key, value in values.items() if value is not None}
        if not values:
            raise Refused("change.nothing", "say what changes")
        with self.desk.work(actor, deed) as work:
            found = work.open_organisation(organisation_id)
            work.demand("organisation.change", _thing(found))
            begins = work.begins(since)
            rows.organisation_amended(
                work.connection, organisation_id, begins, {**values, **work.said()}
            )
            change: OrganisationChange = "reclassified" if name is None else "renamed"
            _record(work, found, change, begins, 0)
        return Changed(begins)

    def preview_merge(self, actor: Actor, plan: MergePlan, at: datetime) -> MergePreview:
        """What a merge would move and what stands in its way; changes nothing.

        Raises what `merge` does for its two organisations.
        """
        with reading(self.desk.engine) as connection:
            return preview(connection, actor, plan, at, self.mover)

    def merge(self, actor: Actor, plan: MergePlan, deed: Deed) -> MergePreview:
        """Move everything of one organisation to another now, and close the old one.

        Grants go along in the same transaction; what was moved comes back. Raises
        Refused("merge.itself" | "merge.federation" | "merge.mapping" | "merge.suspended" |
        "organisation.closed"),
        Unknown("organisation.unknown"), NotAllowed, and whatever the grants refuse.
        """
        with self.desk.work(actor, deed) as work:
            return merge(work, plan, self.mover, self.guard)

    def read(self, actor: Actor, organisation_id: UUID, at: datetime) -> Organisation:
        """One organisation at an instant. Raises Unknown("organisation.unknown"), NotAllowed."""
        with reading(self.desk.engine) as connection:
            found = store.organisation(connection, organisation_id, at)
        if found is None:
            raise Unknown("organisation.unknown", "no such organisation then")
        demand(actor, "organisation.read", _thing(found))
        return found

    def _become(
        self,
        actor: Actor,
        organisation_id: UUID,
        deed: Deed,
        state: OrganisationState,
        since: datetime | None,
    ) -> Changed:
        with self.desk.work(actor, deed) as work:
            return become(work, organisation_id, state, since)


def register(
    work: Work, federation: str, cvr: str, name: str, kind: OrganisationKind, unit_key: str = ""
) -> Registered:
    """The new organisation, in the transaction of the work."""
    number, unit = words.cvr(cvr), words.unit_key(unit_key)
    called = words.line("the name", name, words.NAME)
    work.demand("organisation.register", Thing(federation))
    if not store.federation_known(work.connection, federation):
        raise Unknown("organisation.federation", f"there is no federation {federation}")
    fresh = rows.add_organisation(work.connection, federation, number, unit, work.deed.at)
    if fresh is None:
        known = "there is one with that CVR number; give a unit where it has several"
        raise Refused("organisation.exists", known)
    said = {"name": called, "kind": kind, "state": "pending", **work.said()}
    rows.organisation_from(work.connection, fresh, work.deed.at, said)
    made = work.organisation(fresh)
    _record(work, made, "registered", work.deed.at, 0)
    warning = words.cvr_warning(number)
    return Registered(fresh, (warning,) if warning else ())


def become(
    work: Work, organisation_id: UUID, state: OrganisationState, since: datetime | None = None
) -> Changed:
    """Another state, in the transaction of the work."""
    found = work.open_organisation(organisation_id)
    work.demand("organisation.change", _thing(found))
    begins = work.begins(since)
    then = store.organisation(work.connection, organisation_id, begins)
    if then is None or then.state not in _FROM[state]:
        is_now = then.state if then else "nothing"
        raise Refused("organisation.state", f"it is {is_now} then, and cannot be {state}")
    done = rows.organisation_from(
        work.connection, organisation_id, begins, {"state": state, **work.said()}
    )
    _record(work, found, _WORDS[state], begins, len(done.dropped))
    warnings: tuple[str, ...] = ()
    if state == "active":
        left = work.administrators(organisation_id, begins)
        warnings = few_administrators(left)
    return Changed(begins, done.dropped, warnings)


def few_administrators(left: int) -> tuple[str, ...]:
    """Words where an organisation has fewer than the two administrators that it needs."""
    if left == 0:
        return (
            "nobody active administers the organisation: name somebody, or wait for their login",
        )
    if left == 1:
        return ("only one person administers the organisation now; name another",)
    return ()


def _thing(of: Organisation) -> Thing:
    return Thing(of.federation, of.id)


def _record(
    work: Work, of: Organisation, change: OrganisationChange, since: datetime, dropped: int
) -> None:
    event = OrganisationChanged(
        federation=of.federation,
        organisation=str(of.id),
        cvr=of.cvr,
        change=change,
        since=since.isoformat(),
        dropped=dropped,
        reason=work.deed.reason,
        case_no=work.deed.case_no,
        by=work.actor.by,
        seat=work.actor.seat,
    )
    work.record(event)
