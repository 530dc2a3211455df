"""What a service asked, and what became of it. Frozen."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

State = Literal["waiting", "granted", "declined", "taken_back"]


@dataclass(frozen=True, slots=True)
class Wish:
    """That somebody at a service wants it switched later than the others."""

    number: int
    federation: str
    plan: str  # its code
    partner: str
    until: datetime  # until when it would keep the old key
    reason: str
    asked_at: datetime
    asked_by: str
    state: State = "waiting"
    answered_at: datetime | None = None
    answered_by: str = ""
    answer: str = ""
