"""F07: partners on the back channel that hang, drip, flood, lie or send us elsewhere."""

import resource
import threading
import time
import zlib
from collections.abc import Callable

import pytest
from lxml import etree
from werkzeug.test import TestResponse

from broker.saml import names, signatures, soap
from broker.saml.ids import new_id
from broker.saml.messages import LogoutRequest, LogoutResponse
from tests.box import ORIGIN, Box, make_box
from tests.factories import NOW, signing_key
from tests.flows.test_logout import outcomes
from tests.hostile.exits import SUCCESS, Exit, Parting, enter, forget, rows
from tests.hostile.wire import LIMIT, Wire, partner
from tests.leaving import PARTIAL, SLO_SOAP, add_service, brought, log_in

ROOM = 3.0  # seconds beside the limit, for a slow machine
HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: text/xml\r\n"


@pytest.fixture(scope="module")
def calling_box(tmp_path_factory: pytest.TempPathFactory) -> Box:
    box = make_box(tmp_path_factory.mktemp("calling"))
    add_service(box, "one", [(names.REDIRECT, "https://one.example.dk/slo")])
    return box


@pytest.fixture
def calling(calling_box: Box, monkeypatch: pytest.MonkeyPatch) -> Exit:
    calling_box.clock.now = NOW
    monkeypatch.setattr(calling_box.services.logout.handling.asking.channel, "_limit", LIMIT)
    forget(calling_box)
    return enter(calling_box, [], [])


def _answer(asked: LogoutRequest, **change: object) -> Parting:
    values: dict[str, object] = {
        "issuer": "https://soapy.example.dk",
        "key": "soapy",
        "destination": SLO_SOAP,
        "now": NOW,
        "kind": "LogoutResponse",
        "in_response_to": asked.id,
    }
    return Parting(**{**values, **change})  # type: ignore[arg-type]  # by field


def _http(body: bytes, more: bytes = b"") -> bytes:
    return HEAD + more + b"Content-Length: %d\r\nConnection: close\r\n\r\n" % len(body) + body


def _said(**change: object) -> Callable[[Wire], None]:
    def act(wire: Wire) -> None:
        assert wire.asked is not None
        wire.say(_http(soap.envelope(_answer(wire.asked, **change).signed())))

    return act


def _plain(raw: bytes) -> Callable[[Wire], None]:
    return lambda wire: wire.say(raw)


def _unsigned(wire: Wire) -> None:
    assert wire.asked is not None
    wire.say(_http(soap.envelope(_answer(wire.asked).raw())))


def _wrapped(wire: Wire) -> None:
    """A Success around a signed refusal."""
    assert wire.asked is not None
    refusal = f'<p:StatusCode Value="{names.RESPONDER}"/>'
    inner = _answer(wire.asked, status=refusal).tree()
    signatures.sign(inner, signing_key("soapy"))
    outer = _answer(wire.asked).tree()
    extensions = etree.Element(f"{{{names.SAMLP}}}Extensions")
    etree.SubElement(extensions, "{urn:x}any").append(inner)
    outer.insert(1, extensions)
    wire.say(_http(soap.envelope(etree.tostring(outer))))


def _flood(wire: Wire) -> None:
    wire.say(HEAD + b"Content-Length: 104857600\r\n\r\n")
    for _ in range(1600):
        wire.say(b"x" * 65536)
        if wire.closed:
            return


def _endless_header(wire: Wire) -> None:
    wire.say(HEAD + b"X-Long: ")
    for _ in range(1600):
        wire.say(b"x" * 65536)
        if wire.closed:
            return


def _bomb(wire: Wire) -> None:
    packer = zlib.compressobj(9, wbits=31)
    packed = b"".join(packer.compress(b" " * 1_000_000) for _ in range(400)) + packer.flush()
    wire.say(_http(packed, b"Content-Encoding: gzip\r\n"))


