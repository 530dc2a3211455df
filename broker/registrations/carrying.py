"""What is saved brought into operation: metadata, roles, attributes and logins at once.

Runs in the caller's transaction and leaves nothing where anything of it is refused.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from broker.audit.store import AuditStore
from broker.db import Connection
from broker.errors import Refused
from broker.metadata import store as registry
from broker.metadata.activation_document import entries_of
from broker.metadata.companion import Part
from broker.metadata.dated import store as dated
from broker.metadata.decisions import read_service
from broker.metadata.defaults import LoadOptions
from broker.metadata.documents import plain
from broker.metadata.mappings.desk import MappingDesk
from broker.metadata.model import Federation
from broker.metadata.registration import Registration
from broker.metadata.report import Occasion, Outcome
from broker.registrations.model import CATALOGUE_KEYS, CATALOGUE_TABLES, OWN_KEYS, Content
from broker.registrations.operating import record_of
from broker.roles.catalogue.loader import CatalogueLoader
from broker.roles.model import ServiceState
from broker.saml.entities import Finding
from broker.saml.entity_descriptor import read_metadata
from broker.saml.vocabulary import OIO3_OF

SOURCE = "owner"
_TIES = ("kind", "federations", "entity_id", "idp")
_THEIRS = frozenset((*OWN_KEYS, *CATALOGUE_KEYS, *CATALOGUE_TABLES))


class NotFit(Refused):
    """Something of it cannot be brought into operation; `findings` say what to change."""

    def __init__(self, findings: Sequence[Finding]) -> None:
        super().__init__("registration.not_fit", "; ".join(one.code for one in findings))
        self.findings = tuple(findings)


@dataclass(frozen=True, slots=True)
class Carrier:
    """One service into one federation, on one occasion."""

    connection: Connection
    home: Federation
    occasion: Occasion
    audit: AuditStore
    asked_by: str  # whose wish it is; another than whoever approved it
    beside: str | None = None  # a federation in which the entityID must be nobody else's either

    def carry_out(
        self,
        code: str,
        content: Content,
        state: ServiceState,
        *,
        opens: datetime | None = None,
        always: Sequence[str] = (),
    ) -> None:
        """Bring everything into operation; with `opens`, metadata and logins from then on.

        `always` are logins that are open for it whatever is wished. Raises NotFit with what
        speaks against it, and Refused("metadata.document") that names the mistake.
        """
        connection, occasion = self.connection, self.occasion
        dated.settle(connection, occasion.at)
        entity = self._load(code, content, opens) if content.xml is not None else None
        ours = {k: v for k, v in content.document.items() if k not in (*_THEIRS, *_TIES)}
        ours |= {"code": code, "idp": self._logins(code, content, opens, always)}
        read_service(ours, f"service {code}")
        desk = Registration(connection, self.home, SOURCE, LoadOptions(), occasion, self.audit)
        _fit([desk.decide("sp", plain(ours), entity)])
        self._roles(code, content, state)
        self._attributes(code, content)
        registry.bump(connection)

    def close(self, code: str, at: datetime) -> None:
        """Let nobody sign in to it from an instant on; the record of it stays."""
        record = record_of(self.connection, self.home.path, code)
        if record is None:
            return
        entries = [
            {**entry, "closes": at.isoformat()}
            for entry in entries_of(record.document).values()
            if not _begins(entry, at)
        ]
        document = {**record.document, "idp": entries}
        desk = Registration(
            self.connection, self.home, SOURCE, LoadOptions(), self.occasion, self.audit
        )
        _fit([desk.decide("sp", document, record.entity_id)])
        registry.bump(self.connection)

    def _load(self, code: str, content: Content, opens: datetime | None) -> str:
        """The metadata; its new keys were compared by whoever approved them."""
        read = read_metadata(content.xml or b"", self.occasion.at)
        if len(read.entities) != 1:
            raise NotFit(read.findings or [_one_entity()])
        (facts,) = read.entities
        start = content.text("start_url") or None
        plaintext = content.document.get("plaintext") is True
        options = LoadOptions(
            code=code, start_url=start, plaintext=plaintext, accept_key_change=True, opens=opens
        )
        self._rename(code, facts.entity_id)
        desk = Registration(self.connection, self.home, SOURCE, options, self.occasion, self.audit)
        _fit(list(desk.register(replace(facts, idp=None))))
        return facts.entity_id

    def _rename(self, code: str, entity_id: str) -> None:
        """Let the service be known by another entityID, and never by one of somebody else's.

        Without this, whoever uploads another service's metadata would take its place, in test
        even before its own owner comes there.
        """
        known = registry.members(self.connection, self.home.path)
        if self.beside is not None and self.beside != self.home.path:
            known = [*known, *registry.members(self.connection, self.beside)]
        if any(one.entity_id == entity_id and one.code != code for one in known):
            words = f"The entityID belongs to another entity, {entity_id}."
            raise NotFit([Finding("refused", "metadata.code_taken", "entityID", words)])
        record = record_of(self.connection, self.home.path, code)
        if record is not None and record.entity_id not in (None, entity_id):
            registry.change_entity(
                self.connection,
                record.row,
                entity_id=entity_id,
                code=code,
                document=record.document,
            )

    def _logins(
        self, code: str, content: Content, opens: datetime | None, always: Sequence[str]
    ) -> list[Mapping[str, object]]:
        """The wished logins as activations: those there are stay, those taken away end now."""
        record = record_of(self.connection, self.home.path, code)
        there = entries_of(record.document) if record else {}
        known = {
            one.code
            for one in registry.members(self.connection, self.home.path)
            if one.kind == "idp"
        }
        wanted = {str(one.get("code")): one for one in content.listed("wanted")}
        wanted |= {idp: {"code": idp} for idp in always if idp not in wanted}
        found: list[Mapping[str, object]] = []
        for idp, entry in there.items():
            later = wanted.get(idp, {}).get("opens")
            if "closes" not in entry and later and later != entry.get("opens"):
                found.append({**entry, "opens": later})
            elif idp in wanted or "closes" in entry:
                found.append(entry)
            else:
                found.append({**entry, "closes": self.occasion.at.isoformat()})
        for idp, wish in wanted.items():
            again = idp in there and "closes" in there[idp]
            if idp not in known or (idp in there and not again):
                continue
            made = self._activation(idp, wish, opens)
            found = [made if entry.get("code") == idp else entry for entry in found]
            if idp not in there:
                found.append(made)
        return found

    def _activation(
        self, idp: str, wish: Mapping[str, object], opens: datetime | None
    ) -> dict[str, object]:
        said = wish.get("opens")
        begins = [datetime.fromisoformat(said)] if isinstance(said, str) else []
        begins += [opens] if opens is not None else []
        made: dict[str, object] = {"code": idp, "requested_by": self.asked_by}
        if begins:
            made["opens"] = max(begins).isoformat()
        if self.occasion.by != self.asked_by:
            made["approved_by_operator"] = self.occasion.by
        return made

    def _roles(self, code: str, content: Content, state: ServiceState) -> None:
        document = {k: v for k, v in content.document.items() if k not in ("derive", "sod")}
        document |= {"code": code, "state": state}
        if not content.listed("role") and not content.listed("national_roles"):
            document |= {"delimitation": document.get("delimitation", "none")}
        loader = CatalogueLoader(self.audit, frozenset(OIO3_OF), rules=False)
        loader.load(
            Part(self.connection, self.home.path, document, f"service {code}", self.occasion)
        )

    def _attributes(self, code: str, content: Content) -> None:
        said = content.document.get("mapping")
        if isinstance(said, Mapping):
            mapping = plain({**said, "service": code})
            desk = MappingDesk(self.connection, self.home.path, code, self.audit, self.occasion)
            desk.load(mapping, SOURCE, "in_force")


def _fit(outcomes: Sequence[Outcome]) -> None:
    against = [
        finding
        for outcome in outcomes
        if outcome.state == "refused"
        for finding in outcome.findings
        if finding.level == "refused"
    ]
    if against or not outcomes:
        raise NotFit(against or [_one_entity()])


def _one_entity() -> Finding:
    words = "The document holds no service provider, or several."
    return Finding("refused", "metadata.no_role", "EntityDescriptor", words)


def _begins(entry: Mapping[str, object], at: datetime) -> bool:
    opens = entry.get("opens")
    return isinstance(opens, str) and datetime.fromisoformat(opens) >= at
