"""Malformed logout messages: what is no XML, no SAML, no SOAP, too much, or two at once."""

import base64
import zlib
from collections.abc import Callable
from urllib.parse import quote

import pytest

from broker.saml import bindings, names, soap
from broker.saml.authn_request import write_authn_request
from tests.box import ORIGIN, code_of
from tests.hostile.exits import PATHS, Exit

_ENTITY = b'<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/hostname">]>'
RAW: dict[str, tuple[Callable[[bytes], bytes], str]] = {
    "dtd": (lambda raw: _ENTITY + raw, "malformed.doctype"),
    "comment-before": (lambda raw: b"<!--x-->" + raw, "malformed.comment"),
    "comment-inside-the-name": (
        lambda raw: raw.replace(b"</a:NameID>", b"<!--x-->y</a:NameID>"),
        "malformed.comment",
    ),
    "pi": (lambda raw: raw.replace(b"</a:NameID>", b"<?x?></a:NameID>"), "malformed.pi"),
    "cdata": (
        lambda raw: raw.replace(b"</a:NameID>", b"<![CDATA[x]]></a:NameID>"),
        "malformed.cdata",
    ),
    "not-xml": (lambda _: b"hello", "malformed.xml"),
    "cut-off": (lambda raw: raw[:-9], "malformed.xml"),
    "followed-by-another": (lambda raw: raw + raw, "malformed.xml"),
    "utf-16": (lambda raw: raw.decode().encode("utf-16"), "malformed.encoding"),
    "byte-order-mark": (lambda raw: b"\xef\xbb\xbf" + raw, "malformed.encoding"),
    "nul": (lambda raw: raw + b"\x00", "malformed.encoding"),
    "oversize": (lambda raw: raw + b" " * 256 * 1024, "limit.size"),
    "too-deep": (
        lambda raw: raw.replace(b"</a:NameID>", b"<x>" * 60 + b"</x>" * 60 + b"</a:NameID>"),
        "limit.depth",
    ),
    "too-many": (
        lambda raw: raw.replace(b"</a:NameID>", b"<x/>" * 12001 + b"</a:NameID>"),
        "limit.elements",
    ),
    "another-root": (lambda raw: raw.replace(b"LogoutRequest", b"LogoutQuery"), "malformed.root"),
    "another-namespace": (
        lambda raw: raw.replace(b":2.0:protocol", b":2.1:protocol"),
        "malformed.id_odd",
    ),
    "a-response-in-a-request": (
        lambda raw: raw.replace(b"LogoutRequest", b"LogoutResponse"),
        "malformed.root",
    ),
    "an-unknown-attribute": (
        lambda raw: raw.replace(b"Version=", b'Evil="1" Version='),
        "malformed.schema",
    ),
    "no-issuer": (lambda raw: _without(raw, b"<a:Issuer>", b"</a:Issuer>"), "request.issuer"),
    "no-id": (lambda raw: raw.replace(b" ID=", b" Consent="), "malformed.schema"),
}


def _without(raw: bytes, start: bytes, end: bytes) -> bytes:
    before, _, rest = raw.partition(start)
    return before + rest.partition(end)[2]


@pytest.mark.parametrize("way", ["redirect", "post"])
@pytest.mark.parametrize("case", RAW, ids=lambda case: f"shape-{case}")
def test_xml_that_is_not_taken(leaving: Exit, case: str, way: str) -> None:
    change, code = RAW[case]
    raw = change(leaving.parting("sp", way).raw())
    leaving.begin()
    if way == "post":
        page = leaving.send_raw(raw, "sp", "post")
    else:
        url = bindings.encode_redirect(
            PATHS["sp", way], raw, parameter="SAMLRequest", relay_state=None, key=None
        )
        page = leaving.browser.get(url, base_url=ORIGIN)
        code = "limit.inflated" if code == "limit.size" else code
    limits = code.startswith("limit.") and code != "limit.size"
    leaving.refused(page, code, 400 if limits else None)
    leaving.works("sp", way)


def test_an_authn_request_at_the_logout_address(leaving: Exit) -> None:
    raw = write_authn_request(leaving.box.draft(), sign_with=None).xml
    leaving.refused(leaving.send_raw(raw, "sp", "post"), "malformed.root")
    leaving.refused(leaving.send_raw(raw, "sp", "soap"), "malformed.root")


@pytest.mark.parametrize("path", ["/sundhed/saml/sso", "/sundhed/saml/acs"])
def test_a_logout_request_at_another_address(leaving: Exit, path: str) -> None:
    raw = bindings.encode_post(leaving.parting().signed())
    leaving.begin()
    page = leaving.browser.post(
        path, data={"SAMLRequest": raw, "SAMLResponse": raw}, base_url=ORIGIN
    )
    leaving.refused(page, "malformed.root")


