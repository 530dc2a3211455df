"""Roles that can be asked for: found in plain words, by service, or as colleagues have them."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from uuid import UUID

from broker.db import Connection
from broker.discovery.folding import alphabetical, fold
from broker.organisations.model import Account
from broker.portals.employee.naming import Names
from broker.portals.person import Person
from broker.roles.catalogue.snapshot import Catalogue
from broker.roles.grants.store import effective
from broker.roles.model import OPEN, Role, RoleVersion
from broker.roles.requests import store
from broker.saml.entities import Localised
from broker.web.language import said

MOST = 60  # roles on one page; who finds more is asked to write more


@dataclass(frozen=True, slots=True)
class Offered:
    """A role as the page of choices shows it."""

    role: Role
    version: RoleVersion
    service: str | None
    service_name: Localised
    entitled: bool  # whether the organisation may give it at all
    held: bool  # whether the person has it already, however narrowed
    picked: bool  # whether it lies in the cart
    nearby: int  # how many colleagues of the unit have it


@dataclass(frozen=True, slots=True)
class Group:
    """The roles of one service."""

    code: str | None
    name: Localised
    roles: tuple[Offered, ...]


@dataclass(frozen=True, slots=True)
class Found:
    """What a search finds: what can be asked for, what cannot, and whether there is more."""

    groups: tuple[Group, ...]
    closed: tuple[Offered, ...]  # the organisation may not give these
    more: int = 0

    @property
    def number(self) -> int:
        """How many can be asked for."""
        return sum(len(group.roles) for group in self.groups)


@dataclass(frozen=True, slots=True)
class Finder:
    """Everything that could be asked for by one person now."""

    person: Person
    account: Account
    names: Names
    entitled: frozenset[UUID]
    held: frozenset[UUID]
    picked: frozenset[UUID]
    nearby: Mapping[UUID, int]
    _kept: list[Offered] = field(default_factory=list)  # put together once for a page

    def by_words(self, text: str) -> Found:
        """Roles in which every word is found: of the service, of the role, or of what it is for."""
        words = fold(text).split()
        if not words:
            return Found((), ())
        found = []
        for one in self._all():
            hay = self._hay(one)
            if all(word in hay for word in words):
                found.append(one)
        return self._found(found)

    def of_service(self, code: str) -> Found:
        """The roles that count at one service."""
        issued = self.names.catalogue.issued_at(self.person.federation.path, code, self.person.now)
        wanted = {role.id for role in issued}
        return self._found([one for one in self._all() if one.role.id in wanted])

    def of_colleagues(self) -> Found:
        """What others in the unit have, and this person has not; the most usual first."""
        usual = [
            one
            for one in self._all()
            if one.nearby and not one.held and one.entitled and not one.picked
        ]
        return self._found(sorted(usual, key=lambda one: -one.nearby)[:MOST])

    def services(self) -> tuple[tuple[str, Localised, int], ...]:
        """Services with roles that can be asked for: code, name, and how many roles."""
        numbers: dict[str, int] = {}
        for one in self._all():
            if one.entitled and one.service is not None:
                numbers[one.service] = numbers.get(one.service, 0) + 1
        named = [
            (code, self.names.service(self.person.federation.path, code), number)
            for code, number in numbers.items()
        ]
        return tuple(sorted(named, key=lambda one: alphabetical(said(one[1]))))

    def known(self, roles: Iterable[UUID]) -> tuple[UUID, ...]:
        """Of some roles those that can be asked for here."""
        offered = {one.role.id for one in self._all() if one.entitled}
        return tuple(role for role in roles if role in offered)

    def _found(self, found: list[Offered]) -> Found:
        open_to_all = [one for one in found if one.entitled]
        grouped: dict[str | None, list[Offered]] = {}
        for one in open_to_all[:MOST]:
            grouped.setdefault(one.service, []).append(one)
        groups = tuple(Group(code, of[0].service_name, tuple(of)) for code, of in grouped.items())
        closed = tuple(one for one in found if not one.entitled)[:MOST]
        return Found(groups, closed, max(0, len(open_to_all) - MOST))

    def _hay(self, one: Offered) -> str:
        parts = (one.service_name, one.version.name, one.version.description)
        both = " ".join(f"{part.da} {part.en}" for part in parts)
        return fold(f"{both} {one.service or ''} {one.role.code}")

    def _all(self) -> list[Offered]:
        """Every role, by the names of services."""
        if self._kept:
            return self._kept
        path, at = self.person.federation.path, self.person.now
        catalogue = self.names.catalogue
        codes = [one.code for one in catalogue.services if one.federation == path]
        open_ones = [code for code in codes if _is_open(catalogue, path, code, self.person)]
        named = [(code, self.names.service(path, code)) for code in (*open_ones, None)]
        for code, name in sorted(named, key=lambda pair: alphabetical(said(pair[1]))):
            for role in catalogue.roles_of(path, code):
                version = role.at(at)
                if version is not None and version.state == "active":
                    self._kept.append(self._one(role, version, code, name))
        return self._kept

    def _one(self, role: Role, version: RoleVersion, code: str | None, name: Localised) -> Offered:
        return Offered(
            role,
            version,
            code,
            name,
            entitled=role.id in self.entitled,
            held=role.id in self.held,
            picked=role.id in self.picked,
            nearby=self.nearby.get(role.id, 0),
        )


def finder(
    connection: Connection, catalogue: Catalogue, person: Person, account: Account
) -> Finder:
    """What one person could ask for, read once for a page."""
    at = person.now
    rights = effective.entitlements(connection, account.organisation, at)
    held = effective.of_account(connection, account.id, at)
    draft = store.draft(connection, account.id, at)
    nearby: Mapping[UUID, int] = {}
    if account.home_code:
        nearby = store.held_nearby(
            connection, account.organisation, account.home_code, account.id, at
        )
    return Finder(
        person,
        account,
        Names(catalogue, at),
        frozenset(one.role for one in rights),
        frozenset(one.role for one in held),
        frozenset(one.role for one in draft.picked),
        nearby,
    )


def _is_open(catalogue: Catalogue, path: str, code: str, person: Person) -> bool:
    known = catalogue.service(path, code)
    version = known.at(person.now) if known else None
    return version is not None and version.state in OPEN
