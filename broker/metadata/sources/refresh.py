"""Refresh: ask a source, judge what it says, take in what may count.

`due` and `refresh_due` are for whoever runs jobs; a person's command comes in at `refresh`.
Nothing of it runs while somebody signs in. Fetching, reading and deciding hold no lock; only
the writing does, and it decides anew where somebody else wrote in between.
"""

import hashlib
from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from urllib.parse import urlsplit

from broker.audit.store import AuditStore
from broker.db import Connection, Engine, reading, writing
from broker.errors import BrokerError, Refused, Unknown
from broker.metadata import store, trust
from broker.metadata.dated import store as dated
from broker.metadata.homes import federation_of
from broker.metadata.report import Occasion
from broker.metadata.source import (
    FEED_LIMITS,
    Fetched,
    FetchLimits,
    Seen,
    fetch_if_changed,
    read_file,
)
from broker.metadata.sources.alarms import AlarmDesk, TellAlarms, of_objection, tell_nobody
from broker.metadata.sources.intake import Ground, Intake, Plan, Progress, results
from broker.metadata.sources.model import Refreshed, Source
from broker.metadata.sources.store import alarms, sources, versions
from broker.metadata.sources.telling import FAILED, events, failure, why_nothing
from broker.metadata.sources.watching import Watch
from broker.metadata.sources.writing import write_plan
from broker.metadata.trust_feeds import ComingFeed
from broker.metadata.trust_rules import Objection
from broker.saml.entities import Feed
from broker.saml.entity_feed import read_feed
from broker.saml.entity_parts import is_loopback
from broker.web.reference import new_reference

BY = "broker"  # who a refresh is by that no person asked for
_FEED_REASONS = (
    "metadata.expired",
    "metadata.rollback",
    "metadata.published_later",
    "metadata.empty",
    "metadata.many",
    "metadata.entity_id_changed",
    "metadata.feed_shrunk",
)


def _always() -> bool:
    return True


@dataclass(frozen=True, slots=True)
class _Heard:
    """What a source gave us, read, and the ground on which it was decided."""

    source: Source
    fetched: Fetched
    sha256: str
    feed: Feed


