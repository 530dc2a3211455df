"""E: bad AuthnRequests. The answer is our own page, and never a redirect to what was asked for."""

import base64
import zlib
from collections.abc import Callable
from copy import deepcopy
from dataclasses import replace
from datetime import timedelta
from urllib.parse import parse_qs, urlsplit

import pytest
from lxml import etree
from werkzeug.test import TestResponse

from broker.saml import bindings, names
from broker.saml.authn_request import write_authn_request
from broker.saml.messages import AuthnRequestDraft
from broker.saml.response import open_response
from tests.box import ORIGIN, SSO, code_of, posted
from tests.factories import key_pair, signing_key
from tests.hostile.conftest import Scene
from tests.hostile.forge import Forge

Edit = Callable[[AuthnRequestDraft], AuthnRequestDraft]


def but(**change: object) -> Edit:
    return lambda draft: replace(draft, **change)  # type: ignore[arg-type]  # rows name fields


EVIL = "https://evil.example.org/acs"
DRAFTS: list[tuple[str, Edit, str]] = [
    ("E03 unknown address", but(acs_url=EVIL), "request.acs"),
    ("E03 prefix", but(acs_url="https://one.example.dk/acs.evil.org"), "request.acs"),
    ("E03 user part", but(acs_url="https://one.example.dk/acs@evil.org"), "request.acs"),
    ("E03 other case", but(acs_url="https://one.example.dk/ACS"), "request.acs"),
    ("E03 trailing slash", but(acs_url="https://one.example.dk/acs/"), "request.acs"),
    ("E03 script", but(acs_url="javascript:alert(1)"), "request.acs"),
    ("E03 another service's", but(acs_url="https://two.example.dk/acs"), "request.acs"),
    ("E04 unknown issuer", but(issuer="https://nobody.example.dk"), "request.unknown_issuer"),
    ("E04 an IdP as issuer", but(issuer="https://alpha.example.dk"), "request.unknown_issuer"),
    ("E04 one service for another", but(issuer="https://two.example.dk"), "signature.invalid"),
    ("E04 empty issuer", but(issuer=""), "request.issuer"),
    ("E05 wrong destination", but(destination="https://x.dk/sso"), "request.destination"),
    ("E05 no destination", but(destination=None), "request.destination"),
]


@pytest.mark.parametrize(("edit", "code"), [r[1:] for r in DRAFTS], ids=[r[0] for r in DRAFTS])
def test_it_is_refused_on_our_own_page(scene: Scene, edit: Edit, code: str) -> None:
    draft = edit(scene.box.draft())
    refused_here(scene, lambda: scene.box.redirect(scene.browser, draft), code)


def refused_here(scene: Scene, send: Callable[[], TestResponse], code: str) -> None:
    page = scene.watched(send)
    scene.seen.refused(page, code)
    assert "evil" not in page.text
    assert scene.box.redirect(scene.browser).status_code == 303


@pytest.mark.parametrize("minutes", [14, -4])
def test_e06_an_old_or_future_request_is_refused(scene: Scene, minutes: int) -> None:
    issued = scene.box.clock() - timedelta(minutes=minutes)
    draft = replace(scene.box.draft(), issued_at=issued)
    refused_here(scene, lambda: scene.box.redirect(scene.browser, draft), "request.issue_instant")


@pytest.mark.parametrize(
    ("key", "code"),
    [("", "signature.missing"), ("two", "signature.invalid"), ("attacker", "signature.invalid")],
)
def test_e01_an_unsigned_or_foreign_signed_request_is_refused(
    scene: Scene, key: str, code: str
) -> None:
    refused_here(scene, lambda: scene.box.redirect(scene.browser, key=key), code)


def posted_request(scene: Scene, xml: bytes, relay_state: str = "x") -> TestResponse:
    data = {"SAMLRequest": bindings.encode_post(xml), "RelayState": relay_state}
    return scene.browser.post(SSO, data=data, base_url=ORIGIN)


@pytest.mark.parametrize(("key", "code"), [("", "signature.missing"), ("two", "signature.invalid")])
def test_e01_the_same_over_post(scene: Scene, key: str, code: str) -> None:
    sign_with = signing_key(key) if key else None
    xml = write_authn_request(scene.box.draft(), sign_with=sign_with).xml
    refused_here(scene, lambda: posted_request(scene, xml), code)


def test_a22_two_signatures_on_a_posted_request(scene: Scene) -> None:
    xml = write_authn_request(scene.box.draft(), sign_with=signing_key("one")).xml
    root = etree.fromstring(xml)
    own = root.find(f"{{{names.DS}}}Signature")
    assert own is not None
    own.addnext(deepcopy(own))
    refused_here(scene, lambda: posted_request(scene, etree.tostring(root)), "malformed.schema")


def test_a_posted_request_changed_after_signing(scene: Scene) -> None:
    xml = write_authn_request(scene.box.draft(), sign_with=signing_key("one")).xml
    changed = xml.replace(b"one.example.dk/acs", b"one.example.dk/acs2")
    refused_here(scene, lambda: posted_request(scene, changed), "signature.invalid")


def test_r5_a_posted_request_ends_in_a_redirect_to_ourselves(scene: Scene) -> None:
    xml = write_authn_request(scene.box.draft(), sign_with=signing_key("one")).xml
    page = posted_request(scene, xml)
    assert page.status_code == 303
    assert urlsplit(page.headers["Location"]).path == "/sundhed/saml/discovery"


