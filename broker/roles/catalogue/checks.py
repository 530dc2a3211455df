"""What one document cannot know by itself: whether what it names is there and is its own.

Raises Refused("metadata.document") that names the file, the role and what to do.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

from broker.errors import Refused
from broker.metadata.companion import Part
from broker.roles.catalogue import store
from broker.roles.catalogue.store import RoleRow
from broker.roles.documents_roles import RoleEntry
from broker.roles.documents_rules import ConflictEntry, RuleEntry
from broker.roles.tables import APPROVAL_POLICY

OURS = frozenset({"privileges", "loa", "cvr"})  # conditions may ask for these beside attributes


@dataclass(frozen=True, slots=True)
class Checks:
    """A document before it is written, and the name that its rows go by."""

    part: Part
    home: str

    def roles(self, service: str | None, entries: Sequence[RoleEntry]) -> None:
        """Roles keep their names, and what they are narrowed and approved by is there."""
        known = self._roles()
        taken = self._taken(known)
        for entry in entries:
            self._names(service, entry, known, taken)
        types = set(store.types(self.part.connection))
        for entry in entries:
            narrowing = {one.type for one in entry.version.delimitations}
            if missing := sorted(narrowing - types):
                words = f"no delimitation type is called {', '.join(missing)}"
                raise self._wrong(f"{entry.code}: {words}; load metadata/roles/delimitations.toml")
            policy = entry.version.policy
            if policy is not None and not self._has_policy(policy):
                raise self._wrong(f"{entry.code}: no approval policy is called {policy}")

    def national(self, urns: Iterable[str]) -> None:
        """The national roles that a service takes are there, and are national."""
        national = {role.urn for role in self._roles() if role.service is None}
        if missing := sorted(set(urns) - national):
            where = self.part.federation
            raise self._wrong(
                f"national_roles: {where} has no national role {', '.join(missing)};"
                " load metadata/roles/national.toml first"
            )

    def named(
        self,
        roles: Sequence[RoleEntry],
        conflicts: Sequence[ConflictEntry],
        rules: Sequence[RuleEntry],
    ) -> None:
        """Every role that a rule or a successor names is there, this document's own included."""
        known = {role.urn for role in self._roles()}
        for entry in roles:
            successor = entry.version.replaced_by
            if successor is not None and successor not in known:
                raise self._wrong(f"{entry.code}: replaced_by names {successor}, which is no role")
        for rule in rules:
            if rule.role not in known:
                raise self._wrong(f"derive {rule.code}: {rule.role} is no role")
        for conflict in conflicts:
            if missing := sorted((conflict.a | conflict.b) - known):
                raise self._wrong(f"sod {conflict.code}: {', '.join(missing)} is no role")

    def attributes(self, rules: Sequence[RuleEntry], known: Collection[str]) -> None:
        """Conditions and scopes ask for attributes that somebody could send."""
        for rule in rules:
            asked = {one.attribute for clause in rule.clauses for one in clause}
            asked |= {one.value for one in rule.scopes if one.source == "attribute"}
            if unknown := sorted(asked - OURS - set(known)):
                raise self._wrong(
                    f"derive {rule.code}: no attribute is called {', '.join(unknown)}"
                )

    def _names(
        self,
        service: str | None,
        entry: RoleEntry,
        known: list[RoleRow],
        taken: Mapping[str, str],
    ) -> None:
        for role in known:
            if role.urn == entry.urn:
                if role.home != self.home:
                    whose = role.home or "somebody who made it on the pages"
                    raise self._wrong(f"{entry.code}: {entry.urn} belongs to {whose}")
                if role.code != entry.code:
                    raise self._wrong(f"{entry.urn}: its code is {role.code} and cannot change")
            elif role.service == service and role.code == entry.code:
                words = f"its urn is {role.urn} and cannot change; give the new role another code"
                raise self._wrong(f"{entry.code}: {words}")
        for urn in (entry.urn, *entry.version.aliases):
            if taken.get(urn, entry.urn) != entry.urn:
                raise self._wrong(f"{entry.code}: {urn} is what {taken[urn]} is issued as")

    def _taken(self, known: list[RoleRow]) -> dict[str, str]:
        """Every URN that a role is issued as now, with the role's own URN."""
        taken = {role.urn: role.urn for role in known}
        versions = store.newest_versions(self.part.connection, self.part.federation)
        for role in known:
            newest = versions.get(role.id)
            listed = None if newest is None else newest.document.get("aliases")
            if isinstance(listed, list):
                taken |= {str(alias): role.urn for alias in listed}
        return taken

    def _roles(self) -> list[RoleRow]:
        return store.roles(self.part.connection, self.part.federation)

    def _has_policy(self, code: str) -> bool:
        row = store.newest(self.part.connection, APPROVAL_POLICY, self.part.federation, code)
        return row is not None and row.period.covers(self.part.occasion.at)

    def _wrong(self, words: str) -> Refused:
        return Refused("metadata.document", f"{self.part.source}: {words}")
