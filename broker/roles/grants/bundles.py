"""Bundles to grant from, and copying what a colleague has.

A bundle is a list of roles and nothing else: what is granted from it is as many grants, each
checked as if it were alone, that remember the bundle. A bundle carries no code; where a role
has to be delimited and nobody says how, it is delimited by the person's own unit, if the role
allows that.
"""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID, uuid4

from broker.audit.events import BundleChanged
from broker.audit.store import AuditStore
from broker.db import Connection
from broker.errors import NotAllowed, Unknown
from broker.organisations.model import Actor, Deed
from broker.organisations.permissions import Thing, demand
from broker.organisations.store import lock_organisation, organisation
from broker.organisations.words import deed as checked_deed
from broker.roles.catalogue.snapshot import Catalogue
from broker.roles.grants import store
from broker.roles.grants.facts import Scope
from broker.roles.grants.model import Bundle, Given, Wanted
from broker.roles.grants.permitting import present
from broker.roles.grants.scopes import ORGANISATIONS, UNITS
from broker.roles.grants.service import GrantService
from broker.roles.model import DelimitationType, RoleVersion


@dataclass(frozen=True, slots=True)
class Handing:
    """To whom a bundle is granted, for how long, and how its roles are delimited."""

    account: UUID | None = None
    group: UUID | None = None
    since: datetime | None = None
    until: datetime | None = None
    scopes: Mapping[UUID, tuple[Scope, ...]] = field(default_factory=dict)  # by role


@dataclass(frozen=True, slots=True)
class BundleService:
    """What administrators do with bundles, each in the caller's transaction."""

    audit: AuditStore
    catalogue: Callable[[Connection], Catalogue]
    grants: GrantService

    def make(
        self,
        connection: Connection,
        actor: Actor,
        organisation_id: UUID,
        name: str,
        roles: Collection[UUID],
        deed: Deed,
    ) -> Bundle:
        """Make a bundle of roles that the organisation is entitled to now.

        Raises NotAllowed for a missing permission, and with `bundle.name`, `.empty` and `.role`.
        """
        deed = checked_deed(deed)
        lock_organisation(connection, organisation_id)
        self._demand(connection, actor, organisation_id, deed.at)
        name = name.strip()
        if not name or store.bundle_named(connection, organisation_id, name) is not None:
            raise NotAllowed("bundle.name")
        self._check(connection, organisation_id, roles, deed.at)
        made = Bundle(uuid4(), organisation_id, name, frozenset(roles))
        store.add_bundle(connection, made, actor, deed.at)
        self._tell(connection, actor, made, deed, made=True)
        return made

    def change(
        self,
        connection: Connection,
        actor: Actor,
        bundle_id: UUID,
        roles: Collection[UUID],
        deed: Deed,
    ) -> Bundle:
        """Let a bundle hold other roles from now on; what was granted from it stays.

        Raises Unknown("bundle.unknown"), and NotAllowed as `make` does.
        """
        deed = checked_deed(deed)
        known = self._known(connection, bundle_id)
        lock_organisation(connection, known.organisation)
        self._demand(connection, actor, known.organisation, deed.at)
        self._check(connection, known.organisation, roles, deed.at)
        changed = Bundle(known.id, known.organisation, known.name, frozenset(roles))
        store.put_roles(connection, known.id, changed.roles)
        self._tell(connection, actor, changed, deed, made=False)
        return changed

    def wanted(
        self, connection: Connection, bundle_id: UUID, handing: Handing, at: datetime
    ) -> tuple[Wanted, ...]:
        """The grants that a bundle would become, for a preview. Raises Unknown."""
        known, catalogue = self._known(connection, bundle_id), self.catalogue(connection)
        found = []
        for role_id in sorted(known.roles):
            role = catalogue.role(role_id)
            version = role.at(max(handing.since or at, at)) if role else None
            usual = own_scopes(version, catalogue.types) if version else ()
            found.append(
                Wanted(
                    organisation=known.organisation,
                    role=role_id,
                    account=handing.account,
                    group=handing.group,
                    scopes=handing.scopes.get(role_id, usual),
                    since=handing.since,
                    until=handing.until,
                    bundle=known.id,
                )
            )
        return tuple(found)

    def give(
        self,
        connection: Connection,
        actor: Actor,
        bundle_id: UUID,
        handing: Handing,
        deed: Deed,
    ) -> tuple[Given, ...]:
        """Grant every role of a bundle, or none. Raises as `GrantService.give` does."""
        wanted = self.wanted(connection, bundle_id, handing, deed.at)
        if not wanted:
            raise NotAllowed("bundle.empty")
        return tuple(self.grants.give(connection, actor, one, deed) for one in wanted)

    def _known(self, connection: Connection, bundle_id: UUID) -> Bundle:
        known = store.bundle(connection, bundle_id)
        if known is None:
            raise Unknown("bundle.unknown")
        return known

    def _demand(
        self, connection: Connection, actor: Actor, organisation_id: UUID, at: datetime
    ) -> None:
        home = organisation(connection, organisation_id, at)
        if home is None or home.state != "active":
            raise NotAllowed("grant.organisation_state")
        demand(
            present(connection, actor, at), "bundle.change", Thing(home.federation, organisation_id)
        )

    def _check(
        self,
        connection: Connection,
        organisation_id: UUID,
        roles: Collection[UUID],
        at: datetime,
    ) -> None:
        if not roles:
            raise NotAllowed("bundle.empty")
        rights = store.entitlements_of(connection, organisation_id)
        entitled = {right.role for right in rights if right.holds_at(at)}
        for role_id in roles:
            if role_id not in entitled:
                role = self.catalogue(connection).role(role_id)
                raise NotAllowed("bundle.role", role.urn if role else str(role_id))

    def _tell(
        self, connection: Connection, actor: Actor, after: Bundle, deed: Deed, *, made: bool
    ) -> None:
        catalogue = self.catalogue(connection)
        home = organisation(connection, after.organisation, deed.at)
        named = (catalogue.role(role) for role in after.roles)
        event = BundleChanged(
            bundle=str(after.id),
            federation=home.federation if home else "",
            organisation=str(after.organisation),
            what="made" if made else "roles",
            roles=tuple(sorted(role.urn for role in named if role is not None)),
            by=actor.by,
            seat=actor.seat,
            reason=deed.reason,
        )
        self.audit.append(connection, event, at=deed.at, reference=deed.reference)


def own_scopes(version: RoleVersion, types: Mapping[str, DelimitationType]) -> tuple[Scope, ...]:
    """How a role is delimited where nobody says how: by own unit where it has to be and may."""
    found = []
    for rule in version.delimitations:
        kind = types.get(rule.type)
        if not rule.least or not rule.own_unit or kind is None:
            continue
        if kind.list_id == UNITS:
            found.append(Scope(rule.type, "own_unit_tree"))
        elif kind.list_id == ORGANISATIONS:
            found.append(Scope(rule.type, "own_cvr", with_descendants=False))
    return tuple(found)
