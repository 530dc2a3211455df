"""What becomes of a mapping's versions, inside somebody's transaction, with its audit rows.

    draft → shadow → in force (from an instant) → was in force

A version that is in force ends where the next one begins; one that waits can be retired.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from broker.audit.events import (
    Event,
    MappingInForce,
    MappingLoaded,
    MappingRetired,
    MappingShadowed,
)
from broker.audit.store import AuditStore
from broker.db import Connection
from broker.errors import Refused, Unknown
from broker.metadata.mappings import store
from broker.metadata.mappings.model import PLAIN, MappingVersion, Placing, State
from broker.metadata.report import Occasion
from broker.periods import FOREVER


@dataclass(frozen=True, slots=True)
class MappingDesk:
    """The versions of one service, open for writing, and the person who writes."""

    connection: Connection
    federation: str
    service: str
    audit: AuditStore
    occasion: Occasion

    def load(
        self, document: Mapping[str, object], source: str, placing: Placing
    ) -> tuple[MappingVersion, bool]:
        """Keep a document as a version; the version, and whether anything changed.

        The first one comes into force at once. Another one is tried first, or drafted, unless
        it is to be `in_force`, for which Refused("mapping.no_reason") wants a reason.
        """
        store.take_turns(self.connection, self.federation)
        known = self._versions()
        alive = [v for v in known if v.state != "retired" and v.until > self.occasion.at]
        counts = any(v.state == "in_force" for v in alive)
        found = next((v for v in alive if v.document == document), None)
        if found is not None and (found.state == "in_force" or placing != "in_force"):
            return found, False
        if placing == "in_force" and counts and not self.occasion.reason.strip():
            raise Refused("mapping.no_reason", "untried and in force at once needs a reason")
        if found is None:
            found = self._add(known, document, source)
            self._audit(self._loaded(found, source))
        if not counts or placing == "in_force":
            return self._begin(found, self.occasion.at, seen=0), True
        if placing == "shadow":
            found = self._to_shadow(found)
        return found, True

    def shadow(self, number: int) -> MappingVersion:
        """Try a draft beside what is in force; the one tried before becomes a draft.

        Raises Refused("mapping.state") for a version that is no draft.
        """
        store.take_turns(self.connection, self.federation)
        found = self._one(number)
        if found.state != "draft":
            raise self._state(found, "only a draft can be tried in shadow")
        return self._to_shadow(found)

    def put_in_force(
        self, number: int, since: datetime | None, *, untested: bool
    ) -> MappingVersion:
        """Let a version count from an instant, or from now.

        It takes over from what counts then, until the next one that is planned. A version that
        was in force comes back as a new one. Raises Refused("mapping.untested") where no login
        has tried it, unless it is `untested` for a reason ("mapping.no_reason"), and
        Refused("mapping.past" | "mapping.state").
        """
        store.take_turns(self.connection, self.federation)
        found, at = self._one(number), since or self.occasion.at
        if at < self.occasion.at:
            raise Refused("mapping.past", "what counted in the past cannot be changed")
        ended = found.state == "in_force" and found.until <= self.occasion.at
        if not ended and found.state not in ("draft", "shadow"):
            raise self._state(found, "only what waits, or was in force, can be put in force")
        seen = sum(
            row.logins
            for row in store.counted(self.connection, found, self.against())
            if row.kind == "seen"
        )
        if untested and not self.occasion.reason.strip():
            raise Refused("mapping.no_reason", "a version that nobody tried needs a reason")
        if not seen and not ended and not untested:
            words = "no login has tried it against what is in force; broker mapping shadow"
            raise Refused("mapping.untested", f"version {number} of {self.service}: {words}")
        if ended:
            found = self._add(self._versions(), found.document, f"version {number}")
            self._audit(self._loaded(found, found.source))
        return self._begin(found, at, seen=seen)

    def retire(self, number: int) -> MappingVersion:
        """Let a version that waits or is planned never count; what counts before it goes on.

        Raises Refused("mapping.needed") for the one in force, and Refused("mapping.state").
        """
        store.take_turns(self.connection, self.federation)
        found, now = self._one(number), self.occasion.at
        if found.counts_at(now):
            words = "is in force; put another version in force instead"
            raise Refused("mapping.needed", f"version {number} of {self.service} {words}")
        if found.state == "retired" or found.until <= now:
            raise self._state(found, "it does not wait any more")
        if found.begins_after(now):
            gone = self._change(found, state="retired", until=found.since)
            before = next((v for v in self._versions() if self._ends_with(v, found)), None)
            if before is not None:
                self._change(before, until=found.until)
        else:
            gone = self._change(found, state="retired", until=max(now, found.since))
        self._audit(
            MappingRetired(
                self.federation, self.service, number, self.occasion.by, self.occasion.reason
            )
        )
        return gone

    def against(self) -> int:
        """The version in force now, which a version in shadow is compared with."""
        found = store.counted_at(self.connection, self.federation, self.service, self.occasion.at)
        return PLAIN if found is None else found.version

    def _begin(self, found: MappingVersion, at: datetime, *, seen: int) -> MappingVersion:
        others = [v for v in self._versions() if v.state == "in_force" and v.until > at]
        until = min((v.since for v in others if v.since > at), default=FOREVER)
        before = next((v for v in others if v.since <= at), None)
        if before is not None and before.since == at:
            self._change(before, state="retired", until=at)
        elif before is not None:
            self._change(before, until=at)
        by = self.occasion.by
        made = self._change(found, state="in_force", since=at, until=until, approved_by=by)
        self._audit(
            MappingInForce(
                federation=self.federation,
                service=self.service,
                version=found.version,
                since=at.isoformat(),
                until=None if until == FOREVER else until.isoformat(),
                replaces=before.version if before else None,
                seen=seen,
                by=by,
                reason=self.occasion.reason,
            )
        )
        return made

    def _to_shadow(self, found: MappingVersion) -> MappingVersion:
        for tried in self._versions():
            if tried.state == "shadow":
                self._change(tried, state="draft")
        made = self._change(found, state="shadow", since=self.occasion.at)
        self._audit(
            MappingShadowed(
                self.federation,
                self.service,
                found.version,
                self.occasion.by,
                self.occasion.reason,
            )
        )
        return made

    def _add(
        self, known: tuple[MappingVersion, ...], document: Mapping[str, object], source: str
    ) -> MappingVersion:
        made = MappingVersion(
            federation=self.federation,
            service=self.service,
            version=max((v.version for v in known), default=PLAIN) + 1,
            state="draft",
            since=self.occasion.at,
            until=FOREVER,
            document=document,
            source=source,
            loaded_at=self.occasion.at,
            loaded_by=self.occasion.by,
            reason=self.occasion.reason,
            approved_by=None,
        )
        store.add(self.connection, made)
        return made

    def _change(
        self,
        found: MappingVersion,
        *,
        state: State | None = None,
        since: datetime | None = None,
        until: datetime | None = None,
        approved_by: str | None = None,
    ) -> MappingVersion:
        made = replace(
            found,
            state=state or found.state,
            since=since or found.since,
            until=until or found.until,
            approved_by=approved_by or found.approved_by,
        )
        store.change(
            self.connection,
            found,
            state=made.state,
            since=made.since,
            until=made.until,
            approved_by=made.approved_by,
        )
        return made

    def _versions(self) -> tuple[MappingVersion, ...]:
        return store.versions(self.connection, self.federation, self.service)

    def _one(self, number: int) -> MappingVersion:
        known = {v.version: v for v in self._versions()}
        if number not in known:
            there = ", ".join(map(str, known)) or "none yet"
            words = f"no version {number} of {self.service} in {self.federation}; there are {there}"
            raise Unknown("mapping.no_version", words)
        return known[number]

    @staticmethod
    def _ends_with(version: MappingVersion, planned: MappingVersion) -> bool:
        return version.state == "in_force" and version.until == planned.since

    def _state(self, found: MappingVersion, words: str) -> Refused:
        standing = found.standing(self.occasion.at)
        return Refused("mapping.state", f"version {found.version} is {standing}: {words}")

    def _loaded(self, found: MappingVersion, source: str) -> MappingLoaded:
        return MappingLoaded(
            federation=self.federation,
            service=self.service,
            version=found.version,
            source=source,
            by=self.occasion.by,
            reason=self.occasion.reason,
        )

    def _audit(self, event: Event) -> None:
        """One row of the audit trail, in the transaction of what it tells about."""
        self.audit.append(
            self.connection, event, at=self.occasion.at, reference=self.occasion.reference
        )
