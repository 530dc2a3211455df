"""A group of privileges counts whole or not at all, and nothing added to it widens a right."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from broker.roles.model import Delimitation, DelimitationType
from broker.roles.understood import REASONS, LeftOut, Understood, shown_uri, understood
from broker.saml.entities import Localised
from broker.saml.privileges import CVR_SCOPE, SOR_CONSTRAINT, PrivilegeGroup

OWN, OTHER = "90000004", "90000012"
SCOPE = CVR_SCOPE + OWN
UNIT = "1231000016008"
READ = "urn:dk:x:read"
LIST = "urn:dk:x:list"
SORT = "urn:dk:x:sort"


def kind(id_: str, urn: str, pattern: str | None = None) -> DelimitationType:
    """A delimitation type of that name."""
    return DelimitationType(id_, urn, Localised(id_, id_), "tree", None, pattern, True)


TYPES = {
    SOR_CONSTRAINT: kind("sor", SOR_CONSTRAINT, r"[0-9]{11,18}"),
    "urn:dk:x:sor": kind("sor", SOR_CONSTRAINT, r"[0-9]{11,18}"),  # an IdP's own name for it
    "urn:dk:x:shak": kind("shak", "urn:dk:x:shak"),
}


def group(
    *constraints: tuple[str, str], scope: str = SCOPE, privileges: tuple[str, ...] = (READ,)
) -> PrivilegeGroup:
    return PrivilegeGroup(scope, privileges, constraints)


TAKEN: list[tuple[str, PrivilegeGroup, tuple[Understood, ...]]] = [
    ("the own organisation", group(), (Understood(READ, OWN),)),
    (
        "several privileges",
        group(privileges=(SORT, LIST, SORT)),
        (Understood(LIST, OWN), Understood(SORT, OWN)),
    ),
    ("capitals", group(scope=SCOPE.upper()), (Understood(READ, OWN),)),
    ("white space", group(scope=f" {CVR_SCOPE} {OWN}\n"), (Understood(READ, OWN),)),
    (
        "a unit",
        group((SOR_CONSTRAINT, UNIT)),
        (Understood(READ, OWN, (Delimitation("sor", UNIT, with_descendants=False),)),),
    ),
    (
        "units of two types, in the order of their types",
        group((SOR_CONSTRAINT, UNIT), ("urn:dk:x:shak", "130146B æ")),
        (
            Understood(
                READ,
                OWN,
                (Delimitation("shak", "130146B æ", False), Delimitation("sor", UNIT, False)),
            ),
        ),
    ),
]

PERSON = "urn:dk:gov:saml:cprNumberIdentifier:0101010000"
LEFT: list[tuple[str, PrivilegeGroup, str]] = [
    ("no privileges", group(privileges=()), "privilege.malformed"),
    ("no Scope", group(scope=""), "privilege.malformed"),
    ("a CVR number that is short", group(scope=CVR_SCOPE + "9000"), "privilege.malformed"),
    ("one in other digits", group(scope=CVR_SCOPE + "٩" * 8), "privilege.malformed"),
    ("one with more behind", group(scope=SCOPE + ":x"), "privilege.malformed"),
    ("no CVR number", group(scope=CVR_SCOPE), "privilege.malformed"),
    (
        "a production unit",
        group(scope="urn:dk:gov:saml:productionUnitIdentifier:1000000001"),
        "privilege.scope_unknown",
    ),
    (
        "an SE number, though it is the CVR number",
        group(scope=f"urn:dk:gov:saml:seNumberIdentifier:{OWN}"),
        "privilege.scope_unknown",
    ),
    ("a delegation from a person", group(scope=PERSON), "privilege.scope_unknown"),
    (
        "an authorisation",
        group(scope="urn:dk:healthcare:saml:userAuthorization:AuthorizationCode:341KY"),
        "privilege.scope_unknown",
    ),
    ("a bare number", group(scope=OWN), "privilege.scope_unknown"),
    ("another organisation", group(scope=CVR_SCOPE + OTHER), "privilege.scope_foreign"),
    (
        "a constraint nobody knows",
        group(("urn:dk:kombit:KLE", "1")),
        "privilege.constraint_unknown",
    ),
    ("one without a Name", group(("", "1")), "privilege.constraint_unknown"),
    (
        "one nobody knows behind one that is known",
        group((SOR_CONSTRAINT, UNIT), ("urn:x:y", UNIT)),
        "privilege.constraint_unknown",
    ),
    ("a Name in capitals", group((SOR_CONSTRAINT.upper(), UNIT)), "privilege.constraint_unknown"),
    (
        "two units",
        group((SOR_CONSTRAINT, UNIT), (SOR_CONSTRAINT, "11000016002")),
        "privilege.constraint_repeated",
    ),
    (
        "one unit twice",
        group((SOR_CONSTRAINT, UNIT), (SOR_CONSTRAINT, UNIT)),
        "privilege.constraint_repeated",
    ),
    (
        "two Names of one type",
        group((SOR_CONSTRAINT, UNIT), ("urn:dk:x:sor", "11000016002")),
        "privilege.constraint_repeated",
    ),
    ("an empty unit", group((SOR_CONSTRAINT, "")), "privilege.constraint_empty"),
    ("an empty code", group(("urn:dk:x:shak", " ")), "privilege.constraint_empty"),
    ("a unit that is none", group((SOR_CONSTRAINT, "0_3 Admin")), "privilege.constraint_value"),
    ("two units in one", group((SOR_CONSTRAINT, f"{UNIT},{UNIT}")), "privilege.constraint_value"),
    ("a unit and a line", group((SOR_CONSTRAINT, UNIT + "\n")), "privilege.constraint_value"),
    ("a control character", group(("urn:dk:x:shak", "1301\x7f")), "privilege.constraint_value"),
    ("a very long code", group(("urn:dk:x:shak", "1" * 257)), "privilege.constraint_value"),
]


@pytest.mark.parametrize(("held", "taken"), [r[1:] for r in TAKEN], ids=[r[0] for r in TAKEN])
def test_it_is_understood(held: PrivilegeGroup, taken: tuple[Understood, ...]) -> None:
    found = understood([held], {OWN}, TYPES)
    assert (found.understood, found.left_out) == (taken, ())


@pytest.mark.parametrize(("held", "code"), [r[1:] for r in LEFT], ids=[r[0] for r in LEFT])
def test_it_is_left_out_alone_and_whole(held: PrivilegeGroup, code: str) -> None:
    beside = group(privileges=(LIST,))
    found = understood([held, beside], {OWN}, TYPES)
    assert found.understood == (Understood(LIST, OWN),)
    (left,) = found.left_out
    assert left.code == code
    assert left.privileges == tuple(sorted(set(held.privileges)))


def test_every_reason_is_met_and_has_words_in_both_languages() -> None:
    assert {row[2] for row in LEFT} == set(REASONS)
    assert all(words.da and words.en and words.da != words.en for words in REASONS.values())


def test_nothing_of_a_person_stands_in_what_was_left_out() -> None:
    odd = PrivilegeGroup(
        PERSON,
        ("urn:dk:x:0101010000", "urn:dk:x:010101-0000", "urn:dk:x:%30101010000", "Jens 0101010000"),
        (("urn:x:01:01:01:0000", "0101010000"),),
    )
    foreign = replace(odd, scope=SCOPE, privileges=(READ,))
    found = understood([odd, foreign], {OWN}, {})
    assert found.left_out == (
        LeftOut(
            "privilege.scope_unknown",
            "a scope that is a person, which is a delegation",
            ("(not shown)", "urn:dk:x:#"),
        ),
        LeftOut("privilege.constraint_unknown", "a constraint urn:x:#", (READ,)),
    )
    assert not any(word in repr(found) for word in ("0101010000", "Jens"))


def test_a_name_that_is_no_number_is_shown() -> None:
    name = "urn:dk:healthcare:national-federation-role:code:41002:value:SundAssistR2"
    assert shown_uri(name) == name
    assert shown_uri("urn:dk:x:\nlogin=ok") == "(not shown)"
    assert shown_uri("urn:dk:x:010101") == "urn:dk:x:#"


def test_a_unit_stands_for_all_below_it_only_where_that_was_agreed() -> None:
    (one,) = understood([group((SOR_CONSTRAINT, UNIT))], {OWN}, TYPES).understood
    (all_below,) = understood(
        [group((SOR_CONSTRAINT, UNIT))], {OWN}, TYPES, with_descendants=True
    ).understood
    assert not one.delimitations[0].with_descendants
    assert all_below.delimitations == (Delimitation("sor", UNIT, with_descendants=True),)


def test_what_is_understood_is_sorted() -> None:
    many = tuple(f"urn:dk:x:{letter}" for letter in "qwertyuiopasdfghjklzxcvbnm")
    found = understood([group(privileges=many)], {OWN}, TYPES).understood
    assert [entry.privilege for entry in found] == sorted(many)


def test_several_organisations_are_told_apart() -> None:
    held = [group(), group((SOR_CONSTRAINT, UNIT), scope=CVR_SCOPE + OTHER), group()]
    assert [
        (u.cvr, len(u.delimitations)) for u in understood(held, {OWN, OTHER}, TYPES).understood
    ] == [
        (OWN, 0),
        (OTHER, 1),
    ]


# --- nothing widens --------------------------------------------------------------------------

_NAMES = [*TYPES, "urn:dk:kombit:KLE", SOR_CONSTRAINT.upper(), ""]
_VALUES = [UNIT, "11000016002", "1301", "", "0_3", "x\x00"]
_SCOPES = [
    SCOPE,
    SCOPE.upper(),
    CVR_SCOPE + OTHER,
    CVR_SCOPE + "9",
    f"urn:dk:gov:saml:seNumberIdentifier:{OWN}",
    PERSON,
    "urn:x",
    "",
]
constraint = st.tuples(st.sampled_from(_NAMES), st.sampled_from(_VALUES) | st.text())
some_group = st.builds(
    PrivilegeGroup,
    st.sampled_from(_SCOPES) | st.text(),
    st.lists(st.sampled_from([READ, LIST, SORT]), max_size=3).map(tuple),
    st.lists(constraint, max_size=3).map(tuple),
)


def covers(before: tuple[Understood, ...], after: tuple[Understood, ...]) -> bool:
    """Whether everybody let in by the second is let in by the first: no wider entry in it."""
    return all(
        any(
            old.privilege == new.privilege
            and old.cvr == new.cvr
            and set(old.delimitations) <= set(new.delimitations)
            for old in before
        )
        for new in after
    )


def read(*groups: PrivilegeGroup) -> tuple[Understood, ...]:
    return understood(groups, {OWN}, TYPES).understood


@given(some_group, constraint, st.integers(0, 3))
def test_a_further_constraint_never_widens(
    held: PrivilegeGroup, added: tuple[str, str], place: int
) -> None:
    more = (*held.constraints[:place], added, *held.constraints[place:])
    assert covers(read(held), read(replace(held, constraints=more)))


@given(some_group, st.sampled_from(_SCOPES) | st.text())
def test_another_scope_never_widens(held: PrivilegeGroup, scope: str) -> None:
    own = replace(held, scope=SCOPE)
    assert covers(read(own), read(replace(own, scope=scope)))


@given(some_group, st.lists(some_group, max_size=3))
def test_what_one_group_gives_depends_on_no_other(
    held: PrivilegeGroup, others: list[PrivilegeGroup]
) -> None:
    apart = {entry for one in (held, *others) for entry in read(one)}
    assert set(read(held, *others)) == apart
    assert read(held, *others) == read(*others[::-1], held)


@given(st.lists(some_group, max_size=5))
def test_each_group_is_taken_or_left_out_with_a_reason(groups: list[PrivilegeGroup]) -> None:
    found = understood(groups, {OWN}, TYPES)
    assert len(found.left_out) == sum(not read(one) for one in groups)
    assert {left.code for left in found.left_out} <= set(REASONS)
    for entry in found.understood:
        assert entry.cvr == OWN
        kinds = [unit.type for unit in entry.delimitations]
        assert kinds == sorted(set(kinds))
