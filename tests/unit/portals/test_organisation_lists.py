"""Lists of an organisation: found, counted and cut in SQL, and never somebody of another one."""

from collections.abc import Sequence
from uuid import UUID

import pytest

from broker.organisations.tables import ACCOUNT_ACTIVITY, ACCOUNT_PERIOD, ORGANISATION_PERIOD
from broker.portals.organisation import store
from broker.portals.organisation.store import Access, Search, lists
from broker.roles.grants.facts import EffectiveGrant
from broker.roles.grants.store.reports import Asked
from broker.roles.grants.store.reports import access as reported
from tests.factories import NOW
from tests.unit.roles.grants.rights import DAY, ELSEWHERE, WARD, Region, below


def found(region: Region, **asked: object) -> list[str]:
    search = Search(region.region, **asked)  # type: ignore[arg-type]  # fields of a search
    with region.work() as connection:
        rows, total = store.people(connection, search, NOW, offset=0, limit=50)
        assert store.number(connection, search, NOW) == total == len(rows)
    return [row.account.display_name for row in rows]


def test_people_by_every_filter(region: Region) -> None:
    ole = region.account(region.region, "Ole Ærø", email="ole@example.dk", unit=ELSEWHERE)
    region.account(region.region, "Gone Person", state="left")
    elsewhere = region.organisation(name="Elsewhere")
    region.account(elsewhere, "Anna Elsewhere", unit=WARD)
    assert found(region) == ["Anna Holm", "Bo Admin", "Gone Person", "Ole Ærø"]
    assert found(region, text="ÆRØ ole") == ["Ole Ærø"]
    assert found(region, text="example.dk") == ["Ole Ærø"]
    assert found(region, text="_") == []
    assert found(region, units=(WARD,)) == ["Anna Holm"]
    assert found(region, states=("left",)) == ["Gone Person"]
    region.give(region.bo, region.region, "reader", account=ole)
    group = region.group(region.region, "Night", region.anna)
    region.give(region.bo, region.region, "reader", group=group)
    assert found(region, role=region.roles["reader"]) == ["Anna Holm", "Ole Ærø"]
    assert found(region, role=region.roles["caseworker"]) == []


def test_who_has_not_logged_in_for_long(region: Region) -> None:
    with region.work() as connection:
        row = {"account_id": region.anna, "last_login_at": NOW - DAY}
        connection.execute(ACCOUNT_ACTIVITY.insert().values(row))
    assert found(region, states=("active",), silent=NOW - 2 * DAY) == ["Bo Admin"]
    assert found(region, states=("active",), silent=NOW) == ["Anna Holm", "Bo Admin"]
    with region.work() as connection:
        assert store.last_login(connection, region.anna) == NOW - DAY
        assert store.last_login(connection, region.bo) is None


def test_the_silent_are_counted_no_further_than_somebody_reads(
    region: Region, monkeypatch: pytest.MonkeyPatch
) -> None:
    region.account(region.region, "Carl Third")
    monkeypatch.setattr(lists, "MOST", 2)
    search = Search(region.region, states=("active",), silent=NOW)
    with region.work() as connection:
        rows, total = store.people(connection, search, NOW, offset=0, limit=50)
        assert (len(rows), total, store.number(connection, search, NOW)) == (3, 2, 2)


def test_past_the_last_of_a_role_it_is_still_known_how_many(region: Region) -> None:
    region.give(region.bo, region.region, "reader", account=region.anna)
    search = Search(region.region, role=region.roles["reader"])
    with region.work() as connection:
        assert store.people(connection, search, NOW, offset=50, limit=50) == ((), 1)
        assert store.people(connection, search, NOW, offset=0, limit=50)[1] == 1


def test_pages_follow_one_another(region: Region) -> None:
    for number in range(5):
        region.account(region.region, f"Person {number}")
    search, names = Search(region.region), []
    with region.work() as connection:
        for offset in (0, 3, 6):
            rows, total = store.people(connection, search, NOW, offset=offset, limit=3)
            assert total == 7
            names += [row.account.display_name for row in rows]
    assert names == ["Anna Holm", "Bo Admin", *(f"Person {n}" for n in range(5))]


def test_what_ends_soon_by_its_end_and_not_of_who_has_left(region: Region) -> None:
    gone = region.account(region.region, "Gone Person")
    group = region.group(region.region, "Night", region.anna)
    kept = []
    for days, account, of in ((20, region.anna, None), (10, None, group)):
        until = NOW + days * DAY
        given = region.give(
            region.bo, region.region, "reader", account=account, group=of, until=until
        )
        kept.append(given.grant.id)
    region.give(region.bo, region.region, "reader", account=gone, until=NOW + 5 * DAY)
    with region.work() as connection:
        row = ACCOUNT_PERIOD.c.account_id == gone
        connection.execute(ACCOUNT_PERIOD.update().where(row).values(state="left"))
        before = NOW + 30 * DAY
        assert store.ending(connection, region.region, NOW, before) == 2
        listed = store.ending_page(connection, region.region, NOW, before, offset=0, limit=9)
        assert listed == ((kept[1], "Night"), (kept[0], "Anna Holm"))
        assert store.ending(connection, region.region, NOW, NOW + 15 * DAY) == 1


