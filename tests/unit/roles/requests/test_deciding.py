"""Requests go through their stages, by people who are somebody else, and end in one grant."""

from collections.abc import Callable
from datetime import timedelta
from functools import partial
from uuid import uuid4

import pytest

from broker.errors import BrokerError, NotAllowed
from broker.roles.model import Stage
from broker.roles.requests import store
from broker.roles.requests.model import Asked, Request
from tests.factories import NOW
from tests.unit.roles.grants.rights import DAY, HOSPITAL, NIGHT, OWN, WARD, alone, below, deed
from tests.unit.roles.requests.asking import WEEK, Asking


def refusal(attempt: Callable[[], object]) -> str:
    with pytest.raises(BrokerError) as caught:
        attempt()
    return caught.value.code


def test_one_approval_gives_a_normal_role_at_once(asking: Asking) -> None:
    sent = asking.ask(asking.anna, "reader")
    assert sent.state == "submitted"
    assert asking.grants_of(asking.anna) == ()
    done = asking.approve(asking.carl, sent)
    assert (done.state, done.stage) == ("done", 1)
    (grant,) = asking.grants_of(asking.anna)
    assert (grant.id, grant.by_account, grant.request) == (done.given, asking.carl, sent.id)
    assert grant.reason == "because of the test"


def test_what_is_read_back_is_what_was_decided(asking: Asking) -> None:
    sent = asking.ask(asking.anna, "caseworker", scopes=[below(WARD)])
    done = asking.approve(asking.carl, sent, until=NOW + 30 * DAY)
    with asking.work() as connection:
        assert store.request(connection, sent.id) == done
        assert store.by_number(connection, sent.number.lower()) == done
    assert done.decisions[0].until == NOW + 30 * DAY


def test_a_sensitive_role_takes_the_organisation_and_then_the_owner(asking: Asking) -> None:
    sent = asking.ask(asking.anna, "secret")
    assert [stage.approver for stage in sent.stages] == ["org_approver", "service_owner"]
    assert refusal(lambda: asking.approve(asking.frida, sent)).startswith("permission.")
    first = asking.approve(asking.carl, sent)
    assert (first.state, first.stage) == ("submitted", 1)
    assert asking.grants_of(asking.anna) == ()
    assert refusal(lambda: asking.approve(asking.dina, sent)).startswith("permission.")
    assert asking.approve(asking.frida, sent).state == "done"
    assert asking.grants_of(asking.anna)[0].by_account == asking.frida


def test_two_approvals_of_one_stage_are_of_two_human_beings(asking: Asking) -> None:
    human = uuid4()
    asking.policy("two", Stage("org_approver", approvals=2))
    asking.role("double", policy="two")
    asking.entitle(asking.region, "double")
    one = asking.approver("Hans Holt", human=human)
    two = asking.approver("Hans Holt", human=human)
    sent = asking.ask(asking.anna, "double")
    assert asking.approve(one, sent).state == "submitted"
    assert refusal(lambda: asking.approve(one, sent)) == "request.same_person"
    assert refusal(lambda: asking.approve(two, sent)) == "request.same_person"
    assert asking.approve(asking.dina, sent).state == "done"


def test_nobody_approves_for_themselves_under_whatever_identity(asking: Asking) -> None:
    human = uuid4()
    asker = asking.account(asking.region, "Ida Iversen", human=human)
    approver = asking.approver("Ida Iversen", human=human)
    own = asking.ask(asking.carl, "reader")
    assert refusal(lambda: asking.approve(asking.carl, own)) == "request.oneself"
    for_other = asking.ask(asking.carl, "reader", subject=asking.anna)
    assert refusal(lambda: asking.approve(asking.carl, for_other)) == "request.oneself"
    mine = asking.ask(asker, "reader")
    assert refusal(lambda: asking.approve(approver, mine)) == "request.oneself"
    assert asking.approve(asking.dina, own).state == "done"


