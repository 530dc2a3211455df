"""Roles that should not meet: found in one person, at the right instant, and excepted by two."""

from collections.abc import Callable
from datetime import timedelta
from uuid import UUID, uuid4

import pytest
import sqlalchemy as sa
from hypothesis import given
from hypothesis import strategies as st

from broker.db import writing
from broker.errors import NotAllowed, Unknown
from broker.organisations.model import Actor
from broker.periods import FOREVER, Period
from broker.roles.conflicts import Conflict, SodException, conflicts
from broker.roles.grants.guarding import RoleGuard
from broker.roles.grants.model import Objection
from broker.roles.model import SodRule
from broker.roles.tables import SOD_EXCEPTION
from broker.saml.entities import Localised
from tests.factories import NOW
from tests.unit.roles.grants.rights import CONSOLE, DAY, Region, deed

WORDS = Localised("da", "en")
ONE, OTHER = UUID(int=1), UUID(int=2)
A, B, C = UUID(int=10), UUID(int=11), UUID(int=12)


def rule(**values: object) -> SodRule:
    said: dict[str, object] = {
        "id": UUID(int=5),
        "code": "two",
        "period": Period(NOW),
        "name": WORDS,
        "explanation": WORDS,
        "reach": "identity",
        "action": "block",
        "a": frozenset({A}),
        "b": frozenset({B}),
        **values,
    }
    return SodRule(**said)  # type: ignore[arg-type]  # as given


def test_reach_decides_whether_accounts_are_looked_at_together() -> None:
    apart = {ONE: frozenset({A}), OTHER: frozenset({B})}
    both = {ONE: frozenset({A, B, C}), OTHER: frozenset[UUID]()}
    assert not conflicts([rule()], apart, (), NOW)
    (met,) = conflicts([rule()], both, (), NOW)
    assert (met.accounts, met.roles) == (frozenset({ONE}), frozenset({A, B}))
    (met,) = conflicts([rule(reach="person")], apart, (), NOW)
    assert met.accounts == {ONE, OTHER}


ACTIONS = [("block", True, True), ("exception", True, False), ("warn", False, False)]


def test_an_exception_lifts_only_the_rules_that_allow_one_and_while_it_holds() -> None:
    both = {ONE: frozenset({A, B})}
    for action, without, within in ACTIONS:
        lifted = SodException(uuid4(), "sundhed", "two", ONE, Period(NOW, NOW + DAY))
        of = rule(action=action)

        def blocks(at: timedelta, *exceptions: SodException, of: SodRule = of) -> bool:
            (met,) = conflicts([of], both, exceptions, NOW + at)
            return met.blocks

        assert blocks(timedelta(0)) == without
        assert blocks(timedelta(0), lifted) == within
        assert blocks(DAY, lifted) == without
    assert not conflicts([rule()], both, (), NOW - DAY)


@given(
    st.dictionaries(st.sampled_from([ONE, OTHER]), st.frozensets(st.sampled_from([A, B, C]))),
    st.sampled_from(["identity", "person"]),
)
def test_a_conflict_is_exactly_both_sides_in_one_reach(
    held: dict[UUID, frozenset[UUID]], reach: str
) -> None:
    found = conflicts([rule(reach=reach)], held, (), NOW)
    units = list(held.values()) if reach == "identity" else [frozenset().union(*held.values())]
    assert len(found) == sum({A, B} <= roles for roles in units)


# --- as grants are written -------------------------------------------------------------------


def refusal(attempt: Callable[[], object]) -> str:
    with pytest.raises((NotAllowed, Unknown)) as caught:
        attempt()
    code: str = caught.value.code
    return code


def setting(region: Region, *, action: str = "block", reach: str = "identity") -> None:
    with region.work():
        for role in ("asks", "pays"):
            region.role(role)
            region.entitle(region.region, role)
        region.rule("ask-and-pay", "asks", "pays", action=action, reach=reach)


def give(region: Region, role: str, **to: object) -> tuple[Objection, ...]:
    holder = to or {"account": region.anna}
    return region.give(
        region.bo,
        region.region,
        role,
        **holder,  # type: ignore[arg-type]  # as given
    ).warnings


def test_a_grant_that_would_meet_the_other_side_is_refused_while_they_overlap(
    region: Region,
) -> None:
    setting(region)
    give(region, "asks", account=region.anna, until=NOW + 5 * DAY)
    assert refusal(lambda: give(region, "pays")) == "grant.conflict"
    late = {"account": region.anna, "since": NOW + 4 * DAY}
    assert refusal(lambda: give(region, "pays", **late)) == "grant.conflict"
    early = {"account": region.anna, "since": NOW + 5 * DAY}
    assert not give(region, "pays", **early)


