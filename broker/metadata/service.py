"""Register, replace, activate: each load is one transaction with its audit rows.

The newest accepted document is in force; every one before it is kept. A document that is
refused changes nothing, and the report says why and what to do.
"""

from dataclasses import dataclass
from datetime import datetime

from broker.audit.events import Event
from broker.audit.store import AuditStore
from broker.db import Connection, Engine, reading, writing
from broker.errors import Refused
from broker.metadata import store
from broker.metadata.activating import ActivationService
from broker.metadata.companion import Companion
from broker.metadata.defaults import LoadOptions
from broker.metadata.documents import Document
from broker.metadata.homes import federation_of, federations_in
from broker.metadata.mappings.model import Placing
from broker.metadata.model import Federation
from broker.metadata.registration import Registration
from broker.metadata.report import LoadReport, Occasion, Outcome
from broker.metadata.store import EntityRecord, VersionRecord
from broker.metadata.toml_load import CheckMapping, TomlLoad
from broker.metadata.waves import Wave, activate
from broker.saml.entity_descriptor import read_metadata


@dataclass(frozen=True, slots=True)
class MetadataService:
    """What administrators do to the registry, at one origin; companions keep what is not SAML."""

    engine: Engine
    origin: str
    audit: AuditStore
    check_mapping: CheckMapping | None = None
    companions: tuple[Companion, ...] = ()

    def federations(self) -> tuple[Federation, ...]:
        """Every federation, in order."""
        with reading(self.engine) as connection:
            return federations_in(connection, self.origin)

    def entities(self, federation: str | None = None) -> list[EntityRecord]:
        """Every registered entity, of one federation or of all."""
        with reading(self.engine) as connection:
            return store.entities(connection, federation)

    def versions(self, row: int) -> list[VersionRecord]:
        """Every document that an entity ever had, the newest first."""
        with reading(self.engine) as connection:
            return store.versions(connection, row)

    def record(self, event: Event, occasion: Occasion) -> None:
        """Tell the audit trail of something that happened outside the database."""
        with writing(self.engine) as connection:
            self.audit.append(connection, event, at=occasion.at, reference=occasion.reference)

    def load_xml(
        self,
        raw: bytes,
        *,
        federation: str,
        source: str,
        options: LoadOptions,
        occasion: Occasion,
    ) -> LoadReport:
        """Load a metadata document of one or many entities into a federation.

        Raises Refused where the document cannot be read at all, and Unknown for a federation
        that is not there; what speaks against single entities stands in the report.
        """
        read = read_metadata(raw, occasion.at, signed_by=options.signed_by)
        if options.code and len(read.entities) != 1:
            raise Refused("metadata.code_for_many", "a code is for one entity at a time")
        with writing(self.engine) as connection:
            home = federation_of(connection, federation, self.origin)
            desk = Registration(connection, home, source, options, occasion, self.audit)
            outcomes = [outcome for facts in read.entities for outcome in desk.register(facts)]
            _bump_for(connection, outcomes)
        return LoadReport(source, tuple(outcomes), read.findings)

    def load_document(
        self,
        document: Document,
        *,
        source: str,
        occasion: Occasion,
        federations: tuple[str, ...] = (),
        placing: Placing = "shadow",
    ) -> LoadReport:
        """Load one TOML document: a federation, an IdP, a service or a mapping by its `kind`.

        What belongs to a companion is loaded by it, in the same transaction.

        It says itself which federations it is for; `federations` are those meant where it does
        not, and where neither says so a mapping is for all of them and anything else for the
        first. A mapping of a service that has another one in force is tried in shadow, unless
        `placing` says otherwise. Raises Refused("metadata.document"), or of a mapping
        Unavailable("mapping.invalid"), that names the mistake.
        """
        with writing(self.engine) as connection:
            load = TomlLoad(
                connection,
                self.origin,
                self.audit,
                occasion,
                source,
                document,
                federations,
                placing,
                self.check_mapping,
                self.companions,
            )
            outcomes = load.run()
            _bump_for(connection, outcomes)
        return LoadReport(source, tuple(outcomes))

    def activate(
        self,
        federation: str,
        service: str,
        idp: str,
        *,
        opens: datetime | None,
        closes: datetime | None,
        occasion: Occasion,
    ) -> Outcome:
        """Let an identity provider be used for a service, from and until instants.

        Raises Unknown for a service or an identity provider that is not registered.
        """
        wave = Wave(federation, idp, (service,))
        desk = ActivationService(self.engine, self.origin, self.audit)
        (outcome,) = desk.carry_out(wave, "open", activate(opens, closes), occasion)
        return outcome


def _bump_for(connection: Connection, outcomes: list[Outcome]) -> None:
    """Tell every node, unless nothing came of it."""
    if any(outcome.state in ("added", "changed", "waiting", "shadow") for outcome in outcomes):
        store.bump(connection)
