"""What becomes of each entity of a feed: all of it is decided before anything is written.

Most of a feed is as it was, and costs a comparison. What is not is read, judged by `trust`,
and becomes a step: a new entity, a new version that counts, or one that waits.
"""

import hashlib
import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime

from broker.errors import BrokerError, Refused
from broker.metadata import trust
from broker.metadata.decisions import IdpSettings, ServiceSettings, read_idp, read_service
from broker.metadata.defaults import Kind, first_document
from broker.metadata.model import Federation, Localised
from broker.metadata.report import Occasion
from broker.metadata.sources.alarms import of_objection
from broker.metadata.sources.model import Alarm, EntityResult, EntityState, Source
from broker.metadata.sources.store.versions import NewEntity, NewVersion
from broker.metadata.store import EntityRecord
from broker.metadata.trust_rules import Coming, Objection
from broker.saml.entities import EntityFacts, Feed, FeedEntity
from broker.saml.entity_descriptor import examine_entity, read_entity

Progress = Callable[[int, int], None]  # how many entities are done, of how many
EVERY = 250

_SETTLED = frozenset({"pending", "rejected", "scheduled", "withdrawn"})


@dataclass(frozen=True, slots=True)
class Ground:
    """What the decisions rest on, as one moment of the database showed it."""

    federation: Federation
    records: tuple[EntityRecord, ...]
    known: Mapping[tuple[int, str], set[str]]  # states of documents by row and SHA-256
    documents: Callable[[list[int]], dict[int, bytes]]


@dataclass(frozen=True, slots=True)
class Step:
    """One entity in one of its roles that is not as it was."""

    kind: Kind
    code: str
    facts: EntityFacts
    sha256: str
    record: EntityRecord | None
    document: Mapping[str, object]
    state: EntityState
    objections: tuple[Objection, ...]

    def result(self) -> EntityResult:
        """The step as a report says it."""
        words = tuple((o.code, o.words) for o in self.objections)
        entity_id, findings = self.facts.entity_id, self.facts.findings
        return EntityResult(self.kind, self.code, entity_id, self.state, words, findings)

    def entity(self, source: Source) -> NewEntity:
        """The entity of a step that has no row yet."""
        path, entity_id = source.federation, self.facts.entity_id
        return NewEntity(path, self.kind, entity_id, self.code, self.document, source.code)

    def version(self, row: int, source: Source, occasion: Occasion) -> NewVersion:
        """The step's document as a version of that row."""
        waits = [[o.verdict, o.code, o.where, o.words.da, o.words.en] for o in self.objections]
        return NewVersion(
            row=row,
            xml=self.facts.xml,
            sha256=self.sha256,
            source=source.code,
            location=source.location or source.code,
            at=occasion.at,
            by=occasion.by,
            reason=occasion.reason,
            expires=self.facts.valid_until if self.facts.verified else None,
            objections=json.dumps(waits, ensure_ascii=False) if self.state == "waiting" else None,
        )


@dataclass(slots=True)
class Plan:
    """Everything a feed would change."""

    steps: list[Step] = field(default_factory=list)
    unchanged: int = 0
    returned: dict[int, datetime | None] = field(default_factory=dict)  # row, and its own end
    dropped: list[EntityRecord] = field(default_factory=list)
    alarms: list[Alarm] = field(default_factory=list)
    digest: str = ""

    def of(self, *states: EntityState) -> list[Step]:
        """The steps that end in one of the states."""
        return [step for step in self.steps if step.state in states]

    def counts(self) -> dict[str, int]:
        """How many entities came to what."""
        found: dict[str, int] = {state: len(self.of(state)) for state in _STATES}
        more = {"unchanged": self.unchanged, "dropped": len(self.dropped)}
        return {**found, **more, "returned": len(self.returned)}


_STATES: tuple[EntityState, ...] = ("added", "changed", "waiting", "refused")