def _drip_head(wire: Wire) -> None:
    wire.say(HEAD + b"X-Slow: ")
    wire.drip(b"x")


def _drip_body(wire: Wire) -> None:
    wire.say(HEAD + b"Content-Length: 60000\r\n\r\n")
    wire.drip(b" ")


def _drip_chunks(wire: Wire) -> None:
    wire.say(HEAD + b"Transfer-Encoding: chunked\r\n\r\n")
    wire.drip(b"1\r\n \r\n")


def _interim(wire: Wire) -> None:
    wire.drip(b"HTTP/1.1 100 Continue\r\n\r\n", 0.01)


_FAULT = b"<s:Envelope xmlns:s='%s'><s:Body><s:Fault/></s:Body></s:Envelope>"
_DTD = b'<!DOCTYPE x [<!ENTITY a "aaaa">]><x>&a;</x>'
CASES: dict[str, Callable[[Wire], None]] = {
    "says-nothing": lambda _: time.sleep(2 * LIMIT),
    "closes": lambda _: None,
    "drips-a-header": _drip_head,
    "drips-a-body": _drip_body,
    "drips-chunks": _drip_chunks,
    "interim-answers-for-ever": _interim,
    "100-megabytes": _flood,
    "100-megabytes-in-a-header": _endless_header,
    "a-bomb": _bomb,
    "not-http": _plain(b"hello\r\n\r\n"),
    "only-nul": _plain(b"\x00" * 4096),
    "an-odd-length": _plain(HEAD + b"Content-Length: many\r\n\r\nx"),
    "a-negative-length": _plain(HEAD + b"Content-Length: -1\r\n\r\nx"),
    "two-lengths": _plain(HEAD + b"Content-Length: 1, 2\r\n\r\nx"),
    "an-odd-chunk": _plain(HEAD + b"Transfer-Encoding: chunked\r\n\r\nzz\r\nx"),
    "cut-off": _plain(HEAD + b"Content-Length: 999\r\n\r\n<x"),
    "an-odd-encoding": _plain(_http(b"xx", b"Content-Encoding: gzip\r\n")),
    "an-unknown-encoding": _plain(_http(b"xx", b"Content-Encoding: x-rot13\r\n")),
    "an-odd-cookie": _plain(_http(b"x", b"Set-Cookie: \xff\x00=;;;=\r\n")),
    "an-odd-header": _plain(HEAD + b"no header at all\r\n\r\nx"),
    "status-204": _plain(b"HTTP/1.1 204 No\r\n\r\n"),
    "status-999": _plain(b"HTTP/1.1 999 No\r\nContent-Length: 0\r\n\r\n"),
    "status-99999": _plain(b"HTTP/1.1 99999 No\r\nContent-Length: 0\r\n\r\n"),
    "nothing-inside": _plain(_http(b"")),
    "not-xml": _plain(_http(b"<html>500</p>")),
    "dtd": _plain(_http(_DTD)),
    "a-fault": _plain(_http(_FAULT % names.SOAP_ENVELOPE.encode())),
    "not-utf-8": _plain(_http(b"\xff\xfe")),
    "unsigned": _unsigned,
    "wrapped": _wrapped,
    "another-s-key": _said(key="two"),
    "another-partner": _said(issuer="https://two.example.dk", key="two"),
    "another-request": _said(in_response_to=new_id()),
    "no-request": _said(in_response_to=None),
    "sent-elsewhere": _said(destination="https://evil.example/slo"),
    "long-ago": _said(issued="2026-03-02T02:00:00Z"),
    "in-another-zone": _said(issued="2026-03-02T04:00:00+01:00"),
    "in-the-year-0": _said(issued="-0001-03-02T04:00:00Z"),
    "a-refusal": _said(status=f'<p:StatusCode Value="{names.RESPONDER}"/>'),
    "a-partial-one": _said(
        status=f'<p:StatusCode Value="{names.SUCCESS}">'
        f'<p:StatusCode Value="{names.PARTIAL_LOGOUT}"/></p:StatusCode>'
    ),
    "no-status": _said(status=""),
    "a-request": _said(kind="LogoutRequest", name="<a:NameID>x</a:NameID>"),
}


