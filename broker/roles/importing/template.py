"""The file to fill in: who has what now, and on a second sheet what may be handed out.

What is exported here is read back as unchanged, row by row.
"""

from collections.abc import Iterator, Sequence
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
from broker.roles.grants.model import EntitlementRecord, Grant
from broker.roles.importing import store
from broker.roles.importing.cells import write_scopes, write_since, write_until
from broker.roles.importing.headings import COLUMNS
from broker.roles.importing.planning import NATIONAL
from broker.roles.importing.store import Colleague
from broker.roles.model import ISSUING, Role
from broker.saml.entities import Localised

_LEFT_OUT = frozenset({"professional_uuid", "rid"})  # kept as hashes, so nobody can export them


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
        Table("people", COLUMNS, [[row.get(column.key) for column in COLUMNS] for row in rows]),
        _codes(connection, catalogue, home.federation, organisation_id, at, language),
    )


def _rows(
    connection: Connection,
    catalogue: Catalogue,
    organisation: UUID,
    at: datetime,
    language: str,
) -> list[dict[str, Cell]]:
    people = [one for one in store.colleagues(connection, organisation, at) if one.state != "left"]
    held: dict[UUID, list[Grant]] = {}
    for grant in grant_store.direct_in(connection, organisation, at):
        if grant.account is not None:
            held.setdefault(grant.account, []).append(grant)
    found = []
    for person in sorted(people, key=lambda one: (one.name.casefold(), one.id)):
        grants = held.get(person.id, [])
        found += [_row(person, one, catalogue, language) for one in grants] or [_person(person)]
    return found


def _person(person: Colleague) -> dict[str, Cell]:
    return {
        "account": str(person.id),
        "name": person.name,
        "email": person.email,
        "home": person.home,
    }


def _row(person: Colleague, grant: Grant, catalogue: Catalogue, language: str) -> dict[str, Cell]:
    role = catalogue.role(grant.role)
    return {
        **_person(person),
        "service": (role.service or NATIONAL) if role else "",
        "role": role.code if role else "",
        "scopes": write_scopes(grant.scopes, language),
        "since": write_since(grant.period.since),
        "until": write_until(grant.period.until, language),
        "reason": grant.reason,
        "case_no": grant.case_no,
    }


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