def access(
    region: Region, *, offset: int = 0, limit: int = 50, at: object = NOW, **asked: object
) -> tuple[Sequence[EffectiveGrant], int]:
    wanted = Access(region.region, **asked)  # type: ignore[arg-type]  # its fields
    with region.work() as connection:
        return store.access(connection, wanted, at, offset=offset, limit=limit)  # type: ignore[arg-type]  # an instant


def people(rows: Sequence[EffectiveGrant]) -> list[UUID]:
    return [one.account for one in rows]


def test_who_has_access_is_cut_by_name_and_counts_each_role_once(region: Region) -> None:
    zoe = region.account(region.region, "Zoe Ulv", unit=ELSEWHERE)
    elsewhere = region.organisation(name="Elsewhere")
    region.entitle(elsewhere, "reader")
    other = region.account(elsewhere, "Aage Elsewhere")
    boss = region.admin(elsewhere, "Bente Elsewhere")
    region.give(boss, elsewhere, "reader", account=other)
    region.give(region.bo, region.region, "caseworker", account=region.anna, scopes=(below(WARD),))
    region.give(region.bo, region.region, "reader", account=zoe, since=NOW + 5 * DAY)
    group = region.group(region.region, "Night", region.anna)
    region.give(region.bo, region.region, "reader", group=group)
    rows, total = access(region, service="dpsd")
    assert (people(rows), total) == ([region.anna, region.anna], 2)
    assert {one.via for one in rows} == {"direct", "group"}
    rows, total = access(region, service="dpsd", offset=1, limit=1)
    assert (len(rows), total) == (1, 2)
    rows, total = access(region, service="dpsd", at=NOW + 6 * DAY)
    assert (people(rows)[-1], total) == (zoe, 3)
    rows, total = access(region, role=region.roles["reader"], units=(WARD,))
    assert (people(rows), total) == ([region.anna], 1)
    assert access(region, units=(ELSEWHERE,)) == ((), 0)
    assert access(region, service="sor") == ((), 0)
    assert access(region, service="dpsd", offset=50) == ((), 2)
    # The same as the query that login reads, role by role and person by person.
    for at in (NOW, NOW + 6 * DAY):
        rows, _ = access(region, at=at)
        with region.work() as connection:
            everybody = reported(connection, Asked(organisation=region.region), at)
        assert {(one.account, one.id) for one in rows} == {
            (one.account, one.id) for one in everybody
        }


def test_what_does_not_count_is_not_there(region: Region) -> None:
    gone = region.account(region.region, "Gone Person")
    for account in (region.anna, gone):
        region.give(region.bo, region.region, "reader", account=account)
    assert access(region)[1] == 2
    with region.work() as connection:
        row = ACCOUNT_PERIOD.c.account_id == gone
        connection.execute(ACCOUNT_PERIOD.update().where(row).values(state="suspended"))
    assert people(access(region)[0]) == [region.anna]
    with region.work() as connection:
        row = ORGANISATION_PERIOD.c.organisation_id == region.region
        connection.execute(ORGANISATION_PERIOD.update().where(row).values(state="suspended"))
    assert access(region) == ((), 0)


def test_where_very_many_have_it_the_page_is_the_same(
    region: Region, monkeypatch: pytest.MonkeyPatch
) -> None:
    unheld = [region.account(region.region, f"Aage {number}") for number in range(9)]
    held = [region.account(region.region, f"Person {number}") for number in range(5)]
    for account in held:
        region.give(region.bo, region.region, "reader", account=account)
    group = region.group(region.region, "Night", region.anna, held[0])
    region.give(region.bo, region.region, "reader", group=group)
    everything, total = access(region, service="dpsd")
    assert (len(everything), total) == (7, 7)
    monkeypatch.setattr(lists, "MOST", 6)  # as if 6 were thousands
    for offset in (0, 2, 4):
        rows, total = access(region, service="dpsd", offset=offset, limit=2)
        assert (list(rows), total) == (list(everything[offset : offset + 2]), 6)
    assert access(region, service="dpsd", offset=6, limit=2) == ((), 6)
    assert not {one.account for one in everything} & set(unheld)


def test_a_unit_in_which_few_have_what_very_many_have(
    region: Region, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(40):
        region.account(region.region, f"Bent {number:02}", unit=ELSEWHERE)
    for name in ("Yrsa", "Zoe"):
        own = region.account(region.region, name, unit=ELSEWHERE)
        region.give(region.bo, region.region, "reader", account=own)
    everything, _total = access(region, units=(ELSEWHERE,))
    monkeypatch.setattr(lists, "MOST", 1)
    rows, total = access(region, units=(ELSEWHERE,), limit=1)
    assert (list(rows), total) == (list(everything[:1]), 1)
