"""Who has access to what on a date, what ends soon, what nobody uses, who may hand out what.

Everything is read through the one query of effective grants, and narrowed to what the reader
may see: what lies outside is left out, and nothing fails for it. The owner of a service sees
how many hold its roles in each organisation; names are for the organisation, for operators
and for auditors.
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Literal
from uuid import UUID

from broker.db import Connection
from broker.organisations.model import Actor
from broker.organisations.permissions import Thing, allowed
from broker.roles.catalogue.snapshot import Catalogue
from broker.roles.grants.facts import EffectiveGrant, Entitlement
from broker.roles.grants.store.effective import entitlements
from broker.roles.grants.store.reports import Asked, Person, Place, access, persons, places
from broker.roles.model import Role

Sight = Literal["names", "counts", "nothing"]


@dataclass(frozen=True, slots=True)
class Line:
    """One role that somebody has at the instant of a report."""

    grant: EffectiveGrant
    role: Role
    person: Person
    place: Place


@dataclass(frozen=True, slots=True)
class Count:
    """How many people of an organisation have a role."""

    organisation: UUID
    place: Place
    role: Role
    holders: int


@dataclass(frozen=True, slots=True)
class Reader:
    """Whoever reads reports; console and operators read all, others what is theirs."""

    connection: Connection
    catalogue: Catalogue
    actor: Actor
    _known: dict[tuple[UUID, str | None], Sight] = field(default_factory=dict)

    def lines(self, asked: Asked, at: datetime) -> tuple[Line, ...]:
        """Who has what at an instant, where the reader may see names; by organisation and name."""
        seen = [
            (grant, role, place)
            for grant, role, place in self._found(asked, at)
            if self._sight(place.federation, grant.organisation, role) == "names"
        ]
        known = persons(self.connection, {grant.account for grant, _, _ in seen}, at)
        found = (
            Line(grant, role, known[grant.account], place)
            for grant, role, place in seen
            if grant.account in known
        )
        return tuple(sorted(found, key=_order))

    def counts(self, asked: Asked, at: datetime) -> tuple[Count, ...]:
        """How many have each role in each organisation, each person once."""
        holders: dict[tuple[UUID, UUID], set[UUID]] = defaultdict(set)
        about: dict[tuple[UUID, UUID], tuple[Place, Role]] = {}
        for grant, role, place in self._found(asked, at):
            if self._sight(place.federation, grant.organisation, role) != "nothing":
                holders[grant.organisation, role.id].add(grant.account)
                about[grant.organisation, role.id] = (place, role)
        found = (
            Count(key[0], about[key][0], about[key][1], len(accounts))
            for key, accounts in holders.items()
        )
        return tuple(sorted(found, key=lambda one: (one.place.name, one.role.urn)))

    def expiring(self, asked: Asked, within: timedelta, at: datetime) -> tuple[Line, ...]:
        """What ends within some time, the first to end first: by the grant, or by what it needs."""
        before = at + within
        ending = [line for line in self.lines(asked, at) if line.grant.period.until < before]
        return tuple(sorted(ending, key=lambda line: line.grant.period.until))

    def unused(self, asked: Asked, during: timedelta, at: datetime) -> tuple[Line, ...]:
        """What was neither given nor used for some time."""
        return self.lines(replace(asked, unused=at - during), at)

    def entitled(self, organisation: UUID, at: datetime) -> tuple[tuple[Entitlement, Role], ...]:
        """What an organisation may hand out at an instant, by URN."""
        place = places(self.connection, (organisation,), at).get(organisation)
        if place is None:
            return ()
        found = []
        for one in entitlements(self.connection, organisation, at):
            role = self.catalogue.role(one.role)
            if role and self._sight(place.federation, organisation, role) != "nothing":
                found.append((one, role))
        return tuple(sorted(found, key=lambda pair: pair[1].urn))

    def _found(self, asked: Asked, at: datetime) -> Iterable[tuple[EffectiveGrant, Role, Place]]:
        grants = access(self.connection, asked, at)
        there = places(self.connection, {grant.organisation for grant in grants}, at)
        for grant in grants:
            role, place = self.catalogue.role(grant.role), there.get(grant.organisation)
            if role is not None and place is not None:
                yield grant, role, place

    def _sight(self, federation: str, organisation: UUID, role: Role) -> Sight:
        """What the reader sees of a role in an organisation."""
        key = (organisation, role.service)
        if key not in self._known:
            self._known[key] = self._look(federation, organisation, role)
        return self._known[key]

    def _look(self, federation: str, organisation: UUID, role: Role) -> Sight:
        actor = self.actor
        if actor.console:
            return "names"
        here = Thing(federation, organisation)
        owned = Thing(federation, service=role.service)
        inside = replace(
            actor,
            mandates=tuple(m for m in actor.mandates if not m.kind.startswith("service_")),
        )
        if allowed(inside, "report.read", here):
            return "names"
        if role.service is not None and allowed(actor, "report.read", owned):
            return "counts"
        return "nothing"


def _order(line: Line) -> tuple[str, str, str, str]:
    return line.place.name, line.person.name, line.role.urn, str(line.grant.id)
