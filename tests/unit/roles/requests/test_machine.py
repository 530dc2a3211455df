"""The machine of one request: what time does to it, and what no order of decisions gets past."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

import pytest

from broker.errors import NotAllowed
from broker.periods import FOREVER, Period
from broker.roles.model import Approver, Stage
from broker.roles.requests.machine import counted, decided, reached, standing
from broker.roles.requests.model import Decision, Kinship, Request, Verb
from broker.roles.requests.working_days import end_of_working_days
from tests.factories import NOW

ASKER, SUBJECT, ONE, TWO, TWIN = (uuid4() for _ in range(5))
KIN = Kinship({ONE: ONE, TWIN: ONE})
DAY = timedelta(days=1)


def request(*stages: Stage) -> Request:
    return Request(
        id=uuid4(),
        number="7KQ2-9F4M",
        cart=uuid4(),
        action="add",
        requester=ASKER,
        subject=SUBJECT,
        organisation=uuid4(),
        role=uuid4(),
        grant=None,
        scopes=(),
        period=Period(NOW, FOREVER),
        reason="because",
        stages=stages or (Stage("org_approver"),),
        stage=0,
        stage_since=NOW,
        state="submitted",
        created_at=NOW,
    )


def decision(
    verb: Verb, by: UUID | None, *, stage: int = 0, behalf: UUID | None = None, at: datetime = NOW
) -> Decision:
    return Decision(verb, stage, by, "somebody", behalf, "because", at)


@pytest.mark.parametrize(
    ("approver", "weeks", "who", "alarm"),
    [
        ("org_approver", 0, ("org_approver",), False),
        ("org_approver", 1, ("org_approver", "org_chief"), False),
        ("org_approver", 2, ("org_approver", "org_chief"), True),
        ("org_chief", 0, ("org_chief",), False),
        ("org_chief", 1, ("org_chief",), True),
        ("service_owner", 1, ("service_owner", "operator"), False),
        ("service_owner", 2, ("service_owner", "operator"), True),
        ("operator", 1, ("operator",), True),
    ],
)
def test_a_late_step_is_handed_on_as_far_as_that_goes(
    *, approver: Approver, weeks: int, who: tuple[Approver, ...], alarm: bool
) -> None:
    at = NOW + weeks * 7 * DAY + DAY
    now = standing(request(Stage(approver)), at)
    assert (now.state, now.approvers, now.escalations, now.alarm) == (
        "submitted",
        who,
        len(who) - 1,
        alarm,
    )
    assert alarm or (now.due is not None and now.due > at)


def test_a_deadline_is_the_last_moment_and_not_one_after() -> None:
    strict = request(Stage("org_approver", within=timedelta(days=3), on_timeout="reject"))
    due = end_of_working_days(NOW, 3)
    before = standing(strict, due - timedelta(microseconds=1))
    assert (before.state, before.due, before.age) == ("submitted", due, 3)
    after = standing(strict, due)
    assert (after.state, after.approvers, after.due) == ("expired", (), None)


def test_a_question_is_open_for_twenty_working_days() -> None:
    asked = decided(request(), decision("ask", ONE), KIN)
    due = end_of_working_days(NOW, 20)
    assert standing(asked, due - DAY).state == "info_needed"
    assert standing(asked, due).state == "expired"
    with pytest.raises(NotAllowed, match=r"request\.expired"):
        decided(asked, decision("answer", ASKER, at=due), KIN)


CODES: list[tuple[str, Callable[[], object]]] = [
    ("request.oneself", lambda: decided(request(), decision("approve", ASKER), KIN)),
    ("request.oneself", lambda: decided(request(), decision("approve", SUBJECT), KIN)),
    ("request.oneself", lambda: decided(request(), decision("approve", ONE, behalf=ASKER), KIN)),
    ("request.oneself", lambda: decided(request(), decision("approve", None), KIN)),
    ("request.oneself", lambda: decided(request(), decision("reject", SUBJECT), KIN)),
    ("request.state", lambda: decided(request(), decision("answer", ASKER), KIN)),
    (
        "request.closed",
        lambda: decided(replace(request(), state="done"), decision("approve", ONE), KIN),
    ),
    (
        "request.closed",
        lambda: decided(replace(request(), state="failed"), decision("withdraw", ASKER), KIN),
    ),
]


@pytest.mark.parametrize(("code", "attempt"), CODES)
def test_what_is_out_of_turn_is_refused(code: str, attempt: Callable[[], object]) -> None:
    with pytest.raises(NotAllowed) as refused:
        attempt()
    assert refused.value.code == code


def test_two_accounts_of_one_human_being_are_one_voice() -> None:
    two = request(Stage("org_approver", approvals=2), Stage("service_owner"))
    first = decided(two, decision("approve", ONE), KIN)
    with pytest.raises(NotAllowed, match=r"request\.same_person"):
        decided(first, decision("approve", TWIN), KIN)
    second = decided(first, decision("approve", TWO), KIN)
    assert (second.stage, second.state) == (1, "submitted")
    with pytest.raises(NotAllowed, match=r"request\.same_person"):
        decided(second, decision("approve", TWIN, stage=1), KIN)


def test_an_approval_stops_counting_once_two_accounts_prove_to_be_one_human_being() -> None:
    two = request(Stage("org_approver", approvals=1), Stage("service_owner"))
    first = decided(two, decision("approve", ONE), Kinship())
    assert (reached(first, Kinship()), first.stage) == (1, 1)
    later = Kinship({ONE: ASKER, ASKER: ASKER})
    assert counted(first, later) == ()
    back = decided(first, decision("approve", TWO, stage=1), later)
    assert (back.stage, back.state) == (0, "submitted")


def test_the_clock_of_each_stage_begins_with_it() -> None:
    later = NOW + 3 * DAY
    first = decided(
        request(Stage("org_approver"), Stage("service_owner")),
        decision("approve", ONE, at=later),
        KIN,
    )
    assert first.stage_since == later
    assert standing(first, later).age == 0
    assert later.tzinfo is UTC
