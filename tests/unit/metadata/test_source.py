"""An address is fetched within limits, from public hosts only, and never sends us elsewhere."""

import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from broker.errors import BrokerError
from broker.metadata import source


def resolves_to(*addresses: str) -> source.Resolve:
    return lambda _host: addresses


def refused(url: str, *addresses: str, loopback: bool = False) -> str:
    with pytest.raises(BrokerError) as error:
        source.check_address(url, loopback=loopback, resolve=resolves_to(*addresses))
    return error.value.code


@pytest.mark.parametrize(
    "url",
    [
        "http://partner.example.dk/metadata",
        "ftp://partner.example.dk/metadata",
        "file:///etc/passwd",
        "https://user:secret@partner.example.dk/",
        "https:///metadata",
        "https://partner.example.dk:99999/",
        "https://[::1/",
    ],
)
def test_only_https_to_a_host_is_fetched(url: str) -> None:
    assert refused(url, "192.0.2.1") == "source.address"


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1",
        "10.1.2.3",
        "172.16.0.1",
        "192.168.1.1",
        "169.254.169.254",
        "0.0.0.0",  # noqa: S104  # an address to refuse
        "100.64.0.1",
        "::1",
        "fe80::1%eth0",
        "fd00::1",
        "::ffff:10.0.0.1",
        "224.0.0.1",
        "64:ff9b::a9fe:a9fe",
        "64:ff9b::7f00:1",
        "64:ff9b:1::a00:1",
        "2002:a00:1::",
        "::7f00:1",
        "::ffff:0:7f00:1",
        "fec0::1",
    ],
)
def test_a_host_on_a_network_that_is_not_public_is_refused(address: str) -> None:
    assert refused("https://partner.example.dk/", address) == "source.address"


def test_one_address_that_is_not_public_is_enough() -> None:
    assert refused("https://partner.example.dk/", "8.8.8.8", "10.0.0.1") == "source.address"


@pytest.mark.parametrize("address", ["8.8.8.8", "2606:4700::1111", "64:ff9b::808:808"])
def test_a_public_host_passes(address: str) -> None:
    """A network that has IPv6 alone reaches others by way of NAT64."""
    source.check_address(
        "https://partner.example.dk/", loopback=False, resolve=resolves_to(address)
    )


def test_loopback_passes_for_an_installation_on_loopback() -> None:
    url = "http://localhost:8701/metadata"
    source.check_address(url, loopback=True, resolve=resolves_to("127.0.0.1"))
    assert refused(url, "127.0.0.1") == "source.address"
    assert refused("https://localhost/", "10.0.0.1", loopback=True) == "source.address"
    assert refused("http://partner.example.dk/", "127.0.0.1", loopback=True) == "source.address"


@dataclass
class Partner:
    """A partner's server on loopback that answers as told and counts who asks."""

    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    body: bytes = b"<metadata/>"
    asked: list[str] = field(default_factory=list)
    port: int = 0

    @property
    def url(self) -> str:
        return f"http://localhost:{self.port}/metadata"

    def fetch(self) -> bytes:
        return source.fetch(self.url, loopback=True, resolve=resolves_to("127.0.0.1"))


@pytest.fixture
def partner() -> Iterator[Partner]:
    told = Partner()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            told.asked.append(self.path)
            self.send_response(told.status)
            for name, value in told.headers.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(told.body)

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002  # its name
            return

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    told.port = server.server_address[1]
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    yield told
    server.shutdown()
    thread.join()
    server.server_close()


def test_what_lies_at_an_address_is_fetched(partner: Partner) -> None:
    assert partner.fetch() == b"<metadata/>"


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_a_redirect_is_not_followed(partner: Partner, status: int) -> None:
    partner.status = status
    partner.headers = {"Location": f"{partner.url}/elsewhere"}
    with pytest.raises(BrokerError) as refusal:
        partner.fetch()
    assert refusal.value.code == "source.redirect"
    assert partner.asked == ["/metadata"]


def test_any_other_status_is_no_metadata(partner: Partner) -> None:
    partner.status = 404
    with pytest.raises(BrokerError) as refusal:
        partner.fetch()
    assert refusal.value.code == "source.status"


@pytest.mark.usefixtures("only_loopback")
def test_more_than_the_limit_is_refused(partner: Partner, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(source, "MAX_BYTES", 1000)
    partner.body = b"x" * 1001
    with pytest.raises(BrokerError) as refusal:
        partner.fetch()
    assert refusal.value.code == "source.too_large"
    partner.body = b"x" * 1000
    assert len(partner.fetch()) == 1000


def test_a_slow_answer_is_given_up(partner: Partner, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(source, "TOTAL_SECONDS", -1.0)
    with pytest.raises(BrokerError) as refusal:
        partner.fetch()
    assert refusal.value.code == "source.slow"


def test_nobody_there_is_said_without_a_trace() -> None:
    with pytest.raises(BrokerError) as refusal:
        source.fetch("http://localhost:1/", loopback=True, resolve=resolves_to("127.0.0.1"))
    assert refusal.value.code == "source.unreachable"


def test_a_connection_that_went_elsewhere_than_was_checked_is_refused(
    partner: Partner, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A name may stand for a public address when it is checked and for this machine right after."""

    def passes(url: str, *, loopback: bool, resolve: source.Resolve) -> None:
        assert (url, loopback) == (partner.url, False)
        assert list(resolve("localhost")) == ["8.8.8.8"]

    monkeypatch.setattr(source, "check_address", passes)
    with pytest.raises(BrokerError) as refusal:
        source.fetch(partner.url, loopback=False, resolve=resolves_to("8.8.8.8"))
    assert refusal.value.code == "source.address"


def test_files_have_the_same_limit(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "idp.xml"
    path.write_bytes(b"x" * 11)
    assert source.read_file(path) == b"x" * 11
    monkeypatch.setattr(source, "MAX_BYTES", 10)
    with pytest.raises(BrokerError) as refusal:
        source.read_file(path)
    assert refusal.value.code == "source.too_large"
    with pytest.raises(BrokerError) as refusal:
        source.read_file(tmp_path / "nothing.xml")
    assert refusal.value.code == "source.missing"
