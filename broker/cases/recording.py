"""What every change of a case ends with: its rows, its line in the history, its audit row."""

import hashlib
import secrets
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from broker.audit.events import CaseChanged
from broker.cases import rules, store
from broker.cases.hooks import Telling
from broker.cases.model import Case, CaseEvent, Happening, Party, Trace
from broker.errors import Refused, Unknown
from broker.organisations.desk import Work

_LETTERS = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"  # none that is read as another
_LENGTH = 6


@dataclass(frozen=True, slots=True)
class Recorder:
    """Reads and writes cases in the transaction of a work."""

    telling: Telling

    def found(self, work: Work, case_id: UUID) -> Case:
        """One case, locked. Raises Unknown("case.unknown")."""
        store.lock(work.connection, case_id)
        found = store.by_id(work.connection, case_id)
        if found is None:
            raise Unknown("case.unknown", "no such case")
        return found

    def current(self, work: Work, case_id: UUID, version: int) -> Case:
        """The case, where it still is as the page showed it. Raises Refused("case.changed")."""
        case = self.found(work, case_id)
        if case.version != version:
            raise Refused("case.changed", "somebody changed the case meanwhile")
        return case

    def lasting(self, work: Work, case_id: UUID, version: int) -> Case:
        """The same, and not over. Raises Refused("case.over")."""
        case = self.current(work, case_id, version)
        if not case.lasting:
            raise Refused("case.over", "the case is over")
        return case

    def write(
        self, work: Work, case: Case, party: Party, what: Happening, step: str | None, said: str
    ) -> Case:
        """The case as it is from now on. Raises Refused("case.changed")."""
        after = replace(case, changed_at=work.deed.at)
        if not store.change(work.connection, after):
            raise Refused("case.changed", "somebody changed the case meanwhile")
        self.tell(work, after, party, what, step, said)
        return replace(after, version=case.version + 1)

    def tell(
        self, work: Work, case: Case, party: Party, what: Happening, step: str | None, said: str
    ) -> None:
        """The line in the history, who hears of it, and the audit row."""
        own = rules.is_applicant(party, case)
        event = CaseEvent(0, work.deed.at, what, step, trace(party), said, own)
        store.tell(work.connection, case.id, event)
        self.telling.told(work, case, event)
        changed = CaseChanged(
            federation=case.federation,
            case=case.reference,
            kind=case.kind,
            change=what,
            step=step,
            state=case.state,
            organisation=str(case.organisation) if case.organisation else None,
            cvr=case.cvr,
            subject=str(party.person) if party.person else None,
            reason=said,
            by=party.actor.by,
            seat=party.actor.seat,
        )
        work.record(changed)


def trace(party: Party) -> Trace:
    """Who did it, to be known again."""
    return Trace(party.person, party.actor.account, (party.name or party.actor.label)[:200])


def reference(at: datetime) -> str:
    """What people read out to one another: the year, and letters that nobody can guess."""
    return f"S{at:%y}-" + "".join(secrets.choice(_LETTERS) for _ in range(_LENGTH))


def hashed(code: str) -> str:
    """What is kept of a link's code."""
    return hashlib.sha256(b"case-link\0" + code.encode()).hexdigest()
