"""What changes in the registry while a person is on the way: no flow answers where it should not."""

from dataclasses import replace
from pathlib import Path

import pytest

from broker.bootstrap import metadata_service
from broker.metadata.defaults import LoadOptions
from broker.metadata.report import Occasion
from broker.metadata.service import MetadataService
from broker.saml import names
from broker.saml.response import open_response
from tests.box import FEDERATION, ORIGIN, Box, code_of, make_box, posted
from tests.factories import key_pair
from tests.hostile.conftest import Scene
from tests.hostile.forge import Forge
from tests.peers import sp_metadata


@pytest.fixture
def box(tmp_path: Path) -> Box:
    return make_box(tmp_path)


def registry(box: Box) -> tuple[MetadataService, Occasion]:
    """What administrators work with, and an occasion to do so."""
    service = metadata_service(box.services.engine, ORIGIN)
    return service, Occasion(box.clock(), "test", "a change", "BOX")


def reloaded(box: Box, old: bytes, new: bytes) -> None:
    """Load the service's metadata again with something replaced in it."""
    service, occasion = registry(box)
    raw = sp_metadata("https://one.example.dk", key_pair("one")[1]).replace(old, new)
    options = LoadOptions(accept_key_change=True)
    report = service.load_xml(
        raw, federation="sundhed", source="box", options=options, occasion=occasion
    )
    assert not report.refused


def test_an_address_that_left_metadata_gets_no_answer(box: Box) -> None:
    browser = box.browser()
    forge = Forge(box.at_idp(browser), box.clock())
    reloaded(box, b"one.example.dk/acs", b"one.example.dk/moved")
    page = box.deliver(browser, forge.xml())
    assert code_of(page) == "request.acs"
    assert "SAMLResponse" not in page.text


def test_an_address_that_only_moved_up_or_down_is_still_the_right_one(box: Box) -> None:
    browser = box.browser()
    draft = replace(box.draft(), acs_url="https://one.example.dk/acs2")
    forge = Forge(box.at_idp(browser, "alpha", draft), box.clock())
    first = b'/acs" index="0" isDefault="true"/>'
    reloaded(box, first, first.replace(b"/acs", b"/another").replace(b'"0"', b'"7"'))
    target, _ = posted(box.deliver(browser, forge.xml()))
    assert target == "https://one.example.dk/acs2"


def test_a_federation_added_after_the_start_is_not_served_without_keys(box: Box) -> None:
    service, occasion = registry(box)
    document = {
        **FEDERATION,
        "code": "borger",
        "environment": [
            {
                "path": "borger",
                "environment": "production",
                "name": {"da": "Borger", "en": "Citizen"},
                "idp_entity_id": "{origin}/borger/saml/idp",
                "sp_entity_id": "{origin}/borger/saml/sp",
            }
        ],
    }
    service.load_document(document, source="box", occasion=occasion)
    page = box.browser().get("/borger/saml/sso", base_url=ORIGIN)
    assert page.status_code == 400  # its keys are looked for when something has to be signed
    assert box.browser().get("/borger/metadata/idp.xml", base_url=ORIGIN).status_code == 404


def test_an_idp_list_narrows_the_choice_to_one(scene: Scene) -> None:
    draft = replace(scene.box.draft(), idp_list=("https://beta.example.dk", "https://x.dk"))
    page = scene.box.redirect(scene.browser, draft)
    assert page.headers["Location"].startswith("https://beta.example.dk/sso?")


def test_an_idp_list_of_strangers_is_answered_at_once(scene: Scene) -> None:
    draft = replace(scene.box.draft(), idp_list=("https://x.dk",))
    target, fields = posted(scene.box.redirect(scene.browser, draft))
    status = open_response([fields["SAMLResponse"]]).unverified.status
    assert target == "https://one.example.dk/acs"
    assert (status.code, status.sub_code) == (names.REQUESTER, names.NO_SUPPORTED_IDP)


def test_an_idp_list_of_what_is_not_open_says_so(box: Box) -> None:
    service, occasion = registry(box)
    past = box.clock()
    service.activate("sundhed", "one", "beta", opens=None, closes=past, occasion=occasion)
    draft = replace(box.draft(), idp_list=("https://beta.example.dk",))
    page = box.redirect(box.browser(), draft)
    assert code_of(page) == "policy.idp_not_active"
    assert posted(page)[0] == "https://one.example.dk/acs"


def test_the_answer_goes_to_the_address_itself_whatever_its_response_location(box: Box) -> None:
    browser = box.browser()
    place = b'/acs" index="0" isDefault="true"'
    reloaded(box, place, place + b' ResponseLocation="https://one.example.dk/elsewhere"')
    forge = Forge(box.at_idp(browser), box.clock())
    target, _ = posted(box.deliver(browser, forge.xml()))
    assert target == "https://one.example.dk/acs"


def test_a_login_that_could_not_be_kept_is_not_announced(
    box: Box, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    browser = box.browser()
    forge = Forge(box.at_idp(browser), box.clock())

    def full(_transaction: object) -> None:
        raise OSError("the disk is full")

    with monkeypatch.context() as broken, caplog.at_level("INFO", logger="broker.security"):
        broken.setattr("sqlalchemy.engine.base.RootTransaction.commit", full)
        page = box.deliver(browser, forge.xml())
    assert (page.status_code, code_of(page)) == (500, "internal.error")
    assert "login.completed" not in caplog.text
    assert posted(box.deliver(browser, forge.xml()))[0] == "https://one.example.dk/acs"
