"""A look as a fact, and what may be typed to find somebody."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from uuid import UUID

from broker.web.reference import ALPHABET, GROUP, GROUPS

LIFE = timedelta(hours=1)  # one call at the desk, not a day of it
KEPT = timedelta(days=730)


@dataclass(frozen=True, slots=True)
class Look:
    """That somebody looks at people, for a reason that they gave."""

    id: UUID
    federation: str
    account: UUID  # who looks
    at: datetime
    sought: str = field(repr=False)
    reason: str = field(repr=False)
    case_no: str | None = None

    @property
    def reference(self) -> str | None:
        """The reference id that was sought, where it is one."""
        return reference_in(self.sought)


def reference_in(typed: str) -> str | None:
    """A reference id as it is kept, however it was read aloud and typed; None where it is none."""
    said = "".join(letter for letter in typed.upper() if letter not in " -–.")
    if len(said) != GROUPS * GROUP or not set(said) <= set(ALPHABET):
        return None
    return "-".join(said[at : at + GROUP] for at in range(0, len(said), GROUP))
