"""The whole catalogue in memory, with its history: it answers for any instant.

A row that cannot be read is left out and logged: one broken role does not take the others
down.
"""

import logging
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from typing import TypeVar
from uuid import UUID

from broker.db import Connection
from broker.errors import BrokerError
from broker.periods import Period
from broker.roles.catalogue import rows, store
from broker.roles.catalogue.store import Revision, RoleRow, Row
from broker.roles.documents_roles import read_type
from broker.roles.model import (
    CatalogueService,
    DelimitationType,
    DeriveRule,
    Policy,
    Role,
    RoleVersion,
    ServiceVersion,
    SodRule,
    at_instant,
)
from broker.roles.tables import APPROVAL_POLICY, DERIVE_RULE, ROLE_VERSION, SERVICE_PERIOD, SOD_RULE

_LOG = logging.getLogger(__name__)
_T = TypeVar("_T")


@dataclass(frozen=True, slots=True)
class Catalogue:
    """Everything the catalogue holds and ever held, as of one revision."""

    revision: Revision = field(default_factory=Revision)
    types: Mapping[str, DelimitationType] = field(default_factory=dict)
    services: tuple[CatalogueService, ...] = ()
    roles: tuple[Role, ...] = ()
    rules: tuple[DeriveRule, ...] = ()
    conflicts: tuple[SodRule, ...] = ()
    policies: tuple[Policy, ...] = ()
    privileges: frozenset[str] = frozenset()  # those that any rule asks for
    _services: Mapping[tuple[str, str], CatalogueService] = field(default_factory=dict)
    _by_id: Mapping[UUID, Role] = field(default_factory=dict)
    _by_urn: Mapping[tuple[str, str], Role] = field(default_factory=dict)
    _of: Mapping[tuple[str, str | None], tuple[Role, ...]] = field(default_factory=dict)
    _rules: Mapping[UUID, tuple[DeriveRule, ...]] = field(default_factory=dict)

    def service(self, federation: str, code: str) -> CatalogueService | None:
        """A service of a federation, or None where no document told the catalogue of it."""
        return self._services.get((federation, code))

    def role(self, id_: UUID) -> Role | None:
        """The role of that id, or None."""
        return self._by_id.get(id_)

    def role_by_urn(self, federation: str, urn: str) -> Role | None:
        """The role of that URN, compared letter by letter, or None; aliases are not looked at."""
        return self._by_urn.get((federation, urn))

    def role_by_code(self, federation: str, service: str | None, code: str) -> Role | None:
        """The role that a service, or nobody for a national one, calls by that code, or None."""
        return next(
            (role for role in self.roles_of(federation, service) if role.code == code), None
        )

    def roles_of(self, federation: str, service: str | None) -> tuple[Role, ...]:
        """The roles of a service, or the national ones where none is named, by code."""
        return self._of.get((federation, service), ())

    def issued_at(self, federation: str, service: str, at: datetime) -> tuple[Role, ...]:
        """The service's own roles and the national ones it takes at that instant."""
        known = self.service(federation, service)
        version = known.at(at) if known else None
        if version is None:
            return ()
        national = (self.role_by_urn(federation, urn) for urn in version.national)
        found = (*self.roles_of(federation, service), *(role for role in national if role))
        return tuple(role for role in found if role.at(at) is not None)

    def rules_of(self, role: UUID) -> tuple[DeriveRule, ...]:
        """Every derive rule that ever gave or denied a role, the oldest first."""
        return self._rules.get(role, ())

    def conflicts_at(self, federation: str, at: datetime) -> tuple[SodRule, ...]:
        """The separation-of-duties rules of a federation that hold at that instant."""
        return tuple(
            rule
            for rule in self.conflicts
            if rule.period.covers(at) and self._in(federation, rule.a | rule.b)
        )

    def policy(self, federation: str, code: str, at: datetime) -> Policy | None:
        """The approval policy of that code at that instant, or None."""
        named = [p for p in self.policies if (p.federation, p.code) == (federation, code)]
        return at_instant(named, at)

    def _in(self, federation: str, roles: Iterable[UUID]) -> bool:
        known = (self.role(role) for role in roles)
        return any(role is not None and role.federation == federation for role in known)


