"""What is asked for in production, decided as a case: one list for everything that waits."""

from collections.abc import Callable
from dataclasses import dataclass
from uuid import UUID

from broker.cases.documents import Launching, read
from broker.cases.hooks import Opening, Telling
from broker.cases.model import Case, CaseEvent, Party, Planned
from broker.metadata.model import Federation
from broker.organisations.desk import Work
from broker.registrations import store
from broker.registrations.changing import approved, ended, waiting
from broker.registrations.model import Change


def opening_of(change: Change, title: str, *, second_owner: bool) -> Opening:
    """The case of a change: another owner decides it where there is one, else the operator.

    Production and removal are always the operator's to decide.
    """
    by_owner = second_owner and change.kind == "change"
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
        del party
        found = waiting(work, UUID(read(case, Launching).change))
        approved(work, self.federation(case.federation), found)
        return case


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
