"""What is issued of what is granted and said, and each reason for leaving something out."""

import uuid
from dataclasses import replace
from datetime import timedelta

import pytest

from broker.periods import Period
from broker.roles.answer import Answer
from broker.roles.conflicts import SodException
from broker.roles.grants.facts import Ceiling, Scope
from broker.roles.model import Condition, DerivedScope, RoleDelimitation, RoleForm
from broker.roles.preparing import Situation
from broker.saml.assurance import Assurance
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
    REGION,
    SAID,
    SERVICE,
    WARD,
    WARD_B,
    WRITER,
    answer,
    both,
    codes,
    conflict,
    entitlement,
    grant,
    ids,
    privilege,
    role,
    rule,
    unit,
    values,
)

NEVER = RoleForm("oiobpp", version="1.0.1")


def with_grants(*grants: object) -> Situation:
    return replace(BASE, grants=grants)  # type: ignore[arg-type]


def said(*groups: object, **changes: object) -> Situation:
    return replace(BASE, said=replace(SAID, groups=groups, **changes))  # type: ignore[arg-type]


GIVEN: dict[str, tuple[Situation, set[str]]] = {
    "without a unit": (with_grants(grant()), {"Reader_0_3"}),
    "in a unit": (with_grants(grant(READER, unit(WARD))), {f"Reader_{WARD}_3"}),
    "in two units, a string each": (
        with_grants(grant(READER, unit(WARD), unit(WARD_B))),
        {f"Reader_{WARD}_3", f"Reader_{WARD_B}_3"},
    ),
    "in a unit with all below it": (
        with_grants(grant(READER, unit(HOSPITAL))),
        {f"Reader_{HOSPITAL}_3"},
    ),
    "in the unit where the person works": (
        with_grants(grant(READER, Scope("sor", "own_unit", "", False))),
        {f"Reader_{WARD}_3"},
    ),
    "under a ceiling": (
        replace(
            with_grants(grant(READER, unit(WARD))),
            entitlements={READER.id: entitlement(READER, Ceiling("sor", HOSPITAL, True))},
        ),
        {f"Reader_{WARD}_3"},
    ),
    "spread out for a service that knows no subtrees": (
        replace(
            with_grants(grant(READER, unit(HOSPITAL))),
            service=replace(SERVICE, subtree="expand"),
        ),
        {f"Reader_{HOSPITAL}_3", f"Reader_{WARD}_3", f"Reader_{WARD_B}_3"},
    ),
    "of a privilege": (replace(said(privilege()), rules=(rule(),)), {"Reader_0_3"}),
    "of a privilege in a unit": (
        replace(said(privilege(sor=WARD)), rules=(rule(),)),
        {f"Reader_{WARD}_3"},
    ),
    "of a title": (
        replace(BASE, rules=(rule(WRITER, Condition("title", "prefix", ("syge",)), scopes=()),)),
        {"Writer_0_3"},
    ),
    "of a title, in a unit that the rule names": (
        replace(
            BASE,
            rules=(
                rule(
                    READER,
                    Condition("title", "eq", ("Sygeplejerske",)),
                    scopes=(DerivedScope("sor", "literal", WARD),),
                ),
            ),
        ),
        {f"Reader_{WARD}_3"},
    ),
    "of a level that is high enough": (
        replace(BASE, rules=(rule(WRITER, Condition("loa", "gte", ("Low",)), scopes=()),)),
        {"Writer_0_3"},
    ),
    "with a conflict that only warns": (
        replace(
            with_grants(grant(), grant(WRITER, number=101)), conflict_rules=(conflict("warn"),)
        ),
        {"Reader_0_3", "Writer_0_3"},
    ),
}


@pytest.mark.parametrize("case", GIVEN)
def test_a_role_is_issued(case: str) -> None:
    situation, expected = GIVEN[case]
    found = answer(situation)
    assert values(found) == expected
    assert codes(found) == set()


