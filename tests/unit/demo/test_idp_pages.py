"""What the demo's identity provider shows and posts, asked as the broker asks."""

from dataclasses import replace
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient

from broker.demo.idp import DemoIdp, blueprint
from broker.saml import names
from broker.saml.response import open_response
from broker.settings import read_settings
from broker.web.setup import install
from tests.box import posted
from tests.factories import ACS
from tests.unit.demo.conftest import ASKED, query

ORIGIN = "http://127.0.0.1:1"


@pytest.fixture
def browser(idp: DemoIdp, tmp_path: Path) -> FlaskClient:
    app = Flask("idp", static_folder=None, template_folder=None)
    install(app, read_settings({"BROKER_DATA": str(tmp_path), "BROKER_ORIGIN": ORIGIN}))
    app.register_blueprint(blueprint(idp))
    return app.test_client()


def ask(browser: FlaskClient, asked: bytes) -> str:
    page = browser.get(f"/nemlogin/sso?{asked.decode()}", base_url=ORIGIN)
    assert page.status_code == 200
    return page.text


def test_the_visitor_is_asked_even_when_the_request_forces_it(browser: FlaskClient) -> None:
    for forced in (False, True):
        text = ask(browser, query(replace(ASKED, force_authn=forced)))
        assert 'value="mette"' in text
        assert 'value="karen"' not in text  # she belongs to another identity provider


def test_a_passive_request_is_answered_without_a_page(browser: FlaskClient) -> None:
    asked = query(replace(ASKED, is_passive=True))
    page = browser.get(f"/nemlogin/sso?{asked.decode()}", base_url=ORIGIN)
    target, fields = posted(page)
    said = open_response([fields["SAMLResponse"]])
    assert target == ACS
    assert said.unverified.status.sub_code == names.NO_PASSIVE


def test_a_choice_is_posted_to_the_broker(browser: FlaskClient) -> None:
    form = {"query": query(ASKED).decode(), "person": "mette"}
    target, fields = posted(browser.post("/nemlogin/sso", data=form, base_url=ORIGIN))
    assert target == ACS
    assert open_response([fields["SAMLResponse"]]).unverified.status.code == names.SUCCESS


def test_a_choice_for_a_request_that_nobody_signed_is_refused(browser: FlaskClient) -> None:
    form = {"query": query(ASKED, "").decode(), "person": "mette"}
    page = browser.post("/nemlogin/sso", data=form, base_url=ORIGIN)
    assert page.status_code == 400
    assert "SAMLResponse" not in page.text
