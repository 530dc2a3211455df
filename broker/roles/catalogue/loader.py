"""What documents say of the catalogue, loaded beside what they say of SAML."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from uuid import UUID

from broker.audit.events import CatalogueLoaded
from broker.audit.store import AuditStore
from broker.errors import Refused
from broker.metadata.companion import Part
from broker.metadata.report import Outcome, State
from broker.roles.catalogue import store
from broker.roles.catalogue.checks import Checks
from broker.roles.catalogue.desk import Desk
from broker.roles.documents import (
    SERVICE_KEYS,
    RolesEntry,
    ServiceEntry,
    TypeEntry,
    read_roles_entry,
    read_service_entry,
    read_types,
)
from broker.roles.documents_roles import read_type
from broker.roles.model import DelimitationType


@dataclass(frozen=True, slots=True)
class CatalogueLoader:
    """The companion that keeps services, roles, rules and delimitation types.

    `attributes` are the short names that conditions may ask for; a misspelt one would never
    match, and its negation always.
    """

    audit: AuditStore
    attributes: frozenset[str]
    keys: Mapping[str, frozenset[str]] = field(default_factory=lambda: {"service": SERVICE_KEYS})
    kinds: frozenset[str] = frozenset({"roles"})
    common: frozenset[str] = frozenset({"delimitations"})
    rules: bool = True  # False leaves rules alone: an owner's page writes roles and no rules

    def load(self, part: Part) -> list[Outcome]:
        """Keep what a document says. Raises Refused("metadata.document") for its mistakes."""
        kind = part.document.get("kind")
        if kind == "delimitations":
            return [self._load_types(part, read_types(part.document, part.source))]
        if kind == "roles":
            return [self._load_roles(part, read_roles_entry(part.document, part.source))]
        return [self._load_service(part, read_service_entry(part.document, part.source))]

    def _load_service(self, part: Part, entry: ServiceEntry) -> Outcome:
        desk = _desk(part, f"service {entry.code}")
        checks = Checks(part, desk.home)
        checks.roles(entry.code, entry.roles)
        checks.national(entry.version.national)
        checks.attributes(entry.rules, self.attributes)
        desk.put_service(entry)
        desk.put_roles(entry.code, entry.roles)
        checks.named(entry.roles, entry.conflicts, entry.rules)
        if self.rules:
            urns = _urns(part)
            desk.put_rules(entry.rules, urns)
            desk.put_conflicts(entry.conflicts, urns)
        return self._done(part, desk, entry.code)

    def _load_roles(self, part: Part, entry: RolesEntry) -> Outcome:
        desk = _desk(part, f"roles {entry.code}")
        desk.put_policies(entry.policies)
        checks = Checks(part, desk.home)
        checks.roles(None, entry.roles)
        desk.put_roles(None, entry.roles)
        checks.named(entry.roles, entry.conflicts, ())
        desk.put_conflicts(entry.conflicts, _urns(part))
        return self._done(part, desk, entry.code)

    def _load_types(self, part: Part, entries: Iterable[TypeEntry]) -> Outcome:
        """Add types and replace their words. None is taken away: grants are narrowed by it."""
        desk = _desk(part, "delimitations")
        kept = store.types(part.connection)
        for entry in entries:
            wanted = entry.type
            known = _known_type(kept.get(wanted.id))
            if known == wanted:
                continue
            if known is not None and known.urn != wanted.urn:
                words = f"{wanted.id}: its urn is {known.urn} and cannot change"
                raise Refused("metadata.document", f"{part.source}: {words}")
            store.put_type(part.connection, wanted.id, wanted.urn, entry.document)
            desk.changes["types"] += 1
        return self._done(part, desk, "delimitations")

    def _done(self, part: Part, desk: Desk, code: str) -> Outcome:
        state: State = "unchanged"
        if desk.changes:
            state = "added" if desk.changes["added"] else "changed"
            store.bump(part.connection)
            event = CatalogueLoaded(
                federation=part.federation,
                document=desk.home,
                services=desk.changes["services"],
                roles=desk.changes["roles"],
                retired=desk.changes["retired"],
                rules=desk.changes["rules"],
                ended=desk.changes["ended"],
                policies=desk.changes["policies"],
                types=desk.changes["types"],
                source=part.source,
                by=part.occasion.by,
                reason=part.occasion.reason,
            )
            self.audit.append(
                part.connection, event, at=part.occasion.at, reference=part.occasion.reference
            )
        return Outcome("catalogue", part.federation, code, None, state)


def _desk(part: Part, home: str) -> Desk:
    occasion = part.occasion
    return Desk(part.connection, part.federation, home, part.source, occasion.by, occasion.at)


def _urns(part: Part) -> dict[str, UUID]:
    return {role.urn: role.id for role in store.roles(part.connection, part.federation)}


def _known_type(document: Mapping[str, object] | None) -> DelimitationType | None:
    try:
        return None if document is None else read_type(document, "type")
    except Refused:
        return None
