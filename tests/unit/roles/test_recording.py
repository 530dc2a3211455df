"""What a login leaves behind of its roles: what was issued by what, last used, and counts."""

import json
from dataclasses import replace
from datetime import timedelta
from uuid import UUID, uuid4

import pytest
import sqlalchemy as sa

from broker.db import Connection, Engine, reading, writing
from broker.identities.store import PERSON
from broker.organisations.store import account
from broker.roles.answer import Answer, LeftOut
from broker.roles.asking import Resolver
from broker.roles.grants.store import issuing
from broker.roles.grants.tables import GRANT, ROLE_ISSUE
from broker.roles.recording import USED_EVERY, Recording
from broker.roles.tables import ROLE_OBSERVATION
from broker.saml.profiles import PROFILES
from tests.factories import NOW
from tests.unit.roles.grants.rights import WARD, Region, alone

HOUR = timedelta(hours=1)


@pytest.fixture
def region(engine: Engine) -> Region:
    return Region(engine).build()


def issue(region: Region, at: timedelta = timedelta(), *left: LeftOut) -> Answer:
    """One login of Anna."""
    with writing(region.engine) as connection:
        anna = account(connection, region.anna, NOW + at)
        assert anna is not None
        person = uuid4()
        connection.execute(sa.insert(PERSON).values(id=person, created_at=NOW))
        found = Resolver(region.cache).answer(
            connection, "sundhed", "dpsd", anna, None, PROFILES["oiosaml-3"], NOW + at
        )
        found = replace(found, left_out=(*found.left_out, *left))
        Recording().issued(
            connection,
            found,
            person,
            federation="sundhed",
            service="dpsd",
            idp="alpha",
            reference="REF",
        )
    return found


def used(connection: Connection, grant: UUID) -> object:
    return connection.scalar(sa.select(GRANT.c.used_at).where(GRANT.c.id == grant))


def test_what_was_issued_is_kept_with_its_source(region: Region) -> None:
    made = region.give(
        region.bo, region.region, "caseworker", account=region.anna, scopes=(alone(WARD),)
    )
    issue(region)
    with reading(region.engine) as connection:
        row = connection.execute(sa.select(ROLE_ISSUE)).mappings().one()
        last = issuing.last_issued(connection, region.anna, "dpsd", NOW)
    assert last is not None
    assert (last["idp"], last["reference"]) == ("alpha", "REF")
    (item,) = row["items"]
    assert item["id"] == str(made.grant.id)
    assert item["units"] == [f"sor:{WARD}"]
    assert "Anna" not in json.dumps(row["items"])


def test_last_used_is_kept_and_not_written_at_every_login(region: Region) -> None:
    made = region.give(region.bo, region.region, "reader", account=region.anna)
    seen = []
    for later in (timedelta(), USED_EVERY - HOUR, USED_EVERY + HOUR):
        issue(region, later)
        with reading(region.engine) as connection:
            seen.append(used(connection, made.grant.id))
    assert seen == [NOW, NOW, NOW + USED_EVERY + HOUR]


def test_what_an_idp_says_in_vain_is_counted_once_a_login_without_a_person(
    region: Region,
) -> None:
    said = LeftOut("privilege.unused", detail="urn:x:other")
    for _ in range(2):
        issue(region, timedelta(), said, said, LeftOut("scope.ceiling", detail="x"))
    with reading(region.engine) as connection:
        ((one, count),) = issuing.observed(connection, "sundhed", NOW.date())
    assert (one.idp, one.kind, one.what, count) == ("alpha", "privilege.unused", "urn:x:other", 2)


def test_what_nobody_asks_for_any_more_is_deleted(region: Region) -> None:
    region.give(region.bo, region.region, "reader", account=region.anna)
    issue(region, timedelta(), LeftOut("privilege.unused", detail="urn:x:other"))
    for days, gone in ((400, 0), (402, 2)):
        with writing(region.engine) as connection:
            assert issuing.purge_issued(connection, NOW + timedelta(days=days)) == gone
    with reading(region.engine) as connection:
        for table in (ROLE_ISSUE, ROLE_OBSERVATION):
            assert connection.scalar(sa.select(sa.func.count()).select_from(table)) == 0
