"""From the value of a privileges attribute to the roles that it comes to, and what it does not."""

from dataclasses import replace

import pytest

from broker.attributes.model import Claims
from broker.login.acting import read_said
from broker.saml.assurance import Assurance
from tests.privileges import OLD, encoded, group, privileges
from tests.unit.organisations.office import NEMLOGIN
from tests.unit.roles.situations import (
    BASE,
    CVR,
    OTHER_CVR,
    READ,
    READER,
    SOR,
    WARD,
    WRITER,
    answer,
    codes,
    rule,
    values,
)

UNIT = (SOR.urn, WARD)


ROLES: dict[str, tuple[str, set[str], set[str]]] = {
    "a privilege": (privileges(group(READ)), {"Reader_0_3"}, set()),
    "the old namespace": (privileges(group(READ), namespace=OLD), {"Reader_0_3"}, set()),
    "a unit kept": (privileges(group(READ, UNIT)), {f"Reader_{WARD}_3"}, set()),
    "a unit twice over": (
        privileges(group(READ, UNIT, UNIT)),
        set(),
        {"privilege.constraint_repeated"},
    ),
    "a constraint nobody knows": (
        privileges(group(READ, ("urn:x:kle", "1"))),
        set(),
        {"privilege.constraint_unknown"},
    ),
    "a unit that is none": (
        privileges(group(READ, (SOR.urn, "0_3 Admin"))),
        set(),
        {"scope.unknown_code"},
    ),
    "another organisation": (
        privileges(group(READ, cvr=OTHER_CVR)),
        set(),
        {"privilege.scope_foreign"},
    ),
    "a privilege nobody asks for": (privileges(group("urn:x:a")), set(), {"privilege.unused"}),
    "no base64": ("!!", set(), {"privilege.malformed"}),
    "no XML": (encoded(b"<x"), set(), {"privilege.malformed"}),
    "another root": (encoded(b"<PrivilegeList/>"), set(), {"privilege.malformed"}),
    "a DTD": (encoded(b"<!DOCTYPE x><x/>"), set(), {"privilege.malformed"}),
}


@pytest.mark.parametrize("case", ROLES)
def test_privileges_become_roles_or_a_reason(case: str) -> None:
    value, expected, reasons = ROLES[case]
    claims = Claims({"cvr": (CVR,), "privileges": (value,)}, Assurance.SUBSTANTIAL)
    found = answer(replace(BASE, said=read_said(claims, NEMLOGIN), rules=(rule(),)))
    assert values(found) == expected
    assert codes(found) == reasons


def test_a_unit_gives_nothing_to_a_role_that_knows_none() -> None:
    claims = Claims({"cvr": (CVR,), "privileges": (privileges(group(READ, UNIT)),)}, None)
    said = read_said(claims, NEMLOGIN)
    found = answer(replace(BASE, said=said, rules=(rule(WRITER, scopes=()),)))
    assert codes(found) == {"scope.not_copied"}
    assert values(answer(replace(BASE, said=said, rules=(rule(READER),)))) == {f"Reader_{WARD}_3"}
