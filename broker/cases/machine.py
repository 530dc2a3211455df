"""What a decision does to a case, and what a case looks like when it opens. Pure."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime

from broker.cases.model import Case, CaseKind, Decider, Planned, Step, Trace
from broker.errors import Refused
from broker.roles.requests.working_days import end_of_working_days

# The working days in which an answer is promised; a promise that nobody sees is none.
PROMISED: dict[CaseKind, int] = {
    "organisation": 5,
    "access": 3,
    "idp": 10,
    "service": 5,
    "vendor": 5,
}

_WAITING: tuple[Decider, ...] = ("security_officer", "service_owner", "operator", "applicant")


def promised(kind: CaseKind, at: datetime) -> datetime:
    """When an answer is promised for a case that is opened now."""
    return end_of_working_days(at, PROMISED[kind])


def begun(planned: Iterable[Planned]) -> tuple[Step, ...]:
    """The steps of a new case, those of the first stage open. Raises ValueError without any."""
    steps = tuple(sorted(planned, key=lambda step: step.stage))
    if not steps or len({step.code for step in steps}) != len(steps):
        raise ValueError("a case has steps, each of its own code")
    made = tuple(
        Step(p.code, p.decider, p.stage, p.service, p.optional, p.own, p.apart, "later")
        for p in steps
    )
    return _opened(made)


def decided(case: Case, code: str, *, approve: bool, by: Trace, at: datetime, reason: str) -> Case:
    """The case after a step was decided: the next stage opens, or the case is over.

    Raises Refused("case.step") where the step does not wait for a decision.
    """
    step = case.step(code)
    if case.state != "open" or step is None or step.state != "open":
        raise Refused("case.step", f"{code} does not wait for a decision")
    after = replace(
        step,
        state="approved" if approve else "refused",
        decided_at=at,
        by=by,
        reason=reason,
    )
    steps = tuple(after if one.code == code else one for one in case.steps)
    if not approve and not step.optional:
        return replace(case, steps=steps, state="refused")
    steps = _opened(steps)
    if all(one.state in ("approved", "refused") for one in steps):
        return replace(case, steps=steps, state="approved")
    return replace(case, steps=steps)


def waits_for(case: Case) -> str:
    """Whom a case waits for, in one word for lists: a decider, or nobody."""
    if case.state == "asked":
        return "applicant"
    kinds = {step.decider for step in case.waiting}
    return next((word for word in _WAITING if word in kinds), "")


def asked(case: Case, code: str, at: datetime) -> Case:
    """The case when whoever decides a step wants to know something first.

    Raises Refused("case.step") where the step does not wait for a decision.
    """
    step = case.step(code)
    if case.state != "open" or step is None or step.state != "open":
        raise Refused("case.step", f"{code} does not wait for a decision")
    return replace(case, state="asked", asked_step=code, asked_at=at)


def answered(case: Case, at: datetime) -> Case:
    """The case when the applicant answered: the time that they took does not count.

    Raises Refused("case.not_asked") where nobody asked.
    """
    if case.state != "asked" or case.asked_at is None:
        raise Refused("case.not_asked", "nobody asked anything")
    moved = case.promised_at + (at - case.asked_at)
    return replace(case, state="open", asked_step=None, asked_at=None, promised_at=moved)


def _opened(steps: Sequence[Step]) -> tuple[Step, ...]:
    """The steps with the earliest stage that is not done opened."""
    left = [step.stage for step in steps if step.state in ("later", "open")]
    stage = min(left, default=0)
    return tuple(
        replace(step, state="open") if step.state == "later" and step.stage == stage else step
        for step in steps
    )
