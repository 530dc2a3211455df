"""What is asked for in production, decided as a case: one list for everything that waits."""

from collections.abc import Callable
from dataclasses import dataclass
from uuid import UUID

from broker.cases.documents import Launching, read
from broker.cases.hooks import Opening, Telling
from broker.cases.model import Case, CaseEvent, Party, Planned
from broker.errors import Refused
from broker.metadata.model import Federation
from broker.organisations.desk import Work
from broker.organisations.permissions import Thing, allowed
from broker.registrations import store
from broker.registrations.changing import approved, ended, waiting
from broker.registrations.model import Change, Content
from broker.registrations.operating import in_operation
from broker.registrations.widening import widens


def opening_of(
    change: Change, title: str, before: Content | None, *, second_owner: bool
) -> Opening:
    """The case of a change: another owner decides it where there is one, else the operator.

    Production and removal are always the operator's to decide, and so is whatever lets more
    people in than `before` does, or tells more of them.
    """
    by_owner = second_owner and change.kind == "change" and not widens(before, change.content)
    step = (
        Planned("owner", "service_owner", service=change.code)
        if by_owner
        else Planned("operator", "operator")
    )
    return Opening(
        kind="service",
        federation=change.federation,
        title=title,
        document=Launching(str(change.id), change.code, change.kind),
        steps=(step,),
        service=change.code,
    )


@dataclass(frozen=True, slots=True)
class ChangeCarrier:
    """Brings into operation what the last approval of a case was about."""

    federation: Callable[[str], Federation]

    def carry_out(self, work: Work, case: Case, party: Party) -> Case:
        """In the same transaction. Raises what speaks against it, which leaves the case open."""
        found = waiting(work, UUID(read(case, Launching).change))
        home = self.federation(case.federation)
        if found.kind == "change" and not _by_operator(case, party):
            # What is in production may be less by now: a login that the operator has closed.
            now = in_operation(work.connection, home, found.code, work.deed.at)
            if widens(now, found.content):
                raise Refused("registration.operator", "it would open more than there is now")
        approved(work, home, found)
        return case


def _by_operator(case: Case, party: Party) -> bool:
    steps = {step.decider for step in case.steps}
    return steps == {"operator"} and allowed(
        party.actor, "case.decide.operator", Thing(case.federation)
    )


@dataclass(frozen=True, slots=True)
class ChangeTelling:
    """Lets a change end with its case, and tells people as before."""

    letters: Telling

    def told(self, work: Work, case: Case, event: CaseEvent) -> None:
        """Where the case was refused or taken back, so is the change."""
        if case.kind == "service" and case.state in ("refused", "withdrawn"):
            found = store.change(work.connection, UUID(read(case, Launching).change))
            if found is not None and found.state == "waiting":
                ended(work, found, "rejected" if case.state == "refused" else "withdrawn")
        self.letters.told(work, case, event)

    def invited(self, work: Work, case: Case, step: str, code: str) -> None:
        """As before: no step of a service is decided by a link."""
        self.letters.invited(work, case, step, code)
