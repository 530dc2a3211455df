"""A cart says what it would meet before it is sent, and is sent whole or not at all."""

import threading
from dataclasses import replace
from datetime import timedelta

import pytest
import sqlalchemy as sa

from broker.audit.store import AuditStore
from broker.db import writing
from broker.errors import BrokerError
from broker.identities.store import IdentityStore
from broker.organisations.desk import Desk
from broker.organisations.model import Actor
from broker.organisations.people import PeopleService
from broker.roles.grants.tables import REQUEST
from broker.roles.model import Stage
from broker.roles.requests.model import Asked, Request
from tests.factories import NOW
from tests.unit.roles.grants.rights import DAY, ELSEWHERE, WARD, below, deed
from tests.unit.roles.requests.asking import Asking
from tests.unit.roles.requests.test_deciding import refusal


def add(asking: Asking, role: str, **more: object) -> Asked:
    asked = Asked("add", asking.anna, asking.roles[role])
    return replace(asked, **more)  # type: ignore[arg-type]  # rows of a table


def count(asking: Asking) -> int:
    with asking.work() as connection:
        return connection.scalar(sa.select(sa.func.count()).select_from(REQUEST)) or 0


def test_a_preview_tells_what_is_impossible_and_who_would_decide(asking: Asking) -> None:
    asking.role("loose")
    outlooks = asking.preview(
        asking.anna,
        add(asking, "reader"),
        add(asking, "secret"),
        add(asking, "loose"),
        add(asking, "caseworker", scopes=(below(ELSEWHERE),)),
        add(asking, "caseworker"),
    )
    objections = [{one.code for one in outlook.objections} for outlook in outlooks]
    assert objections == [
        set(),
        set(),
        {"grant.not_entitled"},
        {"grant.ceiling"},
        {"grant.scope_missing", "grant.ceiling"},
    ]
    assert [len(outlook.stages) for outlook in outlooks[:2]] == [1, 2]
    reader, secret = outlooks[:2]
    assert reader.expected is not None
    assert secret.expected is not None
    assert NOW + 7 * DAY < reader.expected < NOW + 8 * DAY
    assert NOW + 14 * DAY < secret.expected < NOW + 15 * DAY
    assert count(asking) == 0


def test_roles_that_exclude_each_other_are_told_of_before_sending(asking: Asking) -> None:
    asking.role("payer")
    asking.entitle(asking.region, "payer")
    asking.rule("pay-and-read", "reader", "payer")
    cart = (add(asking, "reader"), add(asking, "payer"))
    for outlook in asking.preview(asking.anna, *cart):
        assert [one.code for one in outlook.objections] == ["grant.conflict"]
    assert refusal(lambda: asking.send(asking.anna, cart)) == "grant.conflict"
    assert count(asking) == 0
    asking.give(asking.bo, asking.region, "payer", account=asking.anna)
    (outlook,) = asking.preview(asking.anna, add(asking, "reader"))
    assert [one.code for one in outlook.objections] == ["grant.conflict"]


def test_a_warning_keeps_nothing_from_being_sent(asking: Asking) -> None:
    asking.role("payer")
    asking.entitle(asking.region, "payer")
    asking.rule("pay-and-read", "reader", "payer", action="warn")
    cart = (add(asking, "reader"), add(asking, "payer"))
    outlooks = asking.preview(asking.anna, *cart)
    assert [one.remarks[0].code for one in outlooks] == ["remark.conflict"] * 2
    assert len(asking.send(asking.anna, cart)) == 2


def test_a_cart_is_sent_whole_under_numbers_that_people_can_quote(asking: Asking) -> None:
    sent = asking.send(asking.anna, [add(asking, "reader"), add(asking, "secret")])
    assert len({request.cart for request in sent}) == 1
    assert len({request.number for request in sent}) == 2
    assert all(len(request.number) == 9 for request in sent)
    broken = [add(asking, "caseworker", scopes=(below(WARD),)), add(asking, "caseworker")]
    assert refusal(lambda: asking.send(asking.anna, broken)) == "grant.scope_missing"
    assert count(asking) == 2


