"""One TOML document at work inside its transaction, told apart by its `kind`."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from broker.audit.events import Event, FederationLoaded
from broker.audit.store import AuditStore
from broker.db import Connection
from broker.errors import Refused
from broker.metadata import store
from broker.metadata.companion import Companion, Part
from broker.metadata.decisions import (
    federation_documents,
    read_federation,
    read_idp,
    read_service,
)
from broker.metadata.defaults import Kind, LoadOptions
from broker.metadata.documents import Document, Table, plain
from broker.metadata.homes import federation_of, federations_in
from broker.metadata.mappings.desk import MappingDesk
from broker.metadata.mappings.model import Placing
from broker.metadata.model import Federation
from broker.metadata.registration import Registration
from broker.metadata.report import Occasion, Outcome, State

# What a mapping's document means is read by the packages above; a mistake in it is raised.
CheckMapping = Callable[[str, Document], object]

_ENTITY_KINDS: dict[str, Kind] = {"service": "sp", "idp": "idp"}
_TIES = ("kind", "federations", "entity_id")


@dataclass(frozen=True, slots=True)
class TomlLoad:
    """A document with where it came from, open for writing.

    `federations` are those meant where the document does not name any.
    """

    connection: Connection
    origin: str
    audit: AuditStore
    occasion: Occasion
    source: str
    document: Document
    federations: tuple[str, ...]
    placing: Placing = "shadow"
    check_mapping: CheckMapping | None = None
    companions: tuple[Companion, ...] = ()

    def run(self) -> list[Outcome]:
        """Do what the document says. Raises Refused("metadata.document") that names the mistake."""
        kind = self.document.get("kind")
        if kind == "federation":
            return self._put_federations()
        if kind == "mapping":
            return self._put_mapping()
        if kind in _ENTITY_KINDS:
            return self._decide(_ENTITY_KINDS[str(kind)])
        for companion in self.companions:
            if kind in companion.kinds:
                homes = self._homes(everywhere=True)
                return [o for home in homes for o in companion.load(self._part(home.path))]
            if kind in companion.common:
                return companion.load(self._part(""))
        own = [
            kind for companion in self.companions for kind in (*companion.kinds, *companion.common)
        ]
        known = ", ".join(("federation", "mapping", *_ENTITY_KINDS, *own))
        raise Refused("metadata.document", f"{self.source}: kind is none of {known}")

    def _put_federations(self) -> list[Outcome]:
        outcomes = []
        before = dict(store.federation_documents(self.connection))
        for document in federation_documents(self.document, self.source):
            federation = read_federation(document, self.origin, self.source)
            path = federation.path
            changed = store.put_federation(self.connection, path, plain(document))
            state: State = "added" if path not in before else "changed"
            if changed:
                self._audit(
                    FederationLoaded(path, self.source, self.occasion.by, self.occasion.reason)
                )
            else:
                state = "unchanged"
            outcomes.append(Outcome("federation", path, path, federation.idp_entity_id, state))
        return outcomes

    def _put_mapping(self) -> list[Outcome]:
        service = Table(self.source, self.document).slug("service")
        if self.check_mapping is not None:
            self.check_mapping(service, self.document)
        kept = plain({key: value for key, value in self.document.items() if key not in _TIES})
        outcomes = []
        for home in self._homes(everywhere=True):
            desk = MappingDesk(self.connection, home.path, service, self.audit, self.occasion)
            made, changed = desk.load(kept, self.source, self.placing)
            state: State = "unchanged"
            if changed and made.state in ("shadow", "draft"):
                state = "shadow" if made.state == "shadow" else "draft"
            elif changed:
                state = "added" if made.version == 1 else "changed"
            number = made.version
            outcomes.append(Outcome("mapping", home.path, service, None, state, version=number))
        return outcomes

    def _decide(self, kind: Kind) -> list[Outcome]:
        word = "service" if kind == "sp" else "idp"
        beside = [one for one in self.companions if word in one.keys]
        theirs = {key for one in beside for key in one.keys[word]}
        ours = {key: value for key, value in self.document.items() if key not in theirs}
        # Read before anything is written, so that a mistake names the file it is in.
        if kind == "sp":
            read_service(ours, self.source)
        else:
            read_idp(ours, self.source)
        kept = plain({key: value for key, value in ours.items() if key not in _TIES})
        outcomes: list[Outcome] = []
        for home in self._homes(everywhere=False):
            desk = Registration(
                self.connection, home, self.source, LoadOptions(), self.occasion, self.audit
            )
            outcome = desk.decide(kind, kept, self._entity_id(home.path))
            outcomes.append(outcome)
            if outcome.state != "refused":
                outcomes += [o for one in beside for o in one.load(self._part(home.path))]
        return outcomes

    def _part(self, federation: str) -> Part:
        return Part(self.connection, federation, self.document, self.source, self.occasion)

    def _homes(self, *, everywhere: bool) -> list[Federation]:
        """The federations the document is for: those named, else all of them or the first."""
        named = Table(self.source, self.document).texts("federations") or self.federations
        if named:
            return [federation_of(self.connection, path, self.origin) for path in named]
        known = federations_in(self.connection, self.origin)
        return list(known if everywhere else known[:1])

    def _entity_id(self, path: str) -> str | None:
        """The entityID the document is tied to: one text, or a table of one per federation."""
        value = self.document.get("entity_id")
        if isinstance(value, Mapping):
            value = value.get(path)
        if value is not None and not isinstance(value, str):
            raise Refused("metadata.document", f"{self.source}: entity_id is no text")
        return value

    def _audit(self, event: Event) -> None:
        self.audit.append(
            self.connection, event, at=self.occasion.at, reference=self.occasion.reference
        )
