"""An identity provider that is to be connected: read, loaded, tried, and opened by two people.

Its metadata is loaded when the case opens, with the organisations that it may speak for and
the highest level. That lets nobody in: no service offers it before the last step is approved.
"""

from dataclasses import dataclass, replace
from datetime import datetime

from broker.audit.store import AuditStore
from broker.cases.documents import Connecting, Noticed, Shown, read
from broker.cases.hooks import Opening
from broker.cases.model import Case, Party, Planned
from broker.cases.wanting import owner_step
from broker.db import Connection, Engine
from broker.errors import Refused
from broker.metadata.activating import ActivationService
from broker.metadata.defaults import LoadOptions
from broker.metadata.report import Occasion
from broker.metadata.service import MetadataService
from broker.metadata.waves import Signed, Wave, activate, let_try
from broker.organisations import store
from broker.organisations.desk import Work
from broker.organisations.model import Deed
from broker.saml.assurance import Assurance
from broker.saml.entities import EntityFacts, Finding
from broker.saml.entity_descriptor import read_metadata

METADATA, TEST_LOGIN, MAPPING, OPEN = "metadata", "test_login", "mapping", "open"
LEVELS = ("Low", "Substantial", "High")


@dataclass(frozen=True, slots=True)
class Connections:
    """What an operator does to connect an identity provider."""

    engine: Engine
    audit: AuditStore
    origin: str

    def read(self, raw: bytes, federation: str, at: datetime) -> EntityFacts:
        """The one new identity provider in a document.

        Raises Refused("case.idp_one" | "case.idp_known"), and what reading metadata does.
        """
        found = read_metadata(raw, at).entities
        if len(found) != 1 or found[0].idp is None:
            raise Refused("case.idp_one", f"{len(found)} entities, or no identity provider")
        known = MetadataService(self.engine, self.origin, self.audit).entities(federation)
        if any(one.entity_id == found[0].entity_id for one in known):
            raise Refused("case.idp_known", found[0].entity_id)
        return found[0]

    def load(
        self, raw: bytes, asked: Connecting, federation: str, who: Party, deed: Deed
    ) -> Connecting:
        """Load it, for nobody to use yet; the document with its code and what was noticed.

        Raises Refused("case.idp_refused") with what was noticed where it cannot be used.
        """
        service = MetadataService(self.engine, self.origin, self.audit)
        options = LoadOptions(cvrs=asked.cvrs, maximum=Assurance.from_word(asked.level))
        report = service.load_xml(
            raw,
            federation=federation,
            source="case",
            options=options,
            occasion=occasion(who, deed),
        )
        noticed = [*report.findings, *(f for one in report.outcomes for f in one.findings)]
        if report.refused or not report.outcomes:
            first = next((one for one in noticed if one.level == "refused"), None)
            raise Refused(first.code if first else "case.idp_refused", "it was not loaded")
        said = tuple(_noticed(one) for one in noticed)
        return replace(asked, code=report.outcomes[0].code, verdicts=said)

    def let_try(self, case: Case, who: Party, deed: Deed) -> None:
        """Let people come as far as to be seen, and no further: a test for nobody. R23."""
        asked = read(case, Connecting)
        wave = Wave(case.federation, asked.code, (asked.service,))
        desk = ActivationService(self.engine, self.origin, self.audit)
        desk.carry_out(wave, "trial", let_try((), (), None), occasion(who, deed))


@dataclass(frozen=True, slots=True)
class OpenIdp:
    """Opens it for its first service, in the transaction of the second operator's approval."""

    engine: Engine
    audit: AuditStore
    origin: str

    def carry_out(self, work: Work, case: Case, party: Party) -> Case:
        """The case as it is. Raises Unknown where the one or the other has gone."""
        asked = read(case, Connecting)
        signed = Signed(
            requested_by=case.opened_by.name,
            approved_by_operator=party.name or party.actor.label,
            case_no=case.reference,
        )
        wave = Wave(case.federation, asked.code, (asked.service,), signed=signed)
        desk = ActivationService(self.engine, self.origin, self.audit)
        desk.carry_out_in(
            work.connection, wave, "open", activate(None, None), occasion(party, work.deed)
        )
        return case


def connecting(
    connection: Connection, federation: str, document: Connecting, at: datetime
) -> Opening:
    """The case: what operators see to, the owner of the first service, and a second operator."""
    steps = [
        Planned(METADATA, "operator", 1, own=True),
        Planned(TEST_LOGIN, "operator", 2, own=True),
        Planned(MAPPING, "operator", 3, own=True),
    ]
    if store.holders(connection, federation, at, "service_owner", service=document.service):
        step = owner_step(document.service)
        steps.append(Planned(step, "service_owner", 4, service=document.service))
    steps.append(Planned(OPEN, "operator", 5, apart=True))
    return Opening(
        "idp", federation, document.name, document, tuple(steps), service=document.service
    )


def shown(came: object) -> tuple[Shown, ...]:
    """What the recorder kept of the attributes of a login."""
    rows = came if isinstance(came, list) else []
    return tuple(Shown(str(name), int(values), str(shape)) for name, values, shape in rows)


def occasion(who: Party, deed: Deed) -> Occasion:
    """Who does something to the registry, when and why."""
    return Occasion(deed.at, who.actor.by, deed.reason, deed.reference)


def _noticed(one: Finding) -> Noticed:
    return Noticed(one.level, one.code, one.where, one.words)
