"""What is done to cases: opened, taken, asked back, answered, decided, withdrawn.

Each call is one transaction with its line in the history and its audit row. Where the last
step is approved, what was asked for is carried out in the same transaction, or nothing is.
"""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import timedelta
from uuid import UUID, uuid4

from broker.cases import machine, rules, store
from broker.cases.documents import Document, written
from broker.cases.hooks import Carrying, Nobody, Opening, Telling
from broker.cases.model import Case, CaseEvent, CaseKind, Happening, Party
from broker.cases.recording import Recorder, hashed, reference, trace
from broker.db import reading
from broker.errors import NotAllowed, Refused, Unknown
from broker.organisations import words
from broker.organisations.desk import Desk, Work
from broker.organisations.model import Deed

_DAY, MOST_LINKS = timedelta(days=1), 5


@dataclass(frozen=True, slots=True)
class CaseService:
    """Cases of every kind."""

    desk: Desk
    carrying: Mapping[CaseKind, Carrying] = field(default_factory=dict)
    telling: Telling = field(default_factory=Nobody)

    @property
    def _rows(self) -> Recorder:
        return Recorder(self.telling)

    def open(self, party: Party, opening: Opening, deed: Deed) -> Case:
        """A new case. Whether they may ask is checked by what makes the opening."""
        with self.desk.work(party.actor, deed) as work:
            return self.opened(work, party, opening)

    def opened(self, work: Work, party: Party, opening: Opening) -> Case:
        """The same in the transaction of what it is about."""
        case = Case(
            id=uuid4(),
            reference=reference(work.deed.at),
            federation=opening.federation,
            kind=opening.kind,
            title=words.line("the title", opening.title, words.NAME),
            state="open",
            opened_at=work.deed.at,
            opened_by=trace(party),
            promised_at=machine.promised(opening.kind, work.deed.at),
            changed_at=work.deed.at,
            version=1,
            document=written(opening.document),
            organisation=opening.organisation,
            cvr=opening.cvr,
            service=opening.service,
            steps=machine.begun(opening.steps),
        )
        store.add(work.connection, case)
        self._rows.tell(work, case, party, "opened", None, "")
        for step in case.waiting:
            if step.decider == "security_officer":
                self._invite(work, party, case, step.code)
        return case

    def invite(self, party: Party, case_id: UUID, step: str, deed: Deed) -> str:
        """A link's code for a step that somebody without a mandate decides; earlier ones end.

        Raises Unknown("case.unknown"), NotAllowed("case.applicant"), Refused("case.over" |
        "case.step" | "case.invited").
        """
        with self.desk.work(party.actor, deed) as work:
            case = self._rows.found(work, case_id)
            if not rules.is_applicant(party, case) and not _works(work, case):
                raise NotAllowed("case.applicant", "only whoever asks, or an operator, invites")
            if not case.lasting:
                raise Refused("case.over", "the case is over")
            found = case.step(step)
            if found is None or found.decider != "security_officer" or found.state != "open":
                raise Refused("case.step", f"{step} needs no link")
            # The address is one that a stranger typed: nobody's mailbox is flooded by a button.
            told = store.history(work.connection, case.id)
            recent = [e for e in told if e.what == "invited" and e.at > deed.at - _DAY]
            if len(recent) >= MOST_LINKS:
                raise Refused("case.invited", f"{MOST_LINKS} links within a day")
            return self._invite(work, party, case, step)

    def _invite(self, work: Work, party: Party, case: Case, step: str) -> str:
        code = secrets.token_urlsafe(18)
        store.set_code(work.connection, case.id, step, hashed(code))
        self._rows.tell(work, case, party, "invited", step, "")
        self.telling.invited(work, case, step, code)
        return code

    def take(self, party: Party, case_id: UUID, version: int, deed: Deed) -> Case:
        """Say that one works on it, so that nobody else begins too."""
        with self.desk.work(party.actor, deed) as work:
            case = self._rows.lasting(work, case_id, version)
            work.demand("case.work", rules.thing_of(case))
            after = replace(case, taken_by=trace(party))
            return self._rows.write(work, after, party, "taken", None, "")

    def ask(self, party: Party, case_id: UUID, step: str, version: int, deed: Deed) -> Case:
        """Ask the applicant something; the promised time stands still until they answer."""
        with self.desk.work(party.actor, deed) as work:
            case = self._rows.current(work, case_id, version)
            after = machine.asked(case, step, deed.at)
            found = case.step(step)
            if found is not None:
                rules.demand_step(work, party, case, found)
            return self._rows.write(work, after, party, "asked", step, work.deed.reason)

    def answer(
        self,
        party: Party,
        case_id: UUID,
        version: int,
        deed: Deed,
        document: Document | None = None,
    ) -> Case:
        """Answer what was asked; what is asked for may change with it.

        Raises NotAllowed("case.applicant"), Refused("case.not_asked" | "case.changed").
        """
        with self.desk.work(party.actor, deed) as work:
            case = self._rows.current(work, case_id, version)
            _applicant(party, case)
            after = machine.answered(case, deed.at)
            if document is not None:
                after = replace(after, document=written(document))
            said = work.deed.reason
            return self._rows.write(work, after, party, "answered", case.asked_step, said)

    def approve(
        self,
        party: Party,
        case_id: UUID,
        step: str,
        version: int,
        deed: Deed,
        *,
        code: str | None = None,
    ) -> Case:
        """Approve one step; the last one carries out what was asked for.

        Raises Unknown("case.unknown"), Refused("case.changed" | "case.step"),
        NotAllowed("case.oneself" | "case.two_people" | "case.officer_cvr" | "case.link" | …).
        """
        return self._decide(party, case_id, step, version, deed, code, approve=True)

    def refuse(
        self,
        party: Party,
        case_id: UUID,
        step: str,
        version: int,
        deed: Deed,
        *,
        code: str | None = None,
    ) -> Case:
        """Refuse one step with the reason; raises what `approve` does."""
        return self._decide(party, case_id, step, version, deed, code, approve=False)

    def withdraw(self, party: Party, case_id: UUID, version: int, deed: Deed) -> Case:
        """Take back what one asked for."""
        with self.desk.work(party.actor, deed) as work:
            case = self._rows.lasting(work, case_id, version)
            _applicant(party, case)
            after = replace(case, state="withdrawn", asked_step=None, asked_at=None)
            return self._rows.write(work, after, party, "withdrawn", None, work.deed.reason)

    def note(
        self, party: Party, case_id: UUID, version: int, deed: Deed, document: Document
    ) -> Case:
        """Write down what was found out: the document with it, and the reason as the line."""
        with self.desk.work(party.actor, deed) as work:
            case = self._rows.lasting(work, case_id, version)
            work.demand("case.work", rules.thing_of(case))
            after = replace(case, document=written(document))
            return self._rows.write(work, after, party, "noted", None, work.deed.reason)

    def read(self, party: Party, federation: str, said: str) -> Case:
        """One case by its reference. Raises Unknown("case.unknown") where it is not theirs to see.

        Who may not see a case is not told that there is one.
        """
        with reading(self.desk.engine) as connection:
            found = store.by_reference(connection, federation, said)
        if found is None or not rules.may_read(party, found):
            raise Unknown("case.unknown", "no such case")
        return found

    def of_code(self, party: Party, code: str) -> tuple[Case, str]:
        """The case that a link is for, and its step. Raises Unknown("case.link")."""
        with reading(self.desk.engine) as connection:
            found = store.of_code(connection, hashed(code))
        if found is None or found[0].federation != party.actor.federation:
            raise Unknown("case.link", "no such link, or a newer one was sent")
        return found

    def history(self, case: Case) -> tuple[CaseEvent, ...]:
        """All that happened in a case that they may see."""
        with reading(self.desk.engine) as connection:
            return store.history(connection, case.id)

    def _decide(
        self,
        party: Party,
        case_id: UUID,
        step: str,
        version: int,
        deed: Deed,
        code: str | None,
        *,
        approve: bool,
    ) -> Case:
        with self.desk.work(party.actor, deed) as work:
            case = self._rows.current(work, case_id, version)
            found = case.step(step)
            if found is None:
                raise Refused("case.step", "no such step")
            rules.demand_step(work, party, case, found)
            if found.decider == "security_officer":
                _linked(work, case, step, code)
            reason, by = work.deed.reason, trace(party)
            after = machine.decided(case, step, approve=approve, by=by, at=deed.at, reason=reason)
            carrying = self.carrying.get(case.kind)
            if after.state == "approved" and carrying is not None:
                after = carrying.carry_out(work, after, party)
            what: Happening = "approved" if approve else "refused"
            return self._rows.write(work, after, party, what, step, reason)


def _linked(work: Work, case: Case, step: str, code: str | None) -> None:
    """That the link of this very step was used. Raises NotAllowed("case.link")."""
    found = store.of_code(work.connection, hashed(code)) if code else None
    if found is None or (found[0].id, found[1]) != (case.id, step):
        raise NotAllowed("case.link", "the step is decided by the link that was sent")


def _applicant(party: Party, case: Case) -> None:
    if not rules.is_applicant(party, case):
        raise NotAllowed("case.applicant", "only whoever asks does this")


def _works(work: Work, case: Case) -> bool:
    try:
        work.demand("case.work", rules.thing_of(case))
    except NotAllowed:
        return False
    return True