LEFT_OUT: dict[str, tuple[Situation, str]] = {
    "not entitled": (replace(with_grants(grant()), entitlements={}), "role.not_entitled"),
    "the login is too weak": (
        replace(
            with_grants(grant(WRITER)),
            roles={WRITER.id: role("Writer", number=11, minimum=Assurance.HIGH)},
        ),
        "role.assurance",
    ),
    "the login has no level that counts": (
        replace(
            with_grants(grant(WRITER)),
            said=replace(SAID, assurance=None),
            roles={WRITER.id: role("Writer", number=11, minimum=Assurance.LOW)},
        ),
        "role.assurance",
    ),
    "the service takes nothing granted": (
        replace(with_grants(grant()), service=replace(SERVICE, source="idp_only")),
        "source.idp_only",
    ),
    "the service takes nothing derived": (
        replace(said(privilege()), rules=(rule(),), service=replace(SERVICE, source="local_only")),
        "source.local_only",
    ),
    "a rule denies it": (
        replace(
            with_grants(grant()),
            rules=(rule(READER, Condition("title", "present"), effect="deny", scopes=()),),
        ),
        "rule.denied",
    ),
    "no unit to be one's own": (
        replace(
            with_grants(grant(READER, Scope("sor", "own_unit", "", False))),
            account=replace(ACCOUNT, home_code=None),
        ),
        "scope.no_home",
    ),
    "own unit of a type that units are not of": (
        with_grants(grant(READER, Scope("sks", "own_unit", "", False))),
        "scope.own_unit_type",
    ),
    "a type nobody knows": (with_grants(grant(READER, Scope("kle", "value", "1"))), "scope.type"),
    "a type that the role does not take": (
        with_grants(grant(WRITER, unit(WARD))),
        "scope.type",
    ),
    "no unit where the role demands one": (
        replace(with_grants(grant()), roles={READER.id: role("Reader", RoleDelimitation("sor"))}),
        "scope.missing",
    ),
    "a code that is in no list": (
        with_grants(grant(READER, unit("41000016009"))),
        "scope.unknown_code",
    ),
    "a code that the role forbids": (
        replace(
            with_grants(grant(READER, unit(WARD))),
            roles={
                READER.id: role(
                    "Reader", RoleDelimitation("sor", 0, forbidden={WARD: both("closed ward")})
                )
            },
        ),
        "scope.forbidden",
    ),
    "above the ceiling": (
        replace(
            with_grants(grant(READER, unit(REGION))),
            entitlements={READER.id: entitlement(READER, Ceiling("sor", HOSPITAL, True))},
        ),
        "scope.ceiling",
    ),
    "beside the ceiling": (
        replace(
            with_grants(grant(READER, unit(ABROAD))),
            entitlements={READER.id: entitlement(READER, Ceiling("sor", HOSPITAL, True))},
        ),
        "scope.ceiling",
    ),
    "with all below, under a ceiling of one code": (
        replace(
            with_grants(grant(READER, unit(HOSPITAL))),
            entitlements={READER.id: entitlement(READER, Ceiling("sor", HOSPITAL, False))},
        ),
        "scope.ceiling",
    ),
    "no unit at all, where there is a ceiling": (
        replace(
            with_grants(grant()),
            entitlements={READER.id: entitlement(READER, Ceiling("sor", HOSPITAL, True))},
        ),
        "scope.ceiling",
    ),
    "own unit beyond the ceiling": (
        replace(
            with_grants(grant(READER, Scope("sor", "own_unit", "", False))),
            account=replace(ACCOUNT, home_code=ABROAD),
            entitlements={READER.id: entitlement(READER, Ceiling("sor", HOSPITAL, True))},
        ),
        "scope.ceiling",
    ),
    "one unit alone, which the service would read with all below it": (
        with_grants(grant(READER, unit(HOSPITAL, below=False))),
        "scope.exact",
    ),
    "a privilege for another organisation": (
        replace(said(privilege(cvr=OTHER_CVR)), rules=(rule(),)),
        "privilege.scope_foreign",
    ),
    "an IdP that does not speak for the organisation": (
        replace(said(privilege(), idp_cvrs=frozenset({OTHER_CVR})), rules=(rule(),)),
        "privilege.scope_foreign",
    ),
    "a privilege that no rule asks for": (
        replace(said(privilege("urn:x:other")), rules=(rule(),)),
        "privilege.unused",
    ),
    "a constraint that nobody understands": (
        replace(said(privilege(odd="x")), rules=(rule(),)),
        "privilege.constraint_unknown",
    ),
    "privileges that cannot be read": (
        replace(said(malformed=("malformed.base64",)), rules=(rule(),)),
        "privilege.malformed",
    ),
    "a constraint that the rule does not copy": (
        replace(said(privilege(sor=WARD)), rules=(rule(READER, scopes=()),)),
        "scope.not_copied",
    ),
    "a unit that was not sent": (
        replace(
            BASE,
            rules=(
                rule(
                    READER,
                    Condition("title", "present"),
                    scopes=(DerivedScope("sor", "attribute", "home_unit"),),
                ),
            ),
        ),
        "scope.not_sent",
    ),
    "a derived role that the organisation is not entitled to": (
        replace(said(privilege()), rules=(rule(),), entitlements={}),
        "role.not_entitled",
    ),
    "a derived unit beyond the ceiling": (
        replace(
            said(privilege(sor=ABROAD)),
            rules=(rule(),),
            entitlements={READER.id: entitlement(READER, Ceiling("sor", HOSPITAL, True))},
        ),
        "scope.ceiling",
    ),
    "a conflict that blocks": (
        replace(
            with_grants(grant(), grant(WRITER, number=101)), conflict_rules=(conflict("block"),)
        ),
        "conflict.blocked",
    ),
    "a conflict that nobody made an exception from": (
        replace(
            with_grants(grant(), grant(WRITER, number=101)),
            conflict_rules=(conflict("exception"),),
        ),
        "conflict.blocked",
    ),
    "a conflict with a role under another identity": (
        replace(
            with_grants(grant()),
            elsewhere={uuid.UUID(int=77): frozenset({WRITER.id})},
            conflict_rules=(conflict("block", "person"),),
        ),
        "conflict.blocked",
    ),
    "a service that reads roles in no form": (
        replace(with_grants(grant()), service=replace(SERVICE, forms=())),
        "form.none",
    ),
    "a form that cannot say units": (
        replace(with_grants(grant(READER, unit(WARD))), service=replace(SERVICE, forms=(NEVER,))),
        "form.delimited",
    ),
    "nobody of an organisation here": (
        replace(with_grants(grant()), organisation=None),
        "role.no_organisation",
    ),
}


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
