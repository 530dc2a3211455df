"""One load at work inside its transaction: what is new, what follows what, what ends.

Written is only what differs from what holds, compared as facts and not as text.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import partial
from typing import TypeVar
from uuid import UUID

from broker.db import Connection
from broker.errors import Refused
from broker.periods import FOREVER
from broker.roles.catalogue import rows, store
from broker.roles.catalogue.store import RoleRow, Row, Values
from broker.roles.documents import ServiceEntry
from broker.roles.documents_roles import ALWAYS, RoleEntry
from broker.roles.documents_rules import ConflictEntry, PolicyEntry, RuleEntry
from broker.roles.model import Policy, ServiceVersion
from broker.roles.tables import APPROVAL_POLICY, DERIVE_RULE, ROLE_VERSION, SERVICE_PERIOD, SOD_RULE

LABEL = 128  # characters that are kept of who did something

_T = TypeVar("_T")


@dataclass(frozen=True, slots=True)
class Desk:
    """A document open for writing into one federation; `changes` counts what came of it."""

    connection: Connection
    federation: str
    home: str  # what its rows are known by when it comes again
    source: str
    by: str
    at: datetime
    changes: Counter[str] = field(default_factory=Counter)

    def put_service(self, entry: ServiceEntry) -> None:
        """Keep what a service is."""
        if store.add_service(self.connection, self.federation, entry.code, self.at):
            self.changes["added"] += 1
        before = store.newest_period(self.connection, self.federation, entry.code)
        if _same(_service, before, entry.version):
            return
        columns = ("state", "role_source", "owner", "sla")
        values = {
            "federation": self.federation,
            "code": entry.code,
            "state": entry.version.state,
            "role_source": entry.version.source,
            "owner": entry.version.owner,
            "sla": entry.version.sla,
            "document": _without(entry.document, *columns),
            "by_label": self.by[:LABEL],
        }
        store.follow(self.connection, SERVICE_PERIOD, before, self.at, values)
        self.changes["services"] += 1

    def put_roles(self, service: str | None, entries: Iterable[RoleEntry]) -> None:
        """Keep the roles of a document; those that are gone from it are retired."""
        known = {row.urn: row for row in store.roles(self.connection, self.federation)}
        versions = store.newest_versions(self.connection, self.federation)
        named = set()
        for entry in entries:
            named.add(entry.urn)
            role = known.get(entry.urn) or self._add_role(service, entry)
            before = versions.get(role.id)
            if not _same(partial(_role, role), before, entry):
                self._put_version(role, before, entry)
                self.changes["roles"] += 1
        for role in known.values():
            if role.home == self.home and role.urn not in named:
                self._retire(role, versions.get(role.id))

    def put_rules(self, entries: Iterable[RuleEntry], roles: Mapping[str, UUID]) -> None:
        """Keep the derive rules of a document; those that are gone from it end now."""
        table, named = DERIVE_RULE, set()
        for entry in entries:
            named.add(entry.code)
            before = self._newest(table, entry.code)
            until = entry.until or FOREVER
            if until <= self.at:  # over; it may have been cut short
                self._end(table, before)
                continue
            if _ends(before, until) and _same(rows.rule_entry, before, entry):
                continue
            values = {
                **self._shared(entry.code, entry.document),
                "version": _next_number(before),
                "role_id": roles[entry.role],
                "effect": entry.effect,
                "state": entry.state,
                "since": max(self.at, entry.since or self.at),
                "until": until,
                "approved_by_label": self.by[:LABEL] if entry.state == "active" else None,
            }
            store.follow(self.connection, table, before, self.at, values)
            self.changes["rules"] += 1
        self._end_all_but(named, table)

    def put_conflicts(self, entries: Iterable[ConflictEntry], roles: Mapping[str, UUID]) -> None:
        """Keep the separation-of-duties rules of a document; those gone from it end now."""
        table, named = SOD_RULE, set()
        for entry in entries:
            named.add(entry.code)
            before = self._newest(table, entry.code)
            revoked = before is not None and before.columns["revoked_at"] is not None
            same = _ends(before, FOREVER) and _same(rows.conflict_entry, before, entry)
            if same and not revoked:
                continue
            values = {
                **self._shared(entry.code, entry.document),
                "revoked_at": None,
                "reach": entry.reach,
                "action": entry.action,
            }
            made = store.follow(self.connection, table, before, self.at, values)
            a, b = ([roles[urn] for urn in sorted(side)] for side in (entry.a, entry.b))
            store.put_sides(self.connection, made, a, b)
            self.changes["rules"] += 1
        self._end_all_but(named, table)

    def put_policies(self, entries: Iterable[PolicyEntry]) -> None:
        """Keep the approval policies of a document; those that are gone from it end now."""
        table, named = APPROVAL_POLICY, set()
        for entry in entries:
            code = entry.policy.code
            named.add(code)
            before = self._newest(table, code)
            if _ends(before, FOREVER) and _same(_policy, before, entry.policy):
                continue
            values = self._shared(code, entry.document)
            store.follow(self.connection, table, before, self.at, values)
            self.changes["policies"] += 1
        self._end_all_but(named, table)

    def _add_role(self, service: str | None, entry: RoleEntry) -> RoleRow:
        return store.add_role(
            self.connection,
            federation=self.federation,
            service=service,
            code=entry.code,
            urn=entry.urn,
            home=self.home,
            at=self.at,
        )

    def _put_version(self, role: RoleRow, before: Row | None, entry: RoleEntry) -> None:
        values = {
            "role_id": role.id,
            "version": _next_number(before),
            "state": entry.version.state,
            "sensitivity": entry.version.sensitivity,
            "document": _without(entry.document, "code", "urn", "state", "sensitivity"),
            "by_label": self.by[:LABEL],
        }
        store.follow(self.connection, ROLE_VERSION, before, self.at, values)

    def _retire(self, role: RoleRow, before: Row | None) -> None:
        if before is None or before.columns["state"] == "retired":
            return
        was = rows.role_entry(role, before)
        self._put_version(role, before, replace(was, version=replace(was.version, state="retired")))
        self.changes["retired"] += 1

    def _shared(self, code: str, document: Values) -> dict[str, object]:
        return {
            "federation": self.federation,
            "code": code,
            "home": self.home,
            "document": document,
            "by_label": self.source[:LABEL],
        }

    def _newest(self, table: store.Table, code: str) -> Row | None:
        """The newest row of a code, which belongs to one document, or to people."""
        row = store.newest(self.connection, table, self.federation, code)
        if row is not None and row.columns["home"] != self.home:
            whose = row.columns["home"] or "somebody who made it on the pages"
            raise Refused("metadata.document", f"{self.source}: {code} belongs to {whose}")
        return row

    def _end(self, table: store.Table, row: Row | None) -> None:
        if row is not None and store.end(self.connection, table, row, self.at):
            self.changes["ended"] += 1

    def _end_all_but(self, named: set[str], table: store.Table) -> None:
        for code in store.of_home(self.connection, table, self.federation, self.home):
            if code not in named:
                self._end(table, store.newest(self.connection, table, self.federation, code))


def _same(read: Callable[[Row], _T], row: Row | None, wanted: _T) -> bool:
    """Whether a row says what a document says; one that cannot be read does not."""
    try:
        return row is not None and read(row) == wanted
    except Refused:
        return False


def _ends(row: Row | None, until: datetime) -> bool:
    return row is not None and row.period.until == until


def _next_number(row: Row | None) -> int:
    return 1 if row is None else int(str(row.columns["version"])) + 1


def _service(row: Row) -> ServiceVersion:
    return replace(rows.service_version(row), period=ALWAYS)


def _role(role: RoleRow, row: Row) -> RoleEntry:
    entry = rows.role_entry(role, row)
    return replace(entry, version=replace(entry.version, version=1, period=ALWAYS))


def _policy(row: Row) -> Policy:
    return replace(rows.policy(row), federation="", period=ALWAYS)


def _without(document: Values, *keys: str) -> dict[str, object]:
    return {key: value for key, value in document.items() if key not in keys}
