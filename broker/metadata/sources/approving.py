"""What waits for a person: approve, from now on or from an instant; reject; withdraw.

A person may accept what a source alone may not bring. What would never work is refused to a
person as well.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from broker.audit.events import MetadataDecided, PartnerKeyEnded
from broker.audit.store import AuditStore
from broker.db import Connection, Engine, reading, writing
from broker.errors import Refused, Unknown
from broker.metadata import store, trust
from broker.metadata.dated import store as dated
from broker.metadata.decisions import read_idp, read_service
from broker.metadata.defaults import Kind
from broker.metadata.homes import federation_of
from broker.metadata.kept_keys import store as kept_store
from broker.metadata.report import Occasion
from broker.metadata.sources.alarms import AlarmDesk
from broker.metadata.sources.model import Alarm, AlarmRecord
from broker.metadata.sources.store import alarms, versions
from broker.metadata.store import EntityRecord, VersionRecord
from broker.metadata.trust_rules import Coming
from broker.saml.entities import EntityFacts
from broker.saml.entity_descriptor import examine_entity, read_entity

_WAITS = ("pending", "scheduled")


@dataclass(frozen=True, slots=True)
class Chosen:
    """An entity, what is in force of it, and one of its other versions."""

    record: EntityRecord
    version: VersionRecord
    before: EntityFacts | None
    after: EntityFacts | None  # None is a removal


@dataclass(frozen=True, slots=True)
class ApprovalDesk:
    """Where a person decides over metadata that waits, in one federation."""

    engine: Engine
    origin: str
    audit: AuditStore

    def chosen(
        self, federation: str, code: str, sha256: str = "", kind: Kind | None = None
    ) -> Chosen:
        """What waits of an entity, or another version of it by the beginning of its SHA-256.

        Raises Unknown("metadata.code" | "metadata.nothing_waits" | "metadata.version" |
        "metadata.several_versions" | "metadata.several_wait").
        """
        with reading(self.engine) as connection:
            return _chosen(connection, federation, code, sha256, kind)

    def approve(
        self,
        federation: str,
        code: str,
        occasion: Occasion,
        *,
        sha256: str = "",
        kind: Kind | None = None,
        opens: datetime | None = None,
        not_by: Collection[str] = (),
    ) -> Chosen:
        """Let what waits count, at once or from an instant on.

        Its entity belongs to the source that brought it from then on. `not_by` are the names of
        whoever approves: nobody approves what they brought themselves. Raises Unknown as
        `chosen` does, Refused("metadata.same_person"), and Refused for what would not work at all.
        """
        later = opens if opens is not None and opens > occasion.at else None
        with writing(self.engine) as connection:
            dated.settle(connection, occasion.at)
            found = _waiting(connection, federation, code, sha256, kind)
            if found.version.loaded_by in not_by:
                words = f"{found.version.loaded_by} brought it: somebody else must approve it"
                raise Refused("metadata.same_person", words)
            if found.after is not None:
                self._check(connection, federation, found, occasion)
            row, number, removal = found.record.row, found.version.id, found.version.removal
            state = "scheduled" if later else "accepted"
            self._decide(connection, found, state, occasion, later)
            if later is None:
                versions.put_in_force(connection, row, None if removal else number)
                if not removal and found.version.source_code:
                    versions.outdated(connection, [row], found.version.source_code, number)
            if removal:
                versions.released(connection, row, keep=False)
            elif found.version.source_code:
                versions.govern(connection, [row], found.version.source_code)
            decision = "removed" if removal else "approved"
            self._close(connection, found, decision, occasion, later)
        return found

    def reject(
        self,
        federation: str,
        code: str,
        occasion: Occasion,
        *,
        sha256: str = "",
        kind: Kind | None = None,
    ) -> Chosen:
        """Say no to what waits. A removal that is rejected lets the entity stay for good."""
        with writing(self.engine) as connection:
            found = _waiting(connection, federation, code, sha256, kind)
            self._decide(connection, found, "rejected", occasion, None)
            if found.version.removal:
                versions.released(connection, found.record.row, keep=True)
            decision = "kept" if found.version.removal else "rejected"
            self._close(connection, found, decision, occasion, None)
        return found

    def withdraw(
        self, federation: str, code: str, occasion: Occasion, kind: Kind | None = None
    ) -> EntityRecord:
        """Take an entity's metadata out of force; what its source says of it waits from now on.

        A key that was kept beside it ends as well: it may be the one that is stolen.
        """
        with writing(self.engine) as connection:
            dated.settle(connection, occasion.at)
            record = _record(connection, federation, code, kind)
            current = next((v for v in store.versions(connection, record.row) if v.in_force), None)
            if current is None:
                raise Unknown("metadata.nothing_in_force", f"{code} has no metadata in force")
            found = Chosen(record, current, None, None)
            self._decide(connection, found, "withdrawn", occasion, None)
            self._end_kept(connection, record, occasion)
            self._close(connection, found, "removed", occasion, None)
        return record

    def alarms(self, federation: str | None = None, *, closed: bool = False) -> list[AlarmRecord]:
        """The open alarms, or all that ever were; the newest first."""
        with reading(self.engine) as connection:
            return alarms.every(connection, federation, closed=closed)

    def acknowledge(self, number: int, occasion: Occasion) -> Alarm:
        """Keep that somebody saw an alarm and what they said. Raises Unknown("alarm.unknown")."""
        with writing(self.engine) as connection:
            alarm = AlarmDesk(self.audit).acknowledge(connection, number, occasion)
        if alarm is None:
            raise Unknown("alarm.unknown", f"no open alarm has the number {number}")
        return alarm

    def waiting(self, federation: str | None = None) -> list[tuple[int, str, str]]:
        """What waits for a person: row, code and SHA-256 of each."""
        with reading(self.engine) as connection:
            return versions.waiting(connection, federation)

    def _check(
        self, connection: Connection, federation: str, found: Chosen, occasion: Occasion
    ) -> None:
        if found.after is None:
            return
        facts = examine_entity(found.after.xml, occasion.at, verified=True)
        record, document = found.record, found.record.document
        settings = read_service(document) if record.kind == "sp" else read_idp(document)
        coming = Coming(record.kind, facts, None, "", None, earlier=False, withdrawn=False)
        home = federation_of(connection, federation, self.origin)
        for objection in trust.judge(coming, home, settings).objections:
            if objection.verdict == "refuse":
                raise Refused(objection.code, objection.words.en)

    def _end_kept(self, connection: Connection, record: EntityRecord, occasion: Occasion) -> None:
        for one in kept_store.kept(connection, record.row).get(record.row, ()):
            fingerprint = one.certificate.fingerprint
            if not kept_store.end(connection, record.row, fingerprint, occasion.at):
                continue
            event = PartnerKeyEnded(
                federation=record.federation,
                kind=record.kind,
                code=record.code,
                fingerprint=fingerprint,
                by=occasion.by,
                reason=occasion.reason,
            )
            self.audit.append(connection, event, at=occasion.at, reference=occasion.reference)

    def _decide(
        self,
        connection: Connection,
        found: Chosen,
        state: str,
        occasion: Occasion,
        opens: datetime | None,
    ) -> None:
        versions.decide(
            connection,
            found.version.id,
            state=state,
            at=occasion.at,
            by=occasion.by,
            decision=occasion.reason,
            opens=opens,
        )

    def _close(
        self,
        connection: Connection,
        found: Chosen,
        decision: str,
        occasion: Occasion,
        opens: datetime | None,
    ) -> None:
        record, version = found.record, found.version
        event = MetadataDecided(
            federation=record.federation,
            kind=record.kind,
            code=record.code,
            entity_id=record.entity_id or "",
            decision=decision,
            sha256=version.sha256,
            source=version.source_code or version.source,
            opens=opens.isoformat() if opens else None,
            by=occasion.by,
            reason=occasion.reason,
        )
        self.audit.append(connection, event, at=occasion.at, reference=occasion.reference)
        alarms.clear_subject(connection, record.federation, record.entity_id or "", occasion.at)
        store.bump(connection)


def _record(connection: Connection, federation: str, code: str, kind: Kind | None) -> EntityRecord:
    known = [
        record
        for record in store.members(connection, federation)
        if record.code == code and kind in (None, record.kind)
    ]
    if not known:
        raise Unknown("metadata.code", f"nothing in {federation} is called {code}")
    if len(known) > 1:
        raise Unknown("metadata.two_kinds", f"{code} is a service and an IdP: say --kind")
    return known[0]


def _chosen(
    connection: Connection, federation: str, code: str, sha256: str, kind: Kind | None
) -> Chosen:
    record = _record(connection, federation, code, kind)
    every = store.versions(connection, record.row)
    waiting = [v for v in every if v.state in _WAITS]
    found = [v for v in every if v.sha256.startswith(sha256.lower())] if sha256 else waiting
    if not found:
        code_of = "metadata.version" if sha256 else "metadata.nothing_waits"
        words = f"no version begins with {sha256}" if sha256 else f"nothing of {code} waits"
        raise Unknown(code_of, words)
    if sha256 and len({v.sha256 for v in found}) > 1:
        words = f"several versions begin with {sha256}: give more of it"
        raise Unknown("metadata.several_versions", words)
    if not sha256 and len({(v.sha256, v.source_code) for v in found}) > 1:
        listed = ", ".join(f"{v.sha256[:16]} from {v.source_code}" for v in found)
        raise Unknown("metadata.several_wait", f"several wait; name one by --sha256: {listed}")
    version = next((v for v in found if v in waiting), found[0])
    current = next((v for v in every if v.in_force), None)
    wanted = [v.id for v in (version, current) if v is not None and not v.removal]
    documents = dated.documents(connection, wanted)
    before = read_entity(documents[current.id]) if current is not None else None
    after = None if version.removal else read_entity(documents[version.id])
    return Chosen(record, version, before, after)


def _waiting(
    connection: Connection, federation: str, code: str, sha256: str, kind: Kind | None
) -> Chosen:
    found = _chosen(connection, federation, code, sha256, kind)
    if found.version.state not in _WAITS:
        raise Unknown("metadata.nothing_waits", f"that version of {code} does not wait")
    return found
