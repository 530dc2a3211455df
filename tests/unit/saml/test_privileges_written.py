"""What we write is what the schemas describe, comes back as it was, and is the same each time.

The published schemas belong to others and are not part of the project: BROKER_SAMPLES names
the folder that holds them. The grammar that they describe is checked without them too.
"""

import os
from functools import cache
from pathlib import Path

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from lxml import etree

from broker.saml.privileges import (
    CVR_SCOPE,
    SOR_CONSTRAINT,
    PrivilegeGroup,
    PrivilegeList,
    Version,
    read_list,
)
from broker.saml.privileges_written import is_privilege_uri, is_writable, write_privileges
from tests.unit.saml.privilege_grammar import faults, raw_of

FOLDER = os.environ.get("BROKER_SAMPLES", "")
with_schemas = pytest.mark.skipif(not FOLDER, reason="BROKER_SAMPLES names no folder with samples")
FILE_OF = {
    "1.0.1": "BasicPrivilegeProfileSchema_v101.xsd",
    "1.2": "BasicPrivilegeProfileSchema_v12.xsd",
}

SCOPE = CVR_SCOPE + "90000004"
READER = PrivilegeGroup(SCOPE, ("urn:dk:x:reader",))
AT_UNIT = PrivilegeGroup(SCOPE, ("urn:dk:x:reader",), ((SOR_CONSTRAINT, "1231000016008"),))
NATIONAL = PrivilegeGroup(
    SCOPE,
    (
        "urn:dk:healthcare:national-federation-role:SundAssistR2",
        "urn:dk:healthcare:national-federation-role:code:41002:value:SundAssistR2",
    ),
)

_LETTERS = "abzAZ09æøåÆØÅéł.:/_-~%'()*+,;=@!$&?#[]{}|^`\\<>\" "
uris = (
    st.tuples(
        st.sampled_from(["urn:", "http://", "https://a.dk/", "x+y:", "URN:dk:"]),
        st.text(alphabet=_LETTERS, min_size=1, max_size=12)
        | st.text(alphabet=st.characters(codec="utf-8"), min_size=1, max_size=6),
    )
    .map("".join)
    .filter(is_privilege_uri)
)
texts = (
    st.text(alphabet=st.characters(codec="utf-8"), min_size=1).map(str.strip).filter(is_writable)
)
scopes = st.just(SCOPE) | texts
constraints = st.dictionaries(uris, texts, max_size=3).map(lambda held: tuple(sorted(held.items())))
undelimited = st.builds(
    PrivilegeGroup,
    scopes,
    st.lists(uris, min_size=1, max_size=3, unique=True).map(lambda u: tuple(sorted(u))),
)
delimited = st.builds(
    PrivilegeGroup,
    scopes,
    st.lists(uris, min_size=1, max_size=3, unique=True).map(lambda u: tuple(sorted(u))),
    constraints,
)


@cache
def schema(version: Version) -> etree.XMLSchema:
    """The published schema of a version."""
    return etree.XMLSchema(etree.parse(Path(FOLDER) / "oiobpp" / FILE_OF[version]))


def check(value: str, version: Version) -> None:
    """Holds to our own grammar, and to the published schema where there is one."""
    raw = raw_of(value)
    assert faults(raw, version) == []
    if FOLDER:
        schema(version).assertValid(etree.fromstring(raw))


def test_a_list_is_written_as_the_schema_has_it() -> None:
    raw = raw_of(write_privileges([AT_UNIT], "1.2")).decode()
    declaration, _, body = raw.partition("\n")
    assert declaration == "<?xml version='1.0' encoding='UTF-8'?>"
    assert body == (
        '<bpp:PrivilegeList xmlns:bpp="http://digst.dk/oiosaml/basic_privilege_profile">'
        f'<PrivilegeGroup Scope="{SCOPE}"><Privilege>urn:dk:x:reader</Privilege>'
        f'<Constraint Name="{SOR_CONSTRAINT}">1231000016008</Constraint></PrivilegeGroup>'
        "</bpp:PrivilegeList>"
    )


def test_1_0_1_has_a_namespace_of_its_own() -> None:
    value = write_privileges([READER], "1.0.1")
    assert b'"http://itst.dk/oiosaml/basic_privilege_profile"' in raw_of(value)
    assert read_list(value) == PrivilegeList("1.0.1", (READER,))


@pytest.mark.parametrize("version", ["1.0.1", "1.2"])
def test_order_and_repetition_change_nothing(version: Version) -> None:
    turned = PrivilegeGroup(SCOPE, NATIONAL.privileges[::-1] * 2)
    once = write_privileges([READER, NATIONAL], version)
    assert write_privileges([turned, READER, NATIONAL, READER], version) == once
    assert read_list(once).groups == (NATIONAL, READER)


def test_groups_are_never_merged() -> None:
    """Together, two constraints of one Name could be read as both or as either."""
    other = PrivilegeGroup(SCOPE, ("urn:dk:x:reader",), ((SOR_CONSTRAINT, "11000016002"),))
    assert read_list(write_privileges([AT_UNIT, READER, other], "1.2")).groups == (
        READER,
        other,
        AT_UNIT,
    )


def test_the_order_of_constraints_is_theirs_not_the_callers() -> None:
    two = (("urn:b", "1"), ("urn:a", "2"))
    forth, back = (PrivilegeGroup(SCOPE, ("urn:x:y",), c) for c in (two, two[::-1]))
    assert write_privileges([forth, back], "1.2") == write_privileges([back], "1.2")


