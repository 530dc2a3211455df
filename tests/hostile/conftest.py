"""One broker for the whole suite of hostile messages; what one leaves behind must not help another."""

import logging
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

import pytest
import requests
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from broker.db import Engine
from broker.saml import names
from tests.box import Box, Trip, code_of, make_box, posted
from tests.factories import NOW
from tests.hostile.counters import came_back
from tests.hostile.exits import Exit, enter, forget
from tests.hostile.forge import Forge
from tests.hostile.outcome import CANARY, Watched, watching
from tests.hostile.watching import watch
from tests.leaving import add_idp_logout, add_service
from tests.metadata_factory import SP, Sp
from tests.publisher import Follower, Publisher, publishing, signed

__all__ = ["watch"]  # watches every test here


@pytest.fixture(scope="session")
def hostile_box(tmp_path_factory: pytest.TempPathFactory) -> Box:
    return make_box(tmp_path_factory.mktemp("hostile"))


@dataclass
class Scene:
    """A browser that an honest person brought to an IdP, and what the broker logs meanwhile."""

    box: Box
    browser: FlaskClient
    events: list[logging.LogRecord] = field(default_factory=list)
    seen: Watched = field(default_factory=Watched)

    def at(self, idp: str = "alpha", service: str = "one") -> Forge:
        """A forge for the answer of that IdP."""
        trip: Trip = self.box.at_idp(self.browser, idp, service=service)
        return Forge(trip, self.box.clock(), cpr=CANARY)

    def deliver(self, xml: bytes) -> TestResponse:
        """Bring a Response, and watch what it does."""
        return self.watched(lambda: self.box.deliver(self.browser, xml))

    def watched(self, send: Callable[[], TestResponse]) -> TestResponse:
        """Whatever is sent to the broker, watched."""
        self.events.clear()
        with watching(self.box) as self.seen:
            return send()

    def refused(
        self, xml: bytes, code: str, status: int | None = None, *, rows: int | None = None
    ) -> TestResponse:
        """Deliver, and see the whole refusal."""
        page = self.deliver(xml)
        self.seen.refused(page, code, status, rows=rows)
        return page

    def accepted(self, xml: bytes) -> dict[str, str]:
        """Deliver, and see that the service is answered."""
        page = self.deliver(xml)
        assert page.status_code == 200, code_of(page)
        target, fields = posted(page)
        assert target.endswith("/acs")
        (event,) = self.seen.events
        assert event.__dict__["code"] == "ok"
        assert self.seen.counted == came_back(event)
        assert self.seen.reached == []
        self.seen.no_canary(page)
        return fields


class _Kept(logging.Handler):
    def __init__(self, events: list[logging.LogRecord]) -> None:
        super().__init__()
        self._events = events

    def emit(self, record: logging.LogRecord) -> None:
        self._events.append(record)


@pytest.fixture
def events() -> Iterator[list[logging.LogRecord]]:
    """The security log, as it is written."""
    found: list[logging.LogRecord] = []
    logger = logging.getLogger("broker.security")
    handler = _Kept(found)
    level = logger.level
    logger.addHandler(handler)
    logger.setLevel(logging.INFO)
    yield found
    logger.removeHandler(handler)
    logger.setLevel(level)


@pytest.fixture
def scene(hostile_box: Box, events: list[logging.LogRecord]) -> Scene:
    hostile_box.clock.now = NOW
    return Scene(hostile_box, hostile_box.browser(), events)


@pytest.fixture(scope="session")
def leaving_box(tmp_path_factory: pytest.TempPathFactory) -> Box:
    """A broker whose partners can all be logged out of, through the browser."""
    box = make_box(tmp_path_factory.mktemp("leaving"))
    for code in ("one", "two"):
        add_service(box, code, [(names.REDIRECT, f"https://{code}.example.dk/slo")])
    for code in ("alpha", "beta"):
        add_idp_logout(box, code, [(names.REDIRECT, f"https://{code}.example.dk/slo")])
    return box


@pytest.fixture
def leaving(
    leaving_box: Box, events: list[logging.LogRecord], monkeypatch: pytest.MonkeyPatch
) -> Iterator[Exit]:
    """Somebody who is logged in; whatever is asked over HTTP meanwhile is written down."""
    calls: list[str] = []

    def send(_self: requests.Session, asked: requests.PreparedRequest, **_more: object) -> None:
        calls.append(str(asked.url))
        raise requests.ConnectionError

    leaving_box.clock.now = NOW
    forget(leaving_box)
    found = enter(leaving_box, events, calls)
    monkeypatch.setattr(requests.Session, "send", send)
    yield found
    found.watch.end()


@pytest.fixture
def follower(engine: Engine) -> Follower:
    """An installation that follows a signed federation, whose member works."""
    made = Follower(engine)
    made.follow("feed", pinned="feed", many=True)
    assert made.refresh("feed", signed(Sp())).state == "loaded"
    assert made.works(SP)
    return made


@pytest.fixture
def publisher() -> Iterator[Publisher]:
    """A partner that publishes on loopback."""
    with publishing() as made:
        yield made
