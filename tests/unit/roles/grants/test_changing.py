"""Extending, shortening, narrowing, revoking and giving back; the past stays as it was."""

from collections.abc import Callable, Sequence
from datetime import datetime
from functools import partial
from uuid import UUID, uuid4

import pytest

from broker.audit.store import told_under
from broker.db import writing
from broker.errors import NotAllowed, Unknown
from broker.periods import FOREVER
from broker.roles.grants import store
from broker.roles.grants.facts import Scope
from broker.roles.grants.model import Given
from broker.roles.grants.store.effective import of_account
from tests.factories import NOW
from tests.unit.roles.grants.rights import (
    CONSOLE,
    DAY,
    ELSEWHERE,
    HOSPITAL,
    NIGHT,
    OWN,
    WARD,
    Region,
    alone,
    below,
    deed,
)

LATER = NOW + 5 * DAY


def refusal(attempt: Callable[[], object]) -> str:
    with pytest.raises((NotAllowed, Unknown)) as caught:
        attempt()
    code: str = caught.value.code
    return code


def extend(region: Region, grant: UUID, until: datetime, at: datetime = LATER) -> Given:
    acting = region.acting(region.bo, at)
    with writing(region.engine) as connection:
        return region.grants.extend(connection, acting, grant, until, deed(at))


def shorten(region: Region, grant: UUID, until: datetime, at: datetime = LATER) -> Given:
    acting = region.acting(region.bo, at)
    with writing(region.engine) as connection:
        return region.grants.shorten(connection, acting, grant, until, deed(at))


def narrow(region: Region, grant: UUID, scopes: Sequence[Scope], at: datetime = LATER) -> Given:
    acting = region.acting(region.bo, at)
    with writing(region.engine) as connection:
        return region.grants.narrow(connection, acting, grant, scopes, deed(at))


def revoke(region: Region, grant: UUID, by: UUID | None = None, at: datetime = LATER) -> None:
    acting = region.acting(by or region.bo, at)
    with writing(region.engine) as connection:
        region.grants.revoke(connection, acting, grant, deed(at))


def has(region: Region, at: datetime) -> list[tuple[Scope, ...]]:
    with writing(region.engine) as connection:
        return [held.scopes for held in of_account(connection, region.anna, at)]


def test_extending_and_shortening_move_the_end_and_nothing_else(region: Region) -> None:
    until = NOW + 10 * DAY
    grant = region.give(region.bo, region.region, "reader", account=region.anna, until=until).grant
    assert extend(region, grant.id, until + DAY).grant.period.until == until + DAY
    assert shorten(region, grant.id, LATER).grant.period.until == LATER
    assert has(region, LATER - DAY)
    assert not has(region, LATER)
    with writing(region.engine) as connection:
        names = [name for name, _ in told_under(connection, "R")]
    assert names.count("grant.changed") == 2


def test_an_end_never_moves_into_the_past_nor_a_grant_out_of_it(region: Region) -> None:
    until = NOW + 10 * DAY

    def give(since: datetime | None = None, until: datetime | None = None) -> Given:
        return region.give(
            region.bo,
            region.region,
            "reader",
            account=region.anna,
            since=since,
            until=until,
        )

    grant = give(until=until).grant.id
    assert refusal(lambda: shorten(region, grant, LATER - DAY)) == "grant.past"
    assert refusal(lambda: shorten(region, grant, until)) == "grant.not_shorter"
    assert refusal(lambda: extend(region, grant, until)) == "grant.not_longer"
    over = until + DAY
    assert refusal(lambda: extend(region, grant, over + DAY, over)) == "grant.ended"
    assert refusal(lambda: shorten(region, grant, over, over)) == "grant.ended"
    assert refusal(lambda: revoke(region, grant, at=over)) == "grant.ended"
    planned = give(since=until, until=FOREVER).grant.id
    assert refusal(lambda: shorten(region, planned, until - DAY)) == "grant.period"
    revoke(region, planned)
    for attempt in (
        lambda: revoke(region, planned),
        lambda: extend(region, planned, over),
        lambda: narrow(region, planned, []),
    ):
        assert refusal(attempt) == "grant.revoked"
    assert refusal(lambda: revoke(region, uuid4())) == "grant.unknown"


