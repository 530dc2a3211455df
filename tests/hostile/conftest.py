"""One broker for the whole suite of hostile messages; what one leaves behind must not help another."""

import logging
from collections.abc import Iterator
from dataclasses import dataclass, field

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from tests.box import Box, Trip, code_of, make_box, posted
from tests.factories import NOW
from tests.hostile.forge import Forge

STATUS = {"malformed": 400, "limit": 400, "signature": 403, "context": 403, "flow": 403}


@pytest.fixture(scope="session")
def hostile_box(tmp_path_factory: pytest.TempPathFactory) -> Box:
    return make_box(tmp_path_factory.mktemp("hostile"))


@dataclass
class Scene:
    """A browser that an honest person brought to an IdP, and what the broker logs meanwhile."""

    box: Box
    browser: FlaskClient
    events: list[logging.LogRecord] = field(default_factory=list)

    def at(self, idp: str = "alpha", service: str = "one") -> Forge:
        """A forge for the answer of that IdP."""
        trip: Trip = self.box.at_idp(self.browser, idp, service=service)
        return Forge(trip, self.box.clock())

    def deliver(self, xml: bytes) -> TestResponse:
        self.events.clear()
        return self.box.deliver(self.browser, xml)

    def refused(self, xml: bytes, code: str, status: int | None = None) -> TestResponse:
        """Deliver, and see the whole refusal: page, status, one event, nothing issued."""
        page = self.deliver(xml)
        assert code_of(page) == code, page.text
        assert page.status_code == (status or STATUS[code.partition(".")[0]])
        assert "SAMLResponse" not in page.text
        assert page.headers["Cache-Control"] == "no-store"
        (event,) = self.events
        assert event.__dict__["code"] == code
        assert event.__dict__["reference"] in page.text
        return page

    def accepted(self, xml: bytes) -> dict[str, str]:
        """Deliver, and see that the service is answered."""
        page = self.deliver(xml)
        assert page.status_code == 200, code_of(page)
        target, fields = posted(page)
        assert target.endswith("/acs")
        assert [event.__dict__["code"] for event in self.events] == ["ok"]
        return fields


class _Kept(logging.Handler):
    def __init__(self, events: list[logging.LogRecord]) -> None:
        super().__init__()
        self._events = events

    def emit(self, record: logging.LogRecord) -> None:
        self._events.append(record)


@pytest.fixture
def scene(hostile_box: Box) -> Iterator[Scene]:
    hostile_box.clock.now = NOW
    scene = Scene(hostile_box, hostile_box.browser())
    logger = logging.getLogger("broker.security")
    handler = _Kept(scene.events)
    level = logger.level
    logger.addHandler(handler)
    logger.setLevel(logging.INFO)
    yield scene
    logger.removeHandler(handler)
    logger.setLevel(level)
