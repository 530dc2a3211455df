"""What happened between a service and an identity provider, and what it says of the latter."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal, get_args

# Why somebody who came back was refused: they or the IdP gave up in good order; the IdP says
# that it failed; its message does not hold; our rules say no; and what is nobody's fault there.
Failure = Literal["cancelled", "failed", "message", "policy", "other"]
FAILURES: tuple[Failure, ...] = get_args(Failure)

# How long somebody was away, in seconds up to which each bucket goes.
AWAY: tuple[int, ...] = (5, 15, 30, 60, 120, 300)
LONGER = 3600

State = Literal["ok", "failing", "unknown"]


@dataclass(frozen=True, slots=True)
class CountRow:
    """What happened in one minute between one service and one IdP.

    `returned` are those whom the IdP sent back with an answer that holds, also where the answer
    is that they gave up; `refused` are all whom we refused. `details` are failures by kind and
    `within N` for how long those who returned had been away.
    """

    minute: datetime
    federation: str
    service: str
    idp: str
    started: int
    returned: int
    refused: int
    details: tuple[tuple[str, int], ...] = ()


@dataclass(frozen=True, slots=True)
class Health:
    """A verdict with the numbers that it rests on."""

    state: State
    since: datetime | None = None  # in this state without a break, as far as minutes are kept
    started: int = 0
    returned: int = 0
    median: int | None = None  # seconds within which half of those who returned were back
    failures: tuple[tuple[str, int], ...] = ()

    @property
    def failing(self) -> bool:
        """Whether people should be told before they choose it."""
        return self.state == "failing"


UNKNOWN = Health("unknown")


def within(away: timedelta) -> str:
    """The detail that a time away is counted as."""
    seconds = away.total_seconds()
    return f"within {next((end for end in AWAY if seconds <= end), LONGER)}"


def failure_kind(code: str) -> Failure:
    """Whose fault a refusal is, by its code, as far as an identity provider's health goes."""
    if code in ("idp.cancelled", "idp.no_passive", "idp.no_authn_context"):
        return "cancelled"
    if code == "context.replay":
        return "other"  # somebody pressed Back
    families: dict[str, Failure] = {
        "idp": "failed",
        "signature": "message",
        "context": "message",
        "malformed": "message",
        "limit": "message",
        "policy": "policy",
    }
    return families.get(code.partition(".")[0], "other")
