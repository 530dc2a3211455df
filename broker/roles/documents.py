"""The catalogue parts of documents: services, national roles with their rules, delimitation types.

A service's document has two readers: `broker.metadata` reads how SAML is spoken with it, and
this one what it is in the catalogue. What is kept in the database is the same tables again,
and the same functions read them back.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

from broker.metadata.documents import Document, Table, plain
from broker.periods import Period
from broker.roles.documents_forms import check_forms_carry, read_forms, read_interfaces
from broker.roles.documents_roles import (
    ALWAYS,
    RoleEntry,
    check_urn,
    read_role,
    read_type,
)
from broker.roles.documents_rules import (
    ConflictEntry,
    PolicyEntry,
    RuleEntry,
    read_conflict,
    read_policy,
    read_rule,
)
from broker.roles.model import (
    DelimitationType,
    RoleSource,
    ServiceState,
    ServiceVersion,
    Subtree,
)

_NO_TYPE = ("none", "national")  # what a service is delimited by where it is by no type
_OF_VERSION = ("state", "role_source", "delimitation", "subtree", "national_roles")
_OF_VERSION_TABLES = ("role_form", "interface")
_LISTS = ("role", "derive", "sod")
SERVICE_KEYS = frozenset((*_OF_VERSION, *_OF_VERSION_TABLES, *_LISTS))
SHARED_KEYS = ("name", "owner", "sla")  # both readers read these

_STATES: Mapping[str, ServiceState] = {
    "draft": "draft",
    "test": "test",
    "production": "production",
    "closing": "closing",
    "closed": "closed",
}
_SOURCES: Mapping[str, RoleSource] = {
    "local_only": "local_only",
    "idp_only": "idp_only",
    "union": "union",
}
_SUBTREES: Mapping[str, Subtree] = {"code": "code", "expand": "expand"}
_SLA: Mapping[str, Literal["standard", "society-critical"]] = {
    "standard": "standard",
    "society-critical": "society-critical",
}


@dataclass(frozen=True, slots=True)
class ServiceEntry:
    """What a service's document says of it in the catalogue."""

    code: str
    version: ServiceVersion
    roles: tuple[RoleEntry, ...]
    rules: tuple[RuleEntry, ...]
    conflicts: tuple[ConflictEntry, ...]
    document: Mapping[str, object] = field(compare=False)


@dataclass(frozen=True, slots=True)
class RolesEntry:
    """A document of national roles, of roles that do not go together, and of approvals."""

    code: str
    roles: tuple[RoleEntry, ...]
    conflicts: tuple[ConflictEntry, ...]
    policies: tuple[PolicyEntry, ...]


@dataclass(frozen=True, slots=True)
class TypeEntry:
    """One delimitation type and the table to keep of it."""

    type: DelimitationType
    document: Mapping[str, object] = field(compare=False)


def read_service_entry(document: Document, where: str) -> ServiceEntry:
    """The catalogue part of a service's document. Raises Refused("metadata.document")."""
    keys = (*_OF_VERSION, *_OF_VERSION_TABLES, *SHARED_KEYS)
    kept = plain({key: document[key] for key in keys if key in document})
    version = read_service_version(kept, where)
    table = Table(where, document)
    roles = tuple(read_role(one, name) for name, one in _tables(table, document, "role"))
    by_code = _by_code(table, roles)
    entry = ServiceEntry(
        code=table.slug("code"),
        version=version,
        roles=roles,
        rules=tuple(read_rule(d, name, by_code) for name, d in _tables(table, document, "derive")),
        conflicts=tuple(
            read_conflict(d, name, by_code) for name, d in _tables(table, document, "sod")
        ),
        document=kept,
    )
    _check_delimitation(table, entry)
    check_forms_carry(table, version.forms, roles, version.national)
    _check_codes(table, "derive", [rule.code for rule in entry.rules])
    _check_codes(table, "sod", [conflict.code for conflict in entry.conflicts])
    for rule in entry.rules:
        _check_derived(table, rule, roles)
    return entry


