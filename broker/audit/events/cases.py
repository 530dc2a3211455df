"""Cases: what was asked for, and what was decided."""

from dataclasses import dataclass
from typing import ClassVar


@dataclass(frozen=True, slots=True)
class CaseChanged:
    """Something happened in a case; what is asked for stays in the case itself."""

    NAME: ClassVar[str] = "case.changed"
    PERSONAL: ClassVar[frozenset[str]] = frozenset({"by", "seat", "reason", "subject"})

    federation: str
    case: str  # the reference that people read
    kind: str
    change: str
    step: str | None
    state: str  # of the case, from then on
    organisation: str | None
    cvr: str | None
    subject: str | None  # our id of the person, where no account says who it was
    reason: str
    by: str
    seat: str | None


EXAMPLES: tuple[CaseChanged, ...] = (
    CaseChanged(
        federation="sundhed",
        case="S26-7KQ4MB",
        kind="organisation",
        change="approved",
        step="owner:dpsd",
        state="open",
        organisation=None,
        cvr="90000004",
        subject="0b9c1f4e-7d2a-4c53-9a51-2f6f7c1f1a10",
        reason="they treat our patients",
        by="ae31c7b4-90cf-4f4e-b6f4-0d8d5a2c6e19",
        seat=None,
    ),
)
