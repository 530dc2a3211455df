"""Privilege lists of others are read by what is on the wire, and odd groups give nothing."""

import base64
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from broker.errors import Refused
from broker.saml.privileges import (
    CVR_SCOPE,
    MAX_CHARACTERS,
    MAX_ENTRIES,
    MAX_GROUPS,
    NAMESPACES,
    SOR_CONSTRAINT,
    PrivilegeGroup,
    PrivilegeList,
    ScopeKind,
    Version,
    read_list,
    read_privileges,
    scope_of,
)

NEW = "http://digst.dk/oiosaml/basic_privilege_profile"
OLD = "http://itst.dk/oiosaml/basic_privilege_profile"
XSI = 'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"'
SCOPE = CVR_SCOPE + "90000004"
UNIT = "1231000016008"
READ = "<Privilege>urn:dk:x:read</Privilege>"
NARROW = f'<Constraint Name="{SOR_CONSTRAINT}">{UNIT}</Constraint>'
PLAIN = PrivilegeGroup(SCOPE, ("urn:dk:x:read",))
NARROWED = PrivilegeGroup(SCOPE, ("urn:dk:x:read",), ((SOR_CONSTRAINT, UNIT),))
SILENT = PrivilegeGroup(SCOPE, ())


def group(*inside: str, attributes: str = f'Scope="{SCOPE}"') -> str:
    """One group of this content."""
    return f"<PrivilegeGroup {attributes}>{''.join(inside)}</PrivilegeGroup>"


def document(*groups: str, namespace: str = NEW, attributes: str = XSI) -> str:
    """A list as the schema has it: the root in the namespace, what is inside in none."""
    inside = "".join(groups)
    return f'<b:PrivilegeList xmlns:b="{namespace}" {attributes}>{inside}</b:PrivilegeList>'


def by_default(*groups: str, namespace: str = NEW) -> str:
    """A list whose children a default xmlns puts into the namespace."""
    inside = "".join(groups)
    return f'<PrivilegeList xmlns="{namespace}" {XSI}>{inside}</PrivilegeList>'


def encoded(text: str | bytes) -> str:
    return base64.b64encode(text.encode() if isinstance(text, str) else text).decode()


PRETTY = document(f'\n  <PrivilegeGroup Scope="\n {SCOPE}\t">\n    {READ}\r\n  </PrivilegeGroup>\n')
LINES = "\r\n\t ".join(encoded(PRETTY)[i : i + 64] for i in range(0, len(encoded(PRETTY)), 64))

READ_AS: list[tuple[str, str, Version | None, tuple[PrivilegeGroup, ...]]] = [
    ("1.2", encoded(document(group(READ))), "1.2", (PLAIN,)),
    ("1.0.1", encoded(document(group(READ), namespace=OLD)), "1.0.1", (PLAIN,)),
    ("narrowed", encoded(document(group(READ, NARROW))), "1.2", (NARROWED,)),
    ("Constraint first", encoded(document(group(NARROW, READ))), "1.2", (NARROWED,)),
    (
        "Constraint in 1.0.1, which has none",
        encoded(document(group(READ, NARROW), namespace=OLD)),
        "1.0.1",
        (NARROWED,),
    ),
    ("a default xmlns", encoded(by_default(group(READ, NARROW))), "1.2", (NARROWED,)),
    ("the old one", encoded(by_default(group(READ), namespace=OLD)), "1.0.1", (PLAIN,)),
    (
        "an XML declaration",
        encoded('<?xml version="1.0" encoding="UTF-8"?>' + document(group(READ))),
        "1.2",
        (PLAIN,),
    ),
    ("a byte order mark", encoded("\ufeff" + document(group(READ))), "1.2", (PLAIN,)),
    ("pretty-printed", encoded(PRETTY), "1.2", (PLAIN,)),
    ("base64 in lines", f"\n  {LINES}\n", "1.2", (PLAIN,)),
    ("raw XML", document(group(READ)), "1.2", (PLAIN,)),
    ("raw XML within white space", f"\n {document(group(READ))} \n", "1.2", (PLAIN,)),
    ("an empty value", "", None, ()),
    ("white space", " \n\t", None, ()),
    ("no groups", encoded(document()), "1.2", ()),
    (
        "several groups in their order",
        encoded(document(group(READ, NARROW), group(READ))),
        "1.2",
        (NARROWED, PLAIN),
    ),
    (
        "white space around names and values",
        encoded(
            document(
                group(
                    "<Privilege>\n urn:dk:x:read </Privilege>",
                    f'<Constraint Name=" {SOR_CONSTRAINT} ">\n{UNIT}\t</Constraint>',
                )
            )
        ),
        "1.2",
        (NARROWED,),
    ),
    (
        "Danish letters and escapes",
        encoded(
            document(
                group('<Privilege>urn:dk:æ&amp;ø</Privilege><Constraint Name="å">&lt;')
            ).replace("&lt;", "&lt;&#x41;</Constraint>")
        ),
        "1.2",
        (PrivilegeGroup(SCOPE, ("urn:dk:æ&ø",), (("å", "<A"),)),),
    ),
    (
        "an empty Privilege beside one",
        encoded(document(group("<Privilege/>", READ, "<Privilege> </Privilege>"))),
        "1.2",
        (PLAIN,),
    ),
    (
        "a nil Privilege, whatever it holds",
        encoded(document(group('<Privilege xsi:nil="true">urn:dk:x:all</Privilege>', READ))),
        "1.2",
        (PLAIN,),
    ),
    (
        "a nil Constraint stays one, without a value",
        encoded(
            document(group(READ, f'<Constraint Name="{SOR_CONSTRAINT}" xsi:nil="1">1</Constraint>'))
        ),
        "1.2",
        (PrivilegeGroup(SCOPE, ("urn:dk:x:read",), ((SOR_CONSTRAINT, ""),)),),
    ),
    (
        "an empty Constraint stays one",
        encoded(document(group(READ, "<Constraint/>"))),
        "1.2",
        (PrivilegeGroup(SCOPE, ("urn:dk:x:read",), (("", ""),)),),
    ),
    (
        "types, languages and schema locations",
        encoded(
            document(
                group(
                    '<Privilege xsi:type="string" xml:lang="da">urn:dk:x:read</Privilege>',
                    attributes=f'Scope="{SCOPE}" xml:space="preserve"',
                ),
                attributes=f'{XSI} xsi:schemaLocation="urn:a b"',
            )
        ),
        "1.2",
        (PLAIN,),
    ),
    (
        "a group without a Scope",
        encoded(document(group(READ, attributes=""))),
        "1.2",
        (PrivilegeGroup("", ("urn:dk:x:read",)),),
    ),
]