FORMS: dict[str, tuple[Callable[[str], list[tuple[str, str]]], str]] = {
    "nothing": (lambda _: [], "malformed.parameter"),
    "another-parameter": (lambda x: [("samlrequest", x)], "malformed.parameter"),
    "two-requests": (lambda x: [("SAMLRequest", x)] * 2, "malformed.parameter"),
    "two-responses": (lambda x: [("SAMLResponse", x)] * 2, "malformed.parameter"),
    "a-request-and-a-response": (
        lambda x: [("SAMLRequest", x), ("SAMLResponse", x)],
        "malformed.parameter",
    ),
    "an-empty-request-and-a-response": (
        lambda x: [("SAMLRequest", ""), ("SAMLResponse", x)],
        "malformed.parameter",
    ),
    "empty": (lambda _: [("SAMLRequest", "")], "malformed.base64"),
    "bad-base64": (lambda x: [("SAMLRequest", x[:-1] + "!")], "malformed.base64"),
    "base64-cut-off": (lambda x: [("SAMLRequest", x.rstrip("=")[:-1])], "malformed.base64"),
    "base64-url-safe": (lambda _: [("SAMLRequest", "_-_-")], "malformed.base64"),
    "base64-with-a-tail": (lambda x: [("SAMLRequest", x.rstrip("=") + "====")], "malformed.base64"),
    "not-ascii": (lambda x: [("SAMLRequest", "æ" + x)], "malformed.base64"),
    "two-relay-states": (
        lambda x: [("SAMLRequest", x), ("RelayState", "1"), ("RelayState", "2")],
        "request.relay_state",
    ),
}


@pytest.mark.parametrize("case", FORMS, ids=lambda case: f"form-{case}")
def test_forms_that_are_not_taken(leaving: Exit, case: str) -> None:
    make, code = FORMS[case]
    fields = make(bindings.encode_post(leaving.parting("sp", "post").signed()))
    body = "&".join(f"{name}={quote(value, safe='')}" for name, value in fields)
    leaving.begin()
    page = leaving.browser.post(
        PATHS["sp", "post"],
        data=body,
        content_type="application/x-www-form-urlencoded",
        base_url=ORIGIN,
    )
    leaving.refused(page, code)


QUERIES: dict[str, tuple[Callable[[str], str], str]] = {
    "nothing": (lambda _: "", "malformed.parameter"),
    "two-requests": (lambda x: f"SAMLRequest={x}&SAMLRequest={x}", "malformed.parameter"),
    "both": (lambda x: f"SAMLRequest={x}&SAMLResponse={x}", "malformed.parameter"),
    "both-the-other-way": (lambda x: f"SAMLResponse={x}&SAMLRequest={x}", "malformed.parameter"),
    "another-spelling": (lambda x: f"SAML%52equest={x}", "malformed.parameter"),
    "both-in-spellings": (lambda x: f"SAML%52equest={x}&SAMLResponse={x}", "malformed.parameter"),
    "a-response-in-the-relay-state": (
        lambda x: f"SAMLRequest={x}&RelayState=SAMLResponse=",
        "signature.missing",
    ),
    "another-encoding": (lambda x: f"SAMLRequest={x}&SAMLEncoding=GZIP", "malformed.parameter"),
    "not-deflated": (
        lambda _: "SAMLRequest=" + quote(base64.b64encode(b"<x/>").decode()),
        "malformed.deflate",
    ),
    "a-bomb": (
        lambda _: "SAMLRequest=" + quote(_deflated(b" " * 20_000_000)),
        "limit.inflated",
    ),
    "not-utf-8": (lambda x: f"SAMLRequest={x}&RelayState=%ff", "malformed.encoding"),
}


def _deflated(raw: bytes) -> str:
    packer = zlib.compressobj(wbits=-15)
    return base64.b64encode(packer.compress(raw) + packer.flush()).decode()


@pytest.mark.parametrize("case", QUERIES, ids=lambda case: f"query-{case}")
def test_queries_that_are_not_taken(leaving: Exit, case: str) -> None:
    make, code = QUERIES[case]
    query = make(quote(_deflated(leaving.parting().raw()), safe=""))
    leaving.begin()
    page = leaving.browser.get(f"{PATHS['sp', 'redirect']}?{query}", base_url=ORIGIN)
    leaving.refused(page, code, 400 if code == "limit.inflated" else None)


_S = f'xmlns:s="{names.SOAP_ENVELOPE}"'
_DUTY = '<h xmlns="urn:x" s:mustUnderstand="{}"/>'


def _soap(inside: str) -> Callable[[str], str]:
    return lambda message: f"<s:Envelope {_S}>{inside.replace('MESSAGE', message)}</s:Envelope>"


