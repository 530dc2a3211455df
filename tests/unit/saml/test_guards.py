"""Guards behind other guards: each is asked alone, since nobody gets past the ones before it."""

import base64
import zlib
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from urllib.parse import quote

import pytest
from lxml import etree

from broker.errors import Refused
from broker.login import idp_response
from broker.saml import authn_request, bindings, checks, logout_checks, names, soap
from broker.saml.bindings import encode_post
from broker.saml.engine.requests import read_authn_request
from broker.saml.messages import LogoutRequest, LogoutResponse, NameID, Status
from broker.saml.response import Envelope, Verified, open_response
from broker.saml.xml import MAX_ELEMENTS, _check_tree, parse, text_of
from tests.factories import NOW, authn_request_draft, key_pair, response
from tests.unit.login.test_seal import RESPONSE
from tests.unit.saml.test_checks import ASSERTION, ENVELOPE, EXPECTED

WITH_DTD = etree.fromstring("<!DOCTYPE x [<!ELEMENT x ANY>]><x/>")
COMMENTED = etree.fromstring("<x><!-- y --></x>")
DEEP = etree.fromstring("<a>x<b/></a>")
MANY = b"<a>" + b"<b/>" * MAX_ELEMENTS + b"</a>"
BARE = f'<x><s:Body xmlns:s="{names.SOAP_ENVELOPE}"><y/></s:Body></x>'.encode()
ELSEWHERE = replace(ENVELOPE, destination="https://other.example.dk/acs")
DRAFT = authn_request_draft()
WRITTEN = authn_request.write_authn_request(DRAFT, sign_with=None).xml
SERVICE = checks.ExpectedRequest(DRAFT.issuer, DRAFT.destination or "", True, NOW, timedelta(0))
EXTENSIONS = (
    f'<p:Extensions xmlns:p="{names.SAMLP}"><ds:Signature xmlns:ds="{names.DS}"/></p:Extensions>'
)
INSIDE = (
    f'<a:Subject xmlns:a="{names.SAML}"><a:SubjectConfirmation Method="{names.BEARER}">'
    f'<a:SubjectConfirmationData><ds:Signature xmlns:ds="{names.DS}"><ds:SignedInfo>'
    f'<ds:CanonicalizationMethod Algorithm="{names.EXC_C14N}"/>'
    f'<ds:SignatureMethod Algorithm="{names.RSA_SHA256}"/><ds:Reference>'
    f'<ds:DigestMethod Algorithm="{names.SHA256}"/><ds:DigestValue>QUJD</ds:DigestValue>'
    "</ds:Reference></ds:SignedInfo><ds:SignatureValue>QUJD</ds:SignatureValue></ds:Signature>"
    "</a:SubjectConfirmationData></a:SubjectConfirmation></a:Subject>"
)
LOGOUT = logout_checks.ExpectedLogout(
    "https://idp.example.dk", frozenset({"https://x.example.dk"}), names.POST, NOW, timedelta(0)
)


def asked(old: str = "", new: str = "", *, after_issuer: str = "") -> None:
    """Open a posted request with something replaced in it, or put behind its issuer."""
    root = etree.fromstring(WRITTEN.decode().replace(old, new) if old else WRITTEN)
    if after_issuer:
        root.insert(1, etree.fromstring(after_issuer))
    authn_request.open_post([encode_post(etree.tostring(root))], [])


def accepted(envelope: Envelope) -> None:
    """Accept an assertion in a signed Response whose envelope says that."""
    verified = Verified(ASSERTION, envelope, True, False, key_pair("idp")[1], None)
    idp_response.accept(verified, RESPONSE, None, EXPECTED, ())


def without_issuer() -> None:
    root = etree.fromstring(WRITTEN)
    root.remove(root[0])
    authn_request.open_post([encode_post(etree.tostring(root))], [])


def another_issuer(check: Callable[..., object]) -> None:
    request = read_authn_request(etree.fromstring(WRITTEN))
    check(replace(request, issuer="https://other.example.dk"), SERVICE)


def left(issuer: str = "https://other.example.dk") -> LogoutRequest:
    nurse = NameID("nurse-1", names.PERSISTENT)
    return LogoutRequest("_l", issuer, "https://x.example.dk", NOW, None, nurse, ())