def test_the_same_is_not_asked_for_twice_but_again_once_it_ran_out(asking: Asking) -> None:
    asking.policy("strict", Stage("org_approver", on_timeout="reject"))
    asking.role("strict", policy="strict")
    asking.entitle(asking.region, "strict")
    asking.ask(asking.anna, "strict")
    assert refusal(lambda: asking.ask(asking.anna, "strict")) == "request.duplicate"
    assert asking.ask(asking.anna, "strict", at=NOW + 30 * DAY).state == "submitted"


REFUSED: list[tuple[str, str]] = [
    ("request.empty", "nothing"),
    ("request.too_many", "too much"),
    ("request.reason", "silence"),
    ("request.account", "console"),
    ("request.account", "suspended"),
    ("request.subject", "nobody"),
    ("request.role", "no role"),
    ("request.grant", "somebody's grant"),
    ("permission.mandate", "a colleague"),
    ("permission.organisation", "a stranger"),
    ("grant.not_longer", "no longer"),
    ("grant.unchanged", "no change"),
    ("grant.revoked", "revoked"),
]


@pytest.mark.parametrize(("code", "what"), REFUSED, ids=[what for _, what in REFUSED])
def test_what_cannot_be_asked_for_is_refused_with_its_code(
    asking: Asking, code: str, what: str
) -> None:
    given = asking.give(asking.bo, asking.region, "reader", account=asking.anna).grant
    stranger = asking.account(asking.organisation(), "Nils Nord")
    suspended = asking.account(asking.region, "Olga Olsen", state="suspended")
    cart = [add(asking, "secret")]
    actor, why = asking.acting(asking.anna), deed()
    later = given.period.until

    def on(action: str, **more: object) -> list[Asked]:
        asked = Asked(action, asking.anna, None, given.id)  # type: ignore[arg-type]  # of the table
        return [replace(asked, **more)]  # type: ignore[arg-type]  # of the table

    if what == "revoked":
        with asking.work() as connection:
            asking.grants.revoke(connection, asking.acting(asking.bo), given.id, deed())
    cases = {
        "nothing": (actor, [], why),
        "too much": (actor, cart * 51, why),
        "silence": (actor, cart, deed(reason="  ")),
        "console": (Actor.at_console("operator"), cart, why),
        "suspended": (asking.acting(suspended), [add(asking, "secret", subject=suspended)], why),
        "nobody": (actor, [add(asking, "secret", subject=asking.region)], why),
        "no role": (actor, [replace(add(asking, "secret"), role=asking.region)], why),
        "somebody's grant": (actor, on("remove", subject=asking.carl), why),
        "a colleague": (actor, [add(asking, "secret", subject=asking.carl)], why),
        "a stranger": (asking.acting(asking.eva), [add(asking, "secret", subject=stranger)], why),
        "no longer": (actor, on("extend", until=later), why),
        "no change": (actor, on("change"), why),
        "revoked": (actor, on("remove"), why),
    }
    who, lines, reason = cases[what]
    with asking.work() as connection, pytest.raises(BrokerError) as refused:
        asking.sender.send(connection, who, lines, reason)
    assert refused.value.code == code


def test_a_practice_of_one_gets_normal_roles_at_once_and_sensitive_ones_from_the_owner(
    asking: Asking,
) -> None:
    practice = asking.practice()
    lone = asking.account(practice, "Pia Poulsen")
    normal = asking.ask(lone, "reader")
    assert (normal.state, normal.stages) == ("done", ())
    (grant,) = asking.grants_of(lone)
    assert (grant.by_account, grant.by_label) == (None, "policy at-once")
    secret = asking.ask(lone, "secret")
    assert [stage.approver for stage in secret.stages] == ["service_owner"]
    assert asking.approve(asking.frida, secret).state == "done"


@pytest.mark.parametrize("state", ["active", "pending", "suspended"])
def test_a_practice_with_a_colleague_in_any_state_is_not_of_one(asking: Asking, state: str) -> None:
    practice = asking.practice()
    lone = asking.account(practice, "Pia Poulsen")
    asking.account(practice, "Rie Rask", state=state)  # type: ignore[arg-type]  # of the table
    assert asking.ask(lone, "reader").state == "submitted"


