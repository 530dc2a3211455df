"""What may happen to one slot, for tests of everything that may happen."""

from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from hypothesis import strategies as st

from broker.metadata.rollover.model import (
    FIRST,
    LONGEST_CACHE,
    Instants,
    Mark,
    Plan,
    Rollovers,
    Slot,
)
from broker.metadata.rollover.validation import Setting, problems
from tests.unit.metadata.rollover.making import EVERY, Ring, day

EPOCHS = ("second", "third", "fourth")
GAPS = st.sampled_from((0.0, 0.5, 1.0, 3.0, 14.0, 40.0))
SWITCHED = st.sampled_from((0.5, 1.0, 7.0, 40.0))


@dataclass
class Story:
    """What happened so far to one slot, and until when it is told."""

    slot: Slot
    ring: Ring
    now: datetime
    rollovers: Rollovers = field(default_factory=Rollovers)
    happened: list[str] = field(default_factory=list)

    def put(self, plan: Plan) -> None:
        """A plan as it is now, in the place of what it was."""
        others = tuple(p for p in self.rollovers.plans if p.row != plan.row)
        self.rollovers = Rollovers((*others, plan), self.rollovers.marks)

    def mark(self, epoch: str) -> None:
        marks = (*self.rollovers.marks, Mark(self.slot, epoch, self.now))
        self.rollovers = Rollovers(self.rollovers.plans, marks)

    def try_plan(self, plan: Plan, **more: object) -> bool:
        """Keep a plan where validation has nothing against it."""
        old = self.ring.certificate(plan.slot, plan.before)
        new = self.ring.certificate(plan.slot, plan.after)
        plan = replace(
            plan,
            before_ends=old.not_after if old else None,
            after_ends=new.not_after if new else None,
        )
        others = tuple(p for p in self.rollovers.plans if p.row != plan.row)
        where = Setting(Rollovers(others, self.rollovers.marks), self.ring.certificate, self.now)
        found = problems(plan, replace(where, **more))  # type: ignore[arg-type]  # callers name the fields
        if any(problem.level == "refused" for problem in found):
            return False
        self.put(plan)
        return True


@st.composite
def instants(draw: st.DrawFn, begins: datetime, *, hard: bool) -> Instants:
    """Some instants in order, most of them long enough."""
    announce = begins + timedelta(days=draw(GAPS))
    early = announce + timedelta(days=draw(GAPS))
    switch = early if hard else early + timedelta(days=draw(GAPS))
    back = switch + timedelta(days=draw(GAPS))
    unpublish = back + timedelta(days=draw(SWITCHED))
    destroy = unpublish + LONGEST_CACHE + timedelta(days=draw(GAPS))
    return Instants(announce, early, switch, back, unpublish, destroy)


@st.composite
def stories(draw: st.DrawFn) -> Story:
    """One slot with one to three plans in a row, as far as they are accepted."""
    last = st.sampled_from((70, 150, 400, 1000))
    ring = Ring({epoch: draw(last) for epoch in (FIRST, *EPOCHS)})
    story = Story(draw(st.sampled_from(EVERY)), ring, day(0))
    begins, before = day(0), FIRST
    for row, after in enumerate(EPOCHS[: draw(st.integers(1, 3))], start=1):
        hard = draw(st.booleans())
        at = draw(instants(begins, hard=hard))
        made = Plan(after, story.slot, before, after, at, "hard" if hard else "overlap", row=row)
        if story.try_plan(made):
            story.happened.append(f"plan {made}")
            begins, before = at.unpublish, after
    return story
