"""What a service reads of roles, and whether that is what was planned."""

import base64

import pytest

from broker.demo.people import people_of
from broker.demo.planned import PLANNED, Planned, differences
from broker.demo.told import Role, roles_in
from broker.roles.catalogue.snapshot import Catalogue
from broker.saml import names
from broker.saml.privileges import CVR_SCOPE, NAMESPACES, SOR_CONSTRAINT

LIST = (
    f'<bpp:PrivilegeList xmlns:bpp="{NAMESPACES[0]}"><PrivilegeGroup Scope="{CVR_SCOPE}90000004">'
    f"<Privilege>urn:x:a</Privilege><Privilege>urn:x:b</Privilege>"
    f'<Constraint Name="{SOR_CONSTRAINT}">1501000016001</Constraint>'
    "</PrivilegeGroup></bpp:PrivilegeList>"
)
UNIT = ((SOR_CONSTRAINT, "1501000016001"),)


@pytest.mark.parametrize(
    ("name", "text", "roles"),
    [
        (
            names.ROLE_CLAIM,
            "Reader_1501000016001_3",
            [Role("classic", "Reader", (("", "1501000016001"),), text="Reader_1501000016001_3")],
        ),
        (names.ROLE_CLAIM, "Reader_0_3", [Role("classic", "Reader", text="Reader_0_3")]),
        (names.ROLE_CLAIM, "Reader", [Role("plain", "Reader", text="Reader")]),
        (names.OIO2_PRIVILEGES_SIMPLE, "urn:x:a", [Role("simple", "urn:x:a")]),
        (
            names.PRIVILEGES,
            base64.b64encode(LIST.encode()).decode(),
            [
                Role("oiobpp", "urn:x:a", UNIT, "90000004"),
                Role("oiobpp", "urn:x:b", UNIT, "90000004"),
            ],
        ),
        (names.PRIVILEGES, "nothing that can be read", []),
        (names.FULL_NAME, "Reader_0_3", []),
    ],
    ids=["classic", "classic without a unit", "plain", "simple", "list", "no list", "no role"],
)
def test_roles_are_read_from_the_attributes_that_tell_them(
    name: str, text: str, roles: list[Role]
) -> None:
    assert list(roles_in({name: (text,)})) == roles


WANTED = Planned("mette", (("Reader", ("1501000016001",)), ("Writer", ())))
READER = Role("classic", "Reader", (("", "1501000016001"),))
WRITER = Role("classic", "Writer")


@pytest.mark.parametrize(
    ("told", "wrong"),
    [
        ((READER, WRITER), ()),
        ((), ("no role at all",)),
        ((READER,), ("classic: Writer is missing",)),
        ((READER, WRITER, Role("classic", "Admin")), ("classic: Admin is too much",)),
        (
            (Role("classic", "Reader"), WRITER),
            ("classic: Reader 1501000016001 is missing", "classic: Reader is too much"),
        ),
        ((READER, WRITER, Role("plain", "Reader")), None),
    ],
    ids=["as planned", "nothing", "one missing", "one too many", "without its unit", "two forms"],
)
def test_every_difference_from_the_plan_is_told(
    told: tuple[Role, ...], wrong: tuple[str, ...] | None
) -> None:
    found = differences(WANTED, told, Catalogue(), "sundhed", "dpsd")
    assert found == wrong if wrong is not None else len(found) == 3


def test_nothing_planned_and_nothing_told_is_as_planned() -> None:
    assert differences(Planned("ellen", ()), (), Catalogue(), "borger", "web-pharmacy") == ()
    assert differences(Planned("ellen", ()), (READER,), Catalogue(), "borger", "x") != ()


def test_the_plan_names_people_of_the_identity_provider() -> None:
    for (service, idp), planned in PLANNED.items():
        assert planned.person in {person.key for person in people_of(idp)}, (service, idp)
