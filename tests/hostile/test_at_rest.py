"""I05, I11, H12: what peers write into the log, and what a copy of the database opens."""

import base64
import json
import logging
from collections.abc import Iterator
from datetime import UTC, datetime
from io import StringIO
from pathlib import Path

import pytest

from broker.audit.evidence.box import EvidenceKey, make_pair
from broker.audit.evidence.keeping import MOST, WaitingRequests
from broker.audit.evidence.model import Bound, Message
from broker.metadata.keyring import SECRETS
from broker.web.logging import redacted
from tests.box import Box, make_box
from tests.hostile.conftest import Scene
from tests.leaving import log_in

SHAPES = {
    "I05 two lines": "https://x.example.dk\r\n{'event': 'login.completed'}",
    "I05 JSON": 'x", "code": "ok", "event": "login.completed',
    "I05 a terminal": "\u009b31mred\u0085https://x.example.dk",
    "I05 lines of Unicode": "https://x.example.dk\u2028login.completed\u2029",
    "I05 the other way round": "https://x.example.dk/\u202egnp.moc",
    "I05 a lookup": "${jndi:ldap://x.example.dk/a}",
    "I05 endless": "https://x.example.dk/" + "x" * 900,
}


@pytest.fixture
def written() -> Iterator[StringIO]:
    """The log, as a broker writes it."""
    handler = logging.StreamHandler(out := StringIO())
    handler.setFormatter(redacted())
    logging.getLogger().addHandler(handler)
    yield out
    logging.getLogger().removeHandler(handler)


@pytest.mark.parametrize("issuer", SHAPES.values(), ids=SHAPES)
def test_an_issuer_writes_one_line_and_nothing_into_another(
    scene: Scene, written: StringIO, issuer: str
) -> None:
    forge = scene.at()
    before = written.tell()
    scene.deliver(forge.but(issuer=issuer).xml())
    lines = written.getvalue()[before:].split("\n")
    assert lines.pop() == ""
    (event,) = [one for one in map(json.loads, lines) if one["logger"] == "broker.security"]
    assert event["event"] == "login.refused"
    assert event["code"].partition(".")[0] in ("context", "malformed")
    claimed = event["unverified_issuer"] or ""
    assert len(claimed) <= 256
    assert claimed.isprintable()
    assert "".join(lines).isprintable()


def test_i11_a_copy_of_the_database_holds_no_key_and_opens_no_session(tmp_path: Path) -> None:
    box = make_box(tmp_path)
    browser = box.browser()
    log_in(box, browser)
    box.services.flow.recorder.keep(box.clock())
    held = b"".join(path.read_bytes() for path in tmp_path.rglob("*.sqlite3*"))
    assert b"login_session" in held
    assert b"PRIVATE KEY" not in held
    for kept in _secrets(box, browser):
        assert kept not in held


def _secrets(box: Box, browser: object) -> Iterator[bytes]:
    """Keys and secrets of the folder of keys, and the cookies of a browser, in every spelling."""
    keys = [path for path in box.settings.keys.rglob("*") if path.is_file()]
    assert len(keys) > len(SECRETS)
    raw = []
    for path in keys:
        text = path.read_text()
        if "PRIVATE KEY" in text:
            raw.append(base64.b64decode("".join(text.split("-----")[2].split())))
        elif path.name in SECRETS:
            raw.append(bytes.fromhex(text.strip()))
    assert len(raw) > len(SECRETS)
    cookies = [c.value for c in (getattr(browser, "_cookies") or {}).values() if len(c.value) > 30]  # noqa: B009  # the jar
    assert cookies
    raw += [base64.urlsafe_b64decode(value + "=" * (-len(value) % 4)) for value in cookies]
    for one in raw:
        middle = one[:40]  # of a key: its version, algorithm and beginning
        yield from (middle, middle.hex().encode(), base64.b64encode(middle)[:-4])
    yield from (value.encode() for value in cookies)


def test_h12_requests_that_wait_for_the_database_end_somewhere(
    hostile_box: Box, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Evidence of requests that hold: what comes when there is no room is told and not kept."""
    monkeypatch.setattr("broker.audit.evidence.keeping.MOST", few := 5)
    assert few < MOST
    waiting = WaitingRequests(hostile_box.services.engine)
    monkeypatch.setattr(waiting, "_thread", object())  # nobody writes them meanwhile
    key = EvidenceKey.read(make_pair(b"x")[1])
    assert key is not None
    at = datetime(2026, 11, 1, tzinfo=UTC)
    for number in range(3 * few):
        bound = Bound("request", "R", "sundhed", at, None)
        waiting.add(key, f"k{number}", bound, Message("request", "post", b"<x/>"))
    told = [one for one in caplog.records if one.getMessage() == "evidence.full"]
    assert len(told) == 2 * few
    assert waiting.write() == few