_BODY = "<s:Body>MESSAGE</s:Body>"
SOAP: dict[str, tuple[Callable[[str], str], str]] = {
    "no-envelope": (lambda message: message, "malformed.soap"),
    "soap-1.2": (
        lambda m: _soap(_BODY)(m).replace(
            names.SOAP_ENVELOPE, "http://www.w3.org/2003/05/soap-envelope"
        ),
        "malformed.soap",
    ),
    "no-body": (_soap(""), "malformed.soap"),
    "an-empty-body": (_soap("<s:Body/>"), "malformed.soap"),
    "two-bodies": (_soap(_BODY * 2), "malformed.id_duplicate"),
    "two-bodies-one-empty": (_soap("<s:Body/>" + _BODY), "malformed.soap"),
    "two-messages": (_soap("<s:Body>MESSAGE<x/></s:Body>"), "malformed.soap"),
    "a-body-in-a-body": (_soap(f"<s:Body>{_BODY}</s:Body>"), "malformed.root"),
    "a-duty": (_soap(f"<s:Header>{_DUTY.format(1)}</s:Header>{_BODY}"), "malformed.soap"),
    "a-duty-in-words": (
        _soap(f"<s:Header>{_DUTY.format('true')}</s:Header>{_BODY}"),
        "malformed.soap",
    ),
    "a-duty-in-a-second-header": (
        _soap(f"<s:Header/><s:Header>{_DUTY.format(1)}</s:Header>{_BODY}"),
        "malformed.soap",
    ),
    "a-fault": (
        _soap("<s:Body><s:Fault><faultcode>s:Client</faultcode></s:Fault></s:Body>"),
        "malformed.root",
    ),
    "dtd": (lambda message: _ENTITY.decode() + _soap(_BODY)(message), "malformed.doctype"),
    "comment": (_soap(f"<!--x-->{_BODY}"), "malformed.comment"),
    "oversize": (lambda m: _soap(_BODY)(m) + " " * 256 * 1024, "limit.size"),
    "not-xml": (lambda _: "hello", "malformed.xml"),
    "nothing": (lambda _: "", "malformed.xml"),
    "the-signed-one-in-the-header": (
        lambda m: _soap("<s:Header>MESSAGE</s:Header><s:Body>EVIL</s:Body>")(m).replace(
            "EVIL", _evil(m)
        ),
        "signature.missing",
    ),
}


def _evil(message: str) -> str:
    """The same request with another ID and no signature."""
    start, _, rest = message.partition("<ds:Signature")
    unsigned = start + rest.partition("</ds:Signature>")[2]
    return unsigned.replace(' ID="', ' ID="_evil')


@pytest.mark.parametrize("side", ["sp", "idp"])
@pytest.mark.parametrize("case", SOAP, ids=lambda case: f"soap-{case}")
def test_envelopes_that_are_not_taken(leaving: Exit, case: str, side: str) -> None:
    make, code = SOAP[case]
    envelope = make(leaving.parting(side, "soap").signed().decode()).encode()
    leaving.refused(leaving.call(envelope, side), code)
    leaving.works(side, "soap")


@pytest.mark.parametrize("duty", ["0", "false"])
def test_a_header_that_need_not_be_understood_is_not_read(leaving: Exit, duty: str) -> None:
    message = leaving.parting("sp", "soap").signed().decode()
    envelope = _soap(f"<s:Header>{_DUTY.format(duty)}</s:Header>{_BODY}")(message)
    assert leaving.call(envelope.encode()).status_code == 200


@pytest.mark.parametrize("media", ["application/json", "text/plain", "multipart/form-data", ""])
@pytest.mark.parametrize("way", ["post", "soap"])
def test_another_media_type(leaving: Exit, media: str, way: str) -> None:
    leaving.begin()
    raw = soap.envelope(leaving.parting("sp", "soap").signed())
    page = leaving.browser.post(PATHS["sp", way], data=raw, content_type=media, base_url=ORIGIN)
    leaving.refused(page, "malformed.content_type")


@pytest.mark.parametrize("way", ["post", "soap"])
def test_a_body_that_is_too_large_to_be_read(leaving: Exit, way: str) -> None:
    media = "text/xml" if way == "soap" else "application/x-www-form-urlencoded"
    leaving.begin()
    page = leaving.browser.post(
        PATHS["sp", way], data=b"x" * 3_000_000, content_type=media, base_url=ORIGIN
    )
    assert (page.status_code, code_of(page)) == (413, "limit.body")
    leaving.untouched(page)


@pytest.mark.parametrize("method", ["HEAD", "PUT", "DELETE", "PATCH"])
@pytest.mark.parametrize("path", ["/sundhed/saml/slo", "/sundhed/saml/logout"])
def test_another_method_ends_nothing(leaving: Exit, method: str, path: str) -> None:
    url = bindings.encode_redirect(
        path, leaving.parting().raw(), parameter="SAMLRequest", relay_state=None, key=None
    )
    leaving.begin()
    page = leaving.browser.open(url, method=method, base_url=ORIGIN)
    assert page.status_code < 500
    leaving.untouched(page)
    assert leaving.browser.get("/sundhed-x/saml/slo", base_url=ORIGIN).status_code == 404
