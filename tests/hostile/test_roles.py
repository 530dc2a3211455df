"""Roles at login against those who would have more: what is not understood never gives a right."""

from dataclasses import replace

import pytest

from broker.roles.grants.facts import Scope
from broker.roles.model import Condition, DerivedScope, RoleDelimitation
from tests.unit.roles.resolve_cases import said, with_grants
from tests.unit.roles.situations import (
    ACCOUNT,
    BASE,
    CVR,
    HOSPITAL,
    ORGANISATION,
    OTHER_CVR,
    READ,
    READER,
    SAID,
    WARD,
    WRITER,
    answer,
    both,
    codes,
    grant,
    privilege,
    role,
    rule,
    unit,
)

CLOSED_WARD = role("Reader", RoleDelimitation("sor", 0, True, forbidden={WARD: both("closed")}))
HAS = Condition("privileges", "has_privilege", (READ,))
HAS_NOT = replace(HAS, negate=True)


@pytest.mark.parametrize(
    "scope", [unit(HOSPITAL), Scope("sor", "own_unit_tree")], ids=["a unit", "own unit"]
)
def test_a_code_that_the_role_forbids_is_not_reached_from_above(scope: Scope) -> None:
    found = answer(
        replace(
            with_grants(grant(READER, scope)),
            roles={READER.id: CLOSED_WARD},
            account=replace(ACCOUNT, home_code=HOSPITAL),
        )
    )
    assert (found.issued, codes(found)) == ((), {"scope.forbidden"})


@pytest.mark.parametrize(
    "group",
    [privilege(odd="x"), replace(privilege(), constraints=(("urn:x:odd", ""),))],
    ids=["unknown constraint", "empty constraint"],
)
def test_a_denial_is_not_shaken_off_by_a_constraint_that_nobody_understands(group: object) -> None:
    situation = replace(
        said(group),
        grants=(grant(),),
        rules=(rule(READER, HAS, effect="deny", scopes=()),),
    )
    found = answer(situation)
    assert found.issued == ()
    assert "rule.denied" in codes(found)


def test_what_is_not_understood_does_not_count_as_not_said() -> None:
    given = rule(WRITER, Condition("title", "present"), HAS_NOT, scopes=())
    given = replace(given, clauses=((Condition("title", "present"), HAS_NOT),))
    assert answer(replace(BASE, rules=(given,))).issued != ()
    assert answer(replace(said(privilege(odd="x")), rules=(given,))).issued == ()
    assert answer(replace(said(malformed=("malformed.base64",)), rules=(given,))).issued == ()
    # What is said of another organisation is not said of this one.
    assert answer(replace(said(privilege(cvr=OTHER_CVR)), rules=(given,))).issued != ()


def test_a_denial_in_an_organisation_counts_for_whoever_represents_it() -> None:
    deny = rule(
        READER, Condition("title", "present"), effect="deny", scopes=(), cvrs=frozenset({OTHER_CVR})
    )
    acts_for = replace(
        with_grants(grant()),
        rules=(deny,),
        account=replace(ACCOUNT, cvr=OTHER_CVR),
        organisation=replace(ORGANISATION, cvr=OTHER_CVR),
    )
    assert acts_for.said is not None
    assert acts_for.said.cvr == CVR
    found = answer(acts_for)
    assert (found.issued, codes(found)) == ((), {"rule.denied"})
    assert answer(replace(with_grants(grant()), rules=(deny,))).issued != ()


def test_a_number_too_long_for_python_is_no_number() -> None:
    of_age = rule(WRITER, Condition("age", "gte", ("18",)), scopes=())
    values = {"age": ("9" * 5000,)}
    found = answer(replace(BASE, rules=(of_age,), said=replace(SAID, values=values)))
    assert found.issued == ()


def test_many_values_of_two_attributes_are_not_multiplied() -> None:
    taken = role("Reader", RoleDelimitation("sor", 0), RoleDelimitation("sks", 0))
    scopes = (DerivedScope("sor", "attribute", "a"), DerivedScope("sks", "attribute", "b"))
    given = rule(READER, Condition("a", "present"), scopes=scopes)
    values = {name: tuple(f"{n}" for n in range(3000)) for name in "ab"}
    situation = replace(
        BASE, rules=(given,), roles={READER.id: taken}, said=replace(SAID, values=values)
    )
    found = answer(situation)
    assert (found.issued, codes(found)) == ((), {"scope.too_many"})
