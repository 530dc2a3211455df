"""Roles, services and delimitations as people read them: names before codes."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from broker.codelists import store as codes
from broker.codelists.model import is_list
from broker.db import Connection
from broker.roles.catalogue.snapshot import Catalogue
from broker.roles.grants import words as grant_words
from broker.roles.grants.facts import Ceiling, Scope
from broker.roles.grants.model import Objection
from broker.roles.model import Role, RoleVersion
from broker.saml.entities import Localised
from broker.web.language import Text, said
from broker.web.language import Text as _

_OWN: dict[str, Text] = {
    "own_unit": _("own unit"),
    "own_unit_tree": _("own unit and everything below it"),
    "own_cvr": _("own organisation"),
}
NATIONAL = Localised("Nationale roller", "National roles")


@dataclass(frozen=True, slots=True)
class Named:
    """A role with everything that a page says of it."""

    id: UUID
    name: str
    service: str
    description: str
    version: RoleVersion | None
    role: Role | None

    @property
    def sensitive(self) -> bool:
        """Whether it is more than normal."""
        return self.version is not None and self.version.sensitivity != "normal"


@dataclass(frozen=True, slots=True)
class Wording:
    """Words for one page: the catalogue and the code lists as they are at one instant."""

    connection: Connection
    catalogue: Catalogue
    at: datetime
    _names: dict[tuple[str, str], str] = field(default_factory=dict)

    def role(self, role_id: UUID) -> Named:
        """A role by its name and its service's, however old it is."""
        role = self.catalogue.role(role_id)
        if role is None:
            return Named(role_id, str(_("A role that is gone")), "", "", None, None)
        version = role.at(self.at) or (role.versions[-1] if role.versions else None)
        if version is None:
            return Named(role_id, role.code, self.service(role), "", None, role)
        return Named(
            role_id,
            said(version.name),
            self.service(role),
            said(version.description),
            version,
            role,
        )

    def service(self, role: Role) -> str:
        """The service of a role, by name."""
        return said(NATIONAL) if role.service is None else self.named(role.federation, role.service)

    def named(self, federation: str, code: str) -> str:
        """A service by name."""
        known = self.catalogue.service(federation, code)
        version = known.at(self.at) if known else None
        return said(version.name) if version else code

    def learn(self, scopes: Iterable[Scope | Ceiling]) -> None:
        """Ask for the names of all these codes at once: one statement for each list."""
        wanted: dict[str, set[str]] = {}
        for scope in scopes:
            kind = self.catalogue.types.get(scope.type)
            if scope.value and kind is not None and kind.list_id:
                wanted.setdefault(kind.list_id, set()).add(scope.value)
        for listed, values in wanted.items():
            fresh = [value for value in sorted(values) if (listed, value) not in self._names]
            if not is_list(listed):
                continue
            for start in range(0, len(fresh), 500):
                part = fresh[start : start + 500]
                found = codes.values(self.connection, listed, part, self.at)
                for value in part:
                    known = found.get(value)
                    self._names[listed, value] = known.name if known else ""

    def learn_units(self, values: Iterable[str | None]) -> None:
        """The same for units of SOR."""
        self.learn(Scope("sor", "value", value) for value in values if value)

    def code(self, type_id: str, value: str) -> str:
        """A code by its name; the code itself where it has none."""
        kind = self.catalogue.types.get(type_id)
        if kind is None or kind.list_id is None or not is_list(kind.list_id):
            return f"{said(kind.name)} {value}" if kind else value
        if (kind.list_id, value) not in self._names:
            self.learn((Scope(type_id, "value", value),))
        return self._names.get((kind.list_id, value)) or value

    def unit(self, value: str | None) -> str:
        """A unit of SOR by its name; nothing where there is none."""
        return self.code("sor", value) if value else ""

    def scope(self, scope: Scope | Ceiling) -> str:
        """One delimitation."""
        if isinstance(scope, Scope) and scope.mode != "value":
            return str(_OWN[scope.mode])
        name = self.code(scope.type, scope.value)
        kind = self.catalogue.types.get(scope.type)
        if scope.with_descendants:
            return str(_("{name} and everything below it")).format(name=name)
        if kind is not None and kind.hierarchical:
            return str(_("{name} alone")).format(name=name)
        return name

    def scopes(self, scopes: Sequence[Scope | Ceiling]) -> tuple[str, ...]:
        """Every delimitation of a grant."""
        self.learn(scopes)
        return tuple(self.scope(one) for one in scopes)

    def within(self, role: Named, scopes: Sequence[Scope]) -> str:
        """The delimitation in a sentence: "for …", or nothing where the role takes none."""
        if scopes:
            return ", ".join(self.scopes(scopes))
        takes = role.version is not None and bool(role.version.delimitations)
        return str(_("everything that the organisation may hand out")) if takes else ""

    def objection(self, one: Objection) -> str:
        """Why something is not done, or what to look at, with names for what it is about."""
        if one.code in ("grant.conflict", "remark.conflict", "remark.excepted"):
            return self._conflict(one)
        what = one.what
        kind = self.catalogue.types.get(what)
        if kind is not None:
            what = said(kind.name)
        elif one.code in ("grant.ceiling", "grant.scope_value", "grant.scope_exact"):
            what = self._any(what)
        return said(grant_words.said(Objection(one.code, what)))

    def _any(self, value: str) -> str:
        """A code of whatever list that knows it."""
        for type_id in self.catalogue.types:
            name = self.code(type_id, value) if self._listed(type_id) else value
            if name != value:
                return name
        return value

    def _listed(self, type_id: str) -> bool:
        kind = self.catalogue.types[type_id]
        return kind.list_id is not None and is_list(kind.list_id)

    def _conflict(self, one: Objection) -> str:
        rule = next((rule for rule in self.catalogue.conflicts if rule.code == one.what), None)
        name = said(rule.name) if rule else one.what
        words = said(grant_words.said(Objection(one.code, name)))
        return f"{words} {said(rule.explanation)}" if rule else words