def left_too(issuer: str = "https://other.example.dk") -> LogoutResponse:
    return LogoutResponse("_l", issuer, "https://x.example.dk", "_x", NOW, Status(names.SUCCESS))


def answer_to_another() -> None:
    opened = open_response([encode_post(response().xml)])
    idp_response.answered_try(opened, RESPONSE)


def packed(xml: bytes, more: bytes = b"") -> bytes:
    """A query whose message unpacks to that, followed by more."""
    compressor = zlib.compressobj(wbits=-15)
    value = base64.b64encode(compressor.compress(xml) + compressor.flush() + more)
    return b"SAMLRequest=" + quote(value, safe="").encode()


ROWS: list[tuple[str, Callable[[], object], str]] = [
    ("an element where text was", lambda: text_of(DEEP), "malformed.shape"),
    ("a tree with a DTD", lambda: _check_tree(WITH_DTD), "malformed.doctype"),
    ("a comment in a tree", lambda: _check_tree(COMMENTED), "malformed.node"),
    ("more elements than bytes tell", lambda: parse(MANY), "limit.elements"),
    ("no envelope around a body", lambda: soap.open_envelope(BARE), "malformed.soap"),
    ("a form without end", lambda: bindings.decode_post(["QUJD" * 102_401]), "limit.size"),
    (
        "a Response for a request",
        lambda: bindings.decode_redirect(
            packed(WRITTEN).replace(b"Request", b"Response"), "SAMLRequest"
        ),
        "malformed.parameter",
    ),
    (
        "something behind what is packed",
        lambda: bindings.decode_redirect(packed(WRITTEN, b"x"), "SAMLRequest"),
        "malformed.deflate",
    ),
    ("a signed envelope for elsewhere", lambda: accepted(ELSEWHERE), "context.destination"),
    ("another issuer", lambda: another_issuer(checks.request_issuer), "request.issuer"),
    (
        "another issuer, by the list",
        lambda: another_issuer(lambda r, e: checks.run(checks.REQUEST_CHECKS, r, e)),
        "request.issuer",
    ),
    ("a logout of another issuer", lambda: logout_checks.issuer(left(), LOGOUT), "context.issuer"),
    (
        "a logout of another issuer, by the list",
        lambda: checks.run(logout_checks.LOGOUT_REQUEST_CHECKS, left(), LOGOUT),
        "context.issuer",
    ),
    (
        "an answer of another issuer, by the list",
        lambda: checks.run(logout_checks.LOGOUT_RESPONSE_CHECKS, left_too(), LOGOUT),
        "context.issuer",
    ),
    ("an answer to another request", answer_to_another, "context.in_response_to"),
    (
        "what was never packed",
        lambda: bindings.decode_redirect(b"SAMLRequest=%2F%2F%2F%2F", "SAMLRequest"),
        "malformed.deflate",
    ),
    ("another message", lambda: asked("AuthnRequest", "LogoutRequest"), "malformed.root"),
    ("another version", lambda: asked('Version="2.0"', 'Version="1.1"'), "malformed.version"),
    ("an ID without end", lambda: asked(' ID="_', ' ID="_' + "i" * 160), "limit.id"),
    ("no issuer", without_issuer, "request.issuer"),
    (
        "an issuer that is no entity",
        lambda: asked("Issuer>http", f'Issuer Format="{names.PERSISTENT}">http'),
        "request.issuer",
    ),
    ("a signature among extensions", lambda: asked(after_issuer=EXTENSIONS), "signature.shape"),
    ("a signature in its subject", lambda: asked(after_issuer=INSIDE), "signature.shape"),
]


@pytest.mark.parametrize(("ask", "code"), [r[1:] for r in ROWS], ids=[r[0] for r in ROWS])
def test_it_refuses_by_itself(ask: Callable[[], object], code: str) -> None:
    with pytest.raises(Refused) as refused:
        ask()
    assert refused.value.code == code


def test_the_controls_are_taken() -> None:
    """What the rows change is taken as it was."""
    asked()
    checks.run(logout_checks.LOGOUT_REQUEST_CHECKS, left(LOGOUT.peer), LOGOUT)
    checks.run(logout_checks.LOGOUT_RESPONSE_CHECKS, left_too(LOGOUT.peer), LOGOUT)
    assert bindings.decode_redirect(packed(WRITTEN), "SAMLRequest").xml == WRITTEN
