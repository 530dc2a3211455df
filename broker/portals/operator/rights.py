"""What organisations may hand out, in words; and limits as they are written in a form."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from broker.organisations.model import Organisation
from broker.portals.casework.showing import service_names
from broker.portals.office import Office
from broker.portals.person import Person
from broker.roles.grants import store
from broker.roles.grants.facts import Ceiling
from broker.roles.grants.model import EntitlementRecord
from broker.web.language import Text as _
from broker.web.language import said


@dataclass(frozen=True, slots=True)
class Row:
    """One entitlement in words."""

    record: EntitlementRecord
    service: str
    role: str
    limits: tuple[str, ...]
    home: Organisation | None = None

    @property
    def planned(self) -> datetime:
        """From when it holds."""
        return self.record.period.since


def entitled(office: Office, person: Person, home: Organisation) -> list[Row]:
    """What an organisation may hand out now and later."""
    with office.reading() as connection:
        known = store.entitlements_of(connection, home.id)
    return rows(office, person, [one for one in known if one.until > person.now])


def rows(office: Office, person: Person, known: Sequence[EntitlementRecord]) -> list[Row]:
    """Entitlements in words, by service and role."""
    catalogue = office.catalogue.current()
    services = service_names(office, person.federation.path, person.now)
    national, words = str(_("National role")), {}
    for each in {one.role for one in known}:
        role = catalogue.role(each)
        version = role.at(person.now) or role.versions[-1] if role and role.versions else None
        if role is not None and version is not None:
            words[each] = (services.get(role.service or "", national), said(version.name))
    found = [
        Row(one, *words[one.role], tuple(write_ceiling(one.ceiling)))
        for one in known
        if one.role in words
    ]
    return sorted(found, key=lambda row: (row.service.casefold(), row.role, row.planned))


def read_ceiling(text: str) -> tuple[Ceiling, ...]:
    """Limits, one a line: the type, the code, and + for everything below it."""
    found = []
    for line in text.splitlines():
        words = line.replace("+", " + ").split()
        if words:
            plus = words[-1] == "+"
            words = words[:-1] if plus else words
            found.append(Ceiling(words[0].casefold(), "".join(words[1:]), plus))
    return tuple(found)


def write_ceiling(ceiling: Sequence[Ceiling]) -> list[str]:
    """The same as it is read."""
    return [
        f"{one.type.upper()} {one.value}{' +' if one.with_descendants else ''}" for one in ceiling
    ]


def named(found: Sequence[Row], homes: Mapping[UUID, Organisation]) -> list[Row]:
    """Rows with their organisations, by name."""
    made = [replace(one, home=homes[one.record.organisation]) for one in found]
    return sorted(made, key=_by_name)


def _by_name(row: Row) -> tuple[str, str]:
    return (row.home.name.casefold() if row.home else "", row.role)
