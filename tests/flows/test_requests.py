"""What a service may ask for, and what of it goes on to the identity provider."""

import re
from dataclasses import replace
from pathlib import Path

import pytest
from lxml import etree
from werkzeug.test import TestResponse

from broker.bootstrap import metadata_service
from broker.metadata.report import Occasion
from broker.saml import bindings, names
from broker.saml.authn_request import open_redirect, write_authn_request
from broker.saml.messages import AppSwitch, AuthnRequest, AuthnRequestDraft, Status
from broker.saml.response import open_response
from broker.saml.xml import Element
from tests.box import ORIGIN, SSO, Box, code_of, make_box, posted
from tests.factories import NOW, signing_key
from tests.hostile.forge import Forge
from tests.leaving import told

POLICY = "<samlp:NameIDPolicy {}/>"
SWITCH = AppSwitch("Android", "https://app.example.dk/tilbage")


@pytest.fixture(scope="module")
def box(tmp_path_factory: pytest.TempPathFactory) -> Box:
    made = make_box(tmp_path_factory.mktemp("requests"))
    service = metadata_service(made.services.engine, ORIGIN)
    document: dict[str, object] = {
        "kind": "idp",
        "code": "alpha",
        "name": {"da": "alpha", "en": "alpha"},
        "maximum": "High",
        "cvrs": "any",
        "app_switch": True,
    }
    service.load_document(document, source="box", occasion=Occasion(NOW, "test", "box", "BOX"))
    return made


def with_parts(draft: AuthnRequestDraft, *parts: str) -> Element:
    """The request with parts that our own drafts never have, where the schema wants them."""
    root = etree.fromstring(write_authn_request(draft, sign_with=None).xml)
    before = root.findall(f"{{{names.SAMLP}}}NameIDPolicy")
    for old in before:
        root.remove(old)
    for part in parts:
        new = _part(part)
        place = root.find(f"{{{names.SAMLP}}}RequestedAuthnContext")
        scoping = root.find(f"{{{names.SAMLP}}}Scoping")
        behind = place if place is not None else scoping
        if new.tag.endswith("NameIDPolicy") and behind is not None:
            behind.addprevious(new)
        else:
            root.append(new)
    return root


def _part(part: str) -> Element:
    return etree.fromstring(part.replace(" ", f' xmlns:samlp="{names.SAMLP}" ', 1))


def ask(box: Box, root: Element) -> TestResponse:
    """Send a request made by hand, signed."""
    url = bindings.encode_redirect(
        SSO,
        etree.tostring(root),
        parameter="SAMLRequest",
        relay_state="r",
        key=signing_key("one"),
    )
    return box.browser().get(url, base_url=ORIGIN)


def status(page: TestResponse) -> Status:
    """The status that a page posts to the service."""
    target, fields = posted(page)
    assert target == "https://one.example.dk/acs"
    return open_response([fields["SAMLResponse"]]).unverified.status


REFUSED = [
    (f'Format="{names.X509_SUBJECT}"', names.REQUESTER),
    ('Format="urn:oasis:names:tc:SAML:1.1:nameid-format:emailAddress"', names.REQUESTER),
    ('SPNameQualifier="https://two.example.dk"', names.REQUESTER),
]


@pytest.mark.parametrize(("policy", "top"), REFUSED, ids=[row[0] for row in REFUSED])
def test_a_name_that_cannot_be_had_is_said_so_at_once(box: Box, policy: str, top: str) -> None:
    page = ask(box, with_parts(box.draft(), POLICY.format(policy)))
    assert status(page) == Status(top, names.INVALID_NAMEID_POLICY)


TAKEN = [
    (f'Format="{names.PERSISTENT}"', names.PERSISTENT),
    (f'Format="{names.TRANSIENT}"', names.TRANSIENT),
    (f'Format="{names.UNSPECIFIED}" AllowCreate="true"', names.PERSISTENT),
    ('SPNameQualifier="https://one.example.dk"', names.PERSISTENT),
]


@pytest.mark.parametrize(("policy", "form"), TAKEN, ids=[row[0] for row in TAKEN])
def test_the_name_has_the_form_that_was_asked_for(box: Box, policy: str, form: str) -> None:
    browser = box.browser()
    draft = box.draft()
    url = bindings.encode_redirect(
        SSO,
        etree.tostring(with_parts(draft, POLICY.format(policy))),
        parameter="SAMLRequest",
        relay_state="r",
        key=signing_key("one"),
    )
    page = box.choose(browser, browser.get(url, base_url=ORIGIN), "alpha")
    trip = box.trip(page.headers["Location"], "one", "alpha", draft.id)
    page = box.deliver(browser, Forge(trip, box.clock()).xml())
    name = told(box, page, "one").name_id
    assert name is not None
    assert name.format == form