def read_catalogue(connection: Connection) -> Catalogue:
    """The catalogue as this transaction sees it."""
    revision = store.revision(connection)
    types = _types(store.types(connection))
    services = _services(store.all_rows(connection, SERVICE_PERIOD))
    roles = _roles(store.all_roles(connection), store.all_rows(connection, ROLE_VERSION))
    rules = _read(store.all_rows(connection, DERIVE_RULE), _rule)
    sides = store.all_sides(connection)
    conflicts = _read(store.all_rows(connection, SOD_RULE), partial(_conflict, sides))
    policies = _read(store.all_rows(connection, APPROVAL_POLICY), rows.policy)
    return Catalogue(
        revision=revision,
        types=types,
        services=services,
        roles=roles,
        rules=rules,
        conflicts=tuple(rule for rule in conflicts if rule is not None),
        policies=policies,
        privileges=frozenset(
            value
            for rule in rules
            for clause in rule.clauses
            for condition in clause
            if condition.op == "has_privilege"
            for value in condition.values
        ),
        _services={(service.federation, service.code): service for service in services},
        _by_id={role.id: role for role in roles},
        _by_urn={(role.federation, role.urn): role for role in roles},
        _of=_grouped(roles, lambda role: (role.federation, role.service)),
        _rules=_grouped(rules, lambda rule: rule.role),
    )


def _types(documents: Mapping[str, Mapping[str, object]]) -> dict[str, DelimitationType]:
    found = {}
    for id_, document in documents.items():
        try:
            found[id_] = read_type(document, id_)
        except BrokerError as error:
            _left_out(f"delimitation type {id_}", error)
    return found


def _services(found: list[Row]) -> tuple[CatalogueService, ...]:
    periods: dict[tuple[str, str], list[ServiceVersion]] = {}
    for row in found:
        key = str(row.columns["federation"]), str(row.columns["code"])
        periods.setdefault(key, []).extend(_read([row], rows.service_version))
    return tuple(CatalogueService(*key, tuple(periods[key])) for key in sorted(periods))


def _roles(known: list[tuple[str, RoleRow]], found: list[Row]) -> tuple[Role, ...]:
    by_role: dict[object, list[Row]] = {}
    for row in found:
        by_role.setdefault(row.columns["role_id"], []).append(row)
    return tuple(
        Role(
            id=role.id,
            federation=federation,
            service=role.service,
            code=role.code,
            urn=role.urn,
            versions=_read(by_role.get(role.id, []), partial(_version, role)),
        )
        for federation, role in known
    )


def _version(role: RoleRow, row: Row) -> RoleVersion:
    return rows.role_entry(role, row).version


def _rule(row: Row) -> DeriveRule:
    entry, columns = rows.rule_entry(row), row.columns
    approved = columns["approved_by_label"]
    return DeriveRule(
        id=row.id,
        code=entry.code,
        version=int(str(columns["version"])),
        period=row.period,
        role=UUID(str(columns["role_id"])),
        effect=entry.effect,
        state=entry.state,
        idps=entry.idps,
        cvrs=entry.cvrs,
        clauses=entry.clauses,
        scopes=entry.scopes,
        by=str(columns["by_label"]),
        approved_by=None if approved is None else str(approved),
    )


def _conflict(sides: Mapping[tuple[UUID, str], set[UUID]], row: Row) -> SodRule | None:
    """The rule, until it was revoked; None where it was revoked before it ever held."""
    entry, period = rows.conflict_entry(row), row.period
    revoked = row.columns["revoked_at"]
    if isinstance(revoked, datetime) and revoked < period.until:
        if revoked <= period.since:
            return None
        period = Period(period.since, revoked)
    return SodRule(
        id=row.id,
        code=entry.code,
        period=period,
        name=entry.name,
        explanation=entry.explanation,
        reach=entry.reach,
        action=entry.action,
        a=frozenset(sides.get((row.id, "A"), ())),
        b=frozenset(sides.get((row.id, "B"), ())),
    )


def _read(found: Iterable[Row], read: Callable[[Row], _T]) -> tuple[_T, ...]:
    made = []
    for row in found:
        try:
            made.append(read(row))
        except (BrokerError, ValueError, TypeError, KeyError) as error:
            _left_out(str(row.id), error)
    return tuple(made)


_K = TypeVar("_K")


def _grouped(things: Iterable[_T], key: Callable[[_T], _K]) -> dict[_K, tuple[_T, ...]]:
    found: dict[_K, tuple[_T, ...]] = {}
    for thing in things:
        found[key(thing)] = (*found.get(key(thing), ()), thing)
    return found


def _left_out(what: str, error: Exception) -> None:
    _LOG.error("%s is left out of the catalogue: %s", what, error)
