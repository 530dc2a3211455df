"""What becomes of grants when people move, and when organisations become one."""

from uuid import UUID

from broker.audit.store import told_under
from broker.db import writing
from broker.organisations.hooks import Moved
from broker.roles.grants import store
from broker.roles.grants.facts import Ceiling, Scope
from broker.roles.grants.model import Grant
from broker.roles.grants.moving import unit_move
from broker.roles.grants.store.effective import of_account
from tests.factories import NOW
from tests.unit.roles.grants.rights import (
    CONSOLE,
    ELSEWHERE,
    HOSPITAL,
    NIGHT,
    OWN,
    WARD,
    Region,
    below,
    deed,
)


def test_own_unit_follows_a_move_and_named_units_are_shown(region: Region) -> None:
    def give(*scopes: Scope) -> UUID:
        return region.give(
            region.bo, region.region, "caseworker", account=region.anna, scopes=scopes
        ).grant.id

    own, named = give(OWN), give(below(WARD))
    region.give(region.bo, region.region, "reader", account=region.anna)
    with writing(region.engine) as connection:
        catalogue = region.cache.current_in(connection)
        near = unit_move(connection, catalogue, region.anna, NIGHT, NOW)
        far = unit_move(connection, catalogue, region.anna, ELSEWHERE, NOW)
        nowhere = unit_move(connection, catalogue, region.anna, None, NOW)
    assert ids(near.follow, near.lost, near.look) == [[own], [], [named]]
    assert ids(far.follow, far.lost, far.look) == [[], [own], [named]]
    assert ids(nowhere.follow, nowhere.lost) == [[], [own]]


def ids(*moves: tuple[Grant, ...]) -> list[list[UUID]]:
    return [[grant.id for grant in move] for move in moves]


def roles(region: Region, account: UUID) -> set[str]:
    names = {id_: name for name, id_ in region.roles.items()}
    with writing(region.engine) as connection:
        return {names[held.role] for held in of_account(connection, account, NOW)}


def test_a_merge_takes_along_what_the_new_organisation_may_hand_out(region: Region) -> None:
    new = region.organisation()
    with region.work():
        region.role("alone")
        region.entitle(region.region, "alone")
        region.entitle(new, "reader")
        region.entitle(new, "caseworker", Ceiling("sor", WARD, with_descendants=True))
    group = region.group(region.region, "Nat", region.anna)
    give = region.give
    for role in ("reader", "alone"):
        give(region.bo, region.region, role, account=region.anna)
    give(region.bo, region.region, "caseworker", account=region.anna, scopes=[below(WARD)])
    give(region.bo, region.region, "caseworker", account=region.anna, scopes=[below(HOSPITAL)])
    give(region.bo, region.region, "reader", group=group)
    heir, crowd = region.account(new, unit=WARD), region.group(new, "Nat")
    with writing(region.engine) as connection:
        stuck = region.mover.stuck(connection, region.region, new, NOW)
        assert region.mover.count(connection, region.region, NOW) == 5
        moved = Moved(region.region, new, {region.anna: heir}, {group: crowd})
        went = region.mover.move(connection, moved, CONSOLE, deed())
        kept = store.grants_of(connection, accounts=(region.anna,), groups=(group,))
        there = store.grants_of(connection, accounts=(heir,), groups=(crowd,))
        told = told_under(connection, "R")
    assert sorted(one.code for _, one in stuck) == ["grant.ceiling", "grant.not_entitled"]
    assert went == 3
    assert all(grant.revoked_at == NOW for grant in kept)
    assert {(grant.account, grant.group, grant.scopes) for grant in there} == {
        (heir, None, ()),
        (heir, None, (below(WARD),)),
        (None, crowd, ()),
    }
    assert roles(region, heir) == {"reader", "caseworker"}
    assert roles(region, region.anna) == set()
    left = [said["reason"] for name, said in told if said.get("what") == "not_moved"]
    assert sorted(str(reason).partition(":")[0] for reason in left) == [
        "grant.ceiling",
        "grant.not_entitled",
    ]


def test_two_accounts_that_become_one_have_each_role_once(region: Region) -> None:
    other = region.account(region.region, "Anna H.", unit=WARD)
    for account in (region.anna, other):
        region.give(region.bo, region.region, "reader", account=account)
    region.give(region.bo, region.region, "caseworker", account=other, scopes=[OWN])
    with writing(region.engine) as connection:
        moved = Moved(region.region, region.region, {other: region.anna})
        assert region.mover.move(connection, moved, CONSOLE, deed()) == 2
    assert roles(region, region.anna) == {"reader", "caseworker"}
    assert roles(region, other) == set()