def test_nobody_new_is_named_where_the_service_forbids_it(tmp_path: Path) -> None:
    fresh = make_box(tmp_path)
    browser = fresh.browser()
    draft = fresh.draft()
    root = with_parts(draft, POLICY.format(f'Format="{names.PERSISTENT}" AllowCreate="false"'))
    url = bindings.encode_redirect(
        SSO,
        etree.tostring(root),
        parameter="SAMLRequest",
        relay_state="r",
        key=signing_key("one"),
    )
    page = fresh.choose(browser, browser.get(url, base_url=ORIGIN), "alpha")
    trip = fresh.trip(page.headers["Location"], "one", "alpha", draft.id)
    page = fresh.deliver(browser, Forge(trip, fresh.clock()).xml())
    assert status(page) == Status(names.RESPONDER, names.INVALID_NAMEID_POLICY)


def upstream(box: Box, draft: AuthnRequestDraft, idp: str = "alpha") -> AuthnRequest:
    """What the identity provider is asked."""
    return box.at_idp(box.browser(), idp, draft).request


def test_the_proxy_count_is_counted_down_and_the_requesters_are_named(box: Box) -> None:
    draft = replace(box.draft(), proxy_count=2, requester_ids=("https://end.example.dk",))
    request = upstream(box, draft)
    assert request.proxy_count == 1
    assert request.requester_ids == ("https://end.example.dk", "https://one.example.dk")
    assert upstream(box, box.draft()).proxy_count is None


def test_a_proxy_count_of_nought_is_exceeded(box: Box) -> None:
    page = box.redirect(box.browser(), replace(box.draft(), proxy_count=0))
    assert status(page) == Status(names.RESPONDER, names.PROXY_COUNT_EXCEEDED)


def test_requesters_without_end_are_not_carried(box: Box) -> None:
    many = tuple(f"https://{'x' * 40}.example.dk/{n}" for n in range(20))
    request = upstream(box, replace(box.draft(), requester_ids=many))
    assert request.requester_ids == (many[-1], "https://one.example.dk")


def test_the_app_is_switched_back_to_by_an_idp_that_can(box: Box) -> None:
    draft = replace(box.draft(), app_switch=SWITCH)
    assert upstream(box, draft).app_switch == SWITCH
    assert upstream(box, draft, "legacy").app_switch is None


@pytest.mark.parametrize(
    "switch",
    [
        AppSwitch("Symbian", "https://app.example.dk"),
        AppSwitch("iOS", "javascript:alert(1)"),
        AppSwitch("iOS", "https://app.example.dk/" + "x" * 300),
    ],
    ids=["another platform", "a script", "endless"],
)
def test_an_odd_app_is_refused(box: Box, switch: AppSwitch) -> None:
    page = box.redirect(box.browser(), replace(box.draft(), app_switch=switch))
    assert (code_of(page), page.status_code) == ("request.app_switch", 400)


LEVELS = [
    (("Low",), "exact", names.NO_AUTHN_CONTEXT),
    (("Substantial",), "exact", None),
    (("Low",), "better", None),
    (("Substantial",), "better", names.NO_AUTHN_CONTEXT),
    (("Low",), "maximum", names.NO_AUTHN_CONTEXT),
    (("High",), "maximum", None),
    (("High",), "minimum", names.NO_AUTHN_CONTEXT),
    (("Low", "Substantial"), "exact", None),
]


@pytest.mark.parametrize(("levels", "comparison", "sub_code"), LEVELS)
def test_a_level_is_compared_as_it_was_asked(
    box: Box, levels: tuple[str, ...], comparison: str, sub_code: str | None
) -> None:
    browser = box.browser()
    uris = tuple(f"https://data.gov.dk/concept/core/nsis/loa/{level}" for level in levels)
    draft = replace(box.draft(), class_refs=uris, comparison=comparison)
    trip = box.at_idp(browser, "alpha", draft)
    page = box.deliver(browser, Forge(trip, box.clock()).xml())
    found = status(page)
    assert found.sub_code == sub_code
    assert (page.status_code, code_of(page)) == (
        (403, "policy.assurance") if sub_code else (200, "")
    )


def test_passive_and_forced_at_once_is_refused(box: Box) -> None:
    draft = replace(box.draft(), is_passive=True, force_authn=True)
    assert status(box.redirect(box.browser(), draft)) == Status(names.REQUESTER)


def test_the_request_upstream_is_signed_and_says_where_to_go_back(box: Box) -> None:
    browser = box.browser()
    page = box.choose(browser, box.redirect(browser), "alpha")
    opened = open_redirect(page.headers["Location"].partition("?")[2].encode())
    assert opened.signed
    assert re.fullmatch(r"[0-9a-f]{24}\.\d+", opened.relay_state or "")
