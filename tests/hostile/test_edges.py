"""Edges that a reviewer found: endless numbers, forked cookies, refusals after the fact."""

import secrets
from dataclasses import replace
from pathlib import Path

import pytest
import sqlalchemy as sa
from flask.testing import FlaskClient
from lxml import etree

from broker.db import METADATA, reading
from broker.login.seal import PREFIX
from broker.saml import names, signatures
from broker.saml.authn_request import write_authn_request
from broker.saml.bindings import encode_post
from broker.saml.response import open_response
from broker.saml.xml import Element
from tests.box import ORIGIN, SSO, Box, code_of, make_box, posted
from tests.factories import decryption_key, signing_key
from tests.hostile.conftest import Scene
from tests.hostile.forge import HONEST_ATTRIBUTES, Forge
from tests.hostile.test_flow import cookies, give


def posted_request(browser: FlaskClient, root: Element) -> str:
    """Sign a request as the service would, post it, and give the code it is refused with."""
    signatures.sign(root, signing_key("one"))
    data = {"SAMLRequest": encode_post(etree.tostring(root))}
    return code_of(browser.post(SSO, data=data, base_url=ORIGIN))


def request_tree(scene: Scene, **change: object) -> Element:
    draft = replace(scene.box.draft(), **change)  # type: ignore[arg-type]  # names of its fields
    return etree.fromstring(write_authn_request(draft, sign_with=None).xml)


@pytest.mark.parametrize("number", ["9" * 5000, "1" * 10, "70000"])
def test_an_endless_index_is_refused(scene: Scene, number: str) -> None:
    root = request_tree(scene)
    del root.attrib["AssertionConsumerServiceURL"]
    del root.attrib["ProtocolBinding"]
    root.set("AssertionConsumerServiceIndex", number)
    found = posted_request(scene.browser, root)
    assert found in ("malformed.number", "malformed.schema")


def test_an_endless_proxy_count_is_refused(scene: Scene) -> None:
    root = request_tree(scene, proxy_count=3)
    scoping = root.find(f"{{{names.SAMLP}}}Scoping")
    assert scoping is not None
    scoping.set("ProxyCount", "9" * 5000)
    assert posted_request(scene.browser, root) == "malformed.number"


@pytest.mark.parametrize(
    ("restriction", "code"),
    [
        (f'<a:ProxyRestriction Count="{"9" * 5000}"/>', "malformed.number"),
        ('<a:ProxyRestriction Count="5"/><a:ProxyRestriction Count="0"/>', "context.proxy"),
        (
            "<a:ProxyRestriction><a:Audience>https://x</a:Audience></a:ProxyRestriction>",
            "context.proxy",
        ),
    ],
)
def test_a_restriction_on_asserting_onwards_is_kept(
    scene: Scene, restriction: str, code: str
) -> None:
    forge = scene.at()
    scene.refused(forge.but(audience=forge.audience + restriction).xml(), code)
    scene.accepted(forge.xml())


def test_what_may_be_asserted_onwards_once_is_asserted_as_the_last(scene: Scene) -> None:
    forge = scene.at("legacy")
    allowed = '<a:ProxyRestriction Count="1"/>'
    fields = scene.accepted(forge.but(audience=forge.audience + allowed).xml())
    said = open_response([fields["SAMLResponse"]]).verify(
        scene.box.services.flow.keys.keyrings.first("sundhed").published_idp,
        [decryption_key("one")],
        demand_encryption=True,
        allow_cbc=False,
    )
    assert said.assertion.conditions is not None
    assert said.assertion.conditions.proxy_count == 0


def test_one_name_at_two_organisations_is_two_persons(scene: Scene) -> None:
    named = []
    for cvr in ("90000004", "90000098"):
        attributes = tuple(
            (name, cvr if name == names.CVR else value)
            for name, value in HONEST_ATTRIBUTES
            if name != names.PROFESSIONAL_UUID
        )
        scene.browser = scene.box.browser()
        scene.accepted(scene.at().but(attributes=attributes).xml())
        with reading(scene.box.services.engine) as connection:
            sessions = METADATA.tables["login_session"]
            latest = sa.select(sessions.c.person_id).order_by(sessions.c.started_at.desc())
            named.append({row[0] for row in connection.execute(latest)})
    assert len(named[1]) == len(named[0]) + 1