@pytest.mark.parametrize("method", ["PUT", "DELETE", "PATCH"])
def test_e14_other_methods_get_a_page(scene: Scene, method: str) -> None:
    page = scene.browser.open(SSO, method=method, base_url=ORIGIN)
    assert page.status_code == 405


def test_e14_get_at_the_acs_gets_a_page(scene: Scene) -> None:
    assert scene.browser.get("/sundhed/saml/acs", base_url=ORIGIN).status_code == 405


@pytest.mark.parametrize("kind", ["application/json", "multipart/form-data", "text/xml"])
def test_e14_only_forms_are_read(scene: Scene, kind: str) -> None:
    page = scene.browser.post("/sundhed/saml/acs", data=b"x", content_type=kind, base_url=ORIGIN)
    assert code_of(page) == "malformed.content_type"
    assert page.status_code == 400


def test_e14_another_host_name_is_not_answered(scene: Scene) -> None:
    page = scene.browser.get("/", base_url="https://evil.example.org")
    assert page.status_code == 400


def test_h02_a_huge_body_is_refused_before_it_is_read(scene: Scene) -> None:
    data = {"SAMLResponse": "A" * 600_000}
    page = scene.browser.post("/sundhed/saml/acs", data=data, base_url=ORIGIN)
    assert page.status_code == 413


def test_h01_an_inflate_bomb_is_refused_within_its_limits(scene: Scene) -> None:
    compressor = zlib.compressobj(9, wbits=-15)
    bomb = b"".join(compressor.compress(b"\x00" * 1_000_000) for _ in range(50))
    packed = base64.b64encode(bomb + compressor.flush()).decode()
    query = {"SAMLRequest": packed}
    refused_here(
        scene,
        lambda: scene.browser.get(SSO, query_string=query, base_url=ORIGIN),
        "limit.inflated",
    )
    assert scene.seen.kilobytes < 5 * 1024, "kilobytes of memory for 50 MB inside"
    assert scene.seen.seconds < 0.1


def test_e08_relay_state_comes_back_verbatim_and_escaped(scene: Scene) -> None:
    hostile = '"><script>alert(1)</script>&amp;\u00e6'
    trip_page = scene.box.redirect(scene.browser, draft := scene.box.draft(), relay_state=hostile)
    chosen = scene.box.choose(scene.browser, trip_page, "alpha")
    trip = scene.box.trip(chosen.headers["Location"], "one", "alpha", draft.id)
    page = scene.deliver(Forge(trip, scene.box.clock()).xml())
    assert "<script>alert" not in page.text
    assert posted(page)[1]["RelayState"] == hostile


def status_of(page: TestResponse, request_id: str) -> tuple[str, str | None]:
    """The status that goes back to the service at once, signed by us."""
    target, fields = posted(page)
    assert target == "https://one.example.dk/acs"
    opened = open_response([fields["SAMLResponse"]])
    assert opened.unverified.in_response_to == request_id
    assert opened.signed
    return opened.unverified.status.code, opened.unverified.status.sub_code


AT_ONCE: list[tuple[str, Edit, str, str | None]] = [
    ("E10 both at once", but(force_authn=True, is_passive=True), names.REQUESTER, None),
    ("E10 passive, several IdPs", but(is_passive=True), names.RESPONDER, names.NO_PASSIVE),
    (
        "E10 no proxying",
        but(proxy_count=0),
        names.RESPONDER,
        names.PROXY_COUNT_EXCEEDED,
    ),
    (
        "E10 unknown context",
        but(class_refs=("urn:x:strong",)),
        names.REQUESTER,
        names.NO_AUTHN_CONTEXT,
    ),
    (
        "E10 a citizen here",
        but(class_refs=(names.PERSON,)),
        names.REQUESTER,
        names.NO_AUTHN_CONTEXT,
    ),
]


@pytest.mark.parametrize(
    ("edit", "code", "sub_code"), [r[1:] for r in AT_ONCE], ids=[r[0] for r in AT_ONCE]
)
def test_what_cannot_be_served_is_answered_at_once(
    scene: Scene, edit: Edit, code: str, sub_code: str | None
) -> None:
    draft = edit(scene.box.draft())
    page = scene.box.redirect(scene.browser, draft)
    assert status_of(page, draft.id) == (code, sub_code)


def test_our_request_is_signed_and_names_the_service(scene: Scene) -> None:
    trip = scene.box.at_idp(scene.browser)
    assert trip.request.requester_ids == ("https://one.example.dk",)
    assert trip.request.identity_types == (names.PROFESSIONAL,)
    assert trip.request.demand is not None
    assert trip.request.demand.comparison == "minimum"
    assert trip.relay_state is not None
    assert len(trip.relay_state) <= 80


def test_the_query_of_a_refused_request_is_nowhere_in_the_page(scene: Scene) -> None:
    page = scene.box.redirect(scene.browser, key="attacker", relay_state="secret-page-7")
    assert "secret-page-7" not in page.text
    assert parse_qs(urlsplit(page.request.url).query)["RelayState"] == ["secret-page-7"]
    assert key_pair("attacker")[1].fingerprint not in page.text