def test_an_organisation_of_another_kind_with_one_person_waits_for_an_approver(
    asking: Asking,
) -> None:
    small = asking.practice("private")
    lone = asking.account(small, "Sofie Sand")
    assert asking.ask(lone, "reader").state == "submitted"


def test_a_policy_without_stages_gives_at_once_but_never_what_is_sensitive(
    asking: Asking,
) -> None:
    asking.policy("free")
    for role, sensitivity in (("open", "normal"), ("shut", "sensitive")):
        asking.role(role, sensitivity=sensitivity, policy="free")
        asking.entitle(asking.region, role)
    assert asking.ask(asking.anna, "open").state == "done"
    assert len(asking.ask(asking.anna, "shut").stages) == 2


def test_the_policy_of_the_day_it_was_sent_counts(asking: Asking) -> None:
    asking.policy("owner", Stage("service_owner"))
    asking.role("owned", policy="owner")
    asking.entitle(asking.region, "owned")
    sent = asking.ask(asking.anna, "owned")
    with asking.work() as connection:
        connection.execute(sa.text("DELETE FROM approval_policy"))
    asking.role("unrelated")
    assert asking.approve(asking.frida, sent).state == "done"


def test_a_national_role_has_no_owner_so_the_operator_takes_that_stage(asking: Asking) -> None:
    asking.role("doctor", service=None, sensitivity="sensitive")
    asking.entitle(asking.region, "doctor")
    sent = asking.ask(asking.anna, "doctor")
    assert [stage.approver for stage in sent.stages] == ["org_approver", "operator"]
    asking.approve(asking.carl, sent)
    assert asking.approve(asking.gry, sent).state == "done"


def test_two_who_approve_at_once_give_one_grant(asking: Asking) -> None:
    sent = asking.ask(asking.anna, "reader")
    actors = [asking.acting(asking.carl), asking.acting(asking.dina)]
    barrier = threading.Barrier(2)
    ended: list[Request | BrokerError] = []

    def approve(actor: Actor) -> None:
        barrier.wait()
        try:
            with writing(asking.engine) as connection:
                ended.append(asking.requests.approve(connection, actor, sent.id, deed()))
        except BrokerError as error:
            ended.append(error)

    threads = [threading.Thread(target=approve, args=(actor,)) for actor in actors]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    done = [one for one in ended if isinstance(one, Request)]
    refused = [one.code for one in ended if isinstance(one, BrokerError)]
    assert [one.state for one in done] == ["done"]
    assert refused == ["request.closed"]
    assert len(asking.grants_of(asking.anna)) == 1


def test_what_is_approved_late_begins_when_it_is_approved(asking: Asking) -> None:
    sent = asking.ask(asking.anna, "reader", until=NOW + 30 * DAY)
    later = NOW + timedelta(hours=5)
    asking.approve(asking.carl, sent, at=later)
    (grant,) = asking.grants_of(asking.anna)
    assert grant.period.since == later
    assert grant.period.until == NOW + 30 * DAY


def test_nobody_becomes_a_practice_of_one_by_letting_a_colleague_leave_for_a_moment(
    asking: Asking,
) -> None:
    practice = asking.practice()
    boss = asking.admin(practice, "Pia Poulsen")
    colleague = asking.account(practice, "Rie Rask")
    people = PeopleService(Desk(asking.engine, AuditStore()), IdentityStore(b"k" * 32))
    people.leave(asking.acting(boss), colleague, deed())
    later = NOW + DAY
    assert asking.ask(boss, "reader", at=later).state == "submitted"
    people.undo_leave(asking.acting(boss, later), colleague, deed(later))
    assert asking.ask(asking.account(practice, "Ole Ro"), "reader", at=later).state == "submitted"


def test_a_practice_is_of_one_once_a_colleague_has_left_for_good(asking: Asking) -> None:
    practice = asking.practice()
    lone = asking.account(practice, "Pia Poulsen")
    asking.account(practice, "Rie Rask", until=NOW - 31 * DAY)
    assert asking.ask(lone, "reader").state == "done"
