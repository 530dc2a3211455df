"""What may be granted and what not: each refusal alone, on both engines."""

from collections.abc import Callable
from datetime import datetime, timedelta
from uuid import uuid4

import pytest

from broker.db import writing
from broker.errors import NotAllowed
from broker.periods import FOREVER
from broker.roles.grants import store
from broker.roles.grants.facts import Scope
from broker.roles.grants.model import Given, Objection, Wanted
from broker.roles.grants.store.effective import of_account
from tests.factories import NOW
from tests.unit.roles.grants.rights import (
    DAY,
    NIGHT,
    OWN,
    WARD,
    Region,
    below,
    deed,
)

YEAR = timedelta(days=365)


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


def test_a_grant_may_begin_and_end_later(region: Region) -> None:
    since, until = NOW + 3 * DAY, NOW + 5 * DAY
    region.give(region.bo, region.region, "reader", account=region.anna, since=since, until=until)
    with writing(region.engine) as connection:
        has = [bool(of_account(connection, region.anna, NOW + n * DAY)) for n in range(7)]
    assert has == [False, False, False, True, True, False, False]


def test_who_where_and_what_are_refused_first(region: Region) -> None:
    other = region.organisation()
    stranger = region.account(other)
    for name, state in (("draft", "draft"), ("old", "deprecated"), ("gone", "retired")):
        region.role(name, state=state)
        if state != "retired":
            region.entitle(region.region, name)
    region.service("shut", state="closed")
    region.role("locked", service="shut")
    region.entitle(region.region, "locked")
    region.role("unentitled")
    away = region.account(region.region, state="suspended")
    left = region.account(region.region, state="left")
    ghost = uuid4()
    region.roles["ghost"] = ghost

    def give(role: str, **to: object) -> str:
        holder = to or {"account": region.anna}
        return refusal(
            lambda: region.give(region.bo, region.region, role, **holder)  # type: ignore[arg-type]  # as given
        )

    assert give("draft") == "grant.role_state"
    assert give("old") == "grant.role_state"
    assert give("gone") == "grant.role_state"
    assert give("locked") == "grant.service_state"
    assert give("ghost") == "grant.role_unknown"
    assert give("unentitled") == "grant.not_entitled"
    assert give("reader", account=away) == "grant.account_state"
    assert give("reader", account=left) == "grant.account_state"
    assert give("reader", account=stranger) == "grant.holder"
    assert give("reader", account=ghost) == "grant.holder"
    assert give("reader", group=ghost) == "grant.holder"
    shut = region.organisation(state="suspended")
    region.admin(shut)
    inside = region.account(shut)
    assert refusal(lambda: region.give(region.bo, shut, "reader", account=inside)) in {
        "permission.organisation",
        "grant.organisation_state",
    }


TERMS: list[tuple[str, str, datetime | None, datetime | None]] = [
    ("grant.past", "reader", NOW - DAY, None),
    ("grant.past", "reader", None, NOW - DAY),
    ("grant.past", "reader", None, NOW),
    ("grant.period", "reader", NOW + 2 * DAY, NOW + DAY),
    ("grant.too_long", "short", None, NOW + 12 * DAY),
    ("grant.too_long", "short", None, FOREVER),
    ("grant.too_long", "secret", None, NOW + YEAR + 2 * DAY),
    ("grant.too_long", "most-secret", None, FOREVER),
    ("grant.end_required", "ending", None, FOREVER),
]


def test_a_term_that_does_not_fit_is_refused_with_its_reason(region: Region) -> None:
    with region.work():
        region.role("short", max_days=10)
        region.role("secret", sensitivity="sensitive", max_days=3660)
        region.role("most-secret", sensitivity="extra_sensitive")
        region.role("ending", end_required=True, default_days=30)
        for role in ("short", "secret", "most-secret", "ending"):
            region.entitle(region.region, role)
    acting = region.acting(region.bo)
    with writing(region.engine) as connection:
        for code, role, since, until in TERMS:
            wanted = Wanted(
                region.region, region.roles[role], region.anna, since=since, until=until
            )
            found = region.grants.examine(connection, acting, wanted, NOW)
            assert [one.code for one in found.objections] == [code], (role, since, until)


def test_the_role_says_how_long_where_nobody_does(region: Region) -> None:
    with region.work():
        region.role("month", default_days=30, max_days=60)
        region.role("secret", sensitivity="sensitive")
        for role in ("month", "secret"):
            region.entitle(region.region, role)
    ends = {
        role: region.give(region.bo, region.region, role, account=region.anna).grant.period.until
        for role in ("reader", "month", "secret")
    }
    # NOW is four in the morning on 2 March in Denmark; days end at midnight there.
    assert ends["reader"] == FOREVER
    assert ends["month"].isoformat() == "2026-04-01T22:00:00+00:00"
    assert ends["secret"].isoformat() == "2027-03-02T23:00:00+00:00"


def test_the_same_again_is_refused_while_it_holds(region: Region) -> None:

    def give(*scopes: Scope, since: datetime | None = None, until: datetime | None = None) -> Given:
        return region.give(
            region.bo,
            region.region,
            "caseworker",
            account=region.anna,
            scopes=scopes,
            since=since,
            until=until,
        )

    give(below(WARD), below(NIGHT), until=NOW + 10 * DAY)
    again = [below(NIGHT), below(WARD), below(WARD)]
    assert refusal(lambda: give(*again)) == "grant.duplicate"
    assert refusal(lambda: give(*again, since=NOW + 9 * DAY)) == "grant.duplicate"
    give(*again, since=NOW + 10 * DAY)
    give(below(WARD))


def test_more_holders_than_a_role_should_have_are_warned_of(region: Region) -> None:
    region.role("rare", max_holders=1)
    region.entitle(region.region, "rare")
    carl = region.account(region.region, "Carl")
    assert not region.give(region.bo, region.region, "rare", account=region.anna).warnings
    warned = region.give(region.bo, region.region, "rare", account=carl)
    assert warned.warnings == (Objection("remark.max_holders", "1"),)


def test_an_entitlement_that_ends_sooner_is_told(region: Region) -> None:
    region.role("brief")
    region.entitle(region.region, "brief", until=NOW + 3 * DAY)
    given = region.give(region.bo, region.region, "brief", account=region.anna)
    assert given.warnings == (Objection("remark.entitlement_ends", "2026-03-05"),)


def test_a_policy_gives_what_is_not_sensitive_and_nobody_is_said_to(region: Region) -> None:
    region.role("secret", sensitivity="sensitive")
    region.entitle(region.region, "secret")

    def give(role: str) -> str | None:
        wanted = Wanted(region.region, region.roles[role], account=region.anna)
        with writing(region.engine) as connection:
            given = region.grants.give_by_policy(connection, "at-once", wanted, deed())
        return given.grant.by_label

    assert give("reader") == "policy at-once"
    assert refusal(lambda: give("secret")) == "grant.policy_sensitive"