def test_extending_asks_every_rule_again(region: Region) -> None:
    region.role("brief", max_days=10)
    right = region.entitle(region.region, "brief")
    until = NOW + 9 * DAY
    grant = region.give(region.bo, region.region, "brief", account=region.anna, until=until).grant
    assert refusal(lambda: extend(region, grant.id, LATER + 12 * DAY)) == "grant.too_long"
    extend(region, grant.id, LATER + 10 * DAY)
    with writing(region.engine) as connection:
        region.entitlements.withdraw(connection, CONSOLE, right.id, deed(LATER))
    longer = LATER + 10 * DAY + DAY / 2
    assert refusal(lambda: extend(region, grant.id, longer)) == "grant.not_entitled"


def test_extending_into_the_same_again_is_refused(region: Region) -> None:

    def give(since: datetime | None = None, until: datetime | None = None) -> Given:
        return region.give(
            region.bo,
            region.region,
            "reader",
            account=region.anna,
            since=since,
            until=until,
        )

    first = give(until=NOW + 10 * DAY).grant
    give(since=NOW + 20 * DAY)
    assert refusal(lambda: extend(region, first.id, NOW + 21 * DAY)) == "grant.duplicate"
    extend(region, first.id, NOW + 20 * DAY)


def test_a_narrowed_grant_leaves_its_past_and_goes_on_narrower(region: Region) -> None:
    wide = [below(HOSPITAL)]
    before = region.give(
        region.bo, region.region, "caseworker", account=region.anna, scopes=wide
    ).grant
    after = narrow(region, before.id, [below(WARD), alone(NIGHT)]).grant
    assert after.id != before.id
    assert has(region, LATER - DAY) == [(below(HOSPITAL),)]
    assert has(region, LATER) == [tuple(sorted((below(WARD), alone(NIGHT))))]
    planned = region.give(
        region.bo,
        region.region,
        "caseworker",
        account=region.anna,
        scopes=wide,
        since=NOW + 20 * DAY,
        until=NOW + 30 * DAY,
    ).grant
    follows = narrow(region, planned.id, [below(NIGHT)]).grant
    assert follows.period == planned.period
    with writing(region.engine) as connection:
        gone = store.grant(connection, planned.id)
    assert gone is not None
    assert gone.revoked_at == LATER


WIDER: list[tuple[list[Scope], list[Scope]]] = [
    ([below(WARD)], [below(HOSPITAL)]),
    ([below(WARD)], [below(WARD), below(NIGHT)]),
    ([below(WARD)], [below(ELSEWHERE)]),
    ([alone(WARD)], [below(WARD)]),
    ([below(WARD)], []),
    ([below(HOSPITAL)], [OWN]),
    ([OWN], [below(WARD)]),
    ([Scope("sor", "own_unit")], [OWN]),
]


def test_nothing_gets_wider_by_narrowing(region: Region) -> None:
    def given(scopes: list[Scope]) -> UUID:
        carl = region.account(region.region, unit=WARD)
        grant = region.give(region.bo, region.region, "caseworker", account=carl, scopes=scopes)
        return grant.grant.id

    for before, after in WIDER:
        assert refusal(partial(narrow, region, given(before), after)) == "grant.wider", after
    exact = [Scope("sor", "own_unit")]
    assert refusal(partial(narrow, region, given(exact), exact)) == "grant.unchanged"
    narrow(region, given([OWN]), exact)


def test_whoever_holds_a_role_may_give_it_back_and_nobody_else(region: Region) -> None:
    direct = region.give(region.bo, region.region, "reader", account=region.anna).grant
    group = region.group(region.region, "Nat", region.anna)
    through = region.give(region.bo, region.region, "reader", group=group).grant

    def give_back(by: UUID, grant: UUID) -> None:
        acting = region.acting(by, LATER)
        with writing(region.engine) as connection:
            region.grants.give_back(connection, acting, grant, deed(LATER))

    assert refusal(lambda: give_back(region.bo, direct.id)) == "grant.not_yours"
    assert refusal(lambda: give_back(region.anna, through.id)) == "grant.not_yours"
    give_back(region.anna, direct.id)
    assert len(has(region, LATER)) == 1
    assert len(has(region, LATER - DAY)) == 2


def test_the_owner_of_the_service_may_revoke_and_the_owner_of_another_may_not(
    region: Region,
) -> None:
    owners = region.organisation(name="Styrelsen Eksempel")
    own, other = region.account(owners), region.account(owners)
    region.mandate(own, "service_owner", service="dpsd")
    region.mandate(other, "service_owner", service="esundhed")
    grant = region.give(region.bo, region.region, "reader", account=region.anna).grant.id
    assert refusal(lambda: revoke(region, grant, other)) == "permission.service"
    assert refusal(lambda: revoke(region, grant, region.anna)) == "permission.mandate"
    revoke(region, grant, own)
    assert not has(region, LATER)
