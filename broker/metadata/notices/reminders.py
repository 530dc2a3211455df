"""The milestones of every change of our keys, told to each partner once.

A service hears of what we sign for services, an identity provider of what we sign for and
decrypt from identity providers: one mail, though the change has a plan for each key.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime

from broker.db import Connection, Engine, reading, writing
from broker.mail.facts import RolloverFacts, Way
from broker.mail.kinds import rollover_kind
from broker.mail.letters import milestone_name, rollover_event
from broker.mail.milestones import READY, REMOVED, Milestone
from broker.metadata.homes import federations_in
from broker.metadata.model import Federation
from broker.metadata.notices.courses import HELD, Course, changes, course, due
from broker.metadata.notices.office import Office
from broker.metadata.notices.people import Person, people
from broker.metadata.readiness.gathering import levels, partners_of
from broker.metadata.readiness.model import Partner
from broker.metadata.rollover.desk import ReadySource, held
from broker.metadata.rollover.model import Plan, Rollovers
from broker.metadata.speech import Reads

EVERYBODY = frozenset({"announced", "T-7", "done", HELD, REMOVED})
"""Milestones that those who answer for a system hear of as well, not only those who run it."""


def _always() -> bool:
    return True


@dataclass(frozen=True, slots=True)
class _Due:
    """One partner with something to be told."""

    partner: Partner
    course: Course
    milestone: Milestone
    level: int


@dataclass(frozen=True, slots=True)
class Reminders:
    """Looks who is to be told of what; a partner that has the mail already costs nothing."""

    engine: Engine
    office: Office
    ready: ReadySource

    def remind(self, now: datetime, goes_on: Callable[[], bool] = _always) -> int:
        """Tell of every milestone that has come; how many mails were new.

        One transaction for each change and side. Where nobody looked for a while, only the
        latest milestone of each partner is told.
        """
        with reading(self.engine) as connection:
            found = changes(held(connection, self.ready), now)
        told = 0
        for one in found:
            if not goes_on():
                break
            lead = one[0]
            with writing(self.engine) as connection:
                told += self._tell(connection, lead, now)
        return told

    def _tell(self, connection: Connection, lead: Plan, now: datetime) -> int:
        """Read everything anew: what was decided since must not be told otherwise."""
        known = held(connection, self.ready)
        same = (p for p in changes(known, now) if p[0].code == lead.code)
        plans = next((p for p in same if p[0].slot == lead.slot), ())
        homes = {h.path: h for h in federations_in(connection, self.office.origin)}
        home = homes.get(lead.slot.federation)
        if not plans or home is None:
            return 0
        waiting = self._due(connection, known, plans, now)
        by_code = {p.code: p for p in people(connection, home.path, lead.slot.side, waiting)}
        return sum(
            self._write(connection, home, plans, by_code[code], one, now)
            for code, one in waiting.items()
            if code in by_code
        )

    def _due(
        self, connection: Connection, known: Rollovers, plans: tuple[Plan, ...], now: datetime
    ) -> Mapping[str, _Due]:
        reached = [levels(connection, known, plan, now) for plan in plans]
        outbox, found = self.office.letters.outbox, {}
        for partner in partners_of(connection, plans[0]):
            level = min(by_code.get(partner.code, 0) for by_code in reached)
            dates = course(plans, partner.code, now)
            milestone = due(dates, level, now)
            if milestone is None:
                continue
            about = about_of(plans[0], partner.code)
            kind, name = rollover_kind(milestone.name), milestone_name(milestone, dates.switch)
            if not outbox.knows(connection, kind, about, name):
                found[partner.code] = _Due(partner, dates, milestone, level)
        return found

    def _write(
        self,
        connection: Connection,
        home: Federation,
        plans: tuple[Plan, ...],
        person: Person,
        one: _Due,
        now: datetime,
    ) -> int:
        lead, office = plans[0], self.office
        way = way_of(lead, one.partner.reads)
        encryption = next((p for p in plans[1:] if p.slot.use == "encryption"), None)
        facts = RolloverFacts(
            federation=home.name,
            partner=person.name,
            switch_at=one.course.switch,
            unpublish_at=one.course.ends(now),
            fingerprint=office.fingerprint(lead.slot, lead.after),
            metadata_url=office.coming_address(home, lead, person.row, way),
            ready=one.level >= READY,
            held=one.course.held,
            way=way,
            encryption_fingerprint=(
                office.fingerprint(encryption.slot, encryption.after) if encryption else ""
            ),
            rollback_until=max(p.instants.rollback_until for p in plans),
        )
        event = rollover_event(about_of(lead, person.code), one.milestone, facts)
        everybody = one.milestone.name in EVERYBODY
        recipients = person.to(everybody=everybody, instead=office.operators_of(home))
        return office.letters.put(connection, event, recipients, now)


def about_of(plan: Plan, partner: str) -> str:
    """What a mail about a change is about, for good."""
    return f"{plan.slot.federation}/{plan.slot.side}/{plan.code}/{partner}"


def way_of(plan: Plan, reads: Reads) -> Way:
    """How a partner gets from the old key to the new one.

    Only our IdP side has addresses of its own for each key; an identity provider that can hold
    one certificate must change it at the very moment.
    """
    if plan.style == "hard":
        return "moment"
    if reads == "several":
        return "both"
    return "alone" if plan.slot.side == "idp" else "moment"