def test_a_substitute_decides_for_another_but_not_for_whom_it_is_about(asking: Asking) -> None:
    helper = asking.account(asking.region, "Jan Juhl", unit=WARD)
    mandate = asking.mandate(asking.dina, "org_approver", organisation=asking.region)
    asking.substitute(mandate, asking.dina, helper, NOW + 30 * DAY)
    about_principal = asking.ask(asking.dina, "reader")
    assert refusal(lambda: asking.approve(helper, about_principal)) == "request.substitute"
    about_anna = asking.ask(asking.anna, "reader")
    done = asking.approve(helper, about_anna)
    assert done.state == "done"
    assert done.decisions[-1].on_behalf_of == asking.dina


def test_a_voice_that_was_heard_is_not_heard_again_through_a_substitute(asking: Asking) -> None:
    asking.policy("two", Stage("org_approver", approvals=2))
    asking.role("double", policy="two")
    asking.entitle(asking.region, "double")
    helper = asking.account(asking.region, "Jan Juhl", unit=WARD)
    mandate = asking.mandate(asking.dina, "org_approver", organisation=asking.region)
    asking.substitute(mandate, asking.dina, helper, NOW + 30 * DAY)
    sent = asking.ask(asking.anna, "double")
    asking.approve(asking.dina, sent)
    assert refusal(lambda: asking.approve(helper, sent)) == "request.substitute"
    assert asking.approve(asking.carl, sent).state == "done"


def test_an_approval_takes_away_and_never_adds(asking: Asking) -> None:
    until = NOW + 100 * DAY
    sent = asking.ask(asking.anna, "caseworker", scopes=[below(WARD), below(NIGHT)], until=until)
    for wider in ([below(HOSPITAL)], [below(WARD), OWN], []):
        assert refusal(partial(asking.approve, asking.carl, sent, scopes=wider)) == "request.wider"
    for when in (until + DAY, NOW, NOW - DAY):
        assert refusal(partial(asking.approve, asking.carl, sent, until=when)) == "request.wider"
    done = asking.approve(asking.carl, sent, scopes=[below(WARD)], until=NOW + 10 * DAY)
    assert done.state == "done"
    (grant,) = asking.grants_of(asking.anna)
    assert grant.scopes == (below(WARD),)
    assert grant.period.until == NOW + 10 * DAY


def test_what_the_first_took_away_the_second_cannot_give_back(asking: Asking) -> None:
    sent = asking.ask(asking.anna, "secret", until=NOW + 100 * DAY)
    asking.approve(asking.carl, sent, until=NOW + 10 * DAY)
    wider = NOW + 50 * DAY
    assert refusal(lambda: asking.approve(asking.frida, sent, until=wider)) == "request.wider"


def test_a_request_fails_where_a_rule_does_not_hold_any_more(asking: Asking) -> None:
    sent = asking.ask(asking.anna, "reader")
    asking.become(asking.anna, "suspended")
    failed = asking.approve(asking.carl, sent)
    assert failed.state == "failed"
    assert failed.outcome is not None
    assert failed.outcome.code == "grant.account_state"
    assert asking.grants_of(asking.anna) == ()
    with asking.work() as connection:
        assert store.request(connection, sent.id) == failed


def test_a_question_stops_the_clock_and_its_answer_starts_it(asking: Asking) -> None:
    sent = asking.ask(asking.anna, "reader")
    asked = asking.act("ask", asking.carl, sent, at=NOW + 3 * DAY)
    assert asked.state == "info_needed"
    assert refusal(lambda: asking.act("answer", asking.dina, sent)) == "request.not_yours"
    answered = asking.act("answer", asking.anna, sent, at=NOW + 15 * DAY)
    assert (answered.state, answered.stage_since) == ("submitted", NOW + 15 * DAY)
    assert refusal(lambda: asking.act("answer", asking.anna, sent)) == "request.state"
    assert asking.approve(asking.carl, sent, at=NOW + 15 * DAY).state == "done"