SILENCED: list[tuple[str, str]] = [
    ("an element that the profile does not have", group(READ, "<Until>2026-01-01</Until>")),
    ("a group inside a group", group(READ, group(READ))),
    ("a Constraint of another namespace", group(READ, '<c:Constraint xmlns:c="urn:c"/>')),
    (
        "a Privilege of another namespace",
        group(READ, '<c:Privilege xmlns:c="urn:c">x</c:Privilege>'),
    ),
    ("a Constraint of the other version", group(READ, f'<Constraint xmlns="{OLD}" Name="x"/>')),
    ("an attribute on the group", group(READ, attributes=f'Scope="{SCOPE}" Until="2026"')),
    ("an attribute on a Privilege", group('<Privilege Until="2026">urn:dk:x:read</Privilege>')),
    ("an attribute on a Constraint", group(READ, '<Constraint Name="a" Not="true">x</Constraint>')),
    ("elements in a Privilege", group("<Privilege>urn:dk:x:read<x/></Privilege>")),
    ("elements in a Constraint", group(READ, '<Constraint Name="a"><x>1</x></Constraint>')),
    ("text in front", group("except ", READ)),
    ("text behind", group(READ, "not at night")),
    ("no privileges", group(NARROW)),
    ("nothing", group()),
    ("empty privileges", group("<Privilege/>", '<Privilege xsi:nil=" true ">a</Privilege>')),
]