def test_a_refusal_at_the_last_hop_leaves_no_session_behind(tmp_path: Path) -> None:
    box: Box = make_box(tmp_path)
    browser = box.browser()
    forge = Forge(box.at_idp(browser), box.clock())
    # Nobody was authenticated in the year 1: what we would assert does not fit its schema.
    wrong = forge.but(authn_instant="0001-01-01T00:00:00Z")
    assert code_of(box.deliver(browser, wrong.xml())) == "malformed.schema"
    with reading(box.services.engine) as connection:
        for table in ("login_session", "session_participant", "person", "name_identifier"):
            count = sa.select(sa.func.count()).select_from(METADATA.tables[table])
            assert connection.scalar(count) == 0, table
        spent = METADATA.tables["spent_message"]
        assert connection.scalar(sa.select(sa.func.count()).select_from(spent)) == 3


def test_a_copy_of_the_cookie_cannot_end_one_flow_twice(scene: Scene) -> None:
    page = scene.box.redirect(scene.browser, draft := scene.box.draft())
    held = cookies(scene.browser)
    copy = scene.box.browser()
    give(copy, held)
    forges = []
    for browser, idp in ((scene.browser, "alpha"), (copy, "legacy")):
        chosen = scene.box.choose(browser, page, idp)
        trip = scene.box.trip(chosen.headers["Location"], "one", idp, draft.id)
        forges.append(Forge(trip, scene.box.clock()))
    scene.accepted(forges[0].xml())
    scene.browser = copy
    scene.refused(forges[1].xml(), "context.replay")


def test_an_old_assertion_in_a_new_flow_spends_nothing_of_it(scene: Scene) -> None:
    scene.accepted(scene.at("legacy").but(assertion_id="_again").xml())
    forge = scene.at("legacy")
    scene.refused(forge.but(assertion_id="_again").xml(), "context.replay")
    scene.accepted(forge.xml())


def test_a_flow_that_was_answered_at_once_is_over(scene: Scene) -> None:
    draft = replace(scene.box.draft(), is_passive=True, idp_list=("https://alpha.example.dk",))
    trip = scene.box.at_idp(scene.browser, "alpha", draft)
    forge = Forge(trip, scene.box.clock())
    status = (
        f'<p:StatusCode Value="{names.RESPONDER}">'
        f'<p:StatusCode Value="{names.NO_PASSIVE}"/></p:StatusCode>'
    )
    page = scene.deliver(etree.tostring(forge.but(status=status).around()))
    assert open_response([posted(page)[1]["SAMLResponse"]]).unverified.status.sub_code == (
        names.NO_PASSIVE
    )
    scene.refused(forge.xml(), "context.replay", rows=0)


@pytest.mark.parametrize("length", range(200, 480, 20))
def test_a_flow_that_starts_can_be_finished_whatever_its_relay_state(
    scene: Scene, length: int
) -> None:
    relay_state = secrets.token_urlsafe(length)[:length]
    page = scene.box.redirect(scene.browser, relay_state=relay_state)
    if code_of(page) == "limit.flow_state":
        assert length > 250
        return
    for _ in range(3):
        assert scene.box.choose(scene.browser, page, "alpha").status_code == 303


def test_cookies_that_nobody_can_open_make_room_first(scene: Scene) -> None:
    give(scene.browser, {f"{PREFIX}{number:024d}": "junk" for number in range(6)})
    forge = scene.at()
    scene.box.redirect(scene.browser)
    scene.accepted(forge.xml())


def test_a_request_for_one_person_by_name_is_answered_at_once(scene: Scene) -> None:
    root = request_tree(scene)
    subject = etree.fromstring(
        f'<a:Subject xmlns:a="{names.SAML}"><a:NameID>somebody</a:NameID></a:Subject>'
    )
    root.insert(1, subject)
    signatures.sign(root, signing_key("one"))
    data = {"SAMLRequest": encode_post(etree.tostring(root))}
    page = scene.browser.post(SSO, data=data, base_url=ORIGIN)
    status = open_response([posted(page)[1]["SAMLResponse"]]).unverified.status
    assert (status.code, status.sub_code) == (names.REQUESTER, names.REQUEST_UNSUPPORTED)


def test_a_level_that_does_not_exist_is_answered_at_once(scene: Scene) -> None:
    high = "https://data.gov.dk/concept/core/nsis/loa/High"
    draft = replace(scene.box.draft(), class_refs=(high,), comparison="better")
    page = scene.box.redirect(scene.browser, draft)
    status = open_response([posted(page)[1]["SAMLResponse"]]).unverified.status
    assert status.sub_code == names.NO_AUTHN_CONTEXT


def test_a_namespace_with_two_prefixes_is_verified(scene: Scene) -> None:
    forge = scene.at("legacy")
    text = etree.tostring(forge.but(encrypt=False, sign_assertion=False).tree()).decode()
    doubled = text.replace("<p:Response ", f'<p:Response xmlns:other="{names.SAML}" ', 1)
    root = etree.fromstring(doubled)
    signatures.sign(root, signing_key("legacy"))
    scene.accepted(etree.tostring(root))
