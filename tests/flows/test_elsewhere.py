"""Somebody without a role here who has one by another login is shown the way there."""

from pathlib import Path

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from broker.bootstrap import metadata_service
from broker.metadata.report import Occasion
from broker.saml import names
from tests.box import ORIGIN, Box, code_of, make_box
from tests.factories import NOW
from tests.hostile.forge import HONEST_ATTRIBUTES, OLDER_ATTRIBUTES, Forge
from tests.rights import service_document

PLAIN = HONEST_ATTRIBUTES[:-1]  # no privilege, so no role
SOMEBODY_ELSE = "1a2b3c4d-0000-4000-8000-00000000000b"


@pytest.fixture
def box(tmp_path: Path) -> Box:
    made = make_box(tmp_path / "data")
    document = service_document("one", ("alpha", "beta", "legacy"), require_role=True)
    service = metadata_service(made.services.engine, ORIGIN)
    service.load_document(document, source="test", occasion=Occasion(NOW, "test", "roles", "T"))
    return made


def arrive(
    box: Box, idp: str, said: tuple[tuple[str, str], ...] | None, browser: FlaskClient | None = None
) -> TestResponse:
    """Log in at service one through that identity provider, which says this of the person."""
    browser = browser or box.browser()
    trip = box.at_idp(browser, idp)
    forge = Forge(trip, box.clock(), attributes=said)
    if idp == "legacy":
        forge = forge.but(sign_response=True, encrypt=False)
    return box.deliver(browser, forge.xml())


def test_the_login_that_gave_roles_before_is_offered_and_one_press_away(box: Box) -> None:
    assert code_of(arrive(box, "legacy", OLDER_ATTRIBUTES)) == ""
    browser = box.browser()
    refused = arrive(box, "alpha", PLAIN, browser)
    assert code_of(refused) == "policy.no_role"
    assert "Din adgang til" in refused.text
    assert 'name="idp" value="legacy"' in refused.text
    flow = refused.text.partition('id="better"')[2].partition('name="flow" value="')[2]
    data = {"flow": flow.partition('"')[0], "idp": "legacy"}
    on = browser.post("/sundhed/saml/discovery", data=data, base_url=ORIGIN)
    assert on.headers["Location"].startswith("https://legacy.example.dk")
    trip = box.trip(on.headers["Location"], "one", "legacy", "")
    forge = Forge(trip, box.clock(), attributes=OLDER_ATTRIBUTES)
    arrived = box.deliver(browser, forge.but(sign_response=True, encrypt=False).xml())
    assert code_of(arrived) == ""


def test_nothing_is_told_of_anybody_else(box: Box) -> None:
    assert code_of(arrive(box, "legacy", OLDER_ATTRIBUTES)) == ""
    other = tuple(
        (name, SOMEBODY_ELSE if name == names.PROFESSIONAL_UUID else value) for name, value in PLAIN
    )
    refused = arrive(box, "alpha", other)
    assert code_of(refused) == "policy.no_role"
    assert "Din adgang til" not in refused.text
    assert 'value="legacy"' not in refused.text


def test_what_somebody_had_long_ago_is_not_offered(box: Box) -> None:
    assert code_of(arrive(box, "legacy", OLDER_ATTRIBUTES)) == ""
    box.clock.move(91 * 24 * 3600)
    refused = arrive(box, "alpha", PLAIN)
    assert code_of(refused) == "policy.no_role"
    assert "Din adgang til" not in refused.text


def test_another_login_can_be_chosen_after_a_refusal_in_any_case(box: Box) -> None:
    browser = box.browser()
    refused = arrive(box, "alpha", PLAIN, browser)
    address = refused.text.partition('href="https://broker.example.dk/sundhed/saml/discovery?')[2]
    query = address.partition('"')[0].replace("&amp;", "&")
    page = browser.get(f"/sundhed/saml/discovery?{query}", base_url=ORIGIN)
    assert page.status_code == 200
    assert page.text.count('name="idp"') == 3