BUGS: list[tuple[str, list[PrivilegeGroup], Version]] = [
    ("no groups", [], "1.2"),
    ("no privileges", [READER, PrivilegeGroup(SCOPE, ())], "1.2"),
    ("a constraint in 1.0.1", [AT_UNIT], "1.0.1"),
    (
        "two of one Name",
        [PrivilegeGroup(SCOPE, ("urn:x:y",), (("urn:a", "1"), ("urn:a", "2")))],
        "1.2",
    ),
    ("an empty scope", [PrivilegeGroup("", ("urn:x:y",))], "1.2"),
    ("a privilege without a scheme", [PrivilegeGroup(SCOPE, ("reader",))], "1.2"),
    ("an empty privilege", [PrivilegeGroup(SCOPE, ("urn:x:y", ""))], "1.0.1"),
    ("a name that is no URI", [PrivilegeGroup(SCOPE, ("urn:x:y",), (("sor", "1"),))], "1.2"),
    ("an empty value", [PrivilegeGroup(SCOPE, ("urn:x:y",), (("urn:a", ""),))], "1.2"),
    ("white space around", [PrivilegeGroup(SCOPE, ("urn:x:y",), (("urn:a", " 1"),))], "1.2"),
    ("a control character", [PrivilegeGroup(SCOPE, ("urn:x:y",), (("urn:a", "1\x0b2"),))], "1.2"),
    ("a NUL in the scope", [PrivilegeGroup(SCOPE + "\x00", ("urn:x:y",))], "1.2"),
    ("half a surrogate", [PrivilegeGroup(SCOPE, ("urn:x:y",), (("urn:a", "\ud800"),))], "1.2"),
]


@pytest.mark.parametrize(("groups", "version"), [r[1:] for r in BUGS], ids=[r[0] for r in BUGS])
def test_what_nobody_may_ask_for_is_a_bug(groups: list[PrivilegeGroup], version: Version) -> None:
    with pytest.raises(ValueError, match=r"no |without|1\.0\.1|two|that"):
        write_privileges(groups, version)


@given(st.lists(undelimited, min_size=1, max_size=4))
def test_what_is_written_in_1_0_1_holds_to_its_grammar_and_comes_back(
    groups: list[PrivilegeGroup],
) -> None:
    value = write_privileges(groups, "1.0.1")
    check(value, "1.0.1")
    assert set(read_list(value).groups) == set(groups)


@given(st.lists(delimited, min_size=1, max_size=4))
def test_what_is_written_in_1_2_holds_to_its_grammar_and_comes_back(
    groups: list[PrivilegeGroup],
) -> None:
    value = write_privileges(groups, "1.2")
    check(value, "1.2")
    found = read_list(value).groups
    assert set(found) == set(groups)
    assert len(found) == len(set(groups))
    assert write_privileges(found[::-1], "1.2") == value


@pytest.mark.parametrize(
    "text",
    [
        "urn:dk:x:read",
        "http://x.dk/y/read",
        "https://x.dk:8443",
        "http://x.dk/roles/læge#1",
        "urn:x:%C3%A6",
    ],
)
def test_a_privilege_is_an_absolute_uri(text: str) -> None:
    check(write_privileges([PrivilegeGroup(SCOPE, (text,))], "1.2"), "1.2")


@pytest.mark.parametrize(
    "text",
    [
        "urn:x:%zz",
        "urn:x:a#b#c",
        "http://x.dk:port/y",
        "http://[x",
        "http://",
        "urn:",
        "urn:x y",
        "urn:x:\u2028",
        "1:2",
        "read",
        "",
    ],
)
def test_anything_else_is_none(text: str) -> None:
    assert not is_privilege_uri(text)


@with_schemas
@given(st.text(alphabet=_LETTERS, max_size=16))
def test_every_uri_of_ours_is_one_of_the_schema(text: str) -> None:
    assume(is_privilege_uri(f"urn:{text}"))
    root = etree.fromstring(raw_of(write_privileges([READER], "1.2")))
    root[0][0].text = f"urn:{text}"
    schema("1.2").assertValid(root)


@with_schemas
@pytest.mark.parametrize("version", ["1.0.1", "1.2"])
def test_the_schema_and_our_grammar_refuse_the_same(version: Version) -> None:
    """So that the check of the grammar is worth something where there is no schema."""
    raw = raw_of(write_privileges([READER], version)).decode()
    spoilt = [
        raw.replace("bpp:PrivilegeList", "PrivilegeList").replace("xmlns:bpp", "xmlns"),
        raw.replace("<Privilege>urn:dk:x:reader</Privilege>", ""),
        raw.replace(" Scope=", " Scop="),
        raw.replace("<Privilege>", "<Privilege Name='x'>"),
        raw.replace("<Privilege>", "<Constraint Name='urn:x'>1</Constraint><Privilege>"),
        raw.replace("</Privilege>", "</Privilege><Constraint>1</Constraint>"),
        raw.replace("</Privilege>", "<x/></Privilege>"),
        raw.replace("digst.dk" if version == "1.2" else "itst.dk", "x.dk"),
    ]
    for text in spoilt:
        assert faults(text.encode(), version)
        assert not schema(version).validate(etree.fromstring(text.encode()))
    constrained = raw.replace("</Privilege>", "</Privilege><Constraint Name='urn:x'>1</Constraint>")
    assert bool(faults(constrained.encode(), version)) is (version == "1.0.1")
    assert schema(version).validate(etree.fromstring(constrained.encode())) is (version == "1.2")
