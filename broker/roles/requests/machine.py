"""What a decision does to a request, who may take it, and when it is overdue. Pure.

    submitted ── approve ──▶ the next stage, and after the last one: approved
        │  ├──── ask ──────▶ info_needed ── answer ──▶ submitted
        │  ├──── forward ──▶ submitted, for somebody in particular
        │  ├──── reject ───▶ rejected
        │  └──── withdraw ─▶ cancelled
        └ nobody in time ──▶ expired, or the next in line may decide too

`approved` lasts only within the transaction that also gives the grant: it ends as `done`, or
as `failed` where a check no longer holds.
"""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from uuid import UUID

from broker.errors import NotAllowed
from broker.roles.model import Approver, Stage
from broker.roles.requests.model import OPEN, Decision, Kinship, Request, Standing, State, Verb
from broker.roles.requests.working_days import end_of_working_days, working_days_between

ANSWER_DAYS = 20  # working days that a question waits for its answer
CLAIM = timedelta(hours=8)  # for how long "somebody is looking at it" is believed

# Who may decide as well once those before were too late. An organisation's own approvals stay
# in the organisation: the operator gets the alarm, and sees to it that somebody is appointed.
ESCALATION: Mapping[Approver, tuple[Approver, ...]] = {
    "org_approver": ("org_approver", "org_chief"),
    "org_chief": ("org_chief",),
    "service_owner": ("service_owner", "operator"),
    "operator": ("operator",),
}
_POSSIBLE: Mapping[Verb, frozenset[State]] = {
    "approve": OPEN,
    "reject": OPEN,
    "forward": OPEN,
    "withdraw": OPEN,
    "ask": frozenset({"submitted"}),
    "answer": frozenset({"info_needed"}),
}
_OF_APPROVERS: frozenset[Verb] = frozenset({"approve", "reject", "ask", "forward"})


def standing(request: Request, at: datetime) -> Standing:
    """How a request is at an instant, with everything that time alone has done to it."""
    claimed = request.claimed_by
    if request.claimed_at is None or at >= request.claimed_at + CLAIM:
        claimed = None
    base = Standing(
        state=request.state,
        stage=request.stage,
        approvers=(),
        due=None,
        age=working_days_between(request.stage_since, at),
        escalations=0,
        alarm=False,
        claimed_by=claimed,
    )
    if request.state not in OPEN:
        return replace(base, age=0, claimed_by=None)
    stage = request.stages[request.stage]
    if request.state == "info_needed":
        due = end_of_working_days(request.stage_since, ANSWER_DAYS)
        late = at >= due
        return replace(
            base,
            state="expired" if late else "info_needed",
            due=None if late else due,
            approvers=() if late else ESCALATION[stage.approver][:1],
        )
    return _waiting(base, request, stage, at)


def _waiting(base: Standing, request: Request, stage: Stage, at: datetime) -> Standing:
    due = end_of_working_days(request.stage_since, stage.within.days)
    if stage.on_timeout == "reject":
        late = at >= due
        return replace(
            base,
            state="expired" if late else "submitted",
            approvers=() if late else (stage.approver,),
            due=None if late else due,
        )
    line = ESCALATION[stage.approver]
    level = 0
    while at >= due and level < len(line) - 1:
        due = end_of_working_days(due - timedelta(seconds=1), stage.within.days)
        level += 1
    return replace(
        base,
        approvers=line[: level + 1],
        due=due,
        escalations=level,
        alarm=at >= due,
    )


def voices(decision: Decision) -> frozenset[UUID]:
    """The accounts that an approval speaks for: whoever took it, and for whom."""
    return frozenset(one for one in (decision.by, decision.on_behalf_of) if one is not None)


def counted(request: Request, kinship: Kinship) -> tuple[Decision, ...]:
    """The approvals that count, oldest first.

    None by the requester, the person it is for, or a substitute of theirs, under whatever
    account; and no human being twice. Links between accounts count as they are known now.
    """
    involved = frozenset({request.requester, request.subject})
    spoken: frozenset[UUID] = frozenset()
    found = []
    for decision in request.decisions:
        if decision.verb != "approve":
            continue
        own = voices(decision)
        if own and not kinship.meets(own, involved) and not kinship.meets(own, spoken):
            found.append(decision)
            spoken |= own
    return tuple(found)


def reached(request: Request, kinship: Kinship) -> int:
    """The first stage that lacks approvals; the number of stages where none does."""
    approvals = counted(request, kinship)
    for number, stage in enumerate(request.stages):
        if sum(one.stage == number for one in approvals) < stage.approvals:
            return number
    return len(request.stages)


def decided(request: Request, decision: Decision, kinship: Kinship) -> Request:
    """The request after a decision.

    Raises NotAllowed with `request.closed` where it is over, `request.expired` where time
    ended it, `request.state` where it is not the turn of that, and for an approval
    `request.oneself` or `request.same_person`.
    """
    now = standing(request, decision.at)
    if now.state == "expired":
        raise NotAllowed("request.expired", request.number)
    if now.state not in OPEN:
        raise NotAllowed("request.closed", f"{request.number} is {now.state}")
    if now.state not in _POSSIBLE[decision.verb]:
        raise NotAllowed("request.state", f"{decision.verb} while {now.state}")
    if decision.verb in _OF_APPROVERS:
        demand_others(request, decision, kinship)
    taken = replace(request, decisions=(*request.decisions, decision))
    if decision.verb == "approve":
        return _approved(request, taken, decision, kinship)
    states: Mapping[Verb, State] = {
        "reject": "rejected",
        "withdraw": "cancelled",
        "ask": "info_needed",
        "answer": "submitted",
    }
    if decision.verb == "forward":
        return replace(taken, assigned_to=decision.to, claimed_by=None, claimed_at=None)
    # The clock begins anew with a question and with its answer.
    return replace(taken, state=states[decision.verb], stage_since=decision.at)


def demand_others(request: Request, decision: Decision, kinship: Kinship) -> None:
    """Four eyes. Raises NotAllowed("request.oneself" | "request.same_person")."""
    own = voices(decision)
    if not own or kinship.meets(own, frozenset({request.requester, request.subject})):
        raise NotAllowed("request.oneself", request.number)
    if decision.verb == "approve":
        for earlier in counted(request, kinship):
            if kinship.meets(own, voices(earlier)):
                raise NotAllowed("request.same_person", request.number)


def _approved(before: Request, taken: Request, decision: Decision, kinship: Kinship) -> Request:
    narrowed = replace(
        taken,
        scopes=before.scopes if decision.scopes is None else decision.scopes,
        period=before.period
        if decision.until is None
        else replace(before.period, until=decision.until),
    )
    stage = reached(narrowed, kinship)
    if stage == before.stage:
        return replace(narrowed, state="submitted", claimed_by=None, claimed_at=None)
    return replace(
        narrowed,
        stage=stage,
        stage_since=decision.at,
        state="approved" if stage == len(before.stages) else "submitted",
        assigned_to=None,
        claimed_by=None,
        claimed_at=None,
    )
