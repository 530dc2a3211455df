"""Our own metadata is signed, valid by its schema, and the same bytes all day."""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from flask import Flask

from broker.errors import Unknown
from broker.metadata import keyring
from broker.metadata.model import FederationKeys
from broker.metadata.publish import LASTS, Publisher, Side
from broker.metadata.registry import Registry
from broker.metadata.views import blueprint
from broker.saml import names
from broker.saml.entity_descriptor import read_metadata
from tests.factories import NOW
from tests.unit.metadata.test_keyring import federation


@pytest.fixture(scope="module")
def keys(tmp_path_factory: pytest.TempPathFactory) -> FederationKeys:
    folder: Path = tmp_path_factory.mktemp("published")
    keyring.create_keys(folder, federation(), NOW)
    return keyring.load_keys(folder, federation())


@pytest.fixture
def publisher(keys: FederationKeys) -> Publisher:
    return Publisher({"sundhed": keys})


class OneRegistry:
    """What the view asks of the cache."""

    def current(self) -> Registry:
        return Registry([federation()], {}, {}, {})


def published(publisher: Publisher, side: Side) -> bytes:
    return publisher.document(federation(), side, NOW).content


def test_services_read_our_idp_side(publisher: Publisher, keys: FederationKeys) -> None:
    raw = published(publisher, "idp")
    reading = read_metadata(raw, NOW, signed_by=[keys.idp_signing.certificate])
    (entity,) = reading.entities
    assert entity.sp is None
    assert entity.idp is not None
    assert entity.entity_id == federation().idp_entity_id
    assert entity.valid_until == NOW.replace(hour=0, minute=0) + LASTS
    assert entity.idp.want_authn_requests_signed
    assert entity.idp.signing == (keys.idp_signing.certificate,)
    assert {(e.binding, e.location) for e in entity.idp.sso} == {
        (names.REDIRECT, federation().sso_url),
        (names.POST, federation().sso_url),
    }
    assert entity.idp.name_id_formats == (names.PERSISTENT, names.TRANSIENT)
    assert entity.idp.name == federation().name


def test_idps_read_our_sp_side(publisher: Publisher, keys: FederationKeys) -> None:
    raw = published(publisher, "sp")
    reading = read_metadata(raw, NOW, signed_by=[keys.sp_signing.certificate])
    (entity,) = reading.entities
    assert entity.idp is None
    assert entity.sp is not None
    assert entity.entity_id == federation().sp_entity_id
    assert entity.sp.authn_requests_signed
    assert entity.sp.want_assertions_signed
    assert entity.sp.signing == (keys.sp_signing.certificate,)
    assert entity.sp.encryption == (keys.sp_decryption[0].certificate,)
    (endpoint,) = entity.sp.acs
    assert (endpoint.binding, endpoint.location) == (names.POST, federation().acs_url)
    assert (endpoint.index, endpoint.is_default) == (0, True)


@pytest.mark.parametrize("side", ["idp", "sp"])
def test_nothing_is_odd_about_ours(publisher: Publisher, side: Side) -> None:
    reading = read_metadata(published(publisher, side), NOW)
    found = {f.code for f in (*reading.findings, *reading.entities[0].findings)}
    several = {"metadata.several_slo"} if side == "sp" else set()
    assert found == {"metadata.signature_not_checked", "metadata.self_signed"} | several


def test_staff_federations_ask_for_organisation_and_citizen_ones_do_not(
    keys: FederationKeys,
) -> None:
    def required(identity_type: str | None) -> set[str]:
        some = replace(federation(), identity_type=identity_type)
        raw = Publisher({"sundhed": keys}).document(some, "sp", NOW).content.decode()
        parts = raw.split("<md:RequestedAttribute ")[1:]
        return {p.split('"')[1] for p in parts if 'isRequired="true"' in p.partition("/>")[0]}

    base = {names.SPEC_VERSION, names.LOA}
    assert required(names.PROFESSIONAL) == base | {names.CVR, names.ORG_NAME}
    assert required(names.PERSON) == base
    assert required(None) == base


def test_the_bytes_are_the_same_all_day_on_every_node(keys: FederationKeys) -> None:
    here, there = Publisher({"sundhed": keys}), Publisher({"sundhed": keys})
    morning = here.document(federation(), "idp", NOW)
    evening = there.document(federation(), "idp", NOW.replace(hour=23))
    assert morning == evening
    assert here.document(federation(), "idp", NOW + timedelta(days=1)) != morning
    assert here.document(federation(), "sp", NOW).etag != morning.etag


def test_a_federation_without_keys_is_unknown() -> None:
    with pytest.raises(Unknown):
        Publisher({}).document(federation(), "idp", NOW)


def test_it_is_served_at_a_stable_address_and_cached(publisher: Publisher) -> None:
    app = Flask(__name__)
    app.register_blueprint(blueprint(OneRegistry(), publisher, lambda: NOW))  # type: ignore[arg-type]  # all it asks for
    client = app.test_client()
    answer = client.get("/sundhed/metadata/idp.xml")
    assert answer.status_code == 200
    assert answer.content_type == "application/samlmetadata+xml"
    assert answer.data == published(publisher, "idp")
    assert answer.headers["Cache-Control"] == "public, max-age=3600"
    again = client.get(
        "/sundhed/metadata/idp.xml", headers={"If-None-Match": answer.headers["ETag"]}
    )
    assert again.status_code == 304
    assert again.data == b""
    assert client.get("/sundhed/metadata/sp.xml").data == published(publisher, "sp")
    assert client.get("/borger/metadata/idp.xml").status_code == 404


@pytest.mark.parametrize("side", ["idp", "sp"])
def test_partners_are_told_how_to_log_out_and_how_to_show_us(
    publisher: Publisher, side: Side
) -> None:
    (entity,) = read_metadata(published(publisher, side), NOW).entities
    role = entity.idp if side == "idp" else entity.sp
    assert role is not None
    front = federation().slo_url if side == "idp" else federation().sp_slo_url
    assert [(e.binding, e.location) for e in role.slo] == [
        (names.REDIRECT, front),
        (names.POST, front),
        (names.SOAP, f"{front}/soap"),
    ]
    assert role.name is not None
    text = published(publisher, side).decode()
    for kind in ("technical", "support", "administrative"):
        assert text.count(f'contactType="{kind}"') == 1
    for part in ("mdui:DisplayName", "mdui:Description", "mdui:InformationURL"):
        assert text.count(f"<{part} ") == 2, "in Danish and in English"
    assert text.count("<mdui:Logo ") == 1
    assert 'cacheDuration="PT6H"' in text
    assert "validUntil=" in text