def _log_out(calling: Exit, address: str) -> TestResponse:
    add_service(calling.box, "soapy", [(names.SOAP, address)])
    log_in(calling.box, calling.browser, "soapy")
    return calling.send(calling.parting())


def _outcome(calling: Exit, page: TestResponse) -> str:
    assert page.status_code == 303, page.text
    home = page.headers["Location"].removeprefix(ORIGIN)
    return outcomes(calling.browser.get(home, base_url=ORIGIN))["soapy"]


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"f07-{case}")
def test_f07_a_partner_that_does_not_confirm(calling: Exit, case: str) -> None:
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    with partner(calling.box, CASES[case]) as (address, served):
        began = time.monotonic()
        page = _log_out(calling, address)
        took = time.monotonic() - began
        assert _outcome(calling, page) == "unconfirmed"
        assert len(served.wires) == 1
    assert took < LIMIT + ROOM, f"{took:.1f} s"
    assert rows(calling.box)["login_session"] == []
    grown = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - peak) // 1024
    assert grown < 64, f"{grown} MiB"


def test_f07_the_control_a_partner_that_confirms(calling: Exit) -> None:
    with partner(calling.box, _said(status=SUCCESS)) as (address, served):
        page = _log_out(calling, address)
        home = page.headers["Location"].removeprefix(ORIGIN)
        page = calling.browser.post(home, base_url=ORIGIN)
    target, answer, _ = brought(calling.box, page)
    assert target == "https://one.example.dk/slo"
    assert isinstance(answer, LogoutResponse)
    assert answer.status == PARTIAL, "alpha has no address for it"
    assert b"Cookie:" not in served.wires[0].raw
    assert b"Authorization:" not in served.wires[0].raw


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_f07_a_partner_that_sends_us_elsewhere(calling: Exit, status: int) -> None:
    with partner(calling.box, _said()) as (elsewhere, visited):
        move = b"HTTP/1.1 %d Go\r\nLocation: %s\r\nContent-Length: 0\r\n\r\n"
        with partner(calling.box, _plain(move % (status, elsewhere.encode()))) as (address, _):
            page = _log_out(calling, address)
            assert _outcome(calling, page) == "unconfirmed"
        assert visited.wires == []


def test_f07_several_that_hang_cost_one_limit_together(calling: Exit) -> None:
    with partner(calling.box, lambda _: time.sleep(3 * LIMIT)) as (address, served):
        for number in range(8):
            code = f"soap{number}"
            add_service(calling.box, code, [(names.SOAP, address)])
            log_in(calling.box, calling.browser, code)
        began = time.monotonic()
        calling.send(calling.parting())
        took = time.monotonic() - began
        assert took < LIMIT + ROOM, f"{took:.1f} s"
        assert len(served.wires) == 8


def _asking() -> list[str]:
    return [t.name for t in threading.enumerate() if t.name.startswith("logout_")]


@pytest.mark.parametrize(
    "case",
    ["drips-a-header", "drips-a-body", "drips-chunks"],
)
def test_f07_whoever_drips_is_let_go_of_when_its_time_is_over(calling: Exit, case: str) -> None:
    """A thread that still listens holds one of the places for asking partners, whoever logs out."""
    until = time.monotonic() + 10
    while _asking() and time.monotonic() < until:
        time.sleep(0.1)
    assert not _asking()
    with partner(calling.box, CASES[case]) as (address, served):
        _log_out(calling, address)
        time.sleep(LIMIT)
        assert not _asking()
        assert served.wires[0].closed


def test_f07_an_address_that_no_name_can_have(calling: Exit) -> None:
    page = _log_out(calling, f"https://{'a' * 64}.example.dk/slo")
    assert _outcome(calling, page) == "unconfirmed"