@pytest.mark.parametrize("verb", ["reject", "withdraw"])
def test_a_closed_request_is_closed(asking: Asking, verb: str) -> None:
    sent = asking.ask(asking.anna, "reader")
    by = asking.anna if verb == "withdraw" else asking.carl
    asking.act(verb, by, sent)
    assert refusal(lambda: asking.approve(asking.dina, sent)) == "request.closed"
    assert refusal(lambda: asking.act("withdraw", asking.anna, sent)) == "request.closed"
    assert asking.grants_of(asking.anna) == ()


def test_only_whoever_asked_withdraws_and_only_approvers_reject(asking: Asking) -> None:
    sent = asking.ask(asking.anna, "reader")
    assert refusal(lambda: asking.act("withdraw", asking.carl, sent)) == "request.not_yours"
    assert refusal(lambda: asking.act("reject", asking.anna, sent)) == "request.oneself"


def test_a_request_is_forwarded_to_who_may_decide_it(asking: Asking) -> None:
    sent = asking.ask(asking.anna, "reader")
    nobody = asking.account(asking.region, "Kim Krogh")
    for target in (nobody, asking.anna, asking.frida):
        assert (
            refusal(partial(asking.act, "forward", asking.carl, sent, to=target))
            == "request.forward"
        )
    forwarded = asking.act("forward", asking.carl, sent, to=asking.dina)
    assert forwarded.assigned_to == asking.dina
    assert [item.mine for item in asking.inbox(asking.dina)] == [True]
    assert [item.mine for item in asking.inbox(asking.carl)] == [False]


def test_a_claim_is_a_notice_for_a_working_day(asking: Asking) -> None:
    sent = asking.ask(asking.anna, "reader")
    asking.act("claim", asking.carl, sent)
    (item,) = asking.inbox(asking.dina)
    assert item.standing.claimed_by == asking.carl
    (later,) = asking.inbox(asking.dina, NOW + timedelta(hours=9))
    assert later.standing.claimed_by is None
    asking.act("release", asking.dina, sent)
    assert asking.inbox(asking.carl)[0].mine
    assert asking.act("release", asking.carl, sent).claimed_by is None
    assert asking.approve(asking.dina, sent).state == "done"


def test_time_alone_escalates_or_ends_a_request(asking: Asking) -> None:
    sent = asking.ask(asking.anna, "secret")
    asking.approve(asking.carl, sent)
    assert asking.inbox(asking.gry) == ()
    (late,) = asking.inbox(asking.gry, NOW + WEEK)
    assert late.standing.escalations == 1
    assert asking.approve(asking.gry, sent, at=NOW + WEEK).state == "done"
    asking.policy("strict", Stage("org_approver", on_timeout="reject"))
    asking.role("strict", policy="strict")
    asking.entitle(asking.region, "strict")
    strict = asking.ask(asking.anna, "strict")
    assert refusal(lambda: asking.approve(asking.carl, strict, at=NOW + WEEK)) == "request.expired"
    assert not [i for i in asking.inbox(asking.carl, NOW + WEEK) if i.filed.request.id == strict.id]


def test_what_nobody_can_decide_is_the_operators_alarm(asking: Asking) -> None:
    lonely = asking.organisation()
    asking.entitle(lonely, "reader")
    lone = asking.account(lonely, "Lis Lund")
    sent = asking.ask(lone, "reader")
    fine = asking.ask(asking.anna, "reader")
    with asking.work() as connection:
        operator = asking.acting(asking.gry)
        alarms = asking.lists.alarms(connection, operator, "sundhed", NOW)
        assert [(one.filed.request.id, one.no_approver) for one in alarms] == [(sent.id, True)]
        weeks = asking.lists.alarms(connection, operator, "sundhed", NOW + 30 * DAY)
        assert {one.filed.request.id for one in weeks} == {sent.id, fine.id}
        with pytest.raises(NotAllowed):
            asking.lists.alarms(connection, asking.acting(asking.eva), "sundhed", NOW)


