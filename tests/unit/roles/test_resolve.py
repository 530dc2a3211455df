"""What is issued of what is granted and said, and each reason for leaving something out."""

import uuid
from dataclasses import replace
from datetime import timedelta

import pytest

from broker.periods import Period
from broker.roles.answer import Answer
from broker.roles.conflicts import SodException
from broker.roles.model import Condition
from tests.unit.roles.resolve_cases import GIVEN, LEFT_OUT, NEVER, said, with_grants
from tests.unit.roles.situations import (
    ABROAD,
    ACCOUNT,
    BASE,
    CVR,
    HOSPITAL,
    NOW,
    ORGANISATION,
    OTHER_CVR,
    READ,
    READER,
    SAID,
    SERVICE,
    WARD,
    WRITER,
    answer,
    codes,
    conflict,
    grant,
    ids,
    privilege,
    rule,
    unit,
    values,
)


@pytest.mark.parametrize("case", GIVEN)
def test_a_role_is_issued(case: str) -> None:
    situation, expected = GIVEN[case]
    found = answer(situation)
    assert values(found) == expected
    assert codes(found) == set()


@pytest.mark.parametrize("case", LEFT_OUT)
def test_a_role_is_left_out_with_its_reason(case: str) -> None:
    situation, code = LEFT_OUT[case]
    found = answer(situation)
    assert found.issued == ()
    assert values(found) == set()
    assert codes(found) == {code}


def test_an_exception_lets_both_sides_through_and_says_so() -> None:
    both_held = with_grants(grant(), grant(WRITER, number=101))
    excepted = SodException(
        uuid.uuid4(),
        "sundhed",
        "two-sides",
        ACCOUNT.id,
        Period(NOW - timedelta(days=1), NOW + timedelta(days=1)),
    )
    found = answer(
        replace(both_held, conflict_rules=(conflict("exception"),), exceptions=(excepted,))
    )
    assert values(found) == {"Reader_0_3", "Writer_0_3"}
    assert [one.code for one in found.warnings] == ["conflict.warned"]


def test_one_form_that_can_say_it_is_enough() -> None:
    told = (NEVER, *SERVICE.forms)
    found = answer(
        replace(with_grants(grant(READER, unit(WARD))), service=replace(SERVICE, forms=told))
    )
    assert values(found) == {f"Reader_{WARD}_3"}
    assert codes(found) == set()


def test_a_rule_in_shadow_is_looked_at_and_gives_nothing() -> None:
    found = answer(replace(said(privilege()), rules=(rule(READER, state="shadow"),)))
    assert values(found) == set()
    assert [one.role.code for one in found.shadow] == ["Reader"]


@pytest.mark.parametrize(
    "changes",
    [
        {"state": "draft"},
        {"state": "retired"},
        {"period": Period(NOW - timedelta(days=9), NOW)},
        {"period": Period(NOW + timedelta(seconds=1))},
        {"idps": frozenset({"another"})},
        {"cvrs": frozenset({OTHER_CVR})},
        {"clauses": ()},
        {"clauses": ((),)},
        {"clauses": ((Condition("privileges", "has_privilege", ("urn:x:other",)),),)},
        {"clauses": ((Condition("title", "eq", ("Læge",)),),)},
        {"clauses": ((Condition("not_sent", "eq", ("x",), negate=True),),)},
        {"clauses": ((Condition("loa", "gte", ("High",)),),)},
        {
            "clauses": (
                (
                    Condition("privileges", "has_privilege", (READ,)),
                    Condition("title", "present", negate=True),
                ),
            )
        },
    ],
)
def test_a_rule_that_does_not_count_gives_nothing(changes: dict[str, object]) -> None:
    counting = replace(said(privilege()), rules=(rule(),))
    assert values(answer(counting)) == {"Reader_0_3"}
    found = answer(replace(counting, rules=(replace(rule(READER), **changes),)))  # type: ignore[arg-type]  # named fields of a rule
    assert found.issued == ()
    assert found.shadow == ()


def test_what_is_said_of_one_organisation_gives_nothing_in_another() -> None:
    """Somebody who represents another organisation acts there with what was granted there."""
    elsewhere = replace(ORGANISATION, cvr=OTHER_CVR)
    title = rule(WRITER, Condition("title", "present"), scopes=())
    situation = replace(
        said(privilege()), rules=(rule(), title), organisation=elsewhere, grants=(grant(),)
    )
    found = answer(situation)
    assert ids(found) == {grant().id}
    denied = replace(title, role=READER.id, effect="deny")
    assert codes(answer(replace(situation, rules=(denied,)))) == {"rule.denied"}


def test_one_clause_that_holds_is_enough() -> None:
    clauses = ((Condition("title", "eq", ("Læge",)),), (Condition("title", "present"),))
    found = answer(replace(BASE, rules=(rule(WRITER, clauses=clauses, scopes=()),)))
    assert values(found) == {"Writer_0_3"}


def test_a_condition_on_a_subtree_asks_the_code_list() -> None:
    below = Condition("home_unit", "in_subtree", ("sor", HOSPITAL))
    working = replace(BASE, rules=(rule(WRITER, below, scopes=()),))
    for code, expected in ((WARD, {"Writer_0_3"}), (ABROAD, set())):
        here = replace(working, said=replace(SAID, values={"home_unit": (code,)}))
        assert values(answer(here)) == expected


def test_the_answer_ends_with_what_ends_first() -> None:
    soon = Period(NOW - timedelta(days=1), NOW + timedelta(hours=3))
    found = answer(with_grants(grant(), replace(grant(WRITER, number=101), period=soon)))
    assert found.until == soon.until
    assert answer(with_grants(grant())).until is None


def test_both_sources_of_one_role_are_told_and_the_role_once() -> None:
    found = answer(replace(with_grants(grant()), said=said(privilege()).said, rules=(rule(),)))
    assert values(found) == {"Reader_0_3"}
    assert ids(found) == {grant().id, rule().id}


def test_nobody_without_an_account_gets_anything_granted() -> None:
    found: Answer = answer(replace(with_grants(grant()), account=None))
    assert found.issued == ()
    assert CVR not in repr(found.left_out)
