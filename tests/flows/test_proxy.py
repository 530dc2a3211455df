"""H09, I07: the shipped nginx before the shipped server. Slow, large, many; and what is logged."""

import socket
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import cast

import pytest
from flask.testing import FlaskClient

from broker.web.limiting import REFUSALS
from tests.box import ACS, HOST, SSO, Box, code_of, make_box, posted
from tests.canary import CANARIES, search
from tests.hostile.forge import Forge
from tests.nodes import RealTime
from tests.proxy import Answer, Browser, Proxy, proxied, serving

SLOW = 200
HOUSES = [f"127.0.2.{number}" for number in range(1, 21)]  # that the slow ones come from
REGION, STRANGER = "127.0.3.1", "127.0.4.1"  # of a registered network, and of none
CONNECTIONS = 64  # more than one address may have
NORMAL = 5.0  # seconds, on a machine that does other things; who waits for a slow one takes ten


@dataclass(frozen=True)
class Front:
    """Everything that runs, as an installation would have it."""

    box: Box
    proxy: Proxy
    log: Path

    def login(self, address: str = "127.0.0.1") -> Answer:
        """One whole login through the proxy."""
        client = cast(FlaskClient, Browser(self.proxy, address))
        said = Forge(self.box.at_idp(client), self.box.clock()).xml()
        page = self.box.deliver(client, said)
        assert page.status_code == 200, code_of(page)
        assert posted(page)[0] == "https://one.example.dk/acs"
        return cast(Answer, page)


@pytest.fixture(scope="module")
def front(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Front]:
    folder = tmp_path_factory.mktemp("front")
    data = folder / "data"
    data.mkdir(mode=0o700)
    made = make_box(data)
    box, log = Box(made.app, made.settings, RealTime(), made.hops), folder / "broker.log"
    with (
        serving(box.settings, log, workers=1) as (port, _),
        proxied(folder / "nginx", box.settings, port, "127.0.3.0/24 1;\n") as proxy,
    ):
        yield Front(box, proxy, log)
    made.services.engine.dispose()


@contextmanager
def slow(proxy: Proxy, houses: Sequence[str], number: int) -> Iterator[list[socket.socket]]:
    """Connections that have sent a form without its end, or each second one half of a header."""
    head = f"POST {ACS} HTTP/1.1\r\nHost: {HOST}\r\n".encode()
    form = b"Content-Type: application/x-www-form-urlencoded\r\nContent-Length: 9000\r\n\r\nSAML"
    with ExitStack() as stack:
        links: list[socket.socket] = []
        for turn in range(number):
            link = stack.enter_context(proxy.connect(houses[turn % len(houses)]))
            link.sendall(head + (form if turn % 2 or len(houses) == 1 else b"X-Half: "))
            links.append(link)
        yield links


def timed(front: Front) -> float:
    began = time.monotonic()
    front.login()
    return time.monotonic() - began


def test_h09_two_hundred_slow_requests_hold_no_worker(front: Front) -> None:
    front.login()
    with slow(front.proxy, HOUSES, SLOW) as links:
        assert max(timed(front) for _ in range(4)) < NORMAL
        links[0].settimeout(0.05)
        with pytest.raises(TimeoutError):  # they are still there, and were waited for by nginx
            links[0].recv(1)


def test_h09_what_is_too_large_gets_our_page_and_not_one_of_the_proxy(front: Front) -> None:
    ask = front.proxy.ask
    rows = {
        "limit.body": (413, ask(ACS, form={"SAMLResponse": "A" * 600_000})),
        "limit.address": (414, ask(f"{SSO}?SAMLRequest={'A' * 9000}")),
        "limit.cookies": (431, ask("/", headers={"Cookie": "__Host-flow-x=" + "A" * 17_000})),
    }
    for code, (status, answer) in rows.items():
        assert (answer.status_code, f'data-code="{code}"' in answer.text) == (status, True), code
        assert 'lang="da"' in answer.text
        assert 'lang="en"' in answer.text
        assert "echo var" not in answer.text  # the reference is filled in
        assert answer.headers["Cache-Control"] == "no-store"
        assert "nginx" not in answer.text + str(answer.headers["Server"]).replace("nginx", "", 1)
    assert rows["limit.cookies"][1].headers["Clear-Site-Data"] == '"cookies"'
    assert rows["limit.body"][1].headers["Clear-Site-Data"] is None


def test_h08_a_flood_is_told_to_wait_and_a_registered_network_never_is(front: Front) -> None:
    with slow(front.proxy, [STRANGER], CONNECTIONS), slow(front.proxy, [REGION], CONNECTIONS):
        answer = front.proxy.ask("/nowhere", address=STRANGER)
        assert answer.status_code == 429
        assert int(answer.headers["Retry-After"]) > 0
        assert 'data-code="limit.rate"' in answer.text
        assert front.proxy.ask("/nowhere", address=REGION).status_code == 404
        front.login(REGION)
        front.login("127.0.4.2")


def test_h08_who_is_refused_again_and_again_waits_behind_the_proxy_as_well(front: Front) -> None:
    attacker = "127.0.5.1"
    statuses: list[int] = []
    while 429 not in statuses and len(statuses) < REFUSALS + 20:  # older ones weigh less and less
        answer = front.proxy.ask(ACS, address=attacker, form={"SAMLResponse": "x"})
        statuses.append(answer.status_code)
    assert statuses[:REFUSALS] == [400] * REFUSALS
    assert statuses[-1] == 429
    front.login("127.0.5.2")


def test_i06_i07_neither_log_has_a_query_or_a_referer_or_a_number(front: Front) -> None:
    secret = f"?SAMLRequest={CANARIES[0]}&RelayState={CANARIES[0]}&Signature={CANARIES[0]}"
    referer = {"Referer": f"https://one.example.dk/{secret}"}
    front.proxy.ask(f"{SSO}{secret}", headers=referer)
    front.proxy.ask(f"{SSO}{secret}{'A' * 9000}", headers=referer)
    front.proxy.ask(f"/sundhed/{CANARIES[0]}/{secret}", headers=referer)
    raw = front.proxy.connect("127.0.0.1")
    with raw:
        raw.sendall(f"GET {SSO}{secret} HTTP/9.9\r\nHost: {HOST}\r\n\r\n".encode())
        raw.recv(4096)
    front.login()
    ours = front.log.read_text()
    assert '"event": "login.completed"' in ours
    assert SSO in front.proxy.logs()
    for text in (ours, front.proxy.logs()):
        assert "RelayState=" not in text.replace("RelayState=[redacted]", "")
        assert "SAMLRequest=" not in text.replace("SAMLRequest=[redacted]", "")
        assert "one.example.dk/?" not in text
    assert search(ours) == []


def test_the_last_the_proxy_says_when_nobody_is_behind_it(front: Front, tmp_path: Path) -> None:
    with proxied(tmp_path / "nginx", front.box.settings, 9) as proxy:
        answer = proxy.ask("/sundhed/saml/sso")
    assert answer.status_code == 502
    assert 'data-code="limit.unavailable"' in answer.text
