"""What takes part in a case from outside: what carries it out, and what tells people of it."""

from dataclasses import dataclass
from typing import Protocol
from uuid import UUID

from broker.cases.documents import Document
from broker.cases.model import Case, CaseEvent, CaseKind, Party, Planned
from broker.organisations.desk import Work


@dataclass(frozen=True, slots=True)
class Opening:
    """A case to open. The document is checked already."""

    kind: CaseKind
    federation: str
    title: str
    document: Document
    steps: tuple[Planned, ...]
    organisation: UUID | None = None
    cvr: str | None = None
    service: str | None = None


class Carrying(Protocol):
    """Does what a case asked for, in the transaction of the last approval."""

    def carry_out(self, work: Work, case: Case, party: Party) -> Case:
        """The case, with what it is about from now on. Raises what stands in the way."""
        ...


class Telling(Protocol):
    """Writes to whom something in a case concerns, in its transaction."""

    def told(self, work: Work, case: Case, event: CaseEvent) -> None:
        """Whatever mail this is worth."""
        ...

    def invited(self, work: Work, case: Case, step: str, code: str) -> None:
        """Send the link that a step is decided by."""
        ...


@dataclass(frozen=True, slots=True)
class Nobody:
    """Where no mail is sent."""

    def told(self, work: Work, case: Case, event: CaseEvent) -> None:
        """Nothing."""

    def invited(self, work: Work, case: Case, step: str, code: str) -> None:
        """Nothing."""
