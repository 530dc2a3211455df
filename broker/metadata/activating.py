"""ActivationService: a wave carried out in one transaction, with its history and audit rows."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from broker.audit.events import ActivationChanged
from broker.audit.store import AuditStore
from broker.db import Connection, Engine, reading, writing
from broker.errors import Refused, Unknown
from broker.metadata import store
from broker.metadata.activation_document import entries_of
from broker.metadata.defaults import LoadOptions
from broker.metadata.documents import plain
from broker.metadata.history import store as history
from broker.metadata.history.store import Decision
from broker.metadata.homes import federation_of, unknown
from broker.metadata.model import Federation
from broker.metadata.registration import ACTIVATION, Registration
from broker.metadata.report import Occasion, Outcome
from broker.metadata.store import EntityRecord
from broker.metadata.waves import Edit, Wave, What


@dataclass(frozen=True, slots=True)
class ActivationService:
    """What is decided about which IdPs a service offers, and when."""

    engine: Engine
    origin: str
    audit: AuditStore

    def carry_out(self, wave: Wave, what: What, edit: Edit, occasion: Occasion) -> list[Outcome]:
        """Decide one thing for every service of a wave, for all of them or for none.

        Every node goes by it from its next request on. Raises Unknown for a service or an IdP
        that is not there, Refused("activation.nothing") where no service is meant, and
        Refused("metadata.document") for dates that do not fit.
        """
        with writing(self.engine) as connection:
            return self.carry_out_in(connection, wave, what, edit, occasion)

    def carry_out_in(
        self, connection: Connection, wave: Wave, what: What, edit: Edit, occasion: Occasion
    ) -> list[Outcome]:
        """The same in the caller's transaction."""
        home = federation_of(connection, wave.federation, self.origin)
        records = store.entities(connection, home.path)
        _one(records, "idp", "identity provider", wave.idp)
        services = {record.code: record for record in records if record.kind == "sp"}
        relevant = [c for c, r in services.items() if wave.idp in entries_of(r.document)]
        for code in (*wave.services, *wave.but):
            _one(records, "sp", "service", code)
        meant = wave.meant(services, relevant, what)
        if what not in ("plan", "open", "trial"):
            for code in set(meant) - set(relevant):
                raise Unknown("activation.none", f"{wave.idp} is not relevant to {code}")
        if not meant:
            raise Refused("activation.nothing", "no service is meant")
        outcomes = [
            self._decide(connection, home, services[code], wave, what, edit, occasion)
            for code in meant
        ]
        if any(outcome.state != "unchanged" for outcome in outcomes):
            store.bump(connection)
        return outcomes

    def history(
        self, federation: str, service: str | None = None, idp: str | None = None
    ) -> Sequence[Decision]:
        """What was decided before, the newest first."""
        with reading(self.engine) as connection:
            return history.decisions(connection, federation, service, idp)

    def _decide(
        self,
        connection: Connection,
        home: Federation,
        record: EntityRecord,
        wave: Wave,
        what: What,
        edit: Edit,
        occasion: Occasion,
    ) -> Outcome:
        listed = record.document.get("idp")
        entries = (
            [dict(e) for e in listed if isinstance(e, Mapping)] if isinstance(listed, list) else []
        )
        mine = [e for e in entries if e.get("code") == wave.idp] or [{"code": wave.idp}]
        others = [e for e in entries if e.get("code") != wave.idp]
        if what in ("plan", "open"):
            mine = mine[-1:]  # periods before it are in the history
        changed = [wave.signed.on(edit(entry)) for entry in mine]
        document = plain({**record.document, "idp": [*others, *changed]})
        told = plain(changed[-1])
        event = ActivationChanged(
            federation=home.path,
            service=record.code,
            idp=wave.idp,
            what=what,
            opens=_text(told.get("opens")),
            closes=_text(told.get("closes")),
            case_no=_text(told.get("case_no")),
            requested_by=_text(told.get("requested_by")),
            approved_by_owner=_text(told.get("approved_by_owner")),
            approved_by_operator=_text(told.get("approved_by_operator")),
            by=occasion.by,
            reason=occasion.reason,
        )
        desk = Registration(connection, home, ACTIVATION, LoadOptions(), occasion, self.audit)
        outcome = desk.decide("sp", document, record.entity_id, event)
        if outcome.state == "refused":
            finding = outcome.findings[0]
            raise Refused(finding.code, f"{record.code}: {finding.words}")
        return outcome


def _one(records: list[EntityRecord], kind: str, what: str, code: str) -> EntityRecord:
    of_kind = {record.code: record for record in records if record.kind == kind}
    if code not in of_kind:
        raise unknown(what, code, list(of_kind))
    return of_kind[code]


def _text(value: object) -> str | None:
    if isinstance(value, datetime):
        return value.isoformat()
    return None if value is None else str(value)