def read_service_version(
    document: Document, where: str, *, period: Period = ALWAYS
) -> ServiceVersion:
    """What a service is, apart from its roles and rules. Raises Refused("metadata.document")."""
    table = Table(where, document)
    national = table.texts("national_roles")
    for urn in national:
        check_urn(table, "national_roles", urn)
    delimitation = table.text("delimitation", "none")
    version = ServiceVersion(
        period=period,
        state=table.choice("state", _STATES, "production"),
        name=table.localised("name"),
        owner=table.text("owner"),
        sla=table.choice("sla", _SLA, "standard"),
        source=table.choice("role_source", _SOURCES, "local_only"),
        delimitation=delimitation,
        subtree=table.choice("subtree", _SUBTREES, "code"),
        national=national,
        forms=read_forms(table, None if delimitation in _NO_TYPE else delimitation),
        interfaces=read_interfaces(table),
    )
    table.done()
    if len(set(national)) < len(national):
        raise table.wrong("national_roles", "names a role twice")
    return version


def read_roles_entry(document: Document, where: str) -> RolesEntry:
    """A document of kind "roles". Raises Refused("metadata.document")."""
    table = Table(where, document)
    for tie in ("kind", "federations"):
        table.take(tie)
    code = table.slug("code")
    roles = tuple(read_role(one, name) for name, one in _tables(table, document, "role"))
    by_code = _by_code(table, roles)
    entry = RolesEntry(
        code=code,
        roles=roles,
        conflicts=tuple(
            read_conflict(d, name, by_code) for name, d in _tables(table, document, "sod")
        ),
        policies=tuple(read_policy(d, name) for name, d in _tables(table, document, "policy")),
    )
    for key in ("role", "sod", "policy"):
        table.take(key)
    table.done()
    _check_codes(table, "sod", [conflict.code for conflict in entry.conflicts])
    _check_codes(table, "policy", [one.policy.code for one in entry.policies])
    return entry


def read_types(document: Document, where: str) -> tuple[TypeEntry, ...]:
    """A document of kind "delimitations". Raises Refused("metadata.document")."""
    table = Table(where, document)
    table.take("kind")
    found = tuple(
        TypeEntry(read_type(one, name), plain(one))
        for name, one in _tables(table, document, "type")
    )
    table.take("type")
    table.done()
    _check_codes(table, "type", [one.type.id for one in found])
    _check_codes(table, "type", [one.type.urn for one in found])
    return found


def _tables(table: Table, document: Document, key: str) -> Iterator[tuple[str, Document]]:
    """The tables of a list with where each stands; the list itself is checked by `tables`."""
    checked = list(Table(table.where, {key: document.get(key, ())}).tables(key))
    listed = document.get(key, ())
    if isinstance(listed, list | tuple):
        yield from zip((inner.where for inner in checked), listed, strict=True)


def _by_code(table: Table, roles: Sequence[RoleEntry]) -> dict[str, str]:
    _check_codes(table, "role", [role.code for role in roles])
    _check_codes(
        table, "role", [urn for role in roles for urn in (role.urn, *role.version.aliases)]
    )
    return {role.code: role.urn for role in roles}


def _check_codes(table: Table, key: str, codes: Sequence[str]) -> None:
    twice = sorted({code for code in codes if codes.count(code) > 1})
    if twice:
        raise table.wrong(key, f"has two of the name {', '.join(twice)}")


def _check_delimitation(table: Table, entry: ServiceEntry) -> None:
    """What the catalogue shows of a service agrees with what its roles take."""
    kind = entry.version.delimitation
    taken = {one.type for role in entry.roles for one in role.version.delimitations}
    if kind == "national" and not entry.version.national:
        raise table.wrong("delimitation", 'is "national"; write the national_roles it takes')
    if kind in _NO_TYPE:
        if taken:
            listed = ", ".join(sorted(taken))
            raise table.wrong("delimitation", f"is {kind}, and roles take {listed}")
    elif kind not in taken:
        raise table.wrong("delimitation", f"is {kind}, and no role takes it")


def _check_derived(table: Table, rule: RuleEntry, roles: Sequence[RoleEntry]) -> None:
    role = next((role for role in roles if role.urn == rule.role), None)
    if role is None or rule.effect == "deny":
        return
    scopes = {scope.type for scope in rule.scopes}
    takes = {one.type: one for one in role.version.delimitations}
    if not scopes <= set(takes):
        words = f"{rule.code}: {role.code} takes no {', '.join(sorted(scopes - set(takes)))}"
        raise table.wrong("derive", words)
    for one in takes.values():
        if one.least and one.type not in scopes:
            words = f"{rule.code}: {role.code} needs a scope of type {one.type}"
            raise table.wrong("derive", words)
