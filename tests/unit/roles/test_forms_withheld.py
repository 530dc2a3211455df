"""What a form cannot say of a role it does not say at all, and gives the reason."""

from dataclasses import replace

import pytest

from broker.roles.forms import REASONS
from broker.roles.model import Delimitation, HeldRole, RoleForm
from tests.unit.roles.held import (
    AT_BOTH,
    AT_SHAK,
    AT_SOR,
    BY_CVR,
    CLASSIC,
    ELSEWHERE,
    FUT,
    LIST,
    NATIONAL,
    OLD_LIST,
    PLAIN,
    READER,
    SIMPLE,
    SOR,
    WRITER,
    told,
)


def with_code(code: str) -> HeldRole:
    return replace(READER, code=code)


def with_urn(urn: str) -> HeldRole:
    return replace(READER, urn=urn)


def at(type_: str, value: str, *more: Delimitation) -> HeldRole:
    return replace(READER, delimitations=(Delimitation(type_, value), *more))


WITHHELD: list[tuple[str, RoleForm, HeldRole, str]] = [
    ("1.0.1 of a unit", OLD_LIST, AT_SOR, "form.delimited"),
    ("simple of a unit", SIMPLE, AT_SOR, "form.delimited"),
    ("plain of a unit", PLAIN, AT_SOR, "form.delimited"),
    ("a list of a type nobody knows", LIST, at("sks", "1"), "form.delimitation_type"),
    ("SEB Classic of another type", CLASSIC, AT_SHAK, "form.delimitation_type"),
    (
        "SEB Classic that has no type",
        replace(CLASSIC, delimitation=None),
        AT_SOR,
        "form.delimitation_type",
    ),
    ("SEB Classic of several types", CLASSIC, AT_BOTH, "form.several_delimitations"),
    ("SEB Classic of several units", CLASSIC, at("sor", "1", SOR), "form.several_delimitations"),
    ("a list of two units of one type", LIST, at("sor", "1", SOR), "form.several_delimitations"),
    (
        "a list of two types with one Name",
        LIST,
        at("shak", "1", Delimitation("twin", "2")),
        "form.several_delimitations",
    ),
    ("simple elsewhere", SIMPLE, ELSEWHERE, "form.organisation"),
    ("SEB Classic elsewhere", CLASSIC, ELSEWHERE, "form.organisation"),
    ("plain elsewhere", PLAIN, ELSEWHERE, "form.organisation"),
    ("a list without an organisation", LIST, replace(READER, cvr=""), "form.organisation"),
    ("a list of an odd organisation", LIST, replace(READER, cvr="9000 004"), "form.organisation"),
    ("plain without an organisation", BY_CVR, replace(READER, cvr=""), "form.characters"),
    ("an underscore in a code", CLASSIC, with_code("eS_Reader"), "form.characters"),
    ("an underscore in a unit", CLASSIC, at("sor", "1_3"), "form.characters"),
    ("an underscore in a URN", FUT, with_urn("urn:x:a_b"), "form.characters"),
    (
        "an underscore in an alias",
        FUT,
        replace(NATIONAL, aliases=("urn:x:a_b",)),
        "form.characters",
    ),
    ("a control character in a code", PLAIN, with_code("a\x0bb"), "form.characters"),
    ("a line in a code", CLASSIC, with_code("a\nb"), "form.characters"),
    ("a right-to-left mark", PLAIN, with_code("a\u202eb"), "form.characters"),
    ("half a surrogate", PLAIN, with_code("a\ud800"), "form.characters"),
    ("white space around a code", PLAIN, with_code(" a"), "form.characters"),
    ("no code", PLAIN, with_code(""), "form.characters"),
    ("an empty unit", CLASSIC, at("sor", ""), "form.characters"),
    ("an empty unit in a list", LIST, at("sor", ""), "form.characters"),
    ("a control character in a unit", LIST, at("sor", "1\x00"), "form.characters"),
    ("a type whose Name is no URI", LIST, at("odd", "1"), "form.characters"),
    ("a role that is no URI", LIST, with_urn("reader"), "form.characters"),
    ("a simple role that is no URI", SIMPLE, with_urn("urn:x y"), "form.characters"),
    ("an alias that is no URI", LIST, replace(NATIONAL, aliases=("x",)), "form.characters"),
    ("a simple alias that is no URI", SIMPLE, replace(NATIONAL, aliases=("x",)), "form.characters"),
    ("a unit that reads as none", CLASSIC, at("sor", "0"), "form.ambiguous"),
    (
        "a code that reads as another's unit",
        RoleForm("plain", template="{role}-{delimitation}", delimitation="sor"),
        with_code("a-b"),
        "form.ambiguous",
    ),
    (
        "a national role where none are told",
        replace(LIST, national=False),
        NATIONAL,
        "form.national",
    ),
]


@pytest.mark.parametrize(
    ("form", "held", "code"), [r[1:] for r in WITHHELD], ids=[r[0] for r in WITHHELD]
)
def test_it_is_withheld_and_the_others_are_told(form: RoleForm, held: HeldRole, code: str) -> None:
    alone = told(form, held)
    assert alone.attributes == ()
    assert [(left.form, left.role, left.code) for left in alone.left_out] == [(form, held, code)]
    beside = told(form, WRITER, held)
    assert beside.attributes == told(form, WRITER).attributes
    assert beside.left_out == alone.left_out


def test_every_reason_is_met_and_has_words_in_both_languages() -> None:
    assert {row[3] for row in WITHHELD} == set(REASONS)
    assert all(words.da and words.en and words.da != words.en for words in REASONS.values())
