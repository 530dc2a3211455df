"""Roles and units in words, for the pages of services and for the command line.

A service knows its own roles, and looks units up in the public lists as anybody does.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from broker.codelists.model import ListId
from broker.codelists.store import value
from broker.db import Engine, reading
from broker.demo.told import Role
from broker.roles.catalogue.cache import CatalogueCache
from broker.saml.entities import Localised


@dataclass(frozen=True, slots=True)
class Unit:
    """What narrows a role: the kind of list in words, the code, and its name where it has one."""

    kind: Localised | None
    code: str
    name: str | None


@dataclass(frozen=True, slots=True)
class Held:
    """One role in words, however many values tell it: its units, and the values."""

    name: Localised | None
    units: tuple[Unit, ...]
    written: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Words:
    """Finds names in the catalogue and the code lists."""

    engine: Engine
    cache: CatalogueCache

    def held(
        self, federation: str, service: str, told: Sequence[Role], at: datetime
    ) -> tuple[Held, ...]:
        """Roles for people: each once, whatever forms and aliases tell it.

        With units and without stay apart, for they are two things to hold.
        """
        found: dict[tuple[object, bool], Held] = {}
        for role in told:
            name = self.role(federation, service, role, at)
            units = self.units(federation, service, role, at)
            key = (name or role.name, bool(units))
            before = found.get(key, Held(name, (), ()))
            seen = {unit.code for unit in before.units}
            fresh = tuple(unit for unit in units if unit.code not in seen)
            written = (*before.written, role.written)
            found[key] = Held(name, (*before.units, *fresh), tuple(dict.fromkeys(written)))
        return tuple(found.values())

    def role(self, federation: str, service: str, told: Role, at: datetime) -> Localised | None:
        """The name of a role by its code, URN or alias; None for one that nobody knows."""
        for role in self.cache.current().issued_at(federation, service, at):
            version = role.at(at)
            if version is not None and told.name in (role.code, role.urn, *version.aliases):
                return version.name
        return None

    def units(self, federation: str, service: str, told: Role, at: datetime) -> tuple[Unit, ...]:
        """The units that narrow a role, each looked up in the list that it is of."""
        catalogue = self.cache.current()
        known = catalogue.service(federation, service)
        version = known.at(at) if known else None
        usual = catalogue.types.get(version.delimitation) if version else None
        by_urn = {kind.urn: kind for kind in catalogue.types.values()}
        found = []
        for spelled, code in told.units:
            kind = by_urn.get(spelled, usual)
            listed = _LISTS.get(kind.list_id or "") if kind else None
            name = self._name(listed, code, at) if listed else None
            found.append(Unit(kind.name if kind else None, code, name))
        return tuple(found)

    def _name(self, listed: ListId, code: str, at: datetime) -> str | None:
        with reading(self.engine) as connection:
            found = value(connection, listed, code, at)
        return found.facts.name if found else None


_LISTS: dict[str, ListId] = {"sor": "sor", "shak": "shak", "sks": "sks"}