def test_everybody_sees_what_they_may_decide_and_what_they_asked_for(asking: Asking) -> None:
    first = asking.ask(asking.anna, "reader")
    second = asking.ask(asking.carl, "secret", subject=asking.anna)
    ids = {first.id, second.id}
    assert {item.filed.request.id for item in asking.inbox(asking.dina)} == ids
    assert {item.filed.request.id for item in asking.inbox(asking.carl)} == {first.id}
    assert asking.inbox(asking.anna) == asking.inbox(asking.frida) == ()
    with asking.work() as connection:
        mine = asking.lists.mine(connection, asking.acting(asking.anna), NOW)
        assert {item.filed.request.id for item in mine} == ids
        assert {item.filed.subject_name for item in mine} == {"Anna Holm"}
        stranger = asking.acting(asking.account(asking.organisation(), "Mads Munk"))
        with pytest.raises(BrokerError, match=r"request\.unknown"):
            asking.lists.one(connection, stranger, first.id, NOW)
        assert asking.lists.one(connection, asking.acting(asking.eva), first.id, NOW).filed.cvr


def asked(action: str, request: Request, **more: object) -> Asked:
    return Asked(action, request.subject, None, request.given, **more)  # type: ignore[arg-type]  # rows of a table


def test_a_grant_is_extended_changed_and_removed_by_request(asking: Asking) -> None:
    until = NOW + 30 * DAY
    given = asking.approve(
        asking.carl, asking.ask(asking.anna, "caseworker", scopes=[below(WARD)], until=until)
    )
    (longer,) = asking.send(asking.anna, [asked("extend", given, until=until + DAY)])
    assert asking.approve(asking.carl, longer).state == "done"
    assert asking.grants_of(asking.anna)[0].period.until == until + DAY
    (other,) = asking.send(asking.anna, [asked("change", given, scopes=(below(NIGHT),))])
    changed = asking.approve(asking.carl, other)
    assert changed.state == "done"
    old, new = sorted(asking.grants_of(asking.anna), key=lambda one: one.id == changed.given)
    assert old.revoked_at == NOW
    assert new.scopes == (below(NIGHT),)
    assert new.period.until == until + DAY
    (gone,) = asking.send(asking.anna, [asked("remove", changed)])
    assert (gone.state, gone.stages) == ("done", ())
    assert all(grant.revoked_at for grant in asking.grants_of(asking.anna))


def test_what_others_ask_to_have_removed_takes_an_approval(asking: Asking) -> None:
    given = asking.approve(asking.carl, asking.ask(asking.anna, "reader"))
    (gone,) = asking.send(asking.eva, [asked("remove", given)])
    assert gone.state == "submitted"
    assert asking.approve(asking.dina, gone).state == "done"
    assert asking.grants_of(asking.anna)[0].revoked_at == NOW


def test_a_comment_is_wanted_where_somebody_reads_it(asking: Asking) -> None:
    sent = asking.ask(asking.anna, "reader")
    with asking.work() as connection:
        silent = deed(reason=" ")
        actor = asking.acting(asking.carl)
        for attempt in (asking.requests.reject, asking.requests.ask):
            with pytest.raises(NotAllowed, match=r"request\.comment"):
                attempt(connection, actor, sent.id, silent)
        asking.requests.approve(connection, actor, sent.id, silent)


def test_alone_is_not_the_same_as_with_everything_below(asking: Asking) -> None:
    sent = asking.ask(asking.anna, "caseworker", scopes=[below(HOSPITAL)])
    asking.approve(asking.carl, sent, scopes=[alone(WARD)])
    assert asking.grants_of(asking.anna)[0].scopes == (alone(WARD),)
