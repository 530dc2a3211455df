"""A drill as the operator sees it. Frozen."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

PATIENCE = timedelta(minutes=15)  # after which nobody believes that it runs
State = Literal["running", "done", "failed"]


@dataclass(frozen=True, slots=True)
class Drill:
    """One rehearsal of one plan in one federation."""

    number: int
    federation: str
    plan: str
    registered: bool  # with the partners of this installation; else with one of each kind
    started_at: datetime
    started_by: str
    finished_at: datetime | None = None
    failed: bool = False
    found: str = ""  # what it printed: JSON, or the words of its failure

    def state(self, now: datetime) -> State:
        """How it stands; one that was lost with its process has failed after a while."""
        if self.finished_at is None:
            return "failed" if now - self.started_at > PATIENCE else "running"
        return "failed" if self.failed else "done"

    @property
    def reports(self) -> Sequence[Mapping[str, object]]:
        """What it found, one report for each federation; nothing where it failed."""
        if self.failed or not self.found:
            return ()
        told = json.loads(self.found)
        return [one for one in told if isinstance(one, dict)] if isinstance(told, list) else []