REFUSED: list[tuple[str, str, str]] = [
    ("no base64", "!!", "malformed.base64"),
    (
        "url-safe base64",
        encoded(document(group(READ)) + "????>>>>").replace("/", "_"),
        "malformed.base64",
    ),
    ("url-safe letters", "-_-_", "malformed.base64"),
    ("base64 without padding", "QQ", "malformed.base64"),
    ("base64 twice over", "QQ==QQ==", "malformed.base64"),
    ("a no-break space", "QQ\u00a0==", "malformed.base64"),
    ("no XML", encoded("<x"), "malformed.xml"),
    ("raw and no XML", "<x", "malformed.xml"),
    ("half a surrogate", "<x>\ud800</x>", "malformed.encoding"),
    ("Latin-1", encoded(document(group("æ")).encode("latin-1")), "malformed.encoding"),
    ("UTF-16", encoded(document(group(READ)).encode("utf-16")), "malformed.encoding"),
    ("a DTD", encoded("<!DOCTYPE x>" + document(group(READ))), "malformed.doctype"),
    ("an entity", encoded(document(group("<Privilege>&x;</Privilege>"))), "malformed.xml"),
    ("a comment", encoded(document(group("<!-- x -->", READ))), "malformed.comment"),
    ("a root in no namespace", encoded("<PrivilegeList/>"), "malformed.root"),
    ("another root", encoded(f'<b:Privileges xmlns:b="{NEW}"/>'), "malformed.root"),
    ("a root of nobody's", encoded('<b:PrivilegeList xmlns:b="urn:x"/>'), "malformed.root"),
    ("something beside groups", encoded(document(group(READ), "<Until/>")), "malformed.shape"),
    ("a Constraint on the list", encoded(document(group(READ), NARROW)), "malformed.shape"),
    (
        "a group of another namespace",
        encoded(document(group(READ), '<c:PrivilegeGroup xmlns:c="urn:c"/>')),
        "malformed.shape",
    ),
    ("text beside groups", encoded(document(group(READ), "x")), "malformed.shape"),
    (
        "an attribute on the list",
        encoded(document(group(READ), attributes='Until="2026"')),
        "malformed.shape",
    ),
    ("too many groups", encoded(document(group(READ) * (MAX_GROUPS + 1))), "limit.elements"),
    (
        "too many privileges",
        encoded(document(group("<Privilege/>" * (MAX_ENTRIES + 1)))),
        "limit.elements",
    ),
    ("too long a value", "A" * (MAX_CHARACTERS + 1), "limit.size"),
]


@pytest.mark.parametrize(
    ("value", "version", "groups"), [r[1:] for r in READ_AS], ids=[r[0] for r in READ_AS]
)
def test_it_is_read(
    value: str, version: Version | None, groups: tuple[PrivilegeGroup, ...]
) -> None:
    assert read_list(value) == PrivilegeList(version, groups)
    assert read_privileges(value) == groups


@pytest.mark.parametrize("inside", [r[1] for r in SILENCED], ids=[r[0] for r in SILENCED])
def test_a_group_with_more_or_less_than_the_profile_gives_nothing(inside: str) -> None:
    """The groups beside it are read as before."""
    for namespace in NAMESPACES:
        spoilt = inside.replace(OLD, NAMESPACES[1 - NAMESPACES.index(namespace)])
        found = read_list(encoded(document(spoilt, group(READ), namespace=namespace))).groups
        assert [g.privileges for g in found] == [(), ("urn:dk:x:read",)]


@pytest.mark.parametrize(("value", "code"), [r[1:] for r in REFUSED], ids=[r[0] for r in REFUSED])
def test_it_is_refused(value: str, code: str) -> None:
    with pytest.raises(Refused) as refused:
        read_list(value)
    assert refused.value.code == code


@pytest.mark.parametrize("inside", [group(READ) * MAX_GROUPS, group("<Privilege/>" * MAX_ENTRIES)])
def test_as_much_as_the_limit_is_read(inside: str) -> None:
    assert read_list(encoded(document(inside))).groups


@given(st.text() | st.text(alphabet="<>/bPrivlegLst:= \"'&;x").map(lambda t: document(group(t))))
def test_whatever_comes_is_read_or_refused(text: str) -> None:
    for value in (text, encoded(text.encode("utf-8", "surrogatepass"))):
        with suppress(Refused):  # and nothing else
            read_list(value)


SCOPES: list[tuple[str, ScopeKind, str]] = [
    (SCOPE, "cvr", "90000004"),
    ("URN:DK:GOV:SAML:CVRNUMBERIDENTIFIER:90000004", "cvr", "90000004"),
    (CVR_SCOPE + " 90000004\n", "cvr", "90000004"),
    (CVR_SCOPE, "cvr", ""),
    ("urn:dk:gov:saml:productionUnitIdentifier:1000000001", "production_unit", "1000000001"),
    ("urn:dk:gov:saml:seNumberIdentifier:90000004", "se_number", "90000004"),
    ("urn:dk:gov:saml:cprNumberIdentifier:0101010000", "person", ""),
    ("urn:DK:gov:saml:CprNumberIdentifier: 0101010000", "person", ""),
    ("urn:dk:healthcare:saml:userAuthorization:AuthorizationCode:341KY", "other", ""),
    ("90000004", "other", ""),
    ("", "other", ""),
]


@pytest.mark.parametrize(("scope", "kind", "number"), SCOPES)
def test_a_scope_is_of_a_kind(scope: str, kind: ScopeKind, number: str) -> None:
    assert scope_of(PrivilegeGroup(scope, ())) == (kind, number)


def test_a_number_of_a_person_stands_in_no_repr() -> None:
    scope = "urn:dk:gov:saml:cprNumberIdentifier:0101010000"
    held = PrivilegeGroup(scope, ("urn:dk:x:read",), (("urn:x", "0101010000"),))
    assert "0101010000" not in repr(PrivilegeList("1.2", (held,)))
