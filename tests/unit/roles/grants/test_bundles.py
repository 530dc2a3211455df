"""Bundles to grant from, and a colleague's roles as a list to tick."""

from collections.abc import Callable
from functools import partial

import pytest

from broker.db import writing
from broker.errors import NotAllowed, Unknown
from broker.roles.grants import store
from broker.roles.grants.bundles import Handing
from broker.roles.grants.copying import copyable
from broker.roles.grants.facts import Scope
from broker.roles.grants.model import Bundle
from broker.roles.grants.tables import GRANT
from tests.factories import NOW
from tests.unit.roles.grants.rights import DAY, ELSEWHERE, OWN, WARD, Region, below, count, deed


def refusal(attempt: Callable[[], object]) -> str:
    with pytest.raises((NotAllowed, Unknown)) as caught:
        attempt()
    code: str = caught.value.code
    return code


def make(region: Region, name: str, *roles: str) -> Bundle:
    acting = region.acting(region.bo)
    ids = [region.roles[role] for role in roles]
    with writing(region.engine) as connection:
        return region.bundles.make(connection, acting, region.region, name, ids, deed())


def test_each_role_of_a_bundle_becomes_a_grant_that_remembers_it(region: Region) -> None:
    bundle = make(region, "Nye sygeplejersker", "reader", "caseworker")
    acting = region.acting(region.bo)
    with writing(region.engine) as connection:
        handing = Handing(account=region.anna, until=NOW + 9 * DAY)
        given = region.bundles.give(connection, acting, bundle.id, handing, deed())
        held = store.grants_of(connection, accounts=(region.anna,))
    assert {one.grant.id for one in given} == {grant.id for grant in held}
    assert {grant.bundle for grant in held} == {bundle.id}
    # Nobody said how the caseworker is delimited: by own unit, since the role allows that.
    assert {grant.scopes for grant in held} == {
        (),
        (Scope("sor", "own_unit_tree", "", with_descendants=True),),
    }


def test_a_bundle_is_granted_wholly_or_not_at_all(region: Region) -> None:
    bundle = make(region, "Nye", "reader", "caseworker")
    stray = region.account(region.region, unit=ELSEWHERE)
    acting = region.acting(region.bo)

    def give() -> None:
        with writing(region.engine) as connection:
            region.bundles.give(connection, acting, bundle.id, Handing(account=stray), deed())

    assert refusal(give) == "grant.ceiling"
    assert count(region.engine, GRANT) == 0


def test_what_can_be_no_bundle_is_refused(region: Region) -> None:
    region.role("unentitled")
    make(region, "Nye", "reader")
    assert refusal(lambda: make(region, "Nye", "reader")) == "bundle.name"
    assert refusal(lambda: make(region, "  ", "reader")) == "bundle.name"
    assert refusal(lambda: make(region, "Tom")) == "bundle.empty"
    assert refusal(lambda: make(region, "Andre", "unentitled")) == "bundle.role"
    anna = region.acting(region.anna)
    with writing(region.engine) as connection:
        roles = [region.roles["reader"]]
        attempt = [
            lambda: region.bundles.make(connection, anna, region.region, "Min", roles, deed()),
            lambda: region.bundles.change(connection, anna, region.anna, roles, deed()),
        ]
        assert [refusal(one) for one in attempt] == ["permission.mandate", "bundle.unknown"]


def test_a_changed_bundle_leaves_what_was_granted_from_it(region: Region) -> None:
    bundle = make(region, "Nye", "reader")
    acting = region.acting(region.bo)
    with writing(region.engine) as connection:
        region.bundles.give(connection, acting, bundle.id, Handing(account=region.anna), deed())
        roles = [region.roles["caseworker"]]
        region.bundles.change(connection, acting, bundle.id, roles, deed())
        (known,) = store.bundles_of(connection, region.region)
        (held,) = store.grants_of(connection, accounts=(region.anna,))
    assert known.roles == {region.roles["caseworker"]}
    assert held.role == region.roles["reader"]


def test_copying_is_a_list_where_nothing_sensitive_is_ticked(region: Region) -> None:
    region.role("secret", sensitivity="sensitive")
    region.entitle(region.region, "secret")
    group = region.group(region.region, "Nat", region.anna)
    give = region.give
    give(region.bo, region.region, "reader", account=region.anna, until=NOW + 9 * DAY)
    give(region.bo, region.region, "secret", account=region.anna)
    give(region.bo, region.region, "caseworker", account=region.anna, scopes=[OWN])
    give(region.bo, region.region, "caseworker", group=group, scopes=[below(WARD)])
    fresh = region.account(region.region, "Fie", unit=ELSEWHERE)
    acting = region.acting(region.bo)
    with writing(region.engine) as connection:
        ticks = copyable(region.grants, connection, acting, region.anna, fresh, NOW)
        for tick in ticks:
            if tick.ticked:
                region.grants.give(connection, acting, tick.wanted, deed())
        (held,) = store.grants_of(connection, accounts=(fresh,))
    names = {id_: name for name, id_ in region.roles.items()}
    shown = {
        (names[tick.source.role], tick.ticked, tuple(one.code for one in tick.objections))
        for tick in ticks
    }
    assert shown == {
        ("reader", True, ()),
        ("secret", False, ()),
        ("caseworker", False, ("grant.ceiling",)),
        ("caseworker", False, ("grant.through_group",)),
    }
    assert held.period.until == NOW + 9 * DAY
    elsewhere = region.account(region.organisation())
    anna = region.acting(region.anna)
    with writing(region.engine) as connection:
        for one, other in ((region.anna, elsewhere), (elsewhere, fresh)):
            attempt = (region.grants, connection, acting, one, other, NOW)
            assert refusal(partial(copyable, *attempt)) == "grant.holder"
        mine = (region.grants, connection, anna, region.anna, fresh, NOW)
        assert refusal(partial(copyable, *mine)) == "permission.mandate"
