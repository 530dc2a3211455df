"""The demo's organisations are set up once, by the real services, and hold what they should."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from broker.clock import system_clock
from broker.db import Connection, reading
from broker.demo.federation import DemoFederation
from broker.demo.homes import HOMES
from broker.demo.organising import organise
from broker.demo.people import PEOPLE
from broker.demo.planned import PLANNED
from broker.metadata.keyring import PSEUDONYM, load_secret
from broker.metadata.report import Occasion
from broker.organisations import store
from broker.organisations.model import Organisation
from tests.demos import made_in


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> DemoFederation:
    folder = tmp_path_factory.mktemp("organising") / "demo"
    return made_in(folder)


@pytest.fixture
def connection(demo: DemoFederation) -> Iterator[Connection]:
    with reading(demo.services.engine) as made:
        yield made


def known(connection: Connection, federation: str = "sundhed") -> list[Organisation]:
    return list(store.organisations(connection, federation, system_clock()))


def test_every_organisation_is_active_with_two_administrators(connection: Connection) -> None:
    found = known(connection)
    expected = {(home.cvr, home.unit_key, home.name) for home in HOMES if home.member}
    assert {(one.cvr, one.unit_key, one.name) for one in found} == expected
    for one in (*found, *known(connection, "sundhed-test")):
        assert one.state == "active"
        assert store.administrators(connection, one.id, system_clock()) >= 2


def test_the_test_environment_has_its_own(connection: Connection) -> None:
    test = {one.cvr: one.id for one in known(connection, "sundhed-test")}
    assert set(test) == {home.cvr for home in HOMES if home.test}
    assert not set(test.values()) & {one.id for one in known(connection)}
    assert known(connection, "borger") == []


def test_every_organisation_speaks_through_an_idp_that_may(demo: DemoFederation) -> None:
    registry = demo.services.registry.current()
    for home in HOMES:
        cvrs = registry.idp_by_code("sundhed", home.idp).cvrs
        assert cvrs is None or home.cvr in cvrs, home.key
    for person in PEOPLE:
        if person.home is not None:
            cvrs = registry.idp_by_code("sundhed", person.idp).cvrs
            assert cvrs is None or person.cvr in cvrs, person.key


def test_the_plan_has_every_identity_provider_that_is_active(demo: DemoFederation) -> None:
    registry = demo.services.registry.current()
    active = {
        (service.code, idp.code)
        for federation in ("sundhed", "borger")
        for service in registry.services(federation)
        if service.code in demo.sps  # the portals are not of the plan
        for idp in registry.active_idps(service, system_clock())
    }
    assert set(PLANNED) == active


def test_setting_up_again_changes_nothing(demo: DemoFederation) -> None:
    engine = demo.services.engine
    secret = load_secret(demo.settings.keys / PSEUDONYM)

    def ids() -> set[object]:
        with reading(engine) as connection:
            everybody = store.accounts
            return {
                account.id
                for one in known(connection)
                for account in everybody(connection, one.id, system_clock())
            }

    before = ids()
    occasion = Occasion(system_clock(), "demo", "again", "AGAIN")
    for later in (timedelta(), timedelta(days=1)):
        organise(engine, secret, demo.ports.origin, replace(occasion, at=occasion.at + later))
    assert ids() == before


def test_a_demo_starts_again_in_its_folder(tmp_path: Path) -> None:
    folder = tmp_path / "demo"
    for _ in range(2):
        made = made_in(folder)
        with reading(made.services.engine) as connection:
            assert len(known(connection)) == sum(home.member for home in HOMES)