@dataclass(frozen=True, slots=True)
class MetadataRefresher:
    """Keeps what sources publish up to date."""

    engine: Engine
    origin: str
    audit: AuditStore
    fetch: Callable[..., Fetched] = fetch_if_changed
    limits: FetchLimits = FEED_LIMITS
    mail: TellAlarms = tell_nobody

    def due(self, now: datetime) -> tuple[Source, ...]:
        """The sources that are to be asked at this instant."""
        with reading(self.engine) as connection:
            known = sources.every(connection)
        return tuple(s for s in known if (at := s.due_at()) is not None and at <= now)

    def refresh_due(
        self, now: datetime, goes_on: Callable[[], bool] = _always
    ) -> tuple[Refreshed, ...]:
        """Ask every source that is due, and look for what ran out. Never raises for a source.

        Whoever runs it is asked between sources whether it goes on; the rest stays due.
        """
        found = tuple(
            self.refresh(source.code, Occasion(now, BY, "refresh", new_reference()))
            for source in self.due(now)
            if goes_on()
        )
        Watch(self.engine, self.audit, self.mail).look(Occasion(now, BY, "watch", new_reference()))
        return found

    def refresh(
        self,
        code: str,
        occasion: Occasion,
        *,
        content: bytes | None = None,
        progress: Progress | None = None,
        accept_shrinking: bool = False,
    ) -> Refreshed:
        """Ask one source now, or take `content` as its answer.

        What goes wrong is said in the result, kept, and an alarm; the last good document of
        everybody stays in force. Raises Unknown for a source that is not registered.
        """
        with reading(self.engine) as connection:
            source = sources.one(connection, code)
        if source is None:
            raise Unknown("source.unknown", f"no source is called {code}")
        try:
            fetched = self._answer(source, content)
            if fetched.content is None:
                return self._nothing_new(source, occasion)
            sha256 = hashlib.sha256(fetched.content).hexdigest()
            if sha256 == source.sha256:
                return self._nothing_new(source, occasion)
            feed = read_feed(fetched.content, signed_by=source.pinned)
            heard = _Heard(source, fetched, sha256, feed)
            return self._take_in(heard, occasion, progress, accept_shrinking=accept_shrinking)
        except BrokerError as error:
            return self._failed(source, error, occasion)

    def _answer(self, source: Source, content: bytes | None) -> Fetched:
        if content is not None:
            if len(content) > self.limits.size:
                raise Refused("source.too_large", f"larger than {self.limits.size} bytes")
            return Fetched(content, Seen())
        if source.kind == "upload":
            raise Refused("source.upload", "this source is uploaded: give its document with --file")
        if source.kind == "file":
            return Fetched(read_file(Path(source.location), self.limits.size), Seen())
        loopback = is_loopback(urlsplit(self.origin).hostname or "")
        seen = Seen(source.etag, source.last_modified) if source.sha256 else Seen()
        return self.fetch(source.location, seen, self.limits, loopback=loopback)

    def _take_in(
        self,
        heard: _Heard,
        occasion: Occasion,
        progress: Progress | None,
        *,
        accept_shrinking: bool,
    ) -> Refreshed:
        with reading(self.engine) as connection:
            revision = store.revision(connection)
            said = self._judge(connection, heard, occasion, accept_shrinking=accept_shrinking)
            plan = None if said else self._plan(connection, heard, occasion, progress)
        with writing(self.engine) as connection:
            source = sources.one(connection, heard.source.code, lock=True)
            if source is None:
                raise Unknown("source.unknown", "the source was removed meanwhile")
            if store.revision(connection) != revision or source.sha256 != heard.source.sha256:
                heard = _Heard(source, heard.fetched, heard.sha256, heard.feed)
                said = self._judge(connection, heard, occasion, accept_shrinking=accept_shrinking)
                plan = None if said else self._plan(connection, heard, occasion, None)
            if plan is None:
                return self._refused(connection, heard, said, occasion)
            self._write(connection, heard, plan, occasion)
        return Refreshed(
            source=source.code,
            state="loaded",
            counts=plan.counts(),
            entities=tuple(results(plan)),
            findings=heard.feed.findings,
        )

    def _judge(
        self, connection: Connection, heard: _Heard, occasion: Occasion, *, accept_shrinking: bool
    ) -> tuple[Objection, ...]:
        """What speaks against the document as a whole; with anything, none of it is looked into."""
        source = heard.source
        records = store.members(connection, source.federation)
        mine = [r for r in records if r.source_code == source.code and r.dropped_at is None]
        replaced = heard.sha256 != source.sha256 and sources.was_seen(
            connection, source.code, heard.sha256
        )
        coming = ComingFeed(
            feed=heard.feed,
            now=occasion.at,
            many=source.many,
            published=source.published_at,
            valid_until=source.valid_until,
            replaced=replaced,
            members=frozenset(r.entity_id for r in mine if r.entity_id and r.version is not None),
            shrinking_accepted=accept_shrinking,
        )
        decision = trust.judge_feed(coming)
        return decision.objections if decision.verdict == "refuse" else ()

    def _plan(
        self,
        connection: Connection,
        heard: _Heard,
        occasion: Occasion,
        progress: Progress | None,
    ) -> Plan:
        source = heard.source
        records = tuple(store.members(connection, source.federation))
        listed = {entity.entity_id for entity in heard.feed.entities}
        rows = [record.row for record in records if record.entity_id in listed]

        def documents(ids: Collection[int]) -> dict[int, bytes]:
            return dated.documents(connection, ids)

        ground = Ground(
            federation=federation_of(connection, source.federation, self.origin),
            records=records,
            known=versions.known(connection, rows),
            documents=documents,
        )
        return Intake(source, heard.feed, ground, occasion).plan(progress)

    def _write(self, connection: Connection, heard: _Heard, plan: Plan, occasion: Occasion) -> None:
        source, feed = heard.source, heard.feed
        dated.settle(connection, occasion.at)
        write_plan(connection, source, plan, occasion)
        sources.loaded(
            connection,
            source,
            now=occasion.at,
            sha256=heard.sha256,
            digest=plan.digest,
            entities=len(feed.entities),
            published=feed.published,
            valid_until=feed.valid_until,
            etag=heard.fetched.seen.etag,
            last_modified=heard.fetched.seen.last_modified,
        )
        for event in events(source, feed, heard.sha256, plan, occasion):
            self.audit.append(connection, event, at=occasion.at, reference=occasion.reference)
        desk = AlarmDesk(self.audit, self.mail)
        desk.raise_all(connection, plan.alarms, occasion)
        _clear(connection, source, (FAILED, *_FEED_REASONS), occasion.at)
        store.bump(connection)

    def _nothing_new(self, source: Source, occasion: Occasion) -> Refreshed:
        with writing(self.engine) as connection:
            sources.heard(connection, source.code, occasion.at)
            _clear(connection, source, (FAILED, *_FEED_REASONS), occasion.at)
        return Refreshed(source.code, "unchanged", counts={"unchanged": source.entities})

    def _refused(
        self,
        connection: Connection,
        heard: _Heard,
        said: tuple[Objection, ...],
        occasion: Occasion,
    ) -> Refreshed:
        source, first = heard.source, said[0]
        sources.failed(connection, source.code, first.code, occasion.at)
        found = [of_objection(source, source.code, objection) for objection in said]
        AlarmDesk(self.audit, self.mail).raise_all(connection, found, occasion)
        findings = heard.feed.findings
        return Refreshed(source.code, "refused", first.code, first.words, findings=findings)

    def _failed(self, source: Source, error: BrokerError, occasion: Occasion) -> Refreshed:
        with writing(self.engine) as connection:
            sources.failed(connection, source.code, error.code, occasion.at)
            AlarmDesk(self.audit, self.mail).raise_one(connection, failure(source, error), occasion)
        return Refreshed(source.code, "failed", error.code, why_nothing(error))


def _clear(connection: Connection, source: Source, codes: Iterable[str], at: datetime) -> None:
    for code in codes:
        alarms.clear(connection, source.federation, source.code, source.code, code, at)
