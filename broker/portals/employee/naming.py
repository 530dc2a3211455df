"""Roles, units and people by the names that people know; codes stand beside, for whoever asks."""

import re
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from uuid import UUID

from broker.codelists import store as codes
from broker.codelists.model import is_list
from broker.db import Connection
from broker.roles.catalogue.snapshot import Catalogue
from broker.roles.explain_text import TEXTS
from broker.roles.grants.facts import Ceiling, Scope, Via
from broker.roles.grants.model import Objection
from broker.roles.grants.store.reports import persons
from broker.roles.grants.words import WORDS as GRANT_WORDS
from broker.roles.model import Role, RoleVersion
from broker.roles.requests.words import WORDS as REQUEST_WORDS
from broker.saml.entities import Localised
from broker.web.language import Text
from broker.web.language import Text as _

_ACCOUNT = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_NATIONAL = Localised("Nationale roller", "National roles")
_OF_TYPES = frozenset({"grant.scope_missing", "grant.scope_type", "grant.scope_count"})
_OF_UNITS = frozenset(
    {
        *("grant.ceiling", "grant.scope_value", "grant.scope_forbidden", "grant.scope_tree"),
        *("grant.scope_exact", "grant.own_unit"),
    }
)

VIAS: Mapping[Via, Text] = {
    "direct": _("Given to you by an administrator"),
    "group": _("Through the group %(name)s"),
    "bundle": _("With the bundle %(name)s"),
    "request": _("You asked for it"),
    "import": _("Given to you by an administrator, from a list"),
}


@dataclass(frozen=True, slots=True)
class Names:
    """Names of one page: of units by type and code, and what the catalogue says of roles."""

    catalogue: Catalogue
    at: datetime
    units: Mapping[tuple[str, str], str] = field(default_factory=dict)

    def role(self, role: Role | None) -> Localised:
        """What a role is called now, or was last."""
        version = self.version(role)
        code = role.code if role else "?"
        return version.name if version else Localised(code, code)

    def about(self, role: Role | None) -> Localised:
        """What a role is for, in a sentence."""
        version = self.version(role)
        return version.description if version else Localised("", "")

    def version(self, role: Role | None) -> RoleVersion | None:
        """The role as it is now, or was last."""
        if role is None or not role.versions:
            return None
        return role.at(self.at) or role.versions[-1]

    def service(self, federation: str, code: str | None) -> Localised:
        """What a service is called; a national role belongs to several."""
        if code is None:
            return _NATIONAL
        known = self.catalogue.service(federation, code)
        if known is None or not known.versions:
            return Localised(code, code)
        return (known.at(self.at) or known.versions[-1]).name

    def owner(self, federation: str, code: str | None) -> str | None:
        """Who owns a service."""
        known = self.catalogue.service(federation, code) if code else None
        version = (known.at(self.at) or known.versions[-1]) if known and known.versions else None
        return version.owner if version else None

    def unit(self, type_id: str, code: str) -> str:
        """A unit by its name, with its code."""
        name = self.units.get((type_id, code))
        return f"{name} ({code})" if name else code

    def scope(self, scope: Scope) -> Localised:
        """What narrows a role, in words."""
        if scope.mode != "value":
            return TEXTS[scope.mode]
        return self.limit(Ceiling(scope.type, scope.value, scope.with_descendants))

    def limit(self, limit: Ceiling) -> Localised:
        """A unit, and whether what lies below it counts too."""
        named = self.unit(limit.type, limit.value)
        kind = self.catalogue.types.get(limit.type)
        if not (limit.with_descendants and kind is not None and kind.hierarchical):
            return Localised(named, named)
        below = TEXTS["below"]
        return Localised(f"{named} {below.da}", f"{named} {below.en}")

    def objection(self, objection: Objection) -> Localised:
        """Why something cannot be done, or what to look at, with names where it has codes."""
        words = GRANT_WORDS.get(objection.code) or REQUEST_WORDS.get(objection.code)
        if words is None:
            return Localised(objection.code, objection.code)
        what = self._what(objection)
        return Localised(words.da.replace("{what}", what.da), words.en.replace("{what}", what.en))

    def _what(self, objection: Objection) -> Localised:
        what = objection.what
        kind = self.catalogue.types.get(what)
        if kind is not None and objection.code in (_OF_TYPES | _OF_UNITS):
            return Localised(f"»{kind.name.da}«", f"“{kind.name.en}”")
        if objection.code in _OF_UNITS:
            named = next((n for (_t, code), n in self.units.items() if code == what), None)
            return Localised(f"{named} ({what})", f"{named} ({what})") if named else _same(what)
        if objection.code in ("grant.conflict", "remark.conflict", "remark.excepted"):
            rule = next((one for one in self.catalogue.conflicts if one.code == what), None)
            if rule is not None:
                da = f"{rule.name.da}: {rule.explanation.da.rstrip('.')}"
                en = f"{rule.name.en}: {rule.explanation.en.rstrip('.')}"
                return Localised(da, en)
        return _same(_day(what))


def knows(code: str) -> bool:
    """Whether a refusal has words of its own for people who ask for roles or hold them."""
    return code in GRANT_WORDS or code in REQUEST_WORDS


def _day(what: str) -> str:
    """A day as people write it, where it is one."""
    try:
        return f"{date.fromisoformat(what):%d-%m-%Y}"
    except ValueError:
        return what


def _same(text: str) -> Localised:
    return Localised(text, text)


def names_of(
    connection: Connection,
    catalogue: Catalogue,
    scopes: Iterable[Scope | Ceiling],
    at: datetime,
) -> Names:
    """What is needed to say these scopes in words: one statement for each list concerned."""
    wanted: dict[str, set[str]] = {}
    for scope in scopes:
        if scope.value:
            wanted.setdefault(scope.type, set()).add(scope.value)
    found: dict[tuple[str, str], str] = {}
    for type_id, listed in wanted.items():
        kind = catalogue.types.get(type_id)
        list_id = kind.list_id if kind else None
        if list_id is None or not is_list(list_id):
            continue
        for code, value in codes.values(connection, list_id, listed, at).items():
            found[type_id, code] = value.name
    return Names(catalogue, at, found)


def unit_name(connection: Connection, code: str | None, at: datetime) -> str | None:
    """What a unit of employment is called; the code where it is closed."""
    if not code:
        return None
    value = codes.value(connection, "sor", code, at)
    return value.name if value else code


def people_behind(
    connection: Connection, labels: Collection[str], at: datetime
) -> dict[str, str | Text]:
    """By the label of a record, what to call whoever did it; never an id."""
    said: dict[str, str | Text] = {}
    accounts: dict[str, UUID] = {}
    for label in set(labels):
        found = _ACCOUNT.search(label)
        if found is None:
            automatic = label.startswith("policy ")
            said[label] = _("automatically, as the role allows") if automatic else _("the operator")
        else:
            accounts[label] = UUID(found.group())
    known = persons(connection, set(accounts.values()), at)
    for label, account in accounts.items():
        one = known.get(account)
        said[label] = one.name if one else _("somebody who has left")
    return said
