"""Which roles the organisation may hand out now, by name, with how far."""

from dataclasses import dataclass
from uuid import UUID

from broker.db import Connection
from broker.errors import Unknown
from broker.portals.organisation.counter import home
from broker.portals.organisation.wording import Named, Wording
from broker.portals.person import Person
from broker.roles.grants.facts import Ceiling
from broker.roles.grants.store.effective import entitlements
from broker.roles.model import OPEN, Role


@dataclass(frozen=True, slots=True)
class Offer:
    """A role that may be handed out, and within which limits."""

    named: Named
    role: Role
    ceiling: tuple[Ceiling, ...]

    @property
    def id(self) -> UUID:
        """The role's."""
        return self.role.id


def offered(connection: Connection, person: Person, wording: Wording) -> tuple[Offer, ...]:
    """Every role that the organisation may hand out now, by service and name."""
    found: dict[UUID, Offer] = {}
    for one in entitlements(connection, home(person).id, person.now):
        named = wording.role(one.role)
        role, version = named.role, named.version
        if role is None or version is None or version.state != "active":
            continue
        if not _is_open(wording, role):
            continue
        before = found[one.role].ceiling if one.role in found else ()
        found[one.role] = Offer(named, role, (*before, *one.ceilings))
    return tuple(
        sorted(found.values(), key=lambda one: (one.role.service is None, *_order(one.named)))
    )


def offer(connection: Connection, person: Person, wording: Wording, role: UUID) -> Offer:
    """One of them. Raises Unknown("role.unknown")."""
    for one in offered(connection, person, wording):
        if one.id == role:
            return one
    raise Unknown("role.unknown", "not a role that the organisation may hand out")


def _order(named: Named) -> tuple[str, str]:
    return named.service.casefold(), named.name.casefold()


def _is_open(wording: Wording, role: Role) -> bool:
    if role.service is None:
        return True
    service = wording.catalogue.service(role.federation, role.service)
    version = service.at(wording.at) if service else None
    return version is not None and version.state in OPEN
