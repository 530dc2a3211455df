"""What people of an organisation hold themselves, read as a whole and one by one."""

from broker.roles.grants import store
from tests.factories import NOW
from tests.unit.roles.grants.rights import DAY, OWN, WARD, Region, below


def test_the_whole_says_what_each_grant_says(region: Region) -> None:
    place, bo = region.region, region.bo
    zoe = region.account(place, "Zoe", unit=WARD)
    given = [
        region.give(bo, place, "reader", account=region.anna),
        region.give(bo, place, "caseworker", account=region.anna, scopes=[OWN, below(WARD)]),
        region.give(bo, place, "reader", account=zoe, since=NOW + 5 * DAY),
        region.give(bo, place, "caseworker", account=zoe, scopes=[OWN], until=NOW + 2 * DAY),
    ]
    region.give(bo, place, "reader", group=region.group(place, "Night", region.anna))
    there = region.organisation(name="Elsewhere")
    region.entitle(there, "reader")
    boss = region.admin(there, "Per")
    region.give(boss, there, "reader", account=region.account(there, "Otto"))
    with region.work() as connection:
        whole = store.direct_in(connection, place, NOW)
        assert {one.id for one in whole} == {one.grant.id for one in given}
        assert set(whole) == set(store.grants(connection, [one.id for one in whole]))
        assert {len(one.scopes) for one in whole} == {0, 1, 2}
        later = store.direct_in(connection, place, NOW + 3 * DAY)
        assert {one.id for one in later} == {one.grant.id for one in given[:3]}
        store.revoke(connection, given[0].grant.id, NOW, "Bo", "no more")
        left = store.direct_in(connection, place, NOW)
        assert {one.id for one in left} == {one.grant.id for one in given[1:]}
