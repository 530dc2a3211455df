"""Administrators of a unit reach no further through groups, nor people through second accounts."""

from uuid import UUID

import pytest

from broker.audit.store import AuditStore
from broker.errors import NotAllowed
from broker.organisations.desk import Desk
from broker.organisations.grouping import GroupService
from broker.organisations.store import account
from broker.roles.asking import Resolver
from broker.roles.grants.facts import Scope
from broker.roles.grants.guarding import RoleGuard, UnitTree
from broker.saml.profiles import PROFILES
from tests.factories import NOW
from tests.unit.roles.grants.rights import HOSPITAL, OWN, WARD, Region, below, deed


def groups(region: Region) -> GroupService:
    return GroupService(
        Desk(region.engine, AuditStore(), UnitTree()), RoleGuard(region.cache.current_in)
    )


@pytest.mark.parametrize(
    ("role", "scopes", "code"),
    [
        ("caseworker", (below(HOSPITAL),), "permission.unit"),
        ("caseworker", (below(WARD),), ""),
        ("caseworker", (OWN,), ""),
        ("reader", (), ""),
    ],
    ids=["wider", "within", "own unit", "without units"],
)
def test_whoever_administers_a_unit_lets_nobody_into_a_group_with_wider_roles(
    region: Region, role: str, scopes: tuple[Scope, ...], code: str
) -> None:
    of_ward = region.admin(region.region, "Ulla Ulv", unit=WARD, mandate_unit=WARD)
    group = region.group(region.region, "Vagthold")
    region.give(region.bo, region.region, role, group=group, scopes=scopes)

    def join(by: UUID) -> None:
        groups(region).join(region.acting(by), group, region.anna, deed())

    if code:
        with pytest.raises(NotAllowed) as refused:
            join(of_ward)
        assert refused.value.code == code
        join(region.bo)
    else:
        join(of_ward)


def test_two_accounts_that_one_login_finds_are_one_person_to_a_conflict(region: Region) -> None:
    region.role("payer")
    other = region.organisation("99000012")
    for home in (region.region, other):
        region.entitle(home, "payer")
    region.roles |= {"dpsd:reader": region.roles["reader"], "dpsd:payer": region.roles["payer"]}
    person = region.person()
    here = region.account(region.region, "Anna H.", unit=WARD, person=person)
    there = region.account(other, "Anna H.", person=person)
    boss = region.admin(other, "Carl")
    region.give(region.bo, region.region, "reader", account=here)
    region.give(boss, other, "payer", account=there)
    region.rule("two", "dpsd:reader", "dpsd:payer", reach="person")
    resolver = Resolver(region.cache)
    with region.work() as connection:
        who = account(connection, here, NOW)
        found = resolver.answer(
            connection, "sundhed", "dpsd", who, None, PROFILES["oiosaml-3"], NOW
        )
    assert [one.code for one in found.left_out] == ["conflict.blocked"]
    assert found.issued == ()
