"""What happens at each service on the day, hour by hour, and whom to take back: pure.

Failures are logins that went in a circle or came back as a failure, by the key that answered.
They come in sums by the hour, as everything that is kept of partners (R8).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from broker.metadata.readiness.model import Sign
from broker.metadata.rollover.choosing import counts
from broker.metadata.rollover.model import Ask, Plan, Rollovers

FEWEST = 3  # failures that are more than somebody who cannot spell
SHARE = 0.2  # of the logins under the new key
DROP = 0.2  # of what the same hours of last week had
ENOUGH = 10  # logins last week that a drop can be told from


@dataclass(frozen=True, slots=True)
class Pulse:
    """One service in the last hours."""

    code: str
    name: str
    critical: bool
    epoch: str  # that counts for it now
    old: int  # logins that the old key answered
    new: int
    failed: int  # under the new key
    before: int  # logins in the same hours of last week
    why: str = ""  # "failing" or "silent" where it should be taken back

    @property
    def troubled(self) -> bool:
        """Whether we propose to take it back."""
        return bool(self.why)


def pulses(
    rollovers: Rollovers,
    plan: Plan,
    partners: Sequence[tuple[str, str, bool]],
    lately: Mapping[str, Sequence[Sign]],
    week_ago: Mapping[str, Sequence[Sign]],
    now: datetime,
) -> tuple[Pulse, ...]:
    """A line for each service, those in trouble first, then those with the most logins."""
    lines = []
    for code, name, critical in partners:
        seen = lately.get(code, ())
        epoch = counts(rollovers, plan.slot, Ask(code), now).epoch
        old = _sum(seen, "answered", plan.before)
        new = _sum(seen, "answered", plan.after)
        failed = _sum(seen, "failed", plan.after)
        before = sum(s.count for s in week_ago.get(code, ()) if s.kind == "answered")
        why = ""
        if epoch == plan.after:
            if failed >= FEWEST and failed >= SHARE * (failed + new):
                why = "failing"
            elif before >= ENOUGH and old + new < DROP * before:
                why = "silent"
        lines.append(Pulse(code, name, critical, epoch, old, new, failed, before, why))
    return tuple(sorted(lines, key=lambda p: (not p.why, -(p.old + p.new), p.code)))


def hours(now: datetime, span: int = 1) -> tuple[datetime, datetime]:
    """From the beginning of the hour before this one, until now."""
    begun = now.replace(minute=0, second=0, microsecond=0)
    return begun - timedelta(hours=span), now


def _sum(seen: Sequence[Sign], kind: str, epoch: str) -> int:
    return sum(s.count for s in seen if s.kind == kind and s.detail == epoch)
