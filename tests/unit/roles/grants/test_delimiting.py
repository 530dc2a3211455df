"""How a grant may be delimited: as the role takes it, and as services read it."""

from collections.abc import Callable
from datetime import datetime, timedelta
from functools import partial
from uuid import UUID

import pytest

from broker.db import writing
from broker.errors import NotAllowed
from broker.roles.grants.facts import Ceiling, Scope
from broker.roles.grants.model import Given, Wanted
from tests.factories import NOW
from tests.unit.roles.grants.rights import (
    CLOSED,
    DAY,
    ELSEWHERE,
    HOSPITAL,
    NIGHT,
    OWN,
    REGION,
    WARD,
    Region,
    alone,
    below,
)

YEAR = timedelta(days=365)


def refusal(attempt: Callable[[], object]) -> str:
    with pytest.raises(NotAllowed) as caught:
        attempt()
    return caught.value.code


SCOPES: list[tuple[str, str, list[Scope]]] = [
    ("grant.scope_missing", "caseworker", []),
    ("grant.scope_type", "reader", [below(WARD)]),
    ("grant.scope_type", "caseworker", [Scope("cvr", "value", "90000004"), below(WARD)]),
    ("grant.scope_value", "caseworker", [below("1231000016008")]),
    ("grant.scope_value", "caseworker", [below(CLOSED)]),
    ("grant.scope_value", "caseworker", [below("")]),
    ("grant.ceiling", "caseworker", [below(REGION)]),
    ("grant.ceiling", "caseworker", [below(ELSEWHERE)]),
    ("grant.ceiling", "caseworker", [below(WARD), below(ELSEWHERE)]),
    ("grant.ceiling", "optional", []),
    ("grant.ceiling", "exact", [below(WARD)]),
    ("grant.scope_exact", "caseworker", [alone(HOSPITAL)]),
    ("grant.scope_exact", "everywhere", [alone(HOSPITAL)]),
    ("grant.scope_count", "few", [below(WARD), below(ELSEWHERE)]),
    ("grant.scope_forbidden", "few", [below(NIGHT)]),
    ("grant.scope_forbidden", "few", [below(HOSPITAL)]),
    ("grant.own_unit", "few", [OWN]),
    ("grant.own_unit", "caseworker", [Scope("sor", "own_cvr")]),
    ("grant.scope_value", "letters", [Scope("area", "value", "abc", with_descendants=False)]),
    ("grant.scope_tree", "letters", [Scope("area", "value", "AB", with_descendants=True)]),
]
FITS: list[tuple[str, list[Scope]]] = [
    ("caseworker", [below(HOSPITAL)]),
    ("caseworker", [alone(WARD), below(NIGHT)]),
    ("caseworker", [Scope("sor", "own_unit")]),
    ("optional", [alone(WARD)]),
    ("exact", [alone(WARD)]),
    ("exploded", [alone(HOSPITAL)]),
    ("everywhere", [below(REGION)]),
    ("few", [below(WARD), alone(WARD)]),
    ("letters", [Scope("area", "value", "AB", with_descendants=False)]),
]


def add_roles(region: Region) -> None:
    sor = {"type": "sor"}
    hospital = Ceiling("sor", HOSPITAL, with_descendants=True)
    forbidden = {"type": "sor", "value": NIGHT, "reason": {"da": "lukket", "en": "locked"}}
    region.service("exploding", subtree="expand", national=["urn:dk:example:national:abroad"])
    with region.work():
        region.role("few", delimitations=[{**sor, "most": 1}], forbidden=[forbidden])
        region.role("letters", delimitations=[{"type": "area"}])
        region.role("optional", delimitations=[{**sor, "least": 0}])
        region.role("exact", delimitations=[sor])
        region.role("exploded", delimitations=[sor], service="exploding")
        region.role("everywhere", delimitations=[sor], service=None)
        region.service("taking", national=["urn:dk:example:national:everywhere"])
        for role in ("few", "letters", "exploded", "everywhere"):
            region.entitle(region.region, role)
        region.entitle(region.region, "optional", hospital)
        region.entitle(region.region, "exact", Ceiling("sor", WARD, with_descendants=False))


def test_a_delimitation_that_does_not_fit_is_refused_with_its_reason(region: Region) -> None:
    add_roles(region)
    acting = region.acting(region.bo)
    with writing(region.engine) as connection:
        for code, role, scopes in SCOPES:
            wanted = Wanted(
                region.region, region.roles[role], account=region.anna, scopes=tuple(scopes)
            )
            found = region.grants.examine(connection, acting, wanted, NOW)
            assert code in {one.code for one in found.objections}, (role, scopes)
        for role, scopes in FITS:
            wanted = Wanted(
                region.region, region.roles[role], account=region.anna, scopes=tuple(scopes)
            )
            found = region.grants.examine(connection, acting, wanted, NOW)
            assert not found.objections, (role, scopes)


def test_own_unit_must_lie_below_the_ceiling_now(region: Region) -> None:
    stray = region.account(region.region, "Carl", unit=ELSEWHERE)
    nowhere = region.account(region.region, "Dorte")
    group = region.group(region.region, "Nat", region.anna, stray)

    def give(account: UUID | None = None, group: UUID | None = None) -> Given:
        return region.give(
            region.bo,
            region.region,
            "caseworker",
            scopes=[OWN],
            account=account,
            group=group,
        )

    assert refusal(lambda: give(account=stray)) == "grant.ceiling"
    assert refusal(lambda: give(group=group)) == "grant.ceiling"
    assert refusal(lambda: give(account=nowhere)) == "grant.own_unit"
    # "Own unit" of nobody reaches nowhere, and hides no code that stands beside it.
    empty = region.group(region.region, "Tom")
    beside = partial(region.give, region.bo, region.region, "caseworker", group=empty)
    assert refusal(partial(beside, scopes=[OWN, below(ELSEWHERE)])) == "grant.ceiling"
    # Somebody without a unit gets nothing through a group, and keeps nobody else from it.
    give(group=region.group(region.region, "Dag", region.anna, nowhere))


def test_every_ceiling_that_will_hold_meanwhile_counts(region: Region) -> None:
    region.role("planned", delimitations=[{"type": "sor"}])
    region.entitle(region.region, "planned", until=NOW + 10 * DAY)
    narrow = Ceiling("sor", WARD, with_descendants=True)
    region.entitle(region.region, "planned", narrow, since=NOW + 10 * DAY)

    def attempt(until: datetime) -> Given:
        return region.give(
            region.bo,
            region.region,
            "planned",
            account=region.anna,
            scopes=[below(NIGHT)],
            until=until,
        )

    assert refusal(lambda: attempt(NOW + 11 * DAY)) == "grant.ceiling"
    attempt(NOW + 10 * DAY)
