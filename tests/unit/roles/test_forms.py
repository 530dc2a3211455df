"""A service is told each role in its own words, or not at all; never a wider one."""

from dataclasses import replace

import pytest

from broker.roles.forms import Written, write
from broker.roles.model import HeldRole, RoleForm
from broker.saml import names
from broker.saml.messages import Attribute
from broker.saml.privileges import CVR_SCOPE, SOR_CONSTRAINT, PrivilegeGroup, read_list
from broker.saml.profiles import OIOSAML_2, OIOSAML_3, PROFILES
from tests.unit.roles.held import (
    AT_BOTH,
    AT_SHAK,
    AT_SOR,
    AT_SOR_2,
    BY_CVR,
    CLASSIC,
    CODED,
    ELSEWHERE,
    FUT,
    LIST,
    NATIONAL,
    OLD_LIST,
    OTHER,
    OWN,
    PLAIN,
    READ,
    READER,
    SHAK,
    SHAK_URN,
    SIMPLE,
    SOR,
    SOR_2,
    TYPES,
    WRITE,
    WRITER,
    groups,
    told,
    values,
)


def group(*privileges: str, cvr: str = OWN) -> PrivilegeGroup:
    return PrivilegeGroup(CVR_SCOPE + cvr, privileges)


AS_GROUPS: list[tuple[str, RoleForm, tuple[HeldRole, ...], tuple[PrivilegeGroup, ...]]] = [
    ("a role", LIST, (READER,), (group(READ),)),
    ("two roles are two groups", LIST, (WRITER, READER), (group(READ), group(WRITE))),
    (
        "a unit",
        LIST,
        (AT_SOR,),
        (PrivilegeGroup(CVR_SCOPE + OWN, (READ,), ((SOR_CONSTRAINT, SOR.value),)),),
    ),
    (
        "two units are two groups, and without is a third",
        LIST,
        (AT_SOR_2, AT_SOR, READER),
        (
            group(READ),
            PrivilegeGroup(CVR_SCOPE + OWN, (READ,), ((SOR_CONSTRAINT, SOR.value),)),
            PrivilegeGroup(CVR_SCOPE + OWN, (READ,), ((SOR_CONSTRAINT, SOR_2.value),)),
        ),
    ),
    (
        "two types are two constraints in one group",
        LIST,
        (AT_BOTH,),
        (
            PrivilegeGroup(
                CVR_SCOPE + OWN,
                (READ,),
                ((SOR_CONSTRAINT, SOR.value), (SHAK_URN, SHAK.value)),
            ),
        ),
    ),
    ("two organisations", LIST, (ELSEWHERE, READER), (group(READ), group(READ, cvr=OTHER))),
    ("a national role by each of its names", LIST, (NATIONAL,), (group(NATIONAL.urn, CODED),)),
    (
        "one role that came twice",
        LIST,
        (replace(NATIONAL, aliases=(), code="x"), NATIONAL, replace(NATIONAL, aliases=())),
        (group(NATIONAL.urn, CODED),),
    ),
    (
        "a unit alone and with all below it, which no form tells apart",
        LIST,
        (AT_SOR, replace(AT_SOR, delimitations=(replace(SOR, with_descendants=False),))),
        (PrivilegeGroup(CVR_SCOPE + OWN, (READ,), ((SOR_CONSTRAINT, SOR.value),)),),
    ),
    ("1.0.1", OLD_LIST, (READER, NATIONAL), (group(NATIONAL.urn, CODED), group(READ))),
]

AS_TEXTS: list[tuple[str, RoleForm, tuple[HeldRole, ...], tuple[str, ...]]] = [
    ("simple", SIMPLE, (WRITER, READER, READER), (READ, WRITE)),
    ("simple, with aliases", SIMPLE, (NATIONAL,), tuple(sorted((NATIONAL.urn, CODED)))),
    ("SEB Classic without a unit", CLASSIC, (READER,), ("eSReader_0_3",)),
    (
        "SEB Classic with units, a string for each",
        CLASSIC,
        (WRITER, AT_SOR_2, AT_SOR),
        ("eSReader_1231000016008_3", "eSReader_31000016008_3", "eSWriter_0_3"),
    ),
    ("SEB Classic of a national role, once", CLASSIC, (NATIONAL,), ("nspSundAssistR2_0_3",)),
    ("URNs in SEB Classic", FUT, (AT_SOR,), (f"{READ}_1231000016008_3",)),
    (
        "URNs in SEB Classic, with aliases",
        FUT,
        (NATIONAL,),
        tuple(sorted((f"{NATIONAL.urn}_0_3", f"{CODED}_0_3"))),
    ),
    (
        "another word for none",
        replace(CLASSIC, none="ingen"),
        (READER, replace(READER, delimitations=(replace(SOR, value="0"),))),
        ("eSReader_0_3", "eSReader_ingen_3"),
    ),
    ("plain", PLAIN, (WRITER, READER), ("eSReader", "eSWriter")),
    (
        "plain with the organisation",
        BY_CVR,
        (READER, ELSEWHERE),
        (f"{OWN}:{READ}", f"{OTHER}:{READ}"),
    ),
    (
        "a name with a space, as SEB has",
        PLAIN,
        (replace(READER, code="Identify Service"),),
        ("Identify Service",),
    ),
    ("Danish letters and markup", PLAIN, (replace(READER, code="<Læge & æ>"),), ("<Læge & æ>",)),
    ("an underscore, which nobody cuts at", PLAIN, (replace(READER, code="a_b"),), ("a_b",)),
    ("braces", PLAIN, (replace(READER, code="{cvr}"),), ("{cvr}",)),
]