def test_a_conflict_shows_through_groups_and_other_organisations(region: Region) -> None:
    setting(region, reach="person")
    human = uuid4()
    there = region.organisation()
    boss = region.admin(there)
    carl = region.account(region.region, "Carl", human=human)
    twin = region.account(there, "Carl", human=human)
    region.entitle(there, "pays")
    group = region.group(region.region, "Nat", carl)
    give(region, "asks", group=group)
    assert refusal(lambda: give(region, "pays", account=carl)) == "grant.conflict"
    assert refusal(lambda: region.give(boss, there, "pays", account=twin)) == "grant.conflict"
    other = region.group(region.region, "Dag", region.anna)
    give(region, "pays", group=other)
    guard = RoleGuard(region.cache.current_in)
    with writing(region.engine) as connection:
        join = lambda: guard.joining(  # noqa: E731  # called twice
            connection,
            group=other,
            account=carl,
            period=Period(NOW, FOREVER),
            actor=CONSOLE,
            at=NOW,
        )
        assert refusal(join) == "grant.conflict"


def test_a_group_whose_own_roles_do_not_go_together_lets_nobody_in(region: Region) -> None:
    setting(region)
    group = region.group(region.region, "Nat")
    give(region, "asks", group=group)
    give(region, "pays", group=group)
    guard = RoleGuard(region.cache.current_in)
    with writing(region.engine) as connection:
        join = lambda: guard.joining(  # noqa: E731  # called twice
            connection,
            group=group,
            account=region.anna,
            period=Period(NOW, FOREVER),
            actor=CONSOLE,
            at=NOW,
        )
        assert refusal(join) == "grant.conflict"


def test_a_rule_that_warns_refuses_nothing(region: Region) -> None:
    setting(region, action="warn")
    give(region, "asks")
    assert give(region, "pays") == (Objection("remark.conflict", "ask-and-pay"),)


def found(region: Region) -> tuple[Conflict, ...]:
    with writing(region.engine) as connection:
        return region.exceptions.find(connection, "sundhed", NOW)


def test_an_exception_takes_one_who_asks_and_another_who_approves(region: Region) -> None:
    setting(region, action="exception")
    give(region, "asks")
    assert refusal(lambda: give(region, "pays")) == "grant.conflict"
    chief = region.account(region.region, "Maja")
    region.mandate(chief, "operator")
    bo, operator = region.acting(region.bo), region.acting(chief)
    region.mandate(region.anna, "operator")
    anna = region.acting(region.anna)

    def ask(**more: object) -> UUID:
        said = {"rule": "ask-and-pay", "who": region.anna, "until": NOW + 30 * DAY, **more}
        with writing(region.engine) as connection:
            return region.exceptions.ask(
                connection,
                bo,
                said["rule"],  # type: ignore[arg-type]  # as given
                said["who"],  # type: ignore[arg-type]  # as given
                said["until"],  # type: ignore[arg-type]  # as given
                deed(),
            )

    def approve(actor: Actor, exception: UUID) -> None:
        with writing(region.engine) as connection:
            region.exceptions.approve(connection, actor, exception, deed())

    assert refusal(lambda: ask(until=FOREVER)) == "conflict.end"
    assert refusal(lambda: ask(until=NOW)) == "conflict.end"
    assert refusal(lambda: ask(rule="no-such")) == "conflict.rule"
    assert refusal(lambda: ask(who=uuid4())) == "conflict.account"
    asked = ask()
    assert refusal(lambda: give(region, "pays")) == "grant.conflict"
    assert refusal(lambda: approve(anna, asked)) == "conflict.oneself"
    assert refusal(lambda: approve(bo, asked)) == "conflict.oneself"
    assert refusal(lambda: approve(operator, uuid4())) == "conflict.unknown"
    approve(operator, asked)
    assert refusal(lambda: approve(operator, asked)) == "conflict.unknown"
    assert give(region, "pays") == (Objection("remark.excepted", "ask-and-pay"),)
    assert [conflict.excepted for conflict in found(region)] == [True]
    with writing(region.engine) as connection:
        region.exceptions.revoke(connection, operator, asked, deed())
    assert [conflict.excepted for conflict in found(region)] == [False]


def test_the_database_refuses_an_exception_approved_by_who_asked_or_has_it(
    region: Region,
) -> None:
    setting(region)
    rule_id = region.rule("more", "pays", "asks")
    for approver in (region.bo, region.anna):
        row = {
            "id": uuid4(),
            "rule_id": rule_id,
            "account_id": region.anna,
            "since": NOW,
            "until": NOW + DAY,
            "reason": "",
            "asked_by": region.bo,
            "approved_by_account": approver,
            "approved_by_label": "sql",
        }
        with pytest.raises(sa.exc.IntegrityError), writing(region.engine) as connection:
            connection.execute(sa.insert(SOD_EXCEPTION), [row])


def test_the_report_finds_everybody_by_one_look(region: Region) -> None:
    setting(region, action="warn", reach="person")
    human = uuid4()
    one = region.account(region.region, "Carl", human=human)
    there = region.organisation()
    boss = region.admin(there)
    region.entitle(there, "pays")
    twin = region.account(there, "Carl", human=human)
    give(region, "asks", account=one)
    region.give(boss, there, "pays", account=twin)
    give(region, "asks")
    (conflict,) = found(region)
    assert conflict.accounts == {one, twin}
