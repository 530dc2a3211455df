"""What an organisation may hand out: within a ceiling, with its history, and who loses by it."""

from collections.abc import Callable
from functools import partial

import pytest

from broker.audit.store import told_under
from broker.db import writing
from broker.errors import NotAllowed, Unknown
from broker.roles.grants import store
from broker.roles.grants.entitlements import Decided
from broker.roles.grants.facts import Ceiling, Scope
from broker.roles.grants.losing import Loss
from broker.roles.grants.model import EntitlementRecord
from broker.roles.grants.store.effective import entitlements, of_account
from tests.factories import NOW
from tests.unit.roles.grants.rights import (
    CLOSED,
    CONSOLE,
    DAY,
    ELSEWHERE,
    HOSPITAL,
    NIGHT,
    OWN,
    WARD,
    Region,
    below,
    deed,
)

TREE = Ceiling("sor", HOSPITAL, with_descendants=True)
NARROW = Ceiling("sor", WARD, with_descendants=True)


def refusal(attempt: Callable[[], object]) -> str:
    with pytest.raises((NotAllowed, Unknown)) as caught:
        attempt()
    code: str = caught.value.code
    return code


def right_of(region: Region, role: str) -> EntitlementRecord:
    with writing(region.engine) as connection:
        *_, last = store.entitlements_of(connection, region.region, region.roles[role])
    return last


def test_what_can_be_no_entitlement_is_refused(region: Region) -> None:
    region.role("gone", state="retired")
    closed = region.organisation(state="closed")
    entitle = partial(region.entitle, at=NOW)
    assert refusal(lambda: entitle(region.region, "gone")) == "entitlement.role"
    assert refusal(lambda: entitle(closed, "reader")) == "entitlement.organisation"
    assert refusal(lambda: entitle(region.anna, "reader")) == "entitlement.organisation"
    assert refusal(lambda: entitle(region.region, "reader")) == "entitlement.duplicate"
    region.role("fresh", delimitations=[{"type": "sor"}])
    fresh = partial(entitle, region.region, "fresh")
    assert refusal(lambda: fresh(since=NOW - DAY)) == "entitlement.past"
    assert refusal(lambda: fresh(until=NOW)) == "entitlement.period"
    area = Ceiling("area", "AB", with_descendants=False)
    assert refusal(lambda: fresh(area)) == "entitlement.ceiling_type"
    for unit in (CLOSED, "123", ""):
        bad = Ceiling("sor", unit, with_descendants=True)
        assert refusal(partial(fresh, bad)) == "entitlement.ceiling_value"
    fresh(TREE, until=NOW + DAY)
    fresh(since=NOW + DAY)
    operator = region.acting(region.bo)
    with writing(region.engine) as connection:
        attempt = lambda: region.entitlements.entitle(  # noqa: E731  # called twice
            connection, operator, region.region, region.roles["reader"], (), deed()
        )
        assert refusal(attempt) == "permission.mandate"


def test_a_ceiling_that_changes_leaves_its_history_and_says_who_loses(region: Region) -> None:
    carl = region.account(region.region, "Carl", unit=NIGHT)
    group = region.group(region.region, "Nat", region.anna, carl)
    give = partial(region.give, region.bo, region.region, "caseworker")
    own = give(scopes=[OWN], group=group).grant.id
    both = give(scopes=[below(WARD), below(NIGHT)], account=region.anna).grant.id
    give(scopes=[below(WARD)], account=region.anna)
    known = right_of(region, "caseworker")
    with writing(region.engine) as connection:
        shown = region.entitlements.preview(connection, known, (NARROW,), NOW)
        done = region.entitlements.limit(connection, CONSOLE, known.id, (NARROW,), deed())
        before = entitlements(connection, region.region, NOW - DAY / 2)
        after = entitlements(connection, region.region, NOW)
    assert {one.ceilings for one in before} == {(), (TREE,)}
    assert {one.ceilings for one in after} == {(), (NARROW,)}
    assert done.losses == shown
    assert set(shown) == {
        Loss(own, carl, (Scope("sor", "own_unit_tree"),), entirely=True),
        Loss(both, region.anna, (below(NIGHT),), entirely=False),
    }
    with writing(region.engine) as connection:
        *_, (name, told) = told_under(connection, "R")
    assert (name, told["what"], told["losing"]) == ("entitlement.changed", "ceiling", 2)


def withdraw(region: Region, role: str, **more: object) -> Decided:
    known = right_of(region, role)
    with writing(region.engine) as connection:
        return region.entitlements.withdraw(
            connection,
            CONSOLE,
            known.id,
            deed(),
            **more,  # type: ignore[arg-type]  # as given
        )


def test_a_withdrawn_entitlement_ends_what_hangs_on_it_and_keeps_the_grants(
    region: Region,
) -> None:
    grant = region.give(region.bo, region.region, "reader", account=region.anna).grant
    done = withdraw(region, "reader")
    assert done.losses == (Loss(grant.id, region.anna, (), entirely=True),)
    with writing(region.engine) as connection:
        assert not of_account(connection, region.anna, NOW)
        kept = store.grant(connection, grant.id)
    assert kept is not None
    assert kept.revoked_at is None
    assert refusal(lambda: withdraw(region, "reader")) == "entitlement.ended"
    region.entitle(region.region, "reader", at=NOW + DAY)
    with writing(region.engine) as connection:
        assert of_account(connection, region.anna, NOW + DAY)


def test_an_entitlement_may_end_at_a_date(region: Region) -> None:
    region.give(region.bo, region.region, "reader", account=region.anna)
    withdraw(region, "reader", at=NOW + 3 * DAY)
    with writing(region.engine) as connection:
        assert of_account(connection, region.anna, NOW + 2 * DAY)
        assert not of_account(connection, region.anna, NOW + 3 * DAY)
    assert refusal(lambda: withdraw(region, "reader", at=NOW + 3 * DAY)) == "entitlement.period"
    assert refusal(lambda: withdraw(region, "reader", at=NOW - DAY)) == "entitlement.past"


def test_a_planned_ceiling_holds_from_its_day(region: Region) -> None:
    known = right_of(region, "caseworker")
    with writing(region.engine) as connection:
        region.entitlements.limit(
            connection, CONSOLE, known.id, (NARROW,), deed(), since=NOW + 2 * DAY
        )
    with writing(region.engine) as connection:
        limits = [
            next(
                one.ceilings for one in entitlements(connection, region.region, at) if one.ceilings
            )
            for at in (NOW, NOW + DAY, NOW + 2 * DAY)
        ]
    assert limits == [(TREE,), (TREE,), (NARROW,)]
    planned = right_of(region, "caseworker")
    elsewhere = Ceiling("sor", ELSEWHERE, with_descendants=True)
    with writing(region.engine) as connection:
        region.entitlements.limit(connection, CONSOLE, planned.id, (elsewhere,), deed())
        now = [one.ceilings for one in entitlements(connection, region.region, NOW)]
        then = [one.ceilings for one in entitlements(connection, region.region, NOW + 3 * DAY)]
    assert (TREE,) in now
    assert (elsewhere,) in then
