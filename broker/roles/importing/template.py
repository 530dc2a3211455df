"""The file to fill in: who has what now, and on a second sheet what may be handed out.

What is exported here is read back as unchanged, row by row.
"""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from broker.db import Connection
from broker.errors import Unknown
from broker.organisations.model import Actor
from broker.organisations.permissions import Thing, demand
from broker.organisations.store import organisation as organisation_at
from broker.roles.catalogue.snapshot import Catalogue
from broker.roles.exporting import Cell, Column, Table
from broker.roles.grants import store as grant_store
from broker.roles.grants.facts import Scope
from broker.roles.grants.model import EntitlementRecord
from broker.roles.grants.store import Held
from broker.roles.importing import store
from broker.roles.importing.cells import write_scopes, write_since, write_until
from broker.roles.importing.headings import COLUMNS
from broker.roles.importing.planning import NATIONAL
from broker.roles.model import ISSUING, Role
from broker.saml.entities import Localised

_Cells = tuple[Cell, ...]  # no lists: the garbage collector looks through each again and again


def exported(
    connection: Connection,
    catalogue: Catalogue,
    actor: Actor,
    organisation_id: UUID,
    at: datetime,
    *,
    language: str = "da",
    blank: bool = False,
) -> tuple[Table, Table]:
    """Everybody with what they hold themselves, and the roles and codes that are allowed.

    Roles that come through a group are not rows of a person. `blank` leaves the rows out.
    Raises Unknown("organisation.unknown"), NotAllowed.
    """
    home = organisation_at(connection, organisation_id, at)
    if home is None:
        raise Unknown("organisation.unknown", "no such organisation")
    demand(actor, "report.read", Thing(home.federation, home.id))
    rows = [] if blank else _rows(connection, catalogue, organisation_id, at, language)
    return (
        Table("people", COLUMNS, rows),
        _codes(connection, catalogue, home.federation, organisation_id, at, language),
    )


def _rows(
    connection: Connection,
    catalogue: Catalogue,
    organisation: UUID,
    at: datetime,
    language: str,
) -> list[_Cells]:
    people = [one for one in store.colleagues(connection, organisation, at) if one.state != "left"]
    scopes = grant_store.scopes_held_in(connection, organisation, at)
    writing, held = _Writing(catalogue, language), defaultdict[UUID, list[_Cells]](list)
    for one in grant_store.held_in(connection, organisation, at):
        held[one.account].append(writing.cells(one, scopes.get(one.id, ())))
    found: list[_Cells] = []
    for person in sorted(people, key=lambda one: (one.name.casefold(), one.id)):
        # A professional UUID and a RID are kept as hashes, so nobody can export them.
        head = (str(person.id), person.name, person.email, None, None, person.home)
        found += [(*head, *cells) for cells in held.get(person.id, _NOTHING)]
    return found


_NOTHING: list[_Cells] = [(None,) * 7]


@dataclass(slots=True)
class _Writing:
    """Writes what somebody holds; what many hold alike, such as a date, is written once."""

    catalogue: Catalogue
    language: str
    roles: dict[UUID, _Cells] = field(default_factory=dict)
    begins: dict[datetime, str] = field(default_factory=dict)
    ends: dict[datetime, str] = field(default_factory=dict)

    def cells(self, held: Held, scopes: Sequence[Scope]) -> _Cells:
        """The cells of a grant, from the service on."""
        role = self.roles.get(held.role)
        if role is None:
            known = self.catalogue.role(held.role)
            named = (known.service or NATIONAL, known.code) if known else ("", "")
            role = self.roles[held.role] = named
        since, until = self.begins.get(held.since), self.ends.get(held.until)
        if since is None:
            since = self.begins[held.since] = write_since(held.since)
        if until is None:
            until = self.ends[held.until] = write_until(held.until, self.language)
        narrowed = write_scopes(scopes, self.language) if scopes else ""
        return (*role, narrowed, since, until, held.reason, held.case_no)


_CODE_COLUMNS = (
    Column("service", Localised("Tjeneste", "Service")),
    Column("role", Localised("Rolle", "Role")),
    Column("name", Localised("Rollens navn", "Name of the role")),
    Column("type", Localised("Afgrænsningstype", "Type of delimitation")),
    Column("code", Localised("Kode", "Code")),
    Column("below", Localised("Med alt derunder", "With everything below")),
    Column("until", Localised("Må tildeles til", "May be granted until")),
)


def _codes(
    connection: Connection,
    catalogue: Catalogue,
    federation: str,
    organisation: UUID,
    at: datetime,
    language: str,
) -> Table:
    rows: list[list[Cell]] = []
    rights: dict[UUID, list[EntitlementRecord]] = {}
    for right in grant_store.entitlements_of(connection, organisation):
        rights.setdefault(right.role, []).append(right)
    for role in catalogue.roles:
        version = role.at(at)
        if role.federation == federation and version is not None and version.state in ISSUING:
            rows += _codes_of(rights.get(role.id, ()), role, at, language)
    return Table("codes", _CODE_COLUMNS, rows)


def _codes_of(
    rights: Sequence[EntitlementRecord], role: Role, at: datetime, language: str
) -> Iterator[list[Cell]]:
    """A line for each code that a role may be delimited to, or one where nothing limits it."""
    version = role.at(at)
    if version is None:
        return
    for right in rights:
        if not right.holds_at(at):
            continue
        head = [role.service or NATIONAL, role.code, version.name.of(language)]
        until = write_until(right.until, language)
        limited = {limit.type for limit in right.ceiling}
        for limit in right.ceiling:
            yield [*head, limit.type, limit.value, limit.with_descendants, until]
        free = [rule.type for rule in version.delimitations if rule.type not in limited]
        for type_id in free:
            yield [*head, type_id, None, None, until]
        if not right.ceiling and not free:
            yield [*head, None, None, None, until]