@pytest.mark.parametrize(
    ("form", "held", "expected"), [r[1:] for r in AS_GROUPS], ids=[r[0] for r in AS_GROUPS]
)
def test_it_is_told_in_groups(
    form: RoleForm, held: tuple[HeldRole, ...], expected: tuple[PrivilegeGroup, ...]
) -> None:
    written = told(form, *held)
    found = {(g.scope, frozenset(g.privileges), frozenset(g.constraints)) for g in groups(written)}
    assert found == {(g.scope, frozenset(g.privileges), frozenset(g.constraints)) for g in expected}
    assert len(groups(written)) == len(expected)
    assert written.left_out == ()


@pytest.mark.parametrize(
    ("form", "held", "texts"), [r[1:] for r in AS_TEXTS], ids=[r[0] for r in AS_TEXTS]
)
def test_it_is_told_in_strings(
    form: RoleForm, held: tuple[HeldRole, ...], texts: tuple[str, ...]
) -> None:
    written = told(form, *held)
    assert values(written) == texts
    assert written.left_out == ()


@pytest.mark.parametrize("form", [LIST, OLD_LIST, SIMPLE, CLASSIC, FUT, PLAIN, BY_CVR])
def test_no_roles_are_no_attribute(form: RoleForm) -> None:
    assert told(form) == Written((), ())


NAMED: list[tuple[RoleForm, str, str]] = [
    (LIST, names.OIO2_PRIVILEGES, names.PRIVILEGES),
    (SIMPLE, names.OIO2_PRIVILEGES_SIMPLE, names.OIO2_PRIVILEGES_SIMPLE),
    (CLASSIC, names.ROLE_CLAIM, names.ROLE_CLAIM),
    (RoleForm("plain"), names.ROLE_CLAIM, names.ROLE_CLAIM),
    (RoleForm("oiobpp", attribute="urn:x:p"), "urn:x:p", "urn:x:p"),
    (RoleForm("simple", attribute="urn:x:s"), "urn:x:s", "urn:x:s"),
    (PLAIN, "roles", "roles"),
]


@pytest.mark.parametrize(("form", "second", "third"), NAMED)
def test_an_attribute_is_named_by_the_profile_unless_the_form_names_it(
    form: RoleForm, second: str, third: str
) -> None:
    for profile in PROFILES.values():
        (attribute,) = write([READER], [form], TYPES, profile, OWN).attributes
        assert attribute.name == (second if profile.generation == 2 else third)
        assert attribute.name_format == profile.name_format


def test_the_names_of_privilege_attributes_are_those_of_the_standard() -> None:
    prefix = "dk:gov:saml:attribute:"
    assert prefix + "Privileges_simple" == names.OIO2_PRIVILEGES_SIMPLE
    (two,) = write([READER], [LIST], TYPES, OIOSAML_2, OWN).attributes
    (three,) = write([READER], [LIST], TYPES, OIOSAML_3, OWN).attributes
    assert two.name == prefix + "Privileges_intermediate"
    assert three.name == "https://data.gov.dk/model/core/eid/privilegesIntermediate"


def test_a_service_may_be_told_in_several_forms() -> None:
    """What one form cannot say, another says; each keeps its own account."""
    written = write([AT_SHAK, READER], [CLASSIC, LIST], TYPES, OIOSAML_3, OWN)
    strings, listed = written.attributes
    assert strings == Attribute(names.ROLE_CLAIM, ("eSReader_0_3",), names.ATTR_URI, "role")
    assert len(read_list(listed.values[0]).groups) == 2
    assert [(left.form.kind, left.role) for left in written.left_out] == [("classic", AT_SHAK)]


def test_a_citizen_has_roles_without_an_organisation() -> None:
    held = replace(READER, cvr="")
    written = write([held], [PLAIN], TYPES, OIOSAML_3, "")
    assert values(written) == ("eSReader",)


def test_the_version_of_a_list_is_the_forms() -> None:
    for version, form in (("1.2", LIST), ("1.0.1", OLD_LIST)):
        (value,) = values(told(form, READER))
        assert read_list(value).version == version


def test_values_stand_in_no_repr() -> None:
    assert SOR.value not in repr(told(CLASSIC, AT_SOR))
