"""The snapshot answers every look-up of a login, follows changes, and survives a broken row."""

import logging

import pytest
import sqlalchemy as sa

from broker.attributes.kept import Mappings
from broker.db import writing
from broker.errors import BrokerError, Unavailable, Unknown
from broker.metadata import store
from broker.metadata.defaults import LoadOptions
from broker.metadata.mappings.tables import MAPPING_VERSION
from broker.metadata.registry import Registry, RegistryCache
from broker.metadata.tables import ENTITY, ENTITY_VERSION, FEDERATION
from tests.factories import NOW
from tests.metadata_factory import IDP_ID, SP, Idp, Sp
from tests.unit.metadata.installation import OPEN_TO_ALL, ORIGIN, Installation

OTHER_IDP = "https://other.example.dk/saml"


def filled(installation: Installation) -> Registry:
    installation.one(Idp().xml())
    installation.one(Idp(OTHER_IDP).xml())
    installation.one(Sp().xml(), LoadOptions(code="dpsd", idps=("all",)))
    return installation.registry


def test_everything_is_found_by_each_of_its_names(installation: Installation) -> None:
    registry = filled(installation)
    service = registry.service_by_entity("sundhed", SP)
    assert registry.service_by_code("sundhed", "dpsd") is service
    assert registry.service_by_row("sundhed", service.row) is service
    idp = registry.idp_by_code("sundhed", "idp-example-dk")
    assert idp.idp.entity_id == IDP_ID
    assert registry.idp_by_row("sundhed", idp.row) is idp
    assert registry.federation("sundhed-test").environment == "test"
    assert registry.federation("sundhed").idp_entity_id == f"{ORIGIN}/sundhed/saml/idp"


@pytest.mark.parametrize(
    ("ask", "code"),
    [
        (lambda r: r.federation("borger"), "request.federation"),
        (lambda r: r.service_by_entity("sundhed", SP + "/"), "request.unknown_issuer"),
        (lambda r: r.service_by_entity("sundhed-test", SP), "request.unknown_issuer"),
        (lambda r: r.service_by_entity("borger", SP), "request.unknown_issuer"),
        (lambda r: r.service_by_code("sundhed", "DPSD"), "request.service"),
        (lambda r: r.service_by_row("sundhed-test", 3), "request.service"),
        (lambda r: r.idp_by_code("sundhed", "nemlogin"), "request.idp"),
        (lambda r: r.idp_by_row("sundhed", 4711), "request.idp"),
    ],
)
def test_what_is_not_registered_is_unknown(
    installation: Installation, ask: "object", code: str
) -> None:
    registry = filled(installation)
    assert callable(ask)
    with pytest.raises(Unknown) as unknown:
        ask(registry)
    assert unknown.value.code == code


def test_idps_come_in_the_order_that_was_asked_for(installation: Installation) -> None:
    filled(installation)
    document = {"kind": "idp", "entity_id": OTHER_IDP, "code": "other", "order": 1}
    installation.document(document | {"name": {"da": "Anden", "en": "Other"}, "cvrs": "any"})
    registry = installation.registry
    assert [idp.code for idp in registry.idps("sundhed")] == ["other", "idp-example-dk"]


def test_a_service_has_no_mapping_until_one_is_loaded(installation: Installation) -> None:
    registry = filled(installation)
    service = registry.service_by_code("sundhed", "dpsd")
    assert registry.mapping(service, NOW) is None
    installation.document({"kind": "mapping", "service": "dpsd", "release": [{"source": "cvr"}]})
    version = installation.registry.mapping(service, NOW)
    assert version is not None
    assert version.document["release"] == [{"source": "cvr"}]


def test_a_snapshot_is_made_only_when_something_changed(installation: Installation) -> None:
    cache = RegistryCache(installation.engine, ORIGIN)
    first = cache.current()
    assert cache.current() is first
    installation.one(Idp().xml())
    second = cache.current()
    assert second is not first
    assert first.idps("sundhed") == ()
    assert cache.current() is second


def test_a_document_is_read_once_for_many_snapshots(
    installation: Installation, monkeypatch: pytest.MonkeyPatch
) -> None:
    installation.one(Idp().xml())
    cache = RegistryCache(installation.engine, ORIGIN)
    before = cache.current().idps("sundhed")[0]
    monkeypatch.delattr("broker.metadata.shelf.read_entity")
    with writing(installation.engine) as connection:
        store.bump(connection)
    assert cache.current().idps("sundhed")[0].idp is before.idp


@pytest.mark.parametrize(
    ("table", "values"),
    [
        (ENTITY_VERSION, {"xml": b"<broken"}),
        (ENTITY_VERSION, {"xml": Sp(OTHER_IDP).xml()}),
        (ENTITY, {"settings": {"code": "idp-example-dk"}}),
        (ENTITY, {"settings": ["nothing", "like", "it"]}),
    ],
    ids=["no XML", "another role", "half a document", "no document"],
)
def test_a_broken_row_is_left_out_and_the_others_work(
    installation: Installation,
    caplog: pytest.LogCaptureFixture,
    table: sa.Table,
    values: dict[str, object],
) -> None:
    first = installation.one(Idp().xml())
    installation.one(Idp(OTHER_IDP).xml())
    row = next(r.row for r in installation.service.entities() if r.code == first.code)
    key = ENTITY.c.row if table is ENTITY else ENTITY_VERSION.c.entity_row
    with writing(installation.engine) as connection:
        connection.execute(sa.update(table).where(key == row).values(**values))
        store.bump(connection)
    with caplog.at_level(logging.ERROR):
        registry = installation.registry
    assert [idp.idp.entity_id for idp in registry.idps("sundhed")] == [OTHER_IDP]
    assert "sundhed/idp-example-dk is left out" in caplog.text


def test_a_broken_federation_is_left_out(
    installation: Installation, caplog: pytest.LogCaptureFixture
) -> None:
    with writing(installation.engine) as connection:
        here = FEDERATION.c.path == "sundhed-test"
        connection.execute(sa.update(FEDERATION).where(here).values(document={}))
        store.bump(connection)
    with caplog.at_level(logging.ERROR):
        assert [f.path for f in installation.registry.federations] == ["sundhed"]


def test_a_broken_mapping_does_not_fall_back_to_the_default(installation: Installation) -> None:
    filled(installation)
    installation.document({"kind": "mapping", "service": "dpsd"})
    with writing(installation.engine) as connection:
        connection.execute(sa.update(MAPPING_VERSION).values(document=[]))
        store.bump(connection)
    registry = installation.registry
    service = registry.service_by_code("sundhed", "dpsd")
    version = registry.mapping(service, NOW)
    with pytest.raises(Unavailable, match=r"mapping\.invalid"):
        Mappings().of(service, version)


def test_the_database_says_when_it_is_not_made(installation: Installation) -> None:
    store.check_ready(installation.engine)
    with installation.engine.begin() as connection:
        connection.execute(sa.text("DROP TABLE registry_revision"))
    with pytest.raises(BrokerError) as refused:
        store.check_ready(installation.engine)
    assert refused.value.code == "database.not_made"


def test_a_service_is_open_where_it_is_active_and_nowhere_else(installation: Installation) -> None:
    registry = filled(installation)
    installation.xml(Sp().xml(), OPEN_TO_ALL, federation="sundhed-test")
    service = registry.service_by_code("sundhed", "dpsd")
    assert len(registry.active_idps(service, NOW)) == 2
    elsewhere = installation.registry.services("sundhed-test")[0]
    assert installation.registry.active_idps(elsewhere, NOW) == ()
