"""One load at work inside its transaction: which row an entity is, what is decided, what counts."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from broker.audit.events import Event, MetadataLoaded
from broker.audit.store import AuditStore
from broker.db import Connection
from broker.errors import Refused
from broker.metadata import store, trust
from broker.metadata.certificates import Admitted, admit, certificates_of
from broker.metadata.decisions import read_idp, read_service
from broker.metadata.defaults import Kind, LoadOptions, first_document, remarks, revise
from broker.metadata.documents import plain
from broker.metadata.history import store as history
from broker.metadata.history.store import Decision
from broker.metadata.model import Federation
from broker.metadata.report import Occasion, Outcome, State
from broker.metadata.revocations import store as revocations
from broker.metadata.store import EntityRecord, Loaded
from broker.saml.entities import EntityFacts, Finding
from broker.saml.entity_descriptor import read_entity

ACTIVATION = "activation"  # the source of what a command decided


@dataclass(frozen=True, slots=True)
class Registration:
    """A federation, open for writing, and the person who writes."""

    connection: Connection
    federation: Federation
    source: str
    options: LoadOptions
    occasion: Occasion
    audit: AuditStore

    def register(self, facts: EntityFacts) -> Iterator[Outcome]:
        """Bring one entity's document into force, once for each role that it has."""
        kinds: list[Kind] = ["sp"] if facts.sp is not None else []
        if facts.idp is not None:
            kinds.append("idp")
        for kind in kinds:
            yield self._register(facts, kind)
        if not kinds:
            words = "It is neither a service provider nor an identity provider that we can use."
            finding = Finding("refused", "metadata.no_role", "EntityDescriptor", words)
            findings = (*facts.findings, finding)
            yield Outcome("", self.federation.path, "", facts.entity_id, "refused", findings, facts)

    def decide(
        self,
        kind: Kind,
        document: dict[str, object],
        entity_id: str | None,
        event: Event | None = None,
    ) -> Outcome:
        """Keep what is decided about an entity, before or after its metadata came.

        The audit trail says that a document was loaded, or the event that is given.
        """
        code = str(document.get("code", ""))
        record, findings = self._record(kind, entity_id, code)
        change = None
        if record is not None and record.xml is not None:
            facts = read_entity(record.xml)
            change = trust.Change(facts, None, key_change_accepted=True)
        if kind == "sp" and record is not None and self.source != ACTIVATION:
            document = still_paused(record.document, document)
        findings += self._objections(kind, document, change)
        if findings:
            return self._outcome(kind, code, entity_id, "refused", findings)
        known = entity_id or (record.entity_id if record else None)
        state: State = "added" if record is None else "changed"
        if record is not None and record.document == document and record.entity_id == known:
            state = "unchanged"
        else:
            self._keep(kind, record, known, document)
            self._audit(event or self._loaded(kind, code, known, ""))
        if change is None:
            state = "waiting"
        return self._outcome(kind, code, known, state, remarks(document, kind, code))

    def _register(self, facts: EntityFacts, kind: Kind) -> Outcome:
        record, findings = self._record(kind, facts.entity_id, self.options.code)
        taken = [known.code for known in self._known(kind)]
        document = dict(record.document) if record else first_document(facts, kind, taken)
        document = revise(document, kind, self.options, [i.code for i in self._known("idp")])
        code = str(document["code"])
        change = trust.Change(
            facts=facts,
            before=read_entity(record.xml) if record and record.xml else None,
            key_change_accepted=self.options.accept_key_change,
        )
        findings += trust.about_entity(change, self.federation)
        findings += self._objections(kind, document, change)
        admitted = self._admitted(facts)
        findings += admitted.lost(facts, kind)
        noticed = [*(f for f in facts.findings if f not in findings), *admitted.findings, *findings]
        if findings:
            return self._outcome(kind, code, facts.entity_id, "refused", noticed, facts)
        noticed += self._beside(record, kind, facts)
        loaded = Loaded(
            facts.xml, self.source, self.occasion.at, self.occasion.by, self.occasion.reason
        )
        state: State = "added"
        if record is not None and record.xml is not None:
            same = record.sha256 == loaded.sha256 and record.document == document
            state = "unchanged" if same else "changed"
        if state != "unchanged":
            row = self._keep(kind, record, facts.entity_id, document)
            if record is None or record.sha256 != loaded.sha256:
                store.put_in_force(self.connection, row, loaded)
            self._audit(self._loaded(kind, code, facts.entity_id, loaded.sha256))
        noticed += remarks(document, kind, code)
        return self._outcome(kind, code, facts.entity_id, state, noticed, facts)

    def _admitted(self, facts: EntityFacts) -> Admitted:
        """Which keys the federation lets in. Those that lack an answer are asked for next time."""
        policy, at = self.federation.certificates, self.occasion.at
        if policy.revocation == "off":
            return admit(facts, policy, {}, at)
        answers = revocations.answers(self.connection)
        unknown = [c for _, _, c in certificates_of(facts) if c.fingerprint not in answers]
        revocations.want(self.connection, self.federation.path, unknown, at)
        return admit(facts, policy, answers, at)

    def _known(self, kind: Kind) -> list[EntityRecord]:
        return [
            record
            for record in store.entities(self.connection, self.federation.path)
            if record.kind == kind
        ]

    def _record(
        self, kind: Kind, entity_id: str | None, code: str | None
    ) -> tuple[EntityRecord | None, list[Finding]]:
        """The row that is meant by entityID or by code; two different rows are an objection."""
        known = self._known(kind)
        by_id = next((r for r in known if entity_id and r.entity_id == entity_id), None)
        by_code = next((r for r in known if code and r.code == code), None)
        if by_code is None or not entity_id or by_code.entity_id == entity_id:
            return by_id or by_code, []
        if by_id is None and by_code.xml is None:
            return by_code, []
        words = f"The code {code} belongs to {by_code.entity_id or 'another entity'}."
        return by_id, [Finding("refused", "metadata.code_taken", "code", words)]

    def _objections(
        self, kind: Kind, document: Mapping[str, object], change: trust.Change | None
    ) -> list[Finding]:
        """Mistakes in what is decided about an entity, and what speaks against it in its role."""
        try:
            if kind == "sp":
                settings = read_service(document)
                return list(trust.about_service(change, settings)) if change else []
            read_idp(document)
            return list(trust.about_idp(change)) if change else []
        except Refused as error:
            return [Finding("refused", error.code, "document", error.detail)]

    def _beside(
        self, record: EntityRecord | None, kind: Kind, facts: EntityFacts
    ) -> Iterator[Finding]:
        """What shows only next to what is registered already."""
        if record is not None and record.source not in (None, self.source):
            words = f"The document in force until now came from {record.source}."
            yield Finding("info", "metadata.other_source", "EntityDescriptor", words)
        for other in self._known(kind):
            known = other.entity_id or ""
            if known != facts.entity_id and known.rstrip("/") == facts.entity_id.rstrip("/"):
                words = f"{known} is registered too and differs only by a slash."
                yield Finding("odd", "metadata.slash_twin", "entityID", words)

    def _keep(
        self,
        kind: Kind,
        record: EntityRecord | None,
        entity_id: str | None,
        document: Mapping[str, object],
    ) -> int:
        code = str(document["code"])
        if kind == "sp":
            self._remember(code, record.document if record else {}, document)
        if record is None:
            return store.add_entity(
                self.connection,
                federation=self.federation.path,
                kind=kind,
                entity_id=entity_id,
                code=code,
                document=document,
                at=self.occasion.at,
            )
        store.change_entity(
            self.connection,
            record.row,
            entity_id=entity_id or record.entity_id,
            code=code,
            document=document,
        )
        return record.row

    def _remember(
        self, code: str, before: Mapping[str, object], after: Mapping[str, object]
    ) -> None:
        """What was decided about each IdP of a service, where it differs from what counted."""
        was, now = entries_of(before), entries_of(after)
        for idp in sorted({*was, *now}):
            entry = now.get(idp)
            if entry == was.get(idp):
                continue
            case = entry.get("case_no") if entry else None
            decision = Decision(
                federation=self.federation.path,
                service=code,
                idp=idp,
                at=self.occasion.at,
                by=self.occasion.by,
                reason=self.occasion.reason,
                source=self.source,
                case_no=str(case) if case else None,
                document=plain(entry) if entry else None,
            )
            history.add(self.connection, decision)

    def _outcome(
        self,
        kind: Kind,
        code: str,
        entity_id: str | None,
        state: State,
        findings: Iterable[Finding],
        facts: EntityFacts | None = None,
    ) -> Outcome:
        path = self.federation.path
        return Outcome(kind, path, code, entity_id, state, tuple(findings), facts)

    def _loaded(self, kind: Kind, code: str, entity_id: str | None, sha256: str) -> MetadataLoaded:
        return MetadataLoaded(
            federation=self.federation.path,
            kind=kind,
            code=code,
            entity_id=entity_id or "",
            sha256=sha256,
            source=self.source,
            by=self.occasion.by,
            reason=self.occasion.reason,
        )

    def _audit(self, event: Event) -> None:
        """One row of the audit trail, in the transaction of what it tells about."""
        self.audit.append(
            self.connection, event, at=self.occasion.at, reference=self.occasion.reference
        )


def entries_of(document: Mapping[str, object]) -> dict[str, Mapping[str, object]]:
    """What a service's document says of each IdP, by its code; of several periods the last."""
    listed = document.get("idp")
    entries = listed if isinstance(listed, list | tuple) else ()
    return {str(e["code"]): e for e in entries if isinstance(e, Mapping) and "code" in e}


def still_paused(before: Mapping[str, object], after: dict[str, object]) -> dict[str, object]:
    """The document with what is paused: a file that is loaded again does not resume it."""
    paused = {idp: e["pause"] for idp, e in entries_of(before).items() if "pause" in e}
    listed = after.get("idp")
    if not paused or not isinstance(listed, list):
        return after
    return {
        **after,
        "idp": [
            {"pause": paused[str(entry["code"])], **entry}
            if isinstance(entry, Mapping) and str(entry.get("code")) in paused
            else entry
            for entry in listed
        ],
    }