class Intake:
    """One feed of one source, at one moment."""

    def __init__(self, source: Source, feed: Feed, ground: Ground, occasion: Occasion) -> None:
        self._source = source
        self._feed = feed
        self._ground = ground
        self._occasion = occasion
        self._by_entity: dict[tuple[Kind, str], EntityRecord] = {
            (record.kind, record.entity_id): record
            for record in ground.records
            if record.entity_id is not None
        }
        self._withdrawn = {
            row for (row, _), states in ground.known.items() if "withdrawn" in states
        } - {record.row for record in ground.records if record.version is not None}
        self._codes = {kind: _Codes(kind, ground.records) for kind in _KINDS}

    def plan(self, progress: Progress | None = None) -> Plan:
        """Decide over every entity; writes nothing."""
        plan = Plan()
        lines: list[str] = []
        total = len(self._feed.entities)
        for number, entity in enumerate(self._feed.entities, start=1):
            sha256 = hashlib.sha256(entity.xml).hexdigest()
            lines.append(f"{entity.entity_id} {sha256}")
            self._one(entity, sha256, plan)
            if progress is not None and (number % EVERY == 0 or number == total):
                progress(number, total)
        plan.digest = hashlib.sha256("\n".join(sorted(lines)).encode()).hexdigest()
        self._gone(plan)
        return plan

    def _one(self, entity: FeedEntity, sha256: str, plan: Plan) -> None:
        mine = [
            record
            for kind in _KINDS
            if (record := self._by_entity.get((kind, entity.entity_id)))
            and record.source_code == self._source.code
        ]
        if mine and all(self._as_it_was(record, sha256) for record in mine):
            plan.unchanged += 1
            for record in mine:
                if record.dropped_at is not None and record.sha256 == sha256:
                    self._back(record, plan)
            return
        try:
            facts = self._read(entity)
        except BrokerError as error:
            words = Localised(error.detail or error.code, error.detail or error.code)
            objection = Objection("refuse", error.code, "EntityDescriptor", words)
            plan.alarms.append(of_objection(self._source, entity.entity_id, objection))
            return
        for kind in _KINDS:
            role = facts.sp if kind == "sp" else facts.idp
            if role is not None and kind in self._source.policy.roles:
                self._judged(kind, facts, sha256, plan)
        for record in mine:
            self._role_of(record, facts, plan)

    def _role_of(self, record: EntityRecord, facts: EntityFacts, plan: Plan) -> None:
        """An entity that gives up one of its roles is dropped in that role."""
        there = (facts.sp if record.kind == "sp" else facts.idp) is not None
        if there and record.dropped_at is not None:
            self._back(record, plan)
        elif not there and record.dropped_at is None and record.version is not None:
            self._drop(record, plan)

    def _back(self, record: EntityRecord, plan: Plan) -> None:
        facts = self._before(record)
        plan.returned[record.row] = facts.valid_until if facts and self._feed.verified else None

    def _drop(self, record: EntityRecord, plan: Plan) -> None:
        plan.dropped.append(record)
        plan.alarms.append(of_objection(self._source, record.entity_id or "", DROPPED))

    def _as_it_was(self, record: EntityRecord, sha256: str) -> bool:
        """In force already, or a person has it before them, or said no to it."""
        return record.sha256 == sha256 or bool(self._states(record, sha256) & _SETTLED)

    def _states(self, record: EntityRecord, sha256: str) -> set[str]:
        return self._ground.known.get((record.row, sha256), set())

    def _read(self, entity: FeedEntity) -> EntityFacts:
        """What is odd about one of thousands nobody reads here; `metadata show` tells it."""
        if self._source.many:
            facts = read_entity(entity.xml)
            return replace(facts, verified=self._feed.verified)
        return examine_entity(entity.xml, self._occasion.at, verified=self._feed.verified)

    def _judged(self, kind: Kind, facts: EntityFacts, sha256: str, plan: Plan) -> None:
        record = self._by_entity.get((kind, facts.entity_id))
        if record is not None:
            mine = record.source_code == self._source.code
            if self._states(record, sha256) & _SETTLED or (mine and record.sha256 == sha256):
                return
        document = record.document if record else self._first(kind, facts)
        states = self._states(record, sha256) if record else set()
        coming = Coming(
            kind=kind,
            facts=facts,
            before=self._before(record),
            source=self._source.code,
            governed_by=record.source_code if record else None,
            earlier="accepted" in states,
            withdrawn=record is not None and record.row in self._withdrawn,
        )
        decision = trust.judge(coming, self._ground.federation, _settings(kind, document))
        state = _STATE_OF[decision.verdict]
        if state == "changed" and (record is None or record.version is None):
            state = "added"
        code = str(document["code"])
        step = Step(kind, code, facts, sha256, record, document, state, decision.objections)
        plan.steps.append(step)
        if state != "refused" or coming.before is not None:  # one that never worked alarms nobody
            plan.alarms += [
                of_objection(self._source, facts.entity_id, said) for said in decision.objections
            ]

    def _before(self, record: EntityRecord | None) -> EntityFacts | None:
        if record is None or record.version is None:
            return None
        return read_entity(self._ground.documents([record.version])[record.version])

    def _first(self, kind: Kind, facts: EntityFacts) -> dict[str, object]:
        document = first_document(facts, kind, ())
        document["code"] = self._codes[kind].free(str(document["code"]))
        return self._source.policy.applied(document, kind)

    def _gone(self, plan: Plan) -> None:
        """Members that the source lists no more. Only a person takes them away."""
        listed = {entity.entity_id for entity in self._feed.entities}
        for record in self._ground.records:
            mine = record.source_code == self._source.code and record.dropped_at is None
            if mine and record.version is not None and record.entity_id not in listed:
                self._drop(record, plan)


class _Codes:
    """Codes that are free, found without going through those that are taken."""

    def __init__(self, kind: Kind, records: tuple[EntityRecord, ...]) -> None:
        self._taken = {record.code for record in records if record.kind == kind}
        self._next: dict[str, int] = {}

    def free(self, wanted: str) -> str:
        code, number = wanted, self._next.get(wanted, 2)
        while code in self._taken:
            code, number = f"{wanted}-{number}", number + 1
        self._next[wanted] = number
        self._taken.add(code)
        return code


_KINDS: tuple[Kind, ...] = ("sp", "idp")
_STATE_OF: Mapping[str, EntityState] = {
    "accept": "changed",
    "wait": "waiting",
    "refuse": "refused",
}
DROPPED = Objection(
    "wait",
    "metadata.entity_dropped",
    "EntityDescriptor",
    Localised(
        "Kilden nævner ikke længere partneren. Den gælder, til en administrator fjerner den.",
        "The source does not list the entity any more. It counts until somebody removes it.",
    ),
)


def _settings(kind: Kind, document: Mapping[str, object]) -> ServiceSettings | IdpSettings:
    try:
        return read_service(document) if kind == "sp" else read_idp(document)
    except Refused:  # what is decided about it is broken, which is no fault of the source
        base: dict[str, object] = {"code": "x", "name": {"da": "x", "en": "x"}}
        return read_service({**base, "owner": "x"}) if kind == "sp" else read_idp(base)


def results(plan: Plan) -> Iterator[EntityResult]:
    """Everything that is not as it was, for a report."""
    yield from (step.result() for step in plan.steps)
    for record in plan.dropped:
        words = ((DROPPED.code, DROPPED.words),)
        yield EntityResult(record.kind, record.code, record.entity_id or "", "dropped", words)
