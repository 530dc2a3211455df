"""Whatever roles are held: what is told reads back as them, and each once."""

from collections.abc import Sequence
from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from broker.roles.form_templates import read_classic
from broker.roles.forms import write
from broker.roles.model import Delimitation, HeldRole, RoleForm
from broker.roles.understood import Understood, understood
from broker.saml.profiles import OIOSAML_3
from tests.unit.roles.held import (
    BY_CVR,
    CLASSIC,
    FUT,
    LIST,
    OTHER,
    OWN,
    PLAIN,
    READ,
    SOR,
    TYPES,
    WRITE,
    groups,
    told,
    values,
)

_WORDS = st.text(alphabet="aå0_-:;{}3 \n", min_size=1, max_size=4) | st.text(max_size=3)
_UNITS = st.builds(
    Delimitation, st.sampled_from(["sor", "shak"]), _WORDS | st.sampled_from(["0", SOR.value])
)
_HELD = st.builds(
    HeldRole,
    st.sampled_from([READ, WRITE]) | _WORDS.map("urn:x:".__add__),
    st.sampled_from(["Reader", "Writer", "Reader_0", "0", "3"]) | _WORDS,
    st.sampled_from([OWN, OTHER]),
    st.lists(_UNITS, max_size=2, unique_by=lambda unit: unit.type).map(
        lambda units: tuple(sorted(units))
    ),
    st.lists(_WORDS.map("urn:y:".__add__), max_size=1).map(tuple),
)
_FORMS = st.sampled_from(
    [
        CLASSIC,
        FUT,
        replace(CLASSIC, template="{role}_{cvr}_{delimitation}"),
        PLAIN,
        BY_CVR,
        replace(PLAIN, template="{role}-{delimitation}", delimitation="sor"),
        replace(PLAIN, template="{role}:{cvr};{delimitation}", delimitation="shak", none="-"),
    ]
)


@given(st.lists(_HELD, max_size=5), _FORMS)
def test_strings_read_back_as_what_was_held(held: list[HeldRole], form: RoleForm) -> None:
    """All of a role that was not left out, and nothing else; each text is of one role alone."""
    written = told(form, *held)
    left = {one.role for one in written.left_out}
    for text in values(written):
        read = read_classic(text, form.template, form.none)
        assert read is not None
        unit = [read["delimitation"]] if "delimitation" in read else []
        owners = [
            role
            for role in set(held) - left
            if read.get("role", role.code) == role.code
            and read.get("urn", role.urn) in (role.urn, *role.aliases)
            and read.get("cvr", OWN) == role.cvr
            and unit == [one.value for one in role.delimitations]
        ]
        assert owners
    assert bool(values(written)) is bool(set(held) - left)


@given(st.lists(_HELD, max_size=5))
def test_whoever_cuts_at_the_first_underscore_gets_the_roles_name(held: list[HeldRole]) -> None:
    """A gateway that stands before real services does so, and fails where there is none."""
    written = told(CLASSIC, *held)
    left = {one.role for one in written.left_out}
    cut = {text[: text.index("_")] for text in values(written)}
    assert cut == {role.code for role in set(held) - left}


def as_understood(held: Sequence[HeldRole]) -> set[Understood]:
    return {
        Understood(
            name,
            role.cvr,
            tuple(replace(unit, with_descendants=True) for unit in role.delimitations),
        )
        for role in held
        for name in (role.urn, *role.aliases)
    }


@given(st.lists(_HELD, max_size=5))
def test_a_list_is_understood_as_what_was_held(held: list[HeldRole]) -> None:
    """Out through the form and in through our own reader: every right, and none beside it."""
    written = told(LIST, *held)
    left = {one.role for one in written.left_out}
    kept = [role for role in held if role not in left]
    by_urn = {kind.urn: kind for id_, kind in TYPES.items() if id_ in ("sor", "shak")}
    listed = groups(written) if written.attributes else ()
    found = understood(listed, {OWN, OTHER}, by_urn, with_descendants=True)
    assert found.left_out == ()
    assert set(found.understood) == as_understood(kept)


@given(st.lists(_HELD, max_size=5))
def test_the_order_of_roles_changes_nothing(held: list[HeldRole]) -> None:
    forms = [LIST, CLASSIC, PLAIN]
    once = write(held, forms, TYPES, OIOSAML_3, OWN)
    assert write([*held[::-1], *held], forms, TYPES, OIOSAML_3, OWN) == once
