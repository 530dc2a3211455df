"""Who has access to what: through the one query, and only as far as the reader may see."""

from datetime import timedelta
from uuid import UUID

from broker.db import writing
from broker.organisations.model import Actor
from broker.roles.grants.reports import Count, Line, Reader
from broker.roles.grants.store.reports import Asked
from tests.factories import NOW
from tests.unit.roles.grants.rights import CONSOLE, DAY, NIGHT, OWN, WARD, Region

EVERYTHING = Asked(federation="sundhed")


def lines(
    region: Region, actor: Actor = CONSOLE, asked: Asked = EVERYTHING, days: int = 0
) -> list[tuple[str, str]]:
    with writing(region.engine) as connection:
        reader = Reader(connection, region.cache.current_in(connection), actor)
        return named(reader.lines(asked, NOW + days * DAY))


def named(found: tuple[Line, ...]) -> list[tuple[str, str]]:
    return [(line.person.name, line.role.code) for line in found]


def setting(region: Region) -> tuple[UUID, UUID]:
    """Somebody more, an organisation more, and a role for each of four people."""
    there = region.organisation(name="Anden region")
    boss = region.admin(there, "Per")
    region.entitle(there, "reader")
    region.give(boss, there, "reader", account=region.account(there, "Otto", unit=NIGHT))
    region.give(region.bo, region.region, "reader", account=region.anna, until=NOW + 5 * DAY)
    group = region.group(region.region, "Nat", region.account(region.region, "Fie", unit=NIGHT))
    region.give(region.bo, region.region, "caseworker", group=group, scopes=[OWN])
    region.give(
        region.bo,
        region.region,
        "caseworker",
        account=region.anna,
        scopes=[OWN],
        since=NOW + 20 * DAY,
    )
    return there, boss


OTTO, ANNA, FIE = ("Otto", "reader"), ("Anna Holm", "reader"), ("Fie", "caseworker")


def test_everything_is_narrowed_by_what_is_asked_and_by_the_day(region: Region) -> None:
    there, _ = setting(region)
    assert lines(region) == [OTTO, ANNA, FIE]
    assert lines(region, days=6) == [OTTO, FIE]
    assert lines(region, days=20) == [OTTO, ("Anna Holm", "caseworker"), FIE]
    reader = (region.roles["reader"],)
    for asked, found in (
        (Asked(organisation=there), [OTTO]),
        (Asked(roles=reader), [OTTO, ANNA]),
        (Asked(account=region.anna), [ANNA]),
        (Asked(units=(WARD,)), [ANNA]),
        (Asked(units=(NIGHT,), organisation=region.region), [FIE]),
        (Asked(service="dpsd"), [OTTO, ANNA, FIE]),
        (Asked(service="esundhed"), []),
        (Asked(federation="borger"), []),
    ):
        assert lines(region, asked=asked) == found, asked


def test_everybody_sees_their_own_and_owners_see_numbers(region: Region) -> None:
    _, boss = setting(region)
    owner = region.account(region.organisation(), "Rie")
    region.mandate(owner, "service_owner", service="dpsd")
    other = region.account(region.organisation(), "Sif")
    region.mandate(other, "service_owner", service="esundhed")
    auditor = region.account(region.organisation(), "Tove")
    region.mandate(auditor, "auditor")
    acting = region.acting
    assert lines(region, acting(region.bo)) == [ANNA, FIE]
    assert lines(region, acting(boss)) == [OTTO]
    assert lines(region, acting(auditor)) == [OTTO, ANNA, FIE]
    assert lines(region, acting(region.anna)) == []
    assert lines(region, acting(owner)) == []

    def numbers(who: UUID) -> list[tuple[str, str, int]]:
        actor = acting(who)
        with writing(region.engine) as connection:
            catalogue = region.cache.current_in(connection)
            found: tuple[Count, ...] = Reader(connection, catalogue, actor).counts(EVERYTHING, NOW)
        return [(one.place.name, one.role.code, one.holders) for one in found]

    assert numbers(owner) == [
        ("Anden region", "reader", 1),
        ("Region Eksempel", "caseworker", 1),
        ("Region Eksempel", "reader", 1),
    ]
    assert numbers(other) == []
    assert numbers(region.bo) == numbers(owner)[1:]


def test_what_ends_soon_and_what_nobody_uses(region: Region) -> None:
    setting(region)
    with writing(region.engine) as connection:
        reader = Reader(connection, region.cache.current_in(connection), CONSOLE)
        soon = reader.expiring(EVERYTHING, timedelta(days=30), NOW)
        idle = reader.unused(EVERYTHING, timedelta(days=3), NOW + 4 * DAY)
        young = reader.unused(EVERYTHING, timedelta(days=3), NOW + 2 * DAY)
    assert named(soon) == [ANNA]
    assert named(idle) == [OTTO, ANNA, FIE]
    assert not young


def test_what_an_organisation_may_hand_out_is_shown_to_who_may_read_it(region: Region) -> None:
    there, boss = setting(region)
    actor = region.acting(boss)
    with writing(region.engine) as connection:
        reader = Reader(connection, region.cache.current_in(connection), actor)
        own = reader.entitled(there, NOW)
        others = reader.entitled(region.region, NOW)
    assert [role.code for _, role in own] == ["reader"]
    assert not others
