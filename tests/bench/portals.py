"""What the pages of the portals cost in a whole country, walked as five people would.

Requests are answered in this process, by the whole application and its own database: what is
measured is the time until a page is there, without the network and without the web server,
and without the time that it or the database waited for a core that others kept.
"""

import secrets
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path
from urllib.parse import urlsplit
from uuid import uuid4

from flask import Flask
from flask.testing import FlaskClient

from broker.app import create_app
from broker.bootstrap import Services, metadata_service
from broker.cli.heap import settle
from broker.db import Engine, writing
from broker.metadata.keyring import create_keys, create_secrets
from broker.portals.gate import PREFIX
from broker.portals.model import PortalSession
from broker.portals.registering import register, suits
from broker.saml import names
from broker.saml.assurance import Assurance
from broker.settings import read_settings
from tests.bench.country import FEDERATION, NOW
from tests.bench.explaining import slowest
from tests.bench.load import OCCASION, ORIGIN
from tests.bench.portal_rows import Visitor
from tests.bench.progress import Say
from tests.bench.table import Line
from tests.bench.timing import percentile
from tests.bench.waits import Waits
from tests.bench.walking import EACH, Page, Walk

TARGET = 0.300  # seconds, p95
TIMES, QUICK = 20, 4  # how often each page is asked for
_BAR = 10  # signs, for as long as a page may take
_HOST = urlsplit(ORIGIN).hostname or ""


@dataclass(frozen=True, slots=True)
class Measured:
    """A page, and how long its answers took in seconds."""

    page: Page
    p50: float
    p95: float
    p99: float
    most: float
    real: float  # the p95 with the time that others kept the cores
    failed: bool

    @property
    def met(self) -> bool:
        """Whether it answers in time."""
        return self.p95 <= TARGET and not self.failed

    @property
    def line(self) -> Line:
        """The page as a line of the table."""
        bar = "█" * min(_BAR * 2, round(self.p95 / TARGET * _BAR))
        told = f"p95 {self.p95 * 1000:4.0f} ≤ {TARGET * 1000:.0f} ms"
        told += f", with waiting {self.real * 1000:5.0f}  {bar}"
        p50, p99, most = (f"{one * 1000:.0f} ms" for one in (self.p50, self.p99, self.most))
        return Line(self.page.who, self.page.name, p50, p99, most, told, self.met)


def measured(page: Page) -> Measured:
    """What the answers of a page come to."""
    own = [one.own for one in page.every]
    return Measured(
        page,
        percentile(own, 0.5),
        percentile(own, 0.95),
        percentile(own, 0.99),
        max(own),
        percentile([one.took for one in page.every], 0.95),
        any(one.status >= 500 for one in page.every),
    )


def application(engine: Engine, folder: Path) -> Flask:
    """A broker on that database, with keys of its own and its portals registered."""
    url = engine.url.render_as_string(hide_password=False)
    environ = {"BROKER_DATA": str(folder), "BROKER_ORIGIN": ORIGIN, "BROKER_DATABASE_URL": url}
    settings = read_settings(environ)
    service = metadata_service(engine, ORIGIN)
    create_secrets(settings.keys)
    for federation in service.federations():
        create_keys(settings.keys, federation, NOW, bits=2048)
        if suits(federation):
            register(service, federation, settings.keys, replace(OCCASION, at=NOW), bits=2048)
    return create_app(settings, clock=lambda: NOW)


def signed_in(app: Flask, visitor: Visitor) -> FlaskClient:
    """A browser of somebody who logged in a moment ago."""
    services = app.extensions["broker"]
    assert isinstance(services, Services)
    office, cookie = services.portals, secrets.token_urlsafe(32)
    session = PortalSession(
        id=uuid4(),
        federation=FEDERATION,
        person=visitor.person,
        account=visitor.account,
        level=Assurance.HIGH,
        authenticated_at=NOW,
        started_at=NOW,
        seen_at=NOW,
        ends_at=NOW + timedelta(hours=8),
        session_index=None,
        name=str(visitor.person),
        name_format=names.UNSPECIFIED,
        idp="https://idp.example.dk",
        reference="BENCH",
    )
    with writing(office.engine) as connection:
        office.sessions.open(connection, session, cookie, secrets.token_hex(16))
    browser = app.test_client()
    browser.set_cookie(PREFIX + FEDERATION, cookie, domain=_HOST, secure=True)
    return browser


def walked(
    engine: Engine, cast: Sequence[Visitor], say: Say, *, times: int, each: int, explain: int = 0
) -> list[Measured]:
    """Each page of the portals, the worst first; without `times` as it was found."""
    found: list[Measured] = []
    waits = Waits()
    with tempfile.TemporaryDirectory(prefix="broker-bench-") as folder:
        app = application(engine, Path(folder) / "data")
        services = app.extensions["broker"]
        waits.follow(services.engine)
        for visitor in cast:
            walk = Walk(app, signed_in(app, visitor), visitor.kind, waits, each)
            say(f"finding pages, {visitor.kind}", 0, 1)
            walk.find()
            settle()  # as a worker does; else a collection goes through all that this process made
            say(f"finding pages, {visitor.kind}", 1, 1)
            for number, page in enumerate(walk.pages.values(), 1):
                if times:
                    walk.measure(page, times)
                found.append(measured(page))
                if explain and not found[-1].met:
                    slowest(services.engine, walk, page, explain)
                say(f"portals, {visitor.kind}", number, len(walk.pages))
        services.engine.dispose()
    return sorted(found, key=lambda one: -one.p95)


def portal_pages(
    engine: Engine, cast: Sequence[Visitor], say: Say, times: int = TIMES
) -> list[Line]:
    """A line for each page, the worst first; of slow statements tell what the server does."""
    found = walked(engine, cast, say, times=times, each=EACH, explain=2)
    return [one.line for one in found]
