"""What may be granted and what not: each refusal alone, on both engines."""

from collections.abc import Callable

import pytest

from broker.db import writing
from broker.errors import NotAllowed
from broker.roles.grants import store
from broker.roles.grants.facts import Scope
from broker.roles.grants.store.effective import of_account
from tests.factories import NOW
from tests.unit.roles.grants.rights import (
    CLOSED,
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


def refusal(attempt: Callable[[], object]) -> str:
    with pytest.raises(NotAllowed) as caught:
        attempt()
    return caught.value.code


def test_a_grant_counts_at_once_and_says_who_gave_it(region: Region) -> None:
    given = region.give(region.bo, region.region, "caseworker", account=region.anna, scopes=[OWN])
    with writing(region.engine) as connection:
        (held,) = of_account(connection, region.anna, NOW)
        known = store.grant(connection, given.grant.id)
    assert held.id == given.grant.id
    assert known == given.grant
    assert known is not None
    assert known.by_account == region.bo
    assert known.scopes == (Scope("sor", "own_unit_tree", "", with_descendants=True),)


def test_a_grant_to_a_group_counts_for_its_members(region: Region) -> None:
    group = region.group(region.region, "Nat", region.anna)
    region.give(region.bo, region.region, "caseworker", group=group, scopes=[below(WARD)])
    with writing(region.engine) as connection:
        (held,) = of_account(connection, region.anna, NOW)
    assert (held.via, held.via_name) == ("group", "Nat")


SCOPES = [
    ("grant.scope_missing", "caseworker", []),
    ("grant.scope_type", "reader", [below(WARD)]),
    ("grant.scope_type", "caseworker", [Scope("cvr", "value", "90000004"), below(WARD)]),
    ("grant.scope_value", "caseworker", [below("1231000016008")]),
    ("grant.scope_value", "caseworker", [below(CLOSED)]),
    ("grant.ceiling", "caseworker", [below(REGION)]),
    ("grant.ceiling", "caseworker", [below(ELSEWHERE)]),
    ("grant.ceiling", "caseworker", [below(WARD), below(ELSEWHERE)]),
    ("grant.scope_exact", "caseworker", [alone(HOSPITAL)]),
    ("grant.scope_count", "few", [below(WARD), below(NIGHT)]),
    ("grant.scope_forbidden", "few", [below(NIGHT)]),
    ("grant.scope_forbidden", "few", [below(HOSPITAL)]),
    ("grant.own_unit", "few", [OWN]),
    ("grant.own_unit", "caseworker", [Scope("sor", "own_cvr")]),
    ("grant.scope_value", "letters", [Scope("area", "value", "abc", with_descendants=False)]),
    ("grant.scope_tree", "letters", [Scope("area", "value", "AB", with_descendants=True)]),
]


def add_roles(region: Region) -> None:
    region.role(
        "few",
        delimitations=[{"type": "sor", "most": 1}],
        forbidden=[{"type": "sor", "value": NIGHT, "reason": {"da": "lukket", "en": "locked"}}],
    )
    region.role("letters", delimitations=[{"type": "area"}])
    region.entitle(region.region, "few")
    region.entitle(region.region, "letters")


def test_a_delimitation_that_does_not_fit_is_refused_with_its_reason(region: Region) -> None:
    add_roles(region)
    for code, role, scopes in SCOPES:
        attempt = lambda role=role, scopes=scopes: region.give(  # noqa: E731
            region.bo, region.region, role, account=region.anna, scopes=scopes
        )
        assert refusal(attempt) == code, (role, scopes)
