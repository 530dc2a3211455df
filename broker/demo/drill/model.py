"""What a drill is asked, and what it found."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from broker.demo.drill.behaviours import Behaviour
from broker.metadata.rollover.model import Phase, Side

WORKED = "worked"


@dataclass(frozen=True, slots=True)
class Attempt:
    """One login: of which partner, when, and why it failed if it did."""

    partner: str
    side: Side  # our side towards it: idp for a service, sp for an identity provider
    at: datetime
    phase: Phase
    fault: str | None = None  # a reason code of ours, or one of FAULTS


@dataclass(frozen=True, slots=True)
class Cell:
    """The logins of one partner in one phase."""

    phase: Phase
    logins: int
    failed: int
    fault: str | None
    first: datetime | None  # when the first of them failed
    last: datetime | None


@dataclass(frozen=True, slots=True)
class Line:
    """One partner in all phases."""

    partner: str
    side: Side
    behaviour: Behaviour
    cells: tuple[Cell, ...]

    @property
    def failed(self) -> int:
        """How many of its logins failed."""
        return sum(cell.failed for cell in self.cells)


@dataclass(frozen=True, slots=True)
class Report:
    """One drill of one plan in one federation."""

    plan: str
    federation: str
    style: str
    lines: tuple[Line, ...]

    @property
    def cut_off(self) -> tuple[str, ...]:
        """The partners that could not log in at some time."""
        return tuple(line.partner for line in self.lines if line.failed)


FAULTS = {
    "partner.key_unknown": "signed with a key that it does not hold",
    "partner.certificates": "cannot read a document with several certificates",
    "partner.no_metadata": "holds no metadata of ours",
    "partner.decryption": "encrypted to a key that is gone",
}


def cells(attempts: Iterable[Attempt]) -> tuple[Cell, ...]:
    """The attempts of one partner, counted by phase in the order of their first."""
    by_phase: dict[Phase, list[Attempt]] = {}
    for attempt in attempts:
        by_phase.setdefault(attempt.phase, []).append(attempt)
    found = []
    for phase, those in by_phase.items():
        failed = [attempt for attempt in those if attempt.fault]
        found.append(
            Cell(
                phase,
                len(those),
                len(failed),
                failed[0].fault if failed else None,
                failed[0].at if failed else None,
                failed[-1].at if failed else None,
            )
        )
    return tuple(found)
